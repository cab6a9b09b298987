import type { TFunction } from 'i18next';
import type { Refusal } from '../../host/edit-check.ts';
import { findingText } from '../../host/told-text.ts';

/** Findings told in words; the others are counted. */
const TOLD = 3;

/** Why an edit is not saved, a line each. `text` is what was typed. */
export function refusalLines(t: TFunction, refusal: Refusal, text: string): readonly string[] {
  switch (refusal.status) {
    case 'not-json': {
      const character = Array.from(text.slice(refusal.offset, refusal.offset + 2))[0];
      if (character === undefined) return [t('editing.refusals.endsEarly')];
      return [t('editing.refusals.notJson', { character, position: refusal.offset + 1 })];
    }
    case 'findings': {
      const { findings } = refusal;
      const told = findings
        .slice(0, TOLD)
        .map((finding) => t('editing.refusals.rule', { rule: finding.rule, message: findingText(t, finding) }));
      const more = findings.length - told.length;
      return more > 0 ? [...told, t('editing.refusals.more', { count: more })] : told;
    }
    case 'name-taken':
      return [t('editing.refusals.nameTaken')];
    case 'impossible':
      return [t('editing.refusals.impossible')];
    case 'conflict':
      return [t('editing.refusals.conflict')];
    default:
      return refusal satisfies never;
  }
}
