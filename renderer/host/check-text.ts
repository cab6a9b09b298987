import type { TFunction } from 'i18next';
import type { RestoreCheck } from '../../shared/ipc/restore.ts';
import { NOT_WRITABLE_REASONS, type NotWritableReason } from '../../shared/ipc/writing.ts';
import { findingText } from './told-text.ts';

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
