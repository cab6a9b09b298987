import { CalendarClock, CirclePause, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ScheduleRun, ScheduleStatus } from '../../../shared/ipc/backup-schedules.ts';
import { runSchedule, stopSchedule } from '../../host/schedules.ts';
import { errorText } from '../../host/told-text.ts';
import { useBackups } from '../../stores/backup-store.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { timingText } from './backup-text.ts';
import styles from './backups.module.css';

/** Whether backups are made by themselves, when the next one is, and how the last one ended. */
export function Automatic() {
  const { t } = useTranslation();
  const schedules = useBackups((state) => state.schedules?.schedules);
  const format = useWorkspace((state) => state.workspace?.format);
  const error = useBackups((state) => state.schedulesError);
  if (error !== null) return <p className={styles.error}>{errorText(t, error)}</p>;
  if (schedules === undefined) return null;
  // A backup does not change, and running programs are not there when nobody looks.
  if (schedules.length === 0 && (format === 'backup' || format === 'probe')) return null;
  return (
    <section className={styles.automatic} aria-label={t('backups.automatic')}>
      {schedules.length === 0 ? (
        <div className={styles.schedule}>
          <CalendarClock size={14} aria-hidden />
          <span className={styles.note}>{t('backups.noSchedule')}</span>
          <Button kind="quiet" onClick={() => openDialog({ kind: 'schedule', schedule: null })}>
            {t('backups.setUp')}
          </Button>
        </div>
      ) : (
        schedules.map((status) => <Line key={status.schedule.id} status={status} />)
      )}
    </section>
  );
}

function Line({ status }: { readonly status: ScheduleStatus }) {
  const { t } = useTranslation();
  const { schedule, nextRuns, running, runs } = status;
  const [last] = runs;
  const failed = last?.result === 'failed';
  const Icon = failed ? CircleX : schedule.enabled ? CalendarClock : CirclePause;
  const [next] = nextRuns;
  const progress = running?.progress ?? null;
  const fraction = progress === null || progress.total === 0 ? null : progress.done / progress.total;
  return (
    <div className={styles.schedule} data-failed={failed}>
      <Icon size={14} aria-hidden />
      <span>
        {schedule.enabled ? t('backups.runs', { when: timingText(t, schedule) }) : t('backups.scheduleOff')}
        {schedule.enabled && next !== undefined && running === null ? (
          <span className={styles.note}>
            {t('backups.next')} <TimeText stored={next} />
          </span>
        ) : null}
      </span>
      {running ? (
        <span className={styles.running}>
          <ProgressBar label={t('backups.runningNow')} fraction={fraction} text={t('backups.runningNow')} />
        </span>
      ) : last === undefined ? null : (
        <LastRun run={last} />
      )}
      <span className={styles.gap} />
      {running ? (
        <Button kind="quiet" onClick={() => void stopSchedule(schedule.id)}>
          {t('backups.stopRun')}
        </Button>
      ) : (
        <Button kind="quiet" onClick={() => void runSchedule(schedule.id)}>
          {t('backups.runNow')}
        </Button>
      )}
      <Button kind="quiet" onClick={() => openDialog({ kind: 'schedule', schedule: schedule.id })}>
        {t('backups.changeSchedule')}
      </Button>
    </div>
  );
}

function LastRun({ run }: { readonly run: ScheduleRun }) {
  const { t } = useTranslation();
  return (
    <span className={styles.lastRun}>
      {t(`backups.last.${run.result}`, { count: run.states ?? 0 })} <TimeText stored={run.endedAt} />
      {run.error ? <span className={styles.why}>{errorText(t, run.error)}</span> : null}
    </span>
  );
}
