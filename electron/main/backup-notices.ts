/** Tells through the system how automatic backups went, when a person would want to know: nobody watches them. */
import type { BackupSchedule, ScheduleRun } from '../../shared/ipc/backup-schedules.ts';
import type { FinishedRun } from '../core/backup/backup-scheduler.ts';

export interface BackupNoticesOptions {
  readonly show: (notice: { readonly schedule: BackupSchedule; readonly run: ScheduleRun }) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** A backup that fails every hour for the same reason is told again after a day. */
const AGAIN_MS = 86_400_000;

export class BackupNotices {
  readonly #options: BackupNoticesOptions;
  /** By schedule, the reason that was told last and when. */
  readonly #failing = new Map<string, { readonly reason: string; readonly at: number }>();

  constructor(options: BackupNoticesOptions) {
    this.#options = options;
  }

  tell({ schedule, run }: FinishedRun): void {
    const { show, now } = this.#options;
    const { id } = schedule;
    if (run.result === 'cancelled') return;
    if (run.error === null) {
      this.#failing.delete(id);
      if (run.caughtUp) show({ schedule, run });
      return;
    }
    const told = this.#failing.get(id);
    const reason = run.error.code;
    if (told?.reason === reason && now() - told.at < AGAIN_MS) return;
    this.#failing.set(id, { reason, at: now() });
    show({ schedule, run });
  }
}
