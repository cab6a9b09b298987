/** What a person decides about a schedule, checked before it is kept. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { isServerAddress, splitPassword } from '../../../shared/ipc/address.ts';
import type { ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { checkTiming } from './schedule-times.ts';

const MOST_KEPT = 100_000;

/**
 * The draft as it is kept: absolute paths, no password.
 * @throws SourceError `schedule-interval`, `schedule-cron`, `schedule-keep`, `schedule-folder`
 */
export async function checkSchedule(draft: ScheduleDraft, now: number): Promise<ScheduleDraft> {
  checkTiming(draft.timing, now);
  checkKept('count', draft.keep.count);
  checkKept('days', draft.keep.days);
  const { location } = splitPassword(draft.source);
  const source = isServerAddress(location) ? location : resolve(location);
  const folder = resolve(draft.folder);
  await checkFolder(source, folder);
  return { ...draft, source, folder };
}

/** @throws SourceError `path-missing`, `permission-denied`, … for a path at which nothing can be backed up */
export async function checkSourceIsThere(source: string): Promise<void> {
  // Whether a server answers shows when it is asked; it may be down right now.
  if (isServerAddress(source)) return;
  await stat(source).catch((error: unknown) => {
    throw toSourceError(error, source);
  });
}

function checkKept(key: 'count' | 'days', value: number | null): void {
  if (value === null || (Number.isSafeInteger(value) && value >= 1 && value <= MOST_KEPT)) return;
  const message = `Of automatic backups, ${key} ${value} cannot be kept: choose a whole number from 1 to ${MOST_KEPT}, or no limit. The newest one always stays.`;
  throw new SourceError('schedule-keep', message, { key, value: String(value), most: MOST_KEPT });
}

/** Each backup would hold all earlier ones. */
async function checkFolder(source: string, folder: string): Promise<void> {
  if (isServerAddress(source)) return;
  const [inside, outside] = [await realPlace(folder), await realPlace(source)];
  if (inside !== outside && !inside.startsWith(outside.endsWith(sep) ? outside : outside + sep)) return;
  const message = `${folder} lies inside of ${source}, so each backup would be a part of the source. Choose a folder outside.`;
  throw new SourceError('schedule-folder', message, { location: folder, source });
}

/** Without links, as far as the path is there already. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || errorCode(error) !== 'ENOENT') return path;
    return join(await realPlace(parent), path.slice(parent.length));
  }
}
