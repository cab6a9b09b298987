/** Where a store's files lie: `BASE/CATEGORY/NAME.json` or `.json.gz`. Finds, lists and places them, and never leaves the base. */
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isTemporaryName } from '../files/replace-file.ts';
import { isPassedOver } from '../files/walk.ts';
import { BACKUPS_FOLDER } from '../sources/categories.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { decodeCategory, decodeName, encodeName, encodeStrictName, foldersOf, namesOf } from './file-names.ts';
import { formatKey, parseKey } from './key.ts';

export type Ending = '.json' | '.json.gz';

export interface StoredFile {
  readonly path: string;
  /** The path without its ending. */
  readonly stem: string;
  readonly ending: Ending;
  readonly mtimeNs: bigint;
}

/** Files asked about at the same time. */
const AT_ONCE = 64;
const ENDINGS: readonly Ending[] = ['.json', '.json.gz'];
const NAME = /^(.+?)\.json(?:\.gz)?$/s;
const RESERVED = new RegExp(`^${BACKUPS_FOLDER}$`, 'i');

export class FileLayout {
  /** Absolute, without symbolic links. */
  readonly base: string;
  /** Names that differ in case only are one; null while it is not known. */
  #caseless: boolean | null = null;

  constructor(base: string) {
    this.base = base;
  }

  /**
   * The files that hold the state, the newest first: one, or `x.json` and `x.json.gz`, or what differs in how the id is written.
   * @throws SourceError `invalid-key`; `not-a-store` when a link leads out of the base.
   */
  async find(key: string): Promise<readonly StoredFile[]> {
    const { category, id } = parseKey(key);
    // While another process replaces `x.json` by `x.json.gz`, one may be looked for too early and the other too late.
    const found = await this.#look(category, id);
    return found.length > 0 ? found : this.#look(category, id);
  }

  async #look(category: string, id: string): Promise<readonly StoredFile[]> {
    const folders = await this.#existing(foldersOf(category));
    const stems = folders.flatMap((folder) => namesOf(id).map((name) => join(this.base, folder, ...name.split('/'))));
    const looks = stems.flatMap((stem) => ENDINGS.map((ending) => this.#fileAt(stem, ending)));
    const found: StoredFile[] = [];
    for (const file of (await Promise.all(looks)).flat()) if (await this.#contain(file.path)) found.push(file);
    return found.toSorted((a, b) => Number(b.mtimeNs - a.mtimeNs));
  }

  /** Where a state that has no file yet is to be put, without ending. */
  async place(key: string): Promise<string> {
    const { category, id } = parseKey(key);
    const folder = await this.#free(this.base, foldersOf(category).slice(0, 2), ['']);
    const names = [encodeName(id), encodeStrictName(id)];
    const name = await this.#free(join(this.base, folder), names, ENDINGS);
    return join(this.base, folder, ...name.split('/'));
  }

  /** Once the folder is there. @throws SourceError `not-a-store`. */
  async containFolder(path: string): Promise<void> {
    await this.#contain(dirname(path));
  }

  /** Keys of the states, of one category or of all, in no order and without duplicates. */
  async keys(category: string | null): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for (const path of await this.#files(category)) {
      const key = this.keyOf(path);
      if (key !== null) keys.add(key);
    }
    return keys;
  }

  /** By path, what is another whenever the file is. */
  async fingerprints(): Promise<ReadonlyMap<string, string>> {
    const fingerprints = new Map<string, string>();
    const files = await this.#files(null);
    const look = async (path: string) => {
      const file = await stat(path, { bigint: true }).catch(() => null);
      if (file) fingerprints.set(path, `${file.ino} ${file.size} ${file.mtimeNs}`);
    };
    for (let at = 0; at < files.length; at += AT_ONCE) await Promise.all(files.slice(at, at + AT_ONCE).map(look));
    return fingerprints;
  }

  /** The key of the state that a file below the base holds; null for a file that holds none. */
  keyOf(path: string): string | null {
    const [folder = '', ...parts] = path.slice(this.base.length + 1).split(sep);
    if (parts.length === 0 || !isCategoryFolder(folder) || parts.some(isPassedOver)) return null;
    const name = NAME.exec(parts.join('/'))?.[1];
    return name === undefined ? null : formatKey({ category: decodeCategory(folder), id: decodeName(name) });
  }

  /** Left behind by writers that were killed. For a caller that has the lock. */
  async temporaryFiles(): Promise<readonly string[]> {
    const found: string[] = [];
    const folders = [...(await this.#categoryFolders()), BACKUPS_FOLDER, '.statescope'];
    for (const folder of folders) {
      const path = join(this.base, folder);
      // What may not be read is passed over: whoever asks for a state in it is told.
      const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) =>
        ['EACCES', 'EPERM'].includes(errorCode(error)) ? [] : noneIfAbsent(error, path),
      );
      for (const entry of entries) {
        if (entry.isFile() && isTemporaryName(entry.name)) found.push(join(entry.parentPath, entry.name));
      }
    }
    return found;
  }

  async #files(category: string | null): Promise<readonly string[]> {
    const files: string[][] = [];
    for (const folder of await this.#categoryFolders()) {
      if (category !== null && decodeCategory(folder) !== category) continue;
      files.push(await this.#filesBelow(join(this.base, folder)));
    }
    return files.flat();
  }

  async #categoryFolders(): Promise<string[]> {
    const entries = await readdir(this.base, { withFileTypes: true }).catch((error: unknown) => {
      throw toSourceError(error, this.base);
    });
    return entries.filter((entry) => entry.isDirectory() && isCategoryFolder(entry.name)).map(({ name }) => name);
  }

  async #existing(folders: readonly string[]): Promise<readonly string[]> {
    const looks = folders.map(async (folder) => ((await this.#at(join(this.base, folder))) ? [folder] : []));
    return (await Promise.all(looks)).flat();
  }

  async #fileAt(stem: string, ending: Ending): Promise<readonly StoredFile[]> {
    const path = stem + ending;
    const file = await this.#at(path);
    return file?.isFile() ? [{ path, stem, ending, mtimeNs: file.mtimeNs }] : [];
  }

  /** Links are followed to files of the same store only. */
  async #filesBelow(folder: string): Promise<string[]> {
    const files: string[] = [];
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return [];
      throw toSourceError(error, folder);
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (isPassedOver(entry.name)) continue;
      if (entry.isDirectory()) files.push(...(await this.#filesBelow(path)));
      // U+FFFD may stand for bytes that are no UTF-8: such a file cannot be asked for by its name.
      else if (entry.isFile() && !entry.name.includes('\ufffd')) files.push(path);
      else if (await this.#leadsToFile(path)) files.push(path);
    }
    return files;
  }

  async #leadsToFile(path: string): Promise<boolean> {
    try {
      return this.#isInside(await realpath(path)) && (await stat(path)).isFile();
    } catch {
      return false;
    }
  }

  /** What is there, links followed; null for nothing, and for a name that is another one to everybody but the system. */
  async #at(path: string): Promise<BigIntStats | null> {
    try {
      const found = await stat(path, { bigint: true });
      return (await this.#isExactName(path)) ? found : null;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL'].includes(errorCode(error))) return null;
      throw toSourceError(error, path);
    }
  }

  /** macOS and Windows find `planner.json` when they are asked for `Planner.json`. */
  async #isExactName(path: string): Promise<boolean> {
    if (!(await this.#isCaseless())) return true;
    for (let at = path; at.length > this.base.length; at = dirname(at)) {
      const name = at.slice(dirname(at).length + 1);
      if (!(await readdir(dirname(at))).includes(name)) return false;
    }
    return true;
  }

  async #isCaseless(): Promise<boolean> {
    if (this.#caseless !== null) return this.#caseless;
    const names = await readdir(this.base);
    for (const name of names) {
      const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
      if (names.includes(other)) continue;
      this.#caseless = await lstat(join(this.base, other)).then(
        () => true,
        () => false,
      );
      return this.#caseless;
    }
    return false;
  }

  /**
   * The first of the names, of which no part is taken by something that differs in case only. So a store can be copied
   * from Linux to macOS and Windows. The last one never is.
   */
  async #free(folder: string, names: readonly string[], endings: readonly string[]): Promise<string> {
    for (const name of names.slice(0, -1)) if (!(await isTaken(folder, name.split('/'), endings))) return name;
    return names.at(-1) ?? '';
  }

  /** False when it is gone meanwhile. @throws SourceError `not-a-store`. */
  async #contain(path: string): Promise<boolean> {
    const real = await realpath(path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw toSourceError(error, path);
    });
    if (real === null) return false;
    if (this.#isInside(real)) return true;
    const message = `${path} leads out of ${this.base} through a symbolic link. Nothing was read or changed. Replace the link by what it leads to.`;
    throw new SourceError('not-a-store', message, { location: path });
  }

  #isInside(real: string): boolean {
    return real === this.base || real.startsWith(this.base.endsWith(sep) ? this.base : this.base + sep);
  }
}

/** A folder whose states have keys of their own. `agent:x` is in `agents`, so a folder `agent` would share its keys. */
function isCategoryFolder(folder: string): boolean {
  if (isPassedOver(folder) || RESERVED.test(folder)) return false;
  const category = decodeCategory(folder);
  if (category.includes(':')) return false;
  return parseKey(formatKey({ category, id: '' })).category === category;
}

async function isTaken(folder: string, parts: readonly string[], endings: readonly string[]): Promise<boolean> {
  const [part = '', ...rest] = parts;
  const names: string[] = await readdir(folder).catch((error: unknown) => noneIfAbsent(error, folder));
  const wanted = rest.length > 0 ? [part] : endings.map((ending) => part + ending);
  const lower = new Set(wanted.map((name) => name.toLowerCase()));
  if (names.some((name) => lower.has(name.toLowerCase()) && !wanted.includes(name))) return true;
  return rest.length > 0 && names.includes(part) && isTaken(join(folder, part), rest, endings);
}

function noneIfAbsent(error: unknown, folder: string): [] {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
  throw toSourceError(error, folder);
}
