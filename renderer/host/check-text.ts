import type { TFunction } from 'i18next';
import type { RestoreCheck, RestoreCheckCode } from '../../shared/ipc/restore.ts';
import { NOT_WRITABLE_REASONS, type NotWritableReason } from '../../shared/ipc/writing.ts';
import type { RestoreFault } from '../stores/restore-store.ts';
import type { CheckItem } from '../ui/check-list.tsx';
import { errorText, findingText } from './told-text.ts';

/** One check as a sentence. */
export function checkText(t: TFunction, { code, key, path, details }: RestoreCheck): string {
  const values = { ...details, key: key ?? '', path: path ?? '' };
  if (code === 'not-writable') {
    const reason =
      NOT_WRITABLE_REASONS.find((each) => each === details['reason']) ?? ('format' satisfies NotWritableReason);
    return t(key === null ? 'restore.check.source-not-writable' : 'restore.check.not-writable', {
      ...values,
      reason: t(`notWritable.${reason}`),
    });
  }
  if (code === 'rule') {
    const { rule = '', message = '' } = details;
    return t('restore.check.rule', { ...values, message: findingText(t, { rule, details, message }) });
  }
  if (code === 'no-change' && details['nearest'] !== undefined) return t('restore.check.no-change-alone', values);
  return t(`restore.check.${code}`, values);
}

const GRAVEST_FIRST = ['error', 'warning', 'note'] as const;
/** Of one kind; the others are counted. */
const MOST_OF_ONE = 4;
const MOST_KEYS = 5;

/** Checks of one kind together, the gravest first. What a person may accept can be accepted. */
export function checkItems(
  t: TFunction,
  checks: readonly RestoreCheck[],
  accepted: ReadonlySet<RestoreCheckCode>,
  onAccepted: (accepted: ReadonlySet<RestoreCheckCode>) => void,
): readonly CheckItem[] {
  const codes = GRAVEST_FIRST.flatMap((severity) => [
    ...new Set(checks.filter((check) => check.severity === severity).map(({ code }) => code)),
  ]);
  return codes.flatMap((code): CheckItem[] => {
    const same = checks.filter((check) => check.code === code);
    const [first] = same;
    if (first === undefined) return [];
    const more = same.length - MOST_OF_ONE;
    const lines = same.slice(0, MOST_OF_ONE).map((check) => checkText(t, check));
    const change = (on: boolean) => {
      const next = new Set(accepted);
      if (on) next.add(code);
      else next.delete(code);
      onAccepted(next);
    };
    const { severity, acceptable } = first;
    return [
      {
        id: code,
        severity,
        word: t(`restore.severities.${severity}`),
        lines: more > 0 ? [...lines, t('restore.moreChecks', { count: more })] : lines,
        accept:
          severity === 'error' && acceptable
            ? { label: t('restore.anyway'), on: accepted.has(code), onChange: change }
            : undefined,
      },
    ];
  });
}

/** Why a restore, or a repair, which is written like one, could not be carried out. */
export function faultLines(t: TFunction, fault: RestoreFault): readonly string[] {
  switch (fault.kind) {
    case 'error':
      return [errorText(t, fault.error)];
    case 'stale':
      return [t('restore.stale', { count: fault.keys.length, keys: fault.keys.slice(0, MOST_KEYS).join(', ') })];
    case 'rolled-back':
      return [
        fault.reason === null ? t('restore.stopped') : t('restore.failed', { key: fault.key, reason: fault.reason }),
        ...(fault.left.length === 0 ? [t('restore.asBefore')] : []),
        ...fault.left.map(({ key, trash, reason }) => t('restore.left', { key, reason, trash: trash ?? '–' })),
      ];
    default:
      return fault satisfies never;
  }
}
