/**
 * Puts new content in a file's place, all or nothing: whoever reads it, and whatever finds it after a power cut, sees the old
 * content whole or the new one whole.
 *
 * The order is what makes it so. The new content goes to a file of its own and is forced to the disk; only then does the
 * rename, which POSIX and NTFS make atomic, put it in place; at last the folder is forced to the disk, so that the rename
 * itself is not forgotten. (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014, has what happens without.)
 */
import { randomBytes } from 'node:crypto';
import { lstat, open, readlink, rename, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { childPath, type FilePath, readablePath } from './file-path.ts';

/** Who owns a file and may use it. */
export interface FileRights {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  setRights(rights: FileRights): Promise<void>;
  setModified(milliseconds: number): Promise<void>;
  /** Content and size are on the disk when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What writing needs of the operating system. */
export interface WriteSystem {
  /** Fails when there is something of this name. */
  create(path: FilePath, mode: number): Promise<NewFile>;
  /** Replaces what is there. */
  rename(from: FilePath, to: FilePath): Promise<void>;
  unlink(path: FilePath): Promise<void>;
  /** The folder's entries are on the disk when it resolves, where the system can do that. */
  syncFolder(folder: FilePath): Promise<void>;
  /** Of the file, not of a link to it; null when there is none. */
  rights(path: FilePath): Promise<FileRights | null>;
  /** Null for what is no symbolic link, or is not there. */
  linkTarget(path: FilePath): Promise<FilePath | null>;
}

export interface ReplaceOptions {
  /** Permission bits of a file that was not there before; the umask applies. */
  readonly mode?: number;
  /** Milliseconds since 1970; now when absent. */
  readonly modifiedMs?: number | undefined;
  readonly system?: WriteSystem;
}

const NEW_FILE_MODE = 0o666;
/** Nobody else reads a file of which the final permissions are not set yet. */
const PRIVATE_MODE = 0o600;
const MOST_LINKS = 32;
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/**
 * Durable when it resolves. A link stays, and what it leads to is replaced; permissions and owner stay as far as the
 * system lets us. When it rejects, the file is as it was and nothing is left beside it, or, when the very last step
 * failed, the new content is in place but might not survive a power cut.
 * @throws SourceError `disk-full`, `read-only`, `unreadable`, …
 */
export function replaceFile(path: FilePath, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<void> {
  return replaceFileBy(path, (write) => write(bytes), options);
}

/** As `replaceFile`, for content that is made while it is written. What `produce` throws is thrown on, and nothing has changed then. */
export async function replaceFileBy(
  path: FilePath,
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  options: ReplaceOptions = {},
): Promise<void> {
  const system = options.system ?? nodeWriteSystem;
  /** Not an error of writing, and so told as it is. */
  let producing: { readonly reason: unknown } | null = null;
  try {
    const target = await followLinks(path, system);
    const rights = await system.rights(target);
    const folder = folderOf(target);
    const temporary = childPath(folder, temporaryName(nameOf(target)));
    const file = await system.create(temporary, rights ? PRIVATE_MODE : (options.mode ?? NEW_FILE_MODE));
    try {
      try {
        let isWriting = false;
        await produce(async (bytes) => {
          isWriting = true;
          await file.write(bytes);
          isWriting = false;
        }).catch((reason: unknown) => {
          if (!isWriting) producing = { reason };
          throw reason;
        });
        if (rights) await file.setRights(rights);
        if (options.modifiedMs !== undefined) await file.setModified(options.modifiedMs);
        await file.sync();
      } finally {
        await file.close();
      }
      await system.rename(temporary, target);
    } catch (error) {
      // The first error is the one to tell; a leftover is removed when the store is opened the next time.
      await system.unlink(temporary).catch(() => undefined);
      throw error;
    }
    await system.syncFolder(folder);
  } catch (error) {
    throw producing === null ? toWriteError(error, readablePath(path)) : error;
  }
}

/** A file that a writer of ours left behind when it was killed. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/** The folder's entries survive a power cut when it resolves, where the system can do that. */
export function syncFolder(folder: FilePath): Promise<void> {
  return nodeWriteSystem.syncFolder(folder);
}

/** An error of the operating system as the reason why `location` was not written. */
export function toWriteError(error: unknown, location: string): SourceError {
  if (error instanceof SourceError) return error;
  const reason = errorCode(error);
  const details = { location, reason };
  const cause = { cause: error };
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new SourceError(
        'disk-full',
        `There is no space left for ${location}. Nothing was changed. Make room, then try again.`,
        details,
        cause,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SourceError(
        'read-only',
        `${location} cannot be written (${reason}). Give your account the right to write it, or work on a copy.`,
        details,
        cause,
      );
    default:
      return new SourceError(
        'unreadable',
        `${location} could not be written (${reason}). Check the disk or the network share, then try again.`,
        details,
        cause,
      );
  }
}

/** Hidden, so that nobody takes it for a state, and in the same folder, since a rename works within one file system. */
function temporaryName(name: Buffer): Buffer {
  const ending = `.${randomBytes(6).toString('hex')}.tmp`;
  return Buffer.concat([Buffer.from('.'), name.subarray(0, 255 - 1 - ending.length), Buffer.from(ending)]);
}

async function followLinks(path: FilePath, system: WriteSystem): Promise<FilePath> {
  let target = path;
  for (let links = 0; ; links++) {
    const next = await system.linkTarget(target);
    if (next === null) return target;
    if (links >= MOST_LINKS) {
      const location = readablePath(path);
      const message = `${location} is a symbolic link that leads back to itself. Mend or remove it.`;
      throw new SourceError('unreadable', message, { location, reason: 'ELOOP' });
    }
    target = next;
  }
}

function folderOf(path: FilePath): FilePath {
  if (typeof path === 'string') return dirname(path);
  const slash = path.lastIndexOf(sep);
  return slash < 0 ? '.' : path.subarray(0, Math.max(slash, 1));
}

function nameOf(path: FilePath): Buffer {
  if (typeof path === 'string') return Buffer.from(basename(path));
  return path.subarray(path.lastIndexOf(sep) + 1);
}

/** Virus scanners and indexers hold a file for a moment after it was written, and a rename over it then fails. */
const WINDOWS_WAITS = [10, 20, 50, 100, 200];

export const nodeWriteSystem: WriteSystem = {
  async create(path, mode) {
    const handle = await open(path, 'wx', mode);
    return {
      async write(bytes) {
        await handle.writeFile(bytes);
      },
      async setRights({ mode, uid, gid }) {
        const now = await handle.stat();
        // Only root may give a file away; for anybody else it becomes their own, as with any editor.
        if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid).catch(() => undefined);
        await handle.chmod(mode);
      },
      setModified: (milliseconds) => handle.utimes(new Date(), new Date(milliseconds)),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async rename(from, to) {
    const waits = process.platform === 'win32' ? [...WINDOWS_WAITS] : [];
    for (;;) {
      try {
        return await rename(from, to);
      } catch (error) {
        const wait = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error)) ? waits.shift() : undefined;
        if (wait === undefined) throw error;
        await sleep(wait);
      }
    }
  },
  unlink: (path) => unlink(path),
  async syncFolder(folder) {
    // Windows opens no folders; NTFS keeps renames in its own journal.
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } catch (error) {
      // Some network and FUSE file systems cannot do it.
      if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(errorCode(error))) throw error;
    } finally {
      await handle.close();
    }
  },
  async rights(path) {
    try {
      const { mode, uid, gid } = await lstat(path);
      return { mode: mode & 0o7777, uid, gid };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  },
  async linkTarget(path) {
    try {
      const target = await readlink(path, { encoding: 'buffer' });
      if (isAbsolute(target.toString('latin1'))) return textIfUtf8(target);
      return textIfUtf8(Buffer.concat([Buffer.from(folderOf(path)), Buffer.from(sep), target]));
    } catch (error) {
      if (['EINVAL', 'ENOENT', 'UNKNOWN'].includes(errorCode(error))) return null;
      throw error;
    }
  },
};

function textIfUtf8(path: Buffer): FilePath {
  const text = path.toString();
  return Buffer.from(text).equals(path) ? join(text) : path;
}
