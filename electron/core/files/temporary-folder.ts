/** Private temporary folders that do not outlive their process by more than one start of the next. */
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^statescope-(\d+)-/;
/**
 * A process in another container may share the temporary folder and not be visible here: a folder is left alone until
 * any copying into it is long over.
 */
const STALE_AFTER_MS = 3_600_000;

/** Mode 0700 on POSIX, by `mkdtemp`. */
export async function makeTemporaryFolder(parent: string = tmpdir()): Promise<string> {
  await removeStale(parent);
  return mkdtemp(join(parent, `statescope-${process.pid}-`));
}

/** Idempotent. Synchronous, so that it can also run where nothing can be awaited any more. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Folders of processes that ended without removing them. */
async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid === 0 || isRunning(pid)) continue;
    const folder = join(parent, name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    // Another user's folder, or one that somebody else removes right now: not ours to complain about.
    if (age > STALE_AFTER_MS) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
