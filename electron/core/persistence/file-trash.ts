/**
 * Copies of files that were overwritten or deleted, in folders and under names that people can read:
 *
 *     FOLDER/CATEGORY/NAME_backup_20250910T080000250Z_0123abcd.json
 *     FOLDER/CATEGORY/NAME_deleted_20250910T080000250Z_0123abcd.json.gz
 *
 * The time is UTC, the last part the beginning of the content's SHA-256. Key, reason and time come from the path alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, open, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { syncFolder, toWriteError } from '../files/replace-file.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import type { TrashEntry, TrashId } from './backend.ts';
import {
  decodeCategory,
  decodeName,
  encodeCategory,
  encodeName,
  encodeStrictCategory,
  encodeStrictName,
} from './file-names.ts';
import { formatKey, parseKey } from './key.ts';
import { makeFolder } from './make-folder.ts';

export interface TrashHint {
  /** `.json`, `.json.gz` or any other ending of the original's name. */
  readonly ending: string;
  /** Where the bytes lie now. When it is on the same file system, the copy is a second name for them. */
  readonly path?: string;
}

export interface TrashedFile {
  readonly entry: TrashEntry;
  readonly ending: string;
  readonly bytes: Uint8Array;
}

const NAME =
  /^(?<name>.*)_(?<reason>backup|deleted)_(?<time>\d{8}T\d{9}Z)_[0-9a-f]{8}(?<ending>(?:\.[A-Za-z0-9_-]{1,16}){0,2})$/s;

export class FileTrash {
  readonly #folder: string;
  readonly #clock: () => number;
  /** So that the order of what is put here within one millisecond can be told. */
  #latest = 0;

  /** @param folder made when something is put into it. */
  constructor(folder: string, clock: () => number = Date.now) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Durable when it resolves. Never replaces an entry. @throws SourceError `disk-full`, `read-only`, `invalid-key`. */
  async put(key: string, bytes: Uint8Array, reason: TrashEntry['reason'], hint: TrashHint): Promise<TrashId> {
    const { category, id } = parseKey(key);
    const place = `${folderFor(category)}/${nameFor(id)}_${reason === 'deleted' ? 'deleted' : 'backup'}`;
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    try {
      for (;;) {
        this.#latest = Math.max(this.#clock(), this.#latest + 1);
        const time = new Date(this.#latest).toISOString().replaceAll(/[-:.]/g, '');
        const trashId = `${place}_${time}_${hash}${hint.ending}`;
        const path = this.#path(trashId);
        await makeFolder(dirname(path));
        if (!(await createExclusively(path, bytes, hint.path))) continue;
        await syncFolder(dirname(path));
        return trashId;
      }
    } catch (error) {
      throw toWriteError(error, this.#folder);
    }
  }

  /** The latest first. What is not named as above is none of ours and passed over. */
  async list(): Promise<readonly TrashEntry[]> {
    const entries: TrashEntry[] = [];
    for (const file of await filesBelow(this.#folder)) {
      const parsed = parseId(file);
      if (!parsed) continue;
      const size = await sizeOf(this.#path(file));
      if (size !== null) entries.push({ ...parsed.entry, bytes: size });
    }
    return entries.toSorted((a, b) => (b.trashedAt + b.id < a.trashedAt + a.id ? -1 : 1));
  }

  /** Null when there is no such entry. */
  async read(id: TrashId): Promise<TrashedFile | null> {
    const parsed = parseId(id);
    if (!parsed) return null;
    const path = this.#path(id);
    try {
      // A link put here by somebody else could lead anywhere.
      const inside = (await realpath(this.#folder)) + sep;
      if (!(await lstat(path)).isFile() || !(await realpath(path)).startsWith(inside)) return null;
      const bytes = await readFile(path);
      return { entry: { ...parsed.entry, bytes: bytes.length }, ending: parsed.ending, bytes };
    } catch (error) {
      if (isAbsent(error)) return null;
      throw toSourceError(error, path);
    }
  }

  /** Takes back an entry of something that was not overwritten or deleted after all. */
  async discard(id: TrashId): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: TrashId): string {
    return join(this.#folder, ...id.split('/'));
  }
}

/** Whether a path in a folder of copies is one of ours. Relative, with `/`. */
export function isTrashPath(path: string): boolean {
  return parseId(path) !== null;
}

/** Folders that differ in case only are one on macOS and Windows. */
function folderFor(category: string): string {
  const strict = encodeStrictCategory(category);
  return strict === `%=${category}` ? encodeCategory(category) : strict;
}

function nameFor(id: string): string {
  const name = encodeName(id);
  return name.includes('/') ? encodeStrictName(id) : name;
}

function parseId(id: TrashId): { readonly entry: Omit<TrashEntry, 'bytes'>; readonly ending: string } | null {
  const slash = id.indexOf('/');
  const parts = id.split('/');
  if (slash <= 0 || parts.some((part) => part === '' || part.startsWith('.') || part.includes('\0'))) return null;
  const { name, reason, time, ending } = NAME.exec(id.slice(slash + 1))?.groups ?? {};
  if (name === undefined || time === undefined || ending === undefined) return null;
  const trashedAt = time.replace(/^(....)(..)(..T..)(..)(..)(...Z)$/, '$1-$2-$3:$4:$5.$6');
  if (Number.isNaN(Date.parse(trashedAt))) return null;
  const category = decodeCategory(id.slice(0, slash));
  const key = formatKey({ category, id: decodeName(name) });
  return { entry: { id, key, reason: reason === 'deleted' ? 'deleted' : 'overwritten', trashedAt }, ending };
}

/** False when there is something of this name. The content is on the disk when it resolves. */
async function createExclusively(path: string, bytes: Uint8Array, existing: string | undefined): Promise<boolean> {
  try {
    if (existing !== undefined && (await secondName(existing, path))) {
      // Whoever wrote it may not have waited for the disk.
      await syncFile(path);
      return true;
    }
    // Under its own name only when it is whole: an entry that was cut off would be taken for what was there.
    const temporary = join(dirname(path), `.trash.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeNew(temporary, bytes);
      if (!(await secondName(temporary, path))) {
        await copyFile(temporary, path, constants.COPYFILE_EXCL);
        await syncFile(path);
      }
    } finally {
      await rm(temporary, { force: true });
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The content is on the disk when it resolves; its name need not be. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** False where the file system has no hard links, or the two lie on different ones. */
async function secondName(existing: string, path: string): Promise<boolean> {
  try {
    // Of what a symbolic link leads to: a second name for the link itself would keep nothing.
    await link(await realpath(existing), path);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'ENOENT', 'EACCES'].includes(errorCode(error)))
      return false;
    throw error;
  }
}

async function syncFile(path: string): Promise<void> {
  // Windows flushes what is open for writing only.
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Relative paths with `/`. */
async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll(sep, '/'),
      );
  } catch (error) {
    if (isAbsent(error)) return [];
    throw toSourceError(error, folder);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw toSourceError(error, path);
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error));
}
