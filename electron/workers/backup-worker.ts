/** A worker thread that makes one automatic backup and ends, so that its memory is free again. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromJob, JobStart } from '../core/backup/job-protocol.ts';
import { makeScheduledBackup } from '../core/backup/scheduled-backup.ts';
import { toHostError } from '../core/workspace/host-error.ts';

if (!parentPort) throw new Error('backup-worker runs as a worker thread only');
const port = parentPort;
const say = (message: FromJob): void => port.postMessage(message);
const { job, secrets } = workerData as JobStart;
const abort = new AbortController();
/** More often would only keep the main process busy. */
const PROGRESS_MS = 200;
let told = 0;

port.on('message', () => abort.abort());
try {
  const outcome = await makeScheduledBackup(job, secrets, {
    signal: abort.signal,
    onProgress: (progress) => {
      const now = performance.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      say({ type: 'progress', progress });
    },
  });
  say({ type: 'made', outcome });
} catch (error) {
  say({ type: 'failed', error: toHostError(error) });
} finally {
  port.close();
}
