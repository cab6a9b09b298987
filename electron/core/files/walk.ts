/** Finds the files of a folder that may hold states, and says what it did not follow or could not look into. */
import type { Stats } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Problem, ProblemCode } from '../../../shared/ipc/model.ts';
import { childPath, type FilePath, readableName, readablePath, realPath } from './file-path.ts';
import { contentKind } from './magic.ts';

export interface FoundFile {
  /** What to open. The target itself for a symbolic link, so that what was checked is what is read. */
  readonly path: FilePath;
  /** Readable path relative to the folder, with `/`. */
  readonly location: string;
  readonly kind: 'json' | 'sqlite';
  readonly size: number;
  readonly modifiedMs: number;
}

export interface WalkOptions {
  readonly followLinks: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface WalkResult {
  readonly files: readonly FoundFile[];
  readonly problems: readonly Problem[];
  /** Entries that were looked at, whatever they are. */
  readonly seen: number;
}

/** Bounds for a folder opened by mistake, such as a home folder. */
const MAX_DEPTH = 24;
const MAX_FILES = 100_000;
const HEAD_BYTES = 512;
const SKIPPED_FOLDERS = new Set(['node_modules', '__pycache__']);
const JSON_NAME = /\.json(\.gz)?$/i;
const PICKLE_NAME = /\.(pkl|pickle)$/i;
const DATABASE_NAME = /\.(db|db3|sqlite|sqlite3)$/i;
/** Files of operating systems that are named like databases. */
const NOT_A_DATABASE = /^(eh)?thumbs\.db$/i;

/**
 * Files below `folder`: every `*.json`, `*.json.gz` and pickle (`*.pkl`, `*.pickle`); names of databases and names without an extension where the
 * content is SQLite or JSON. Hidden names, `node_modules`, devices and pipes are passed over. Sorted by name.
 * @throws the error of the operating system when `folder` itself cannot be listed; the signal's reason.
 */
export async function walk(folder: FilePath, options: WalkOptions): Promise<WalkResult> {
  return new Walk(await realPath(folder), options).run();
}

interface Folder {
  readonly path: FilePath;
  readonly location: string;
  readonly depth: number;
}

interface Link {
  readonly path: FilePath;
  readonly name: string;
  readonly location: string;
  readonly depth: number;
}

class Walk {
  readonly #root: FilePath;
  readonly #options: WalkOptions;
  readonly #files: FoundFile[] = [];
  readonly #problems: Problem[] = [];
  readonly #links: Link[] = [];
  /** Real folders by device and inode: ends cycles of links, and shows nothing twice. */
  readonly #visited = new Set<string>();
  #seen = 0;
  #full = false;

  constructor(root: FilePath, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
  }

  async run(): Promise<WalkResult> {
    const root: Folder = { path: this.#root, location: '', depth: 0 };
    await this.#remember(root.path);
    await this.#list(root);
    // Real folders first: a link to one of them then adds nothing.
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) await this.#follow(link);
    const files = this.#files.toSorted((a, b) => (a.location < b.location ? -1 : 1));
    return { files, problems: this.#problems, seen: this.#seen };
  }

  async #list(folder: Folder): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const entries = await readdir(folder.path, { encoding: 'buffer', withFileTypes: true });
    for (const entry of entries) {
      const name = readableName(entry.name);
      if (isPassedOver(name)) continue;
      this.#seen++;
      const path = childPath(folder.path, entry.name);
      const location = folder.location === '' ? name : `${folder.location}/${name}`;
      const depth = folder.depth + 1;
      if (entry.isSymbolicLink()) this.#links.push({ path, name, location, depth });
      else if (entry.isDirectory()) await this.#enter({ path, location, depth });
      else if (entry.isFile()) await this.#file(path, name, location);
    }
  }

  async #enter(folder: Folder): Promise<void> {
    if (folder.depth > MAX_DEPTH) {
      this.#problem(
        folder.location,
        'unreadable',
        `Not opened: it lies more than ${MAX_DEPTH} folders deep. Open it by itself.`,
      );
      return;
    }
    try {
      if (await this.#remember(folder.path)) await this.#list(folder);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.#unreadable(folder.location, error);
    }
  }

  async #file(path: FilePath, name: string, location: string): Promise<void> {
    if (!isCandidate(name) || this.#isFull()) return;
    try {
      const info = await lstat(path);
      const kind = isText(name) ? 'json' : await sniff(path);
      if (kind === 'json' || kind === 'sqlite') this.#files.push({ path, location, kind, ...sizes(info) });
      else if (DATABASE_NAME.test(name)) this.#notADatabase(location, info.size);
    } catch (error) {
      this.#unreadable(location, error);
    }
  }

  async #follow(link: Link): Promise<void> {
    let target: FilePath;
    let info: Stats;
    try {
      target = await realPath(link.path);
      info = await stat(target);
    } catch (error) {
      if (isCandidate(link.name)) this.#unfollowable(link, error);
      return;
    }
    const outside = !isWithin(this.#root, target);
    if (outside && !this.#options.followLinks) {
      if (info.isDirectory() || isCandidate(link.name)) this.#outside(link, target);
    } else if (info.isDirectory()) {
      await this.#enter({ path: target, location: link.location, depth: link.depth });
    } else if (info.isFile()) {
      await this.#file(target, link.name, link.location);
    }
  }

  /** False when the folder was there before. */
  async #remember(folder: FilePath): Promise<boolean> {
    const { dev, ino } = await stat(folder, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (this.#visited.has(identity)) return false;
    this.#visited.add(identity);
    return true;
  }

  #isFull(): boolean {
    if (this.#files.length < MAX_FILES) return false;
    if (!this.#full) {
      this.#full = true;
      this.#problem(
        '.',
        'unreadable',
        `Only the first ${MAX_FILES} files are shown. Open a subfolder to see the others.`,
      );
    }
    return true;
  }

  #outside(link: Link, target: FilePath): void {
    const to = readablePath(target);
    this.#problem(
      link.location,
      'symlink-outside',
      `Not followed: this link leads out of the opened folder, to ${to}. Ask to follow links if you trust it.`,
      { target: to },
      'warning',
    );
  }

  #unfollowable(link: Link, error: unknown): void {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') {
      this.#unreadable(link.location, error);
      return;
    }
    const why = code === 'ELOOP' ? 'it leads back to itself' : 'what it points to does not exist';
    this.#problem(
      link.location,
      'symlink-broken',
      `This link cannot be followed: ${why}. Mend or remove it.`,
      {},
      'warning',
    );
  }

  #unreadable(location: string, error: unknown): void {
    const code = errorCode(error);
    const denied = code === 'EACCES' || code === 'EPERM';
    this.#problem(
      location,
      denied ? 'permission-denied' : 'unreadable',
      denied
        ? 'It may not be read. Give yourself permission to read it, then open the folder again.'
        : `It could not be read (${code}). Check the disk, then open the folder again.`,
      { reason: code },
    );
  }

  #notADatabase(location: string, size: number): void {
    if (size === 0) this.#problem(location, 'empty', 'It is named like a database but is empty.', {}, 'warning');
    else
      this.#problem(
        location,
        'sqlite-corrupt',
        'It is named like a database, but does not begin like SQLite.',
        {},
        'warning',
      );
  }

  #problem(
    location: string,
    code: ProblemCode,
    message: string,
    details: Problem['details'] = {},
    severity: Problem['severity'] = 'error',
  ): void {
    this.#problems.push({ location, code, message, offset: null, key: null, severity, details });
  }
}

/** Read as JSON text: what it is, or what a pickle is shown as. */
function isText(name: string): boolean {
  return JSON_NAME.test(name) || PICKLE_NAME.test(name);
}

/** Hidden names, a store's own folder and temporary files among them, and folders of programs. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || SKIPPED_FOLDERS.has(name);
}

/** Names that are looked into: JSON, databases, and names without an extension. */
function isCandidate(name: string): boolean {
  return isText(name) || !name.includes('.') || (DATABASE_NAME.test(name) && !NOT_A_DATABASE.test(name));
}

/** By the first bytes. */
async function sniff(path: FilePath): Promise<ReturnType<typeof contentKind>> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return contentKind(head.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function sizes(info: Stats): { size: number; modifiedMs: number } {
  return { size: info.size, modifiedMs: info.mtimeMs };
}

function isWithin(root: FilePath, path: FilePath): boolean {
  const outer = Buffer.from(root);
  const inner = Buffer.from(path);
  if (!inner.subarray(0, outer.length).equals(outer)) return false;
  const ending = outer.subarray(-1).toString();
  return (
    inner.length === outer.length || ending === sep || inner.subarray(outer.length, outer.length + 1).toString() === sep
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
