/**
 * Copies a database that another program may be writing, without taking a lock on it and without a file appearing
 * beside it. SQLite itself cannot read so: it locks, and it creates or changes `-shm` and `-wal` files.
 *
 * The copy is consistent because of what is compared before and after:
 *
 * - Rollback journal (DELETE, TRUNCATE, PERSIST; https://www.sqlite.org/fileformat.html §3). A writer first writes the
 *   old content of the pages it will change to the journal and only then touches the database; a journal belongs to one
 *   transaction, which its random nonce names. Main file first, journal second:
 *   · A live journal before the main file is copied, and the journal of the same transaction after it: whatever the
 *     writer did to pages meanwhile, torn or not, their old content is in the copied journal, which only grows until the
 *     commit. SQLite finds it beside the copy, takes it for the rest of a crash, and rolls the copy back.
 *   · No live journal before and after, and the same change counter (header bytes 24 to 27, which every commit
 *     increments), size and time: nothing was written in between. Time stamps tick every few milliseconds, so the time
 *     is one more witness, never the only one.
 * - WAL (§4). Commits only append to the WAL; a checkpoint copies pages from the WAL to the main file, at any time, but
 *   nothing leaves the WAL until it is restarted, which writes a header with a new salt before any frame. Main file
 *   first, WAL second: with the same header before and after, every page that a checkpoint changed in the main file
 *   meanwhile is in the copied WAL too, and is read from there. A frame that was half written when it was copied fails
 *   its checksum and ends the WAL there, at the last commit before.
 *
 * The journal of a transaction over several databases (super-journal) is waited out, since its names point at the originals.
 *
 * One warning for whoever adds writing: on POSIX, closing any descriptor of a file drops all locks that the same process
 * holds on it. This module must not run in a process that has the same database open through SQLite.
 */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type FilePath, withSuffix } from '../files/file-path.ts';
import { errorCode } from './problems.ts';

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** How long a database that does not stand still is tried again, in milliseconds; at least ten times in any case. */
  readonly patienceMs?: number | undefined;
}

/** Every attempt found the database in motion. */
export class NeverSettledError extends Error {
  override readonly name = 'NeverSettledError';
}

const CHUNK = 4 << 20;
/** Database and journals together. */
const SMALL = 8 << 20;
const ATTEMPTS = 10;
/** Small databases are tried again for this long, since an attempt costs next to nothing. */
const PATIENCE_MS = 10_000;
const LONGEST_WAIT_MS = 25;
const JOURNAL = '-journal';
const WAL = '-wal';
const JOURNAL_HEAD = 28;
const JOURNAL_MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
const NAME_IN_COPY = 'snapshot.db';

/**
 * Copies database, journal and WAL into `folder` as of one moment.
 * @param database real path: SQLite looks for journals beside the file itself, not beside a link to it.
 * @returns the copy's path and the bytes of the original files.
 * @throws NeverSettledError; the error of the operating system; the signal's reason.
 */
export async function copyDatabase(
  database: FilePath,
  folder: string,
  options: CopyOptions = {},
): Promise<{ readonly path: string; readonly bytes: number }> {
  const path = join(folder, NAME_IN_COPY);
  const started = Date.now();
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    const bytes = await attemptCopy(database, path, options).catch(nullIfShared);
    if (bytes !== null) return { path, bytes };
    if (attempt + 1 >= ATTEMPTS && Date.now() - started > (options.patienceMs ?? PATIENCE_MS))
      throw new NeverSettledError();
    await sleep(Math.min(LONGEST_WAIT_MS, 2 ** attempt) * (0.5 + Math.random()));
  }
}

/** Null when something moved. */
async function attemptCopy(database: FilePath, path: string, options: CopyOptions): Promise<number | null> {
  const before = footprint(database);
  const parts: Part[] = [{ suffix: '', size: before.size }];
  if (before.transaction !== null) parts.push({ suffix: JOURNAL, size: before.journalSize });
  if (before.wal !== null) parts.push({ suffix: WAL, size: before.wal.size });
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  for (const suffix of ['', JOURNAL, WAL]) rmSync(path + suffix, { force: true });
  const copied = total > SMALL ? await copyThroughDisk(database, path, parts, options) : readAll(database, parts);
  if (copied === null || !settled(before, copied.transaction, footprint(database))) return null;
  for (const { suffix, bytes } of copied.inMemory) writeFileSync(path + suffix, bytes, { mode: 0o600 });
  options.onProgress?.(total, total);
  return total;
}

interface Part {
  readonly suffix: string;
  readonly size: number;
}

interface Copied {
  /** What is still to be written. */
  readonly inMemory: readonly { readonly suffix: string; readonly bytes: Uint8Array }[];
  /** The one whose journal was copied; null when there was none, or when it ended meanwhile. */
  readonly transaction: string | null;
}

/** A small database: into memory, without letting go of the thread, so that as little as possible can move meanwhile. */
function readAll(database: FilePath, parts: readonly Part[]): Copied | null {
  const inMemory = [];
  let transaction: string | null = null;
  for (const { suffix } of parts) {
    const file = openIfThere(withSuffix(database, suffix));
    if (file === null) return null;
    try {
      const began = transactionOf(file);
      const bytes = readAt(file, 0, fstatSync(file).size);
      inMemory.push({ suffix, bytes });
      if (suffix === JOURNAL && began === transactionOf(file)) transaction = began;
    } finally {
      closeSync(file);
    }
  }
  return { inMemory, transaction };
}

/** A large one: in chunks, between which others run. */
async function copyThroughDisk(
  database: FilePath,
  path: string,
  parts: readonly Part[],
  options: CopyOptions,
): Promise<Copied | null> {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  let transaction: string | null = null;
  let done = 0;
  for (const { suffix } of parts) {
    const from = withSuffix(database, suffix);
    const file = openIfThere(from);
    if (file === null) return null;
    try {
      const began = transactionOf(file);
      const size = fstatSync(file).size;
      const onBytes = (bytes: number) => options.onProgress?.(done + bytes, total);
      const cloned = suffix === '' && size > CHUNK && clone(from, path);
      done += cloned ? size : await copyBytes(file, path + suffix, options, onBytes);
      if (suffix === JOURNAL && began === transactionOf(file)) transaction = began;
    } finally {
      closeSync(file);
    }
  }
  return { inMemory: [], transaction };
}

/** What a change to the database cannot leave as it was. */
interface Footprint {
  readonly ino: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
  /** Change counter, and the bytes that say journal or WAL. */
  readonly counter: string;
  /** The one that is open, by its journal; null when there is no live journal. */
  readonly transaction: string | null;
  readonly journalSize: number;
  /** Size and header, with its salts. */
  readonly wal: { readonly size: number; readonly head: string } | null;
}

function footprint(database: FilePath): Footprint {
  const file = openSync(database, 'r');
  try {
    const { ino, size, mtimeNs } = fstatSync(file, { bigint: true });
    const header = readAt(file, 0, 100);
    const counter = hex(header, 18, 20) + hex(header, 24, 28);
    const journal = inspect(withSuffix(database, JOURNAL), (at) => ({
      size: fstatSync(at).size,
      transaction: transactionOf(at),
    }));
    const wal = inspect(withSuffix(database, WAL), (at) => ({
      size: fstatSync(at).size,
      head: hex(readAt(at, 0, 32)),
    }));
    const { transaction = null, size: journalSize = 0 } = journal ?? {};
    return { ino, size: Number(size), mtimeNs, counter, transaction, journalSize, wal };
  } finally {
    closeSync(file);
  }
}

function settled(before: Footprint, copiedTransaction: string | null, after: Footprint): boolean {
  if (before.ino !== after.ino || before.wal?.head !== after.wal?.head) return false;
  if (before.transaction === 'super') return false;
  if (before.transaction !== null) return copiedTransaction === before.transaction;
  if (after.transaction !== null) return false;
  if (before.wal !== null && before.wal.size > 0) return true;
  return before.size === after.size && before.counter === after.counter && before.mtimeNs === after.mtimeNs;
}

/**
 * Names the transaction of a journal: its header but for the count of records, which grows. Null for a journal that is
 * not live, such as PERSIST and TRUNCATE leave behind, and `super` for one that belongs to several databases.
 */
function transactionOf(journal: number): string | null {
  const head = readAt(journal, 0, JOURNAL_HEAD);
  if (!head.subarray(0, JOURNAL_MAGIC.length).equals(JOURNAL_MAGIC)) return null;
  const size = fstatSync(journal).size;
  const tail = readAt(journal, Math.max(JOURNAL_HEAD, size - JOURNAL_MAGIC.length), JOURNAL_MAGIC.length);
  return tail.equals(JOURNAL_MAGIC) ? 'super' : hex(head, 12, JOURNAL_HEAD);
}

/** Where the file system shares blocks between files, a copy is instant. Never falls back to a slow one. */
function clone(from: FilePath, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    return false;
  }
  // A clone of a file that may not be written could not be rolled back.
  chmodSync(to, 0o600);
  return true;
}

async function copyBytes(
  source: number,
  to: string,
  options: CopyOptions,
  onBytes: (done: number) => void,
): Promise<number> {
  const target = openSync(to, 'w', 0o600);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let at = 0; ; ) {
      const count = readSync(source, chunk, 0, CHUNK, at);
      if (count === 0) return at;
      for (let written = 0; written < count; )
        written += writeSync(target, chunk, written, count - written, at + written);
      at += count;
      onBytes(at);
      if (count < CHUNK) continue;
      await nextTurn();
      options.signal?.throwIfAborted();
    }
  } finally {
    closeSync(target);
  }
}

function openIfThere(path: FilePath): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function inspect<T>(path: FilePath, look: (file: number) => T): T | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    return look(file);
  } finally {
    closeSync(file);
  }
}

function hex(bytes: Buffer, start = 0, end = bytes.length): string {
  return bytes.toString('hex', start, end);
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

/** On Windows a lock forbids reading, too: the writer is waited for. */
function nullIfShared(error: unknown): null {
  if (errorCode(error) === 'EBUSY') return null;
  throw error;
}
