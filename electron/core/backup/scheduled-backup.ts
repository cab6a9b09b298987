/** One run of a schedule: a backup is made, unless the last one holds the same, and those that its rule lets go are removed. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toWriteError } from '../files/replace-file.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { BackupJob, JobOutcome, JobRun } from './backup-scheduler.ts';
import { createBackup } from './create-backup.ts';
import type { BackupOptions } from './model.ts';
import type { OwnBackup } from './schedule-record.ts';
import { retain } from './schedule-retention.ts';
import { type Survey, surveyStates } from './survey.ts';
import { verifyBackup } from './verify-backup.ts';

/** Known to the one who runs it, and never kept with the schedule. */
export interface JobSecrets {
  /** Of the source: a password, or what opens an encrypted store. */
  readonly source: string | null;
  /** Encrypts the backup. */
  readonly passphrase: string | null;
}

/** Before the source is opened anew, because programs wrote it meanwhile. */
const WAITS_MS = [50, 250, 1000];

/**
 * @throws SourceError of opening, reading and writing; `schedule-passphrase`; `schedule-nothing` for a source without a state, which
 *   is rather a mistake than a backup: by its rule it would put out good ones. Then nothing was written and nothing removed.
 */
export async function makeScheduledBackup(job: BackupJob, secrets: JobSecrets, run: JobRun): Promise<JobOutcome> {
  const { schedule, now } = job;
  if (schedule.encrypted && secrets.passphrase === null) throw passphraseNeeded(schedule.source);
  const made = await makeWhenSteady(job, secrets, run);
  const retained = await retain(made.files, schedule.keep, now);
  return { ...made, ...retained };
}

type Made = Omit<JobOutcome, 'removed' | 'error'>;

/** A source that is written all the time is opened anew a few times. */
async function makeWhenSteady(job: BackupJob, secrets: JobSecrets, run: JobRun): Promise<Made> {
  const { source: location, followLinks } = job.schedule;
  for (let tries = 0; ; tries++) {
    const source = await openSource(location, { followLinks, secret: secrets.source ?? undefined, signal: run.signal });
    try {
      return await make(source, job, secrets.passphrase ?? undefined, run);
    } catch (error) {
      const wait = WAITS_MS[tries];
      if (wait === undefined || !(error instanceof SourceError) || error.code !== 'source-changing') throw error;
      await sleep(wait, undefined, { signal: run.signal });
    } finally {
      await source.close();
    }
  }
}

async function make(source: Source, job: BackupJob, passphrase: string | undefined, run: JobRun): Promise<Made> {
  const { schedule, file, files, now } = job;
  const { gzip, skipUnchanged, folder } = schedule;
  const selection = schedule.only === null ? {} : { only: [...schedule.only] };
  if (source.entries.length === 0) throw nothingThere(source.location);
  let content: string | null = null;
  if (skipUnchanged) {
    const survey = await surveyStates(source, selection, run);
    content = contentOf(survey, schedule);
    const [last] = files;
    if (
      last?.content === content &&
      dirname(last.file) === folder &&
      (await isGood(last, schedule.encrypted ? passphrase : undefined, run))
    ) {
      return {
        result: 'unchanged',
        file: last.file,
        states: survey.states.length,
        leftOut: leftOut(survey.leftOut, source),
        files,
      };
    }
  }
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw toWriteError(error, folder);
  });
  const options: BackupOptions = {
    file,
    ...selection,
    gzip,
    origin: 'automatic',
    now: () => now,
    ...(schedule.encrypted ? { passphrase } : {}),
  };
  // Without `reopen` it is refused when the source has changed since it was opened: so what it holds is what was surveyed.
  const created = await createBackup(source, options, run);
  const own: OwnBackup = { file, createdAt: new Date(now).toISOString(), bytes: created.info.fileBytes, content };
  return {
    result: 'written',
    file,
    states: created.states,
    leftOut: leftOut(created.leftOut, source),
    files: [own, ...files],
  };
}

/** Equal when a backup would be the same but for its time. */
function contentOf({ states, leftOut: damaged }: Survey, { gzip, encrypted }: BackupJob['schedule']): string {
  const hash = createHash('sha256').update(JSON.stringify({ gzip, encrypted }));
  for (const { key, sha256 } of states) hash.update(JSON.stringify([key, sha256]));
  for (const { key } of damaged) hash.update(JSON.stringify([key]));
  return hash.digest('hex');
}

/** A backup that is relied on instead of a new one is read to its end: it may have been damaged or replaced since. */
async function isGood(last: OwnBackup, passphrase: string | undefined, { signal }: JobRun): Promise<boolean> {
  try {
    const { ok, info } = await verifyBackup(last.file, { passphrase }, { signal });
    return ok && info.fileBytes === last.bytes && info.origin === 'automatic';
  } catch (error) {
    if (signal.aborted || !(error instanceof SourceError)) throw error;
    return false;
  }
}

/** Damaged states, and what could not be read as a state at all. */
function leftOut(damaged: readonly { readonly key: string }[], source: Source): number {
  const known = new Set(damaged.map(({ key }) => key));
  const others = source.problems.filter(
    ({ severity, key }) => severity === 'error' && (key === null || !known.has(key)),
  );
  return known.size + others.length;
}

function passphraseNeeded(location: string): SourceError {
  const message = `The automatic backup of ${location} is encrypted, and its passphrase is not known here. Set STATESCOPE_PASSPHRASE, or enter it in the window again.`;
  return new SourceError('schedule-passphrase', message, { location });
}

function nothingThere(location: string): SourceError {
  const message = `There is no state in ${location}, so there is nothing to back up, and older backups stay. Look whether it is the right place, and whether its disk is there.`;
  return new SourceError('schedule-nothing', message, { location });
}
