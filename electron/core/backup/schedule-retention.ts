/** Which backups of a schedule go: by its own list and rule, and only what says of itself that it was made automatically. */
import { stat, unlink } from 'node:fs/promises';
import type { ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { toWriteError } from '../files/replace-file.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { toHostError } from '../workspace/host-error.ts';
import { readBackupInfo } from './backup-info.ts';
import type { OwnBackup } from './schedule-record.ts';

const DAY_MS = 86_400_000;

/**
 * Those that the rule lets go. Never the first, which was found to be good just now.
 * @param files the latest first. Their order counts, not their times: a clock may have been set back between two of them.
 */
export function beyondRule(
  files: readonly OwnBackup[],
  { count, days }: ScheduleDraft['keep'],
  now: number,
): readonly OwnBackup[] {
  const oldest = days === null ? Number.NEGATIVE_INFINITY : now - days * DAY_MS;
  return files.filter(
    ({ createdAt }, at) => at > 0 && ((count !== null && at >= count) || Date.parse(createdAt) < oldest),
  );
}

export interface Retained {
  readonly files: readonly OwnBackup[];
  readonly removed: readonly string[];
  /** The first that could not be removed. */
  readonly error: HostError | null;
}

/** Applies the rule. Files that are gone are forgotten; a file that has become something else is forgotten and stays. Never rejects. */
export async function retain(files: readonly OwnBackup[], keep: ScheduleDraft['keep'], now: number): Promise<Retained> {
  const there = await filesThere(files);
  const goes = new Set(beyondRule(there, keep, now));
  const stays: OwnBackup[] = [];
  const removed: string[] = [];
  let error: HostError | null = null;
  for (const own of there) {
    if (!goes.has(own)) stays.push(own);
    else {
      const outcome = await removeOwn(own.file);
      if (outcome === 'removed') removed.push(own.file);
      else if (outcome !== 'not-ours') {
        error ??= outcome;
        stays.push(own);
      }
    }
  }
  return { files: stays, removed, error };
}

/** Without those that a person has moved or deleted. What cannot be looked at, such as an unplugged disk, may be there. */
async function filesThere(files: readonly OwnBackup[]): Promise<OwnBackup[]> {
  const there: OwnBackup[] = [];
  for (const own of files) {
    const isGone = await stat(own.file).then(
      () => false,
      (error: unknown) => errorCode(error) === 'ENOENT',
    );
    if (!isGone) there.push(own);
  }
  return there;
}

/** What keeps a file from being looked at. With all others it is known that it is no backup of ours, or no whole one. */
const UNSEEN: ReadonlySet<string> = new Set(['permission-denied', 'unreadable']);

async function removeOwn(file: string): Promise<'removed' | 'not-ours' | HostError> {
  try {
    // Told without the passphrase, of encrypted ones too.
    const { origin } = await readBackupInfo(file);
    if (origin !== 'automatic') return 'not-ours';
    await unlink(file);
    return 'removed';
  } catch (error) {
    if (error instanceof SourceError && !UNSEEN.has(error.code)) return 'not-ours';
    return toHostError(toWriteError(error, file));
  }
}
