/**
 * Copies a database that another program may be writing, without taking a lock on it and without a file appearing
 * beside it. SQLite itself cannot read so: it locks, and it creates or changes `-shm` and `-wal` files.
 *
 * The copy is consistent when what is compared before and after the copying did not move:
 *
 * - Rollback journal (DELETE, TRUNCATE, PERSIST). Every commit increments the change counter in the header (bytes 24 to
 *   27, https://www.sqlite.org/fileformat.html §1.3.7). A writer first writes the old content of the pages it will change
 *   to the journal, syncs it, and only then touches the database. So, main file first and journal second:
 *   · no live journal and the same counter, size and time before and after: nothing was written in between;
 *   · the same live journal (size, and header with its random nonce) before and after: whatever the writer did to
 *     pages in between, torn or not, their old content is in the copied journal. SQLite finds that journal beside the
 *     copy, takes it for the rest of a crash, and rolls the copy back to the last commit.
 * - WAL. Commits only append to the WAL; a checkpoint copies pages from the WAL to the main file, at any time, but
 *   nothing leaves the WAL until it is restarted, which writes a header with a new salt before any frame (§4.1). So, with
 *   the main file copied first and the WAL second: with the same header before and after, every page that a checkpoint
 *   changed in the main file meanwhile is in the copied WAL too, which is read in place of it. A frame that was half
 *   written when it was copied fails its checksum and ends the WAL there, at the last commit before.
 *
 * Time stamps tick every few milliseconds, so they are one more witness, never the only one; a journal of another
 * database's transaction (super-journal) is waited out, since its name points at the original.
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
  statSync,
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
const PATIENCE_MS = 6000;
const LONGEST_WAIT_MS = 25;
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
    if (attempt + 1 >= ATTEMPTS && Date.now() - started > PATIENCE_MS) throw new NeverSettledError();
    await sleep(Math.min(LONGEST_WAIT_MS, 2 ** attempt) * (0.5 + Math.random()));
  }
}

/** Null when something moved. */
async function attemptCopy(database: FilePath, path: string, options: CopyOptions): Promise<number | null> {
  const before = footprint(database);
  if (isLive(before.journal) && before.journal.superJournal) return null;
  const parts: Part[] = [{ suffix: '', size: before.size }];
  if (isLive(before.journal)) parts.push({ suffix: '-journal', size: before.journal.size });
  if (before.wal !== null) parts.push({ suffix: '-wal', size: before.wal.size });
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  for (const suffix of ['', '-journal', '-wal']) rmSync(path + suffix, { force: true });
  const copied = total > SMALL ? await copyThroughDisk(database, path, parts, options) : readAll(database, parts);
  if (copied === null || !settled(before, footprint(database))) return null;
  for (const { suffix, bytes } of copied) writeFileSync(path + suffix, bytes, { mode: 0o600 });
  options.onProgress?.(total, total);
  return total;
}

interface Part {
  readonly suffix: string;
  readonly size: number;
}

interface PartInMemory {
  readonly suffix: string;
  readonly bytes: Uint8Array;
}

/** A small database: into memory, without letting go of the thread, so that as little as possible can move meanwhile. */
function readAll(database: FilePath, parts: readonly Part[]): PartInMemory[] | null {
  const read: PartInMemory[] = [];
  for (const { suffix } of parts) {
    const file = openIfThere(withSuffix(database, suffix));
    if (file === null) return null;
    try {
      read.push({ suffix, bytes: readAt(file, 0, fstatSync(file).size) });
    } finally {
      closeSync(file);
    }
  }
  return read;
}

/** A large one: in chunks, between which others run. Returns nothing to write, since it is written. */
async function copyThroughDisk(
  database: FilePath,
  path: string,
  parts: readonly Part[],
  options: CopyOptions,
): Promise<PartInMemory[] | null> {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { suffix } of parts) {
    const onBytes = (bytes: number) => options.onProgress?.(done + bytes, total);
    const copied = await copyFile(withSuffix(database, suffix), path + suffix, options, onBytes);
    if (copied === null) return null;
    done += copied;
  }
  return [];
}

/** What a change to the database cannot leave as it was. */
interface Footprint {
  readonly ino: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
  /** Change counter, and the bytes that say journal or WAL. */
  readonly counter: string;
  readonly journal: Companion | null;
  readonly wal: Companion | null;
}

interface Companion {
  readonly size: number;
  /** Its first bytes: a journal's magic, count and nonce; a WAL's salts. */
  readonly head: Buffer;
  /** It ends in the name of a journal that several databases share. */
  readonly superJournal: boolean;
}

function footprint(database: FilePath): Footprint {
  const file = openSync(database, 'r');
  try {
    const { ino, size, mtimeNs } = fstatSync(file, { bigint: true });
    const header = readAt(file, 0, 100);
    const journal = companion(withSuffix(database, '-journal'), 28);
    const wal = companion(withSuffix(database, '-wal'), 32);
    const counter = `${header.subarray(18, 20).toString('hex')}:${header.subarray(24, 28).toString('hex')}`;
    return { ino, size: Number(size), mtimeNs, counter, journal, wal };
  } finally {
    closeSync(file);
  }
}

function companion(path: FilePath, headBytes: number): Companion | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const size = fstatSync(file).size;
    const head = readAt(file, 0, headBytes);
    const tail = readAt(file, Math.max(headBytes, size - JOURNAL_MAGIC.length), JOURNAL_MAGIC.length);
    return { size, head, superJournal: tail.equals(JOURNAL_MAGIC) };
  } finally {
    closeSync(file);
  }
}

function settled(before: Footprint, after: Footprint): boolean {
  if (before.ino !== after.ino || !sameHead(before.wal, after.wal)) return false;
  if (!sameHead(before.journal, after.journal) || before.journal?.size !== after.journal?.size) return false;
  if (isLive(before.journal) || (before.wal !== null && before.wal.size > 0)) return true;
  return before.size === after.size && before.counter === after.counter && before.mtimeNs === after.mtimeNs;
}

function sameHead(a: Companion | null, b: Companion | null): boolean {
  return a === null || b === null ? a === b : a.head.equals(b.head);
}

/** A journal that PERSIST or TRUNCATE left behind after its commit has no magic number. */
function isLive(journal: Companion | null): journal is Companion {
  return journal !== null && journal.head.subarray(0, 8).equals(JOURNAL_MAGIC);
}

/** Bytes copied; null when the file is gone. */
async function copyFile(
  from: FilePath,
  to: string,
  options: CopyOptions,
  onBytes: (done: number) => void,
): Promise<number | null> {
  const source = openIfThere(from);
  if (source === null) return null;
  try {
    const size = fstatSync(source).size;
    if (size > CHUNK && clone(from, to)) return statSync(to).size;
    return await copyBytes(source, to, options, onBytes);
  } finally {
    closeSync(source);
  }
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

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

/** On Windows a lock forbids reading, too: the writer is waited for. */
function nullIfShared(error: unknown): null {
  if (errorCode(error) === 'EBUSY') return null;
  throw error;
}
