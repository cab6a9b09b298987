import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { BackupVerdict } from '../../../shared/ipc/backups.ts';
import { exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { verdictOf, verdictText } from './backup-text.ts';
import styles from './backups.module.css';

const ICONS = { none: CircleDashed, verified: CircleCheck, readable: CircleCheck, damaged: CircleX } as const;
const MICROS = 1000;

/** What the last verification has found; when, on hover. */
export function VerdictSign({ verdict }: { readonly verdict: BackupVerdict | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const what = verdictOf(verdict);
  const Icon = ICONS[what];
  const time = verdict === null ? null : exactText(Date.parse(verdict.verifiedAt) * MICROS, format.locale);
  return (
    <span
      className={styles.verdict}
      data-verdict={what}
      title={time === null ? undefined : t('backups.verifiedAt', { time })}
    >
      <Icon size={13} aria-hidden />
      {verdictText(t, verdict)}
    </span>
  );
}
