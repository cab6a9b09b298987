/** What the checks are called and what they found, in the words of the person's language. */
import type { TFunction } from 'i18next';
import type { ConsistencyFinding, ConsistencyRepair, FindingPlace } from '../../../shared/ipc/consistency.ts';
import type { AppliedRepair, LostPart } from '../../../shared/ipc/repairs.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** A person's own rules have no texts here: their names stand for them. */
export function ruleTitle(t: TFunction, rule: string): string {
  return t(`consistency.rules.${rule}.title` as 'consistency.title', { defaultValue: rule });
}

/** Why it matters to the agent; empty where nothing is known. */
export function ruleWhy(t: TFunction, rule: string): string {
  return t(`consistency.rules.${rule}.why` as 'consistency.title', { defaultValue: '' });
}

/** What was found, in full. */
export function foundText(t: TFunction, { foundKey, details, message }: ConsistencyFinding): string {
  if (foundKey === null) return visibleText(message);
  return visibleText(t(foundKey as 'consistency.title', { name: '', message, ...details, defaultValue: message }));
}

/** A person's own rule says it in its own words. */
export function findingTitle(t: TFunction, { rule, group, details }: ConsistencyFinding): string {
  return group === 'own' ? visibleText(String(details['message'] ?? rule)) : ruleTitle(t, rule);
}

export function findingWhy(t: TFunction, { rule, group, details }: ConsistencyFinding): string {
  return group === 'own' ? visibleText(String(details['why'] ?? '')) : ruleWhy(t, rule);
}

/** What a repair would do about a finding. */
export function repairText(t: TFunction, { details }: ConsistencyFinding, repair: ConsistencyRepair): string {
  return visibleText(t(`consistency.repairs.${repair.id}` as 'consistency.title', { ...details, ...repair.details }));
}

export function repairDone(t: TFunction, { repair, details }: AppliedRepair): string {
  return visibleText(t(`consistency.repairs.${repair}` as 'consistency.title', { ...details }));
}

/** What a repair cannot keep. */
export function lostText(t: TFunction, { bytes, at, isMessage }: LostPart): string {
  const key = isMessage ? 'consistency.lostMessage' : 'consistency.lost';
  return visibleText(t(key as 'consistency.title', { count: bytes, bytes, at }));
}

/** The state, or the file that holds none. */
export function placeName(t: TFunction, { key, location }: Pick<FindingPlace, 'key' | 'location'>): string {
  if (key !== null) return visibleText(key);
  return location === '.' ? t('consistency.wholeSource') : visibleText(location);
}

/** Rules whose names have the text, as a person reads them. */
export function rulesNamed(t: TFunction, rules: readonly string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? [] : rules.filter((rule) => ruleTitle(t, rule).toLowerCase().includes(wanted));
}
