/** Between the main process and the thread that makes one automatic backup. */
import type { BackupProgress } from '../../../shared/ipc/backup-model.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import type { BackupJob, JobOutcome } from './backup-scheduler.ts';
import type { JobSecrets } from './scheduled-backup.ts';

export interface JobStart {
  readonly job: BackupJob;
  readonly secrets: JobSecrets;
}

/** The thread is told one thing only: to give up. */
export const GIVE_UP = 'give-up';

export type FromJob =
  | { readonly type: 'progress'; readonly progress: BackupProgress }
  | { readonly type: 'made'; readonly outcome: JobOutcome }
  | { readonly type: 'failed'; readonly error: HostError };
