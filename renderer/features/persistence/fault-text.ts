import type { TFunction } from 'i18next';
import type { PersistenceFault } from '../../../shared/ipc/persistence.ts';

/** What is wrong in a persistence.yaml, in the person's language. */
export function faultText(t: TFunction, { code, params, message }: PersistenceFault): string {
  const { expected, yaml } = params;
  // What is expected has no name where the reader of the file itself refused something.
  if (expected === undefined && (code === 'missing-field' || code === 'unexpected-value')) return message;
  return t(`persistence.faultTexts.${code}`, {
    ...params,
    expected: expected === undefined ? '' : t(`persistence.expected.${expected}`, params),
    yaml: yaml === undefined ? '' : t(`persistence.yaml.${yaml}`),
  });
}
