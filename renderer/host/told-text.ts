/** What the engine tells by code, in the words of the person's language. */
import type { TFunction } from 'i18next';
import type { QueryFault } from '../../shared/ipc/history.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import type { FieldFinding } from '../../shared/ipc/writing.ts';

/** What happened, and what to do next. */
export function errorText(t: TFunction, { code, details, message }: HostError): string {
  return code === 'internal' ? message : `${t(`errors.${code}`, { ...details })} ${t(`errorHelp.${code}`)}`;
}

/** Where and why a query or an expression is not understood. */
export function queryFaultText(t: TFunction, { offset, code, params }: QueryFault): string {
  return t('history.fault', { position: offset + 1, message: t(`queryFaults.${code}`, params) });
}

/** What is wrong with a value. Rules of types that a program registered have their own words, English ones. */
export function findingText(
  t: TFunction,
  { rule, details, message }: Pick<FieldFinding, 'rule' | 'details' | 'message'>,
): string {
  // Rules are open: any type may bring its own.
  const name = `findings.${rule}` as 'findings.is-text';
  return t(name, { name: '', ...details, message, defaultValue: message });
}
