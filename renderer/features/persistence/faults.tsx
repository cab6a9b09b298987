import { CircleX, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { PersistenceSettings } from '../../../shared/ipc/persistence.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { errorText } from '../../host/told-text.ts';
import { faultText } from './fault-text.ts';
import styles from './persistence.module.css';

export interface FaultsProps {
  readonly settings: PersistenceSettings;
  /** Why the engine could not say what the edits lead to. */
  readonly error: HostError | null;
}

/** What is wrong in the file, or would be after the edits, line by line. */
export function Faults({ settings: { faults }, error }: FaultsProps) {
  const { t } = useTranslation();
  if (faults.length === 0 && !error) return null;
  return (
    <ul className={styles.faults} aria-label={t('persistence.faults')} aria-live="polite">
      {error ? (
        <li>
          <CircleX size={14} className={styles.error} aria-label={t('problemsPanel.error')} />
          <span>{errorText(t, error)}</span>
        </li>
      ) : null}
      {faults.map((fault) => (
        <li key={`${fault.line} ${fault.column} ${fault.message}`}>
          {fault.severity === 'error' ? (
            <CircleX size={14} className={styles.error} aria-label={t('problemsPanel.error')} />
          ) : (
            <TriangleAlert size={14} className={styles.warning} aria-label={t('problemsPanel.warning')} />
          )}
          <span className={styles.line} title={t('persistence.column', { column: fault.column })}>
            {t('persistence.line', { line: fault.line })}
          </span>
          <span>{faultText(t, fault)}</span>
        </li>
      ))}
    </ul>
  );
}
