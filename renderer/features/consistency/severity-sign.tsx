import { CircleX, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { FindingSeverity } from '../../../shared/ipc/consistency.ts';
import styles from './consistency.module.css';

const ICONS = { error: CircleX, warning: TriangleAlert, note: Info } as const;

/** A sign, with its word for those who do not see it. */
export function SeveritySign({
  severity,
  worded = false,
}: {
  readonly severity: FindingSeverity;
  readonly worded?: boolean;
}) {
  const { t } = useTranslation();
  const Icon = ICONS[severity];
  const word = t(`consistency.severities.${severity}`);
  return (
    <span className={styles.sign} data-severity={severity}>
      <Icon size={14} aria-hidden />
      <span className={worded ? undefined : 'visually-hidden'}>{word}</span>
    </span>
  );
}
