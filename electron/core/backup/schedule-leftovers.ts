/** What a run has left that did not come to its end: it failed, or its thread or its program was killed in the middle of it. */
import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isTemporaryName } from '../files/replace-file.ts';
import { readBackupInfo } from './backup-info.ts';
import type { OwnBackup } from './schedule-record.ts';

/**
 * Removes the half-written file of a backup that nobody writes any more: only the lock of its schedule tells that. Of other files,
 * another program may be writing one right now.
 * @returns the backup itself, when it had been put in its place after all; null otherwise
 */
export async function findInterrupted(file: string): Promise<OwnBackup | null> {
  const folder = dirname(file);
  const begins = `.${basename(file)}.`;
  // Where the folder is not there (any more), nothing is left in it.
  for (const name of await readdir(folder).catch(() => [])) {
    // One that cannot be removed hides from everybody, and is removed with other old ones when the next backup is made.
    if (isTemporaryName(name) && name.startsWith(begins)) await unlink(join(folder, name)).catch(() => undefined);
  }
  const info = await readBackupInfo(file).catch(() => null);
  if (info === null || info.origin !== 'automatic') return null;
  // What it holds was not kept: the next backup is not compared with it.
  return { file, createdAt: info.modifiedAt, bytes: info.fileBytes, content: null };
}
