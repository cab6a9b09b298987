import { CircleCheck, CircleMinus, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ScheduleRun } from '../../../shared/ipc/backup-schedules.ts';
import { errorText } from '../../host/told-text.ts';
import { splitPath } from '../../ui/paths.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './backups.module.css';

const ICONS = {
  written: CircleCheck,
  unchanged: CircleMinus,
  failed: CircleX,
  cancelled: CircleMinus,
  interrupted: CircleX,
} as const;

/** How automatic backups went, the latest first. */
export function RunList({ runs }: { readonly runs: readonly ScheduleRun[] }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3 className={styles.runsTitle}>{t('backups.runsTitle')}</h3>
      {runs.length === 0 ? <p className={styles.note}>{t('backups.noRuns')}</p> : null}
      <ul className={styles.runs} aria-label={t('backups.runsTitle')}>
        {runs.map((run) => {
          const Icon = ICONS[run.result];
          return (
            <li key={run.startedAt} data-result={run.result}>
              <Icon size={13} aria-hidden />
              <TimeText stored={run.endedAt} className={styles.runTime} />
              <span className={styles.runText}>
                {t(`backups.last.${run.result}`, { count: run.states ?? 0 })}
                {run.caughtUp ? ` · ${t('backups.caughtUp')}` : ''}
                {run.leftOut > 0 ? ` · ${t('backups.leftOut', { count: run.leftOut })}` : ''}
                {run.removed.length > 0 ? ` · ${t('backups.removedOld', { count: run.removed.length })}` : ''}
                {run.error ? <span className={styles.why}>{errorText(t, run.error)}</span> : null}
              </span>
              <span className={styles.runFile} title={run.file ?? undefined}>
                {run.file === null ? '' : visibleText(splitPath(run.file).name)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
