/** An automatic backup in a thread of its own, seen from the main process. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BackupJob, JobOutcome, JobRun } from '../core/backup/backup-scheduler.ts';
import { type FromJob, GIVE_UP, type JobStart } from '../core/backup/job-protocol.ts';
import type { JobSecrets } from '../core/backup/scheduled-backup.ts';
import { ReportedError } from '../core/workspace/host-error.ts';

const WORKER_FILE = fileURLToPath(new URL('./backup-worker.js', import.meta.url));
/** A thread that does not hear for so long is ended; the scheduler removes what it has half written. */
const GIVE_UP_MS = 2000;

/** @throws ReportedError with what the thread reported; the error that ended it, such as too little memory */
export async function makeInThread(
  job: BackupJob,
  secrets: JobSecrets,
  { signal, onProgress }: JobRun,
): Promise<JobOutcome> {
  const worker = new Worker(WORKER_FILE, { workerData: { job, secrets } satisfies JobStart });
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    worker.postMessage(GIVE_UP);
    timer = setTimeout(() => void worker.terminate(), GIVE_UP_MS);
  };
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await new Promise<JobOutcome>((resolve, reject) => {
      worker.on('message', (message: FromJob) => {
        if (message.type === 'progress') return onProgress(message.progress);
        if (message.type === 'made') resolve(message.outcome);
        else reject(new ReportedError(message.error));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the thread of the backup ended with code ${code}`)));
    });
  } finally {
    signal.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}
