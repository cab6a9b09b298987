/** Copies a file, a database or a folder as it is. Databases are copied as of one moment, whoever writes them meanwhile. */
import { constants, createReadStream, createWriteStream } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  stat,
  symlink,
  utimes,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { childPath, type FilePath, readablePath, realPath } from '../files/file-path.ts';
import { contentKind, isEncrypted } from '../files/magic.ts';
import { isTemporaryName, syncFolder } from '../files/replace-file.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../files/temporary-folder.ts';
import { OWN_FOLDER } from '../persistence/file-lock.ts';
import { toSourceError } from '../sources/problems.ts';
import { copyDatabase } from '../sources/sqlite-copy.ts';

export interface CopyRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that have been copied, of all that are to be, and the file. */
  readonly onProgress?: ((done: number, total: number, path: string) => void) | undefined;
}

interface Copying {
  readonly signal: AbortSignal | undefined;
  /** How many bytes of a file have been copied so far. */
  readonly tell: (from: FilePath, bytes: number) => void;
  readonly copied: (from: FilePath, bytes: number) => void;
}

const HEAD_BYTES = 64;
/** More than that takes so long that somebody may want to stop it. */
const AT_ONCE_BYTES = 64 << 20;
const CHUNK_BYTES = 1 << 20;
/** Whoever makes a copy may change it, also where the original is only read. */
const WRITABLE = { file: 0o600, folder: 0o700 } as const;
/** See file-lock.ts: to open it, and close it again, would let go of the lock that this process may hold. */
const LOCK = /^lock\.db(?:-journal)?$/;
const BESIDE_A_DATABASE = /-(?:wal|shm|journal)$/;

/** @param to nothing of this name is there yet. @returns the bytes of the files of the copy. */
export async function copySource(from: FilePath, to: FilePath, { signal, onProgress }: CopyRun): Promise<number> {
  const info = await stat(from);
  const total = onProgress === undefined ? 0 : await bytesIn(from, signal);
  let done = 0;
  // A file may have grown since it was counted.
  const tell: Copying['tell'] = (file, bytes) => onProgress?.(Math.min(done + bytes, total), total, readablePath(file));
  const copied: Copying['copied'] = (file, bytes) => {
    done += bytes;
    tell(file, 0);
  };
  const run = { signal, tell, copied };
  return info.isDirectory() ? copyFolder(from, to, run) : copyOne(from, to, run);
}

/** Of what cannot be read nothing is counted; copying it tells why. */
async function bytesIn(path: FilePath, signal: AbortSignal | undefined): Promise<number> {
  signal?.throwIfAborted();
  const info = await stat(path);
  if (!info.isDirectory()) return info.size;
  let bytes = 0;
  for (const name of await readdir(path, { encoding: 'buffer' }).catch(() => [])) {
    const child = childPath(path, name);
    const found = await lstat(child).catch(() => null);
    if (found?.isDirectory() === true) bytes += await bytesIn(child, signal);
    else if (found?.isFile() === true) bytes += found.size;
  }
  return bytes;
}

async function copyFolder(from: FilePath, to: FilePath, run: Copying): Promise<number> {
  await mkdir(to);
  const names = await ofOriginal(from, readdir(from, { encoding: 'buffer' }));
  const isOwn = basename(readablePath(from)) === OWN_FOLDER;
  let bytes = 0;
  for (const name of names) {
    run.signal?.throwIfAborted();
    const text = name.toString('latin1');
    // A leftover of a writer that was killed; what is beside a database comes with it.
    if (isTemporaryName(text) || (isOwn && LOCK.test(text))) continue;
    if (
      BESIDE_A_DATABASE.test(text) &&
      names.some((other) => other.toString('latin1') === text.replace(BESIDE_A_DATABASE, ''))
    ) {
      const database = childPath(from, Buffer.from(text.replace(BESIDE_A_DATABASE, ''), 'latin1'));
      if ((await kindOf(database)) === 'sqlite') continue;
    }
    bytes += await copyEntry(childPath(from, name), childPath(to, name), run);
  }
  const { mode, atime, mtime } = await stat(from);
  await syncFolder(to);
  await utimes(to, atime, mtime);
  await chmod(to, (mode & 0o7777) | WRITABLE.folder);
  return bytes;
}

async function copyEntry(from: FilePath, to: FilePath, run: Copying): Promise<number> {
  const info = await lstat(from);
  if (info.isSymbolicLink()) {
    await symlink(await readlink(from, { encoding: 'buffer' }), to);
    return 0;
  }
  if (info.isDirectory()) return copyFolder(from, to, run);
  // Pipes, sockets and devices hold no states.
  return info.isFile() ? copyOne(from, to, run) : 0;
}

async function copyOne(from: FilePath, to: FilePath, run: Copying): Promise<number> {
  await ofOriginal(from, access(from, constants.R_OK));
  const info = await stat(from);
  run.tell(from, 0);
  const bytes =
    (await kindOf(from)) === 'sqlite' ? await copyOneDatabase(from, to, run) : await copyFileAsIs(from, to, run);
  run.copied(from, info.size);
  return bytes;
}

async function copyFileAsIs(from: FilePath, to: FilePath, run: Copying): Promise<number> {
  const { size, mode, atime, mtime } = await stat(from);
  if (size <= AT_ONCE_BYTES) await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else await copyLarge(from, to, run);
  await chmod(to, (mode & 0o7777) | WRITABLE.file);
  const file = await open(to, 'r+');
  try {
    await file.utimes(atime, mtime);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** At once where the file system shares blocks between files; else piece by piece, until it is stopped. */
async function copyLarge(from: FilePath, to: FilePath, { signal, tell }: Copying): Promise<void> {
  const isCloned = await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (isCloned) return;
  const target = createWriteStream(to, { flags: 'wx', mode: WRITABLE.file });
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      tell(from, (bytes += chunk.length));
      yield chunk;
    }
  };
  await pipeline(createReadStream(from, { highWaterMark: CHUNK_BYTES }), counted, target, signal ? { signal } : {});
}

/** One file without anything beside it. */
async function copyOneDatabase(from: FilePath, to: FilePath, { signal, tell }: Copying): Promise<number> {
  const folder = await makeTemporaryFolder(parentOf(to));
  try {
    const { path } = await copyDatabase(await realPath(from), folder, {
      signal,
      onProgress: (bytes) => tell(from, bytes),
    });
    const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(path);
    try {
      // What is in a journal or a WAL goes into the file itself.
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.pragma('journal_mode = DELETE');
    } finally {
      database.close();
    }
    const { mode } = await stat(from);
    await chmod(path, (mode & 0o7777) | WRITABLE.file);
    const file = await open(path, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(path, to);
    return (await stat(to)).size;
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** What cannot be read is told by its own name, and not as a copy that could not be written. */
function ofOriginal<T>(from: FilePath, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    throw toSourceError(error, readablePath(from));
  });
}

function parentOf(path: FilePath): string {
  return join(path.toString(), '..');
}

export async function kindOf(path: FilePath): Promise<'sqlite' | 'encrypted' | 'other'> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return 'other';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (isEncrypted(head)) return 'encrypted';
    return contentKind(head) === 'sqlite' ? 'sqlite' : 'other';
  } finally {
    await file.close();
  }
}
