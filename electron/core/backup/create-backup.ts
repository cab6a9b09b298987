/**
 * Makes a backup: the states' bytes, copied as they stand, one at a time.
 *
 * What it holds is of one moment. Every state is read twice, once for its checksum and once to be written, and the second reading
 * has to find what the first did: then each state was that from before the first writing to after the last reading, as far as no
 * program changed one and changed it back (Afek et al., Atomic Snapshots of Shared Memory, JACM 1993, call this a double collect).
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quoteJson } from '../../../shared/json/json-string.ts';
import { EncryptingWriter } from '../files/encrypted-access.ts';
import { GzipWriter } from '../files/gzip-writer.ts';
import { isTemporaryName, replaceFileBy, toWriteError } from '../files/replace-file.ts';
import { isEncryptedSource } from '../live/encrypted-source.ts';
import { programVersion } from '../program-version.ts';
import { cancelled, errorCode } from '../sources/problems.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { readBackupInfo } from './backup-info.ts';
import { type BackupHead, metadataText } from './backup-text.ts';
import type { BackupOptions, BackupRun, CreatedBackup } from './model.ts';
import { isChosen, type Survey, stateText, surveyStates } from './survey.ts';

type Write = (bytes: Uint8Array) => Promise<void>;

/** What a backup holds is for its owner only, as are journals and snapshots. */
const PRIVATE_MODE = 0o600;
/** Between two tries with a source that others write; so many tries as there are waits, and one. */
const WAITS_MS = [50, 250, 1000];
/** A file that nobody has added to for so long belongs to a program that is gone. */
const ABANDONED_MS = 3_600_000;

/** The source changed between the two readings. */
class Unsteady extends Error {}

/**
 * Durable when it resolves; when it rejects, the file that was there is as it was, and no other is left.
 * @throws SourceError `file-exists`; `not-found` when states were asked for and none is there; `source-changing`;
 * `would-be-plain`; `disk-full`, `read-only`, …; `cancelled`
 */
export async function createBackup(
  source: Source,
  options: BackupOptions,
  run: BackupRun = {},
): Promise<CreatedBackup> {
  const file = resolve(options.file);
  if (options.overwrite !== true) await refuseExisting(file);
  if (options.passphrase === undefined && options.allowPlain !== true && (await isEncryptedSource(source))) {
    throw wouldBePlain(source.location);
  }
  await removeAbandoned(file, options.origin === 'automatic');
  let current = source;
  try {
    for (let tries = 0; ; tries++) {
      try {
        await current.growth?.whole(run.signal);
        // What is read of a copy cannot change, but may be old.
        const isOld = tries === 0 && options.reopen !== undefined;
        if (isOld || current.isOfOneMoment !== true) await assertSteady(current, options, run);
        return await tryBackup(current, { ...options, file }, run);
      } catch (error) {
        if (run.signal?.aborted === true) throw cancelled(source.location, error);
        if (!(await isUnsteady(error, current))) throw error;
        const wait = WAITS_MS[tries];
        if (wait === undefined || options.reopen === undefined) throw sourceChanging(source.location);
        await sleep(wait);
        if (current !== source) await current.close();
        current = source;
        current = await options.reopen();
      }
    }
  } finally {
    if (current !== source) await current.close();
  }
}

async function tryBackup(source: Source, options: BackupOptions, run: BackupRun): Promise<CreatedBackup> {
  const survey = await surveyStates(source, options, run);
  // The moment that the backup is of: between the two readings, with the list of states as it was, too.
  if (source.isOfOneMoment !== true) await assertSteady(source, options, run);
  const asked = (options.only ?? []).length + (options.keys ?? []).length;
  if (survey.states.length === 0 && asked > 0) throw nothingChosen(source.location, survey.unmatched);
  const { file, passphrase } = options;
  const isPacked = options.gzip ?? /\.gz$/i.test(file);
  const head = headOf(source, survey, options);
  await replaceFileBy(
    file,
    async (write) => {
      const finish: (() => Promise<void>)[] = [];
      let sink: Write = write;
      if (passphrase !== undefined) {
        const writer = await EncryptingWriter.begin(passphrase, clearText(head, survey), sink);
        finish.unshift(() => writer.finish());
        sink = (bytes) => writer.write(bytes);
      }
      if (isPacked) {
        const writer = new GzipWriter(sink);
        finish.unshift(() => writer.finish());
        sink = (bytes) => writer.write(bytes);
      }
      await writeText(source, head, survey, run, sink);
      for (const end of finish) await end();
      // Made by somebody else meanwhile.
      if (options.overwrite !== true) await refuseExisting(file);
    },
    { mode: PRIVATE_MODE },
  );
  const { states, leftOut, unmatched } = survey;
  return { info: await readBackupInfo(file, { passphrase }), states: states.length, leftOut, unmatched };
}

/** Pieces are gathered, so that small states do not cost a call of the system each. */
const GATHER = 256 << 10;

async function writeText(
  source: Source,
  head: BackupHead,
  { states }: Survey,
  { signal, onProgress }: BackupRun,
  write: Write,
): Promise<void> {
  const gathered: Uint8Array[] = [];
  let size = 0;
  const put = async (bytes: Uint8Array): Promise<void> => {
    gathered.push(bytes);
    size += bytes.length;
    if (size >= GATHER) await flush();
  };
  const flush = async (): Promise<void> => {
    await write(Buffer.concat(gathered));
    gathered.length = 0;
    size = 0;
  };
  await put(Buffer.from('{\n  "metadata": '));
  await put(metadataText(head, states));
  await put(Buffer.from(',\n  "states": {'));
  const total = states.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const [at, { key, sha256, bytes }] of states.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'writing', done, total, key });
    const read = await stateText(source, key, signal);
    if ('reason' in read) throw new Unsteady(read.reason);
    await put(Buffer.from(`${at === 0 ? '' : ','}\n    ${quoteJson(key)}: `));
    const hash = createHash('sha256');
    for await (const part of read.parts) {
      hash.update(part);
      await put(part);
    }
    if (hash.digest('hex') !== sha256) throw new Unsteady(key);
    done += bytes;
  }
  await put(Buffer.from(`${states.length === 0 ? '' : '\n  '}}\n}\n`));
  await flush();
}

/** @throws Unsteady when something that is to be backed up was written, added or removed since the source was opened. */
async function assertSteady(source: Source, options: BackupOptions, { signal }: BackupRun): Promise<void> {
  const changed = await source.changed(signal ? { signal } : {});
  const isOurs = changed === null || [...changed].some((key) => isChosen({ key }, options));
  if (isOurs) throw new Unsteady('it has changed since it was opened');
}

/** What cannot be read of a source that has changed can be read of it as it is now. */
async function isUnsteady(error: unknown, source: Source): Promise<boolean> {
  if (error instanceof Unsteady) return true;
  const isOfReading = error instanceof SourceError && error.code === 'unreadable';
  if (!isOfReading || source.isOfOneMoment === true) return false;
  try {
    const changed = await source.changed();
    return changed === null || changed.size > 0;
  } catch {
    // What went wrong first is what is told.
    return false;
  }
}

function headOf(source: Source, { leftOut }: Survey, options: BackupOptions): BackupHead {
  const { location, format } = source;
  const createdAt = new Date((options.now ?? Date.now)()).toISOString();
  const { only, keys, origin } = options;
  return {
    name: options.name ?? `${basename(location)} ${createdAt}`,
    createdAt,
    origin,
    source: { location, format },
    writer: { name: 'statescope', version: programVersion() },
    only: only === undefined && keys === undefined ? null : [...(only ?? []), ...(keys ?? [])],
    leftOut,
  };
}

/** What those who keep backups have to know of one whose passphrase they do not have. */
function clearText({ origin, createdAt }: BackupHead, { states }: Survey): Uint8Array {
  return Buffer.from(JSON.stringify({ origin, created_at: createdAt, total_states: states.length }));
}

export async function refuseExisting(file: string): Promise<void> {
  try {
    await lstat(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw toWriteError(error, file);
  }
  const message = `${file} is there already. Choose another name, or say that it is to be replaced.`;
  throw new SourceError('file-exists', message, { location: file });
}

/** What a killed backup has left. In a folder of automatic ones, whatever its name is. */
async function removeAbandoned(file: string, ofAny: boolean): Promise<void> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => []);
  const begins = `.${basename(file)}.`;
  for (const name of names) {
    if (!isTemporaryName(name) || !(ofAny || name.startsWith(begins))) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    // Another program may have removed it meanwhile.
    if (info !== null && Date.now() - info.mtimeMs > ABANDONED_MS) await unlink(path).catch(() => undefined);
  }
}

function sourceChanging(location: string): SourceError {
  const message = `${location} is being written without a pause, so that no consistent copy could be made. Nothing was written. Try again when the programs that write it have less to do.`;
  return new SourceError('source-changing', message, { location });
}

function wouldBePlain(location: string): SourceError {
  const message = `${location} is encrypted, and its backup would not be. Nothing was written. Give a passphrase for the backup, or say that it may be plain.`;
  return new SourceError('would-be-plain', message, { location });
}

function nothingChosen(location: string, unmatched: readonly string[]): SourceError {
  const key = unmatched.join(', ');
  const message = `There is nothing in ${location} that ${key} stands for: no backup was made. List its states to see their keys.`;
  return new SourceError('not-found', message, { location, key });
}
