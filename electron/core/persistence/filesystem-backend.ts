/**
 * States as files, in the design's layout (5.2): `BASE/{agents,sessions,conversations,OTHERKIND}/NAME.json` or `NAME.json.gz`, an
 * envelope in each, copies of what was overwritten or deleted in `BASE/backups`, and what is ours alone in `BASE/.statescope`.
 *
 * Readers take no lock: a file is replaced whole (files/replace-file.ts). Writers take turns (file-lock.ts).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { utcText } from '../../../shared/state/clock.ts';
import { readStable } from '../files/read-stable.ts';
import { replaceFile, syncFolder, toWriteError } from '../files/replace-file.ts';
import { BACKUPS_FOLDER, categoryOfKind } from '../sources/categories.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  type CallOptions,
  type Changed,
  type Deleted,
  type DeleteResult,
  type Expected,
  type Found,
  type InfoPage,
  type LoadResult,
  type Missing,
  meets,
  type PageRequest,
  type Revision,
  type SaveResult,
  type StateBackend,
  type StateInfo,
  type StateRecord,
  type TrashEntry,
  type TrashId,
} from './backend.ts';
import { type Ending, FileLayout, type StoredFile } from './file-layout.ts';
import { type FileLock, lockOfStore, OWN_FOLDER } from './file-lock.ts';
import { FileTrash } from './file-trash.ts';
import { watchFiles } from './file-watch.ts';
import { makeFolder } from './make-folder.ts';
import { callCancelled, readTime, storeClosed, unsupportedValue } from './sql-rows.ts';
import { faultOfRecord, readStateFile, type StateFile, writeStateFile } from './state-file.ts';
import { openVault, type Vault } from './store-vault.ts';

export interface FilesystemOptions {
  readonly basePath: string;
  /** Of what is written: `.json.gz` or `.json`. Both are read. */
  readonly compression: boolean;
  /** Null or absent: what is written is not encrypted. */
  readonly passphrase?: string | null | undefined;
  /** Makes the folder when it is not there. Default true. */
  readonly create?: boolean | undefined;
  /** How long another process is waited for. Default 10,000. */
  readonly lockTimeoutMs?: number | undefined;
}

/** Nobody waits for a tidying up. */
const TIDY_TIMEOUT_MS = 200;
/** A file that was touched this very moment and cannot be read may be in the middle of a write in place by another program. */
const JUST_NOW_MS = 300;
/** Between looking for a file and reading it, another process may have replaced it by one with the other ending. */
const MOST_LOOKS = 5;
/** Files of a page that are read at the same time. */
const AT_ONCE = 16;
/** Kernels stamp files with a clock that ticks every 1 to 10 ms. */
const TICK_MS = 20;

/** @throws SourceError `path-missing`, `not-a-store`, `read-only`, `secret-wrong`, `locked`. */
export async function openFilesystemBackend(options: FilesystemOptions): Promise<StateBackend> {
  const location = resolve(options.basePath);
  if (options.create ?? true) await makeBase(location);
  const base = await realBase(location);
  const own = join(base, OWN_FOLDER);
  const lock = lockOfStore(base, location, options.lockTimeoutMs);
  try {
    const vault = await openVault(location, own, options.passphrase ?? null, lock);
    const layout = new FileLayout(base);
    await removeLeftovers(layout);
    return new FilesystemBackend(location, options.compression, layout, lock, vault);
  } catch (error) {
    await lock.close();
    throw error;
  }
}

interface Stored {
  readonly file: StoredFile;
  /** As they lie there, packed or encrypted. */
  readonly bytes: Uint8Array;
  readonly revision: Revision;
}

/** What is wrong with a file's content. */
interface Fault {
  readonly fault: string;
}

/** In the trash, of a file that is about to be replaced or removed. */
interface Copy {
  readonly path: string;
  readonly id: TrashId;
}

class FilesystemBackend implements StateBackend {
  readonly kind = 'filesystem';
  readonly location: string;
  readonly #ending: Ending;
  readonly #layout: FileLayout;
  readonly #lock: FileLock;
  readonly #vault: Vault;
  readonly #trash: FileTrash;
  readonly #watches = new Set<() => Promise<void>>();
  #closed = false;

  constructor(location: string, compression: boolean, layout: FileLayout, lock: FileLock, vault: Vault) {
    this.location = location;
    this.#ending = compression ? '.json.gz' : '.json';
    this.#layout = layout;
    this.#lock = lock;
    this.#vault = vault;
    this.#trash = new FileTrash(join(layout.base, BACKUPS_FOLDER));
  }

  async save(key: string, record: StateRecord, expected: Expected, options: CallOptions = {}): Promise<SaveResult> {
    this.#begin(options);
    const fault = faultOfRecord(record);
    if (fault !== null) throw unsupportedValue(this.location, key, fault, 'Mend it, then save again');
    return this.#lock.run(async () => {
      const files = await this.#layout.find(key);
      const current = await this.#read(key, files);
      if (!meets(expected, current?.revision ?? null)) return conflict(current);
      const before = current && (await this.#settled(current)).state;
      const text = writeStateFile(record, before && 'fault' in before ? null : before, utcText(Date.now()));
      const bytes = await this.#vault.seal(text, this.#ending === '.json.gz');
      this.#begin(options);
      return this.#replace(key, bytes, this.#ending, files, current);
    }, options);
  }

  async load(key: string, options: CallOptions = {}): Promise<LoadResult> {
    this.#begin(options);
    const stored = await this.#read(key);
    if (stored === null) return { status: 'missing' };
    return this.#loaded(key, stored);
  }

  /** The file is read and hashed: unpacking, decrypting and parsing are what is left out. */
  async loadAgain(known: Found, options: CallOptions = {}): Promise<LoadResult> {
    this.#begin(options);
    const { key } = known.info;
    const stored = await this.#read(key);
    if (stored === null) return { status: 'missing' };
    if (stored.revision !== known.revision) return this.#loaded(key, stored);
    return { ...known, info: this.#infoOf(key, stored, known.record) };
  }

  async delete(key: string, expected: Expected, options: CallOptions = {}): Promise<DeleteResult> {
    this.#begin(options);
    return this.#lock.run(async () => {
      const files = await this.#layout.find(key);
      const current = await this.#read(key, files);
      if (current === null) return { status: 'missing' };
      if (!meets(expected, current.revision)) return conflict(current);
      const copies = await this.#putAll(key, files, current, 'deleted');
      // The one that counts comes last: until then the state is what it was.
      for (const { path } of copies) {
        try {
          await this.#unlink(path);
        } catch (error) {
          await this.#discardUnneeded(copies);
          throw error;
        }
      }
      return { status: 'deleted', trash: copies.at(-1)?.id ?? '' } satisfies Deleted;
    }, options);
  }

  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    this.#begin(options);
    return (await this.#layout.find(key)).length > 0;
  }

  async list(kind?: string, options: CallOptions = {}): Promise<readonly string[]> {
    this.#begin(options);
    const keys = await this.#layout.keys(kind === undefined ? null : categoryOfKind(kind));
    const those = kind === undefined ? [...keys] : [...keys].filter((key) => key.startsWith(`${kind}:`));
    return those.toSorted(compareCodePoints);
  }

  async info(key: string, options: CallOptions = {}): Promise<StateInfo | null> {
    const loaded = await this.load(key, options);
    return loaded.status === 'found' ? loaded.info : null;
  }

  async page({ kind, after, limit }: PageRequest, options: CallOptions = {}): Promise<InfoPage> {
    const keys = await this.list(kind, options);
    const rest = after ? keys.filter((key) => compareCodePoints(key, after) > 0) : keys;
    const states: StateInfo[] = [];
    let at = 0;
    while (at < rest.length && states.length < limit) {
      const keys = rest.slice(at, at + Math.min(AT_ONCE, limit - states.length));
      const infos = await Promise.all(keys.map((key) => this.info(key, options)));
      states.push(...infos.filter((info) => info !== null));
      at += keys.length;
    }
    return { states, next: at < rest.length ? (rest[at - 1] ?? null) : null };
  }

  async watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    this.#begin();
    const end = await watchFiles(this.#layout, onChange);
    const stop = async () => {
      this.#watches.delete(stop);
      await end();
    };
    this.#watches.add(stop);
    return stop;
  }

  async trash(options: CallOptions = {}): Promise<readonly TrashEntry[]> {
    this.#begin(options);
    return this.#trash.list();
  }

  async restore(id: TrashId, expected: Expected, options: CallOptions = {}): Promise<SaveResult | Missing> {
    this.#begin(options);
    return this.#lock.run(async () => {
      const trashed = await this.#trash.read(id);
      if (trashed === null) return { status: 'missing' };
      const { key } = trashed.entry;
      const files = await this.#layout.find(key);
      const current = await this.#read(key, files);
      if (!meets(expected, current?.revision ?? null)) return conflict(current);
      const ending = trashed.ending === '.json.gz' ? '.json.gz' : '.json';
      return this.#replace(key, trashed.bytes, ending, files, current);
    }, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#watches].map((stop) => stop()));
    await this.#lock.close();
  }

  #begin({ signal }: CallOptions = {}): void {
    if (this.#closed) throw storeClosed(this.location);
    if (signal?.aborted) throw callCancelled(this.location, signal.reason);
  }

  /** Under the lock. What is there goes to the trash, and exactly one file is left. */
  async #replace(
    key: string,
    bytes: Uint8Array,
    ending: Ending,
    files: readonly StoredFile[],
    current: Stored | null,
  ): Promise<SaveResult> {
    const path = (current?.file.stem ?? (await this.#layout.place(key))) + ending;
    await makeFolder(dirname(path));
    await this.#layout.containFolder(path);
    const copies = await this.#putAll(key, files, current, 'overwritten');
    try {
      await replaceFile(path, bytes, { modifiedMs: this.#newerThan(files, path) });
    } catch (error) {
      for (const { id } of copies) await this.#trash.discard(id);
      throw error;
    }
    for (const file of files) if (file.path !== path) await this.#unlink(file.path);
    return { status: 'saved', revision: revisionOfBytes(bytes), replaced: copies.at(-1)?.id ?? null };
  }

  /** The newest file counts, and a file beside it may have been written within the same tick, or by a clock that is ahead. */
  #newerThan(files: readonly StoredFile[], path: string): number | undefined {
    const newest = Math.max(
      0,
      ...files.filter((file) => file.path !== path).map(({ mtimeNs }) => Number(mtimeNs / 1_000_000n)),
    );
    return newest >= Date.now() - TICK_MS ? newest + 2 : undefined;
  }

  /** All or none. Also what stands for the same state and did not count: the copy of what did is the last one. */
  async #putAll(
    key: string,
    files: readonly StoredFile[],
    current: Stored | null,
    reason: TrashEntry['reason'],
  ): Promise<readonly Copy[]> {
    const copies: Copy[] = [];
    try {
      for (const { path, ending } of files.toReversed()) {
        const bytes = path === current?.file.path ? current.bytes : await this.#bytesOf(path);
        copies.push({ path, id: await this.#trash.put(key, bytes, reason, { ending, path }) });
      }
    } catch (error) {
      for (const { id } of copies) await this.#trash.discard(id);
      throw error;
    }
    return copies;
  }

  /** Of what could not be removed, there is no need for a copy. */
  async #discardUnneeded(copies: readonly Copy[]): Promise<void> {
    for (const { path, id } of copies) {
      const isThere = await stat(path).then(
        () => true,
        () => false,
      );
      if (isThere) await this.#trash.discard(id);
    }
  }

  async #bytesOf(path: string): Promise<Uint8Array> {
    return readFile(path).catch((error: unknown) => {
      throw toSourceError(error, path);
    });
  }

  async #unlink(path: string): Promise<void> {
    try {
      // Whoever was faster has done what was asked for.
      await rm(path, { force: true });
      await syncFolder(dirname(path));
    } catch (error) {
      throw toWriteError(error, path);
    }
  }

  async #read(key: string, known?: readonly StoredFile[]): Promise<Stored | null> {
    let files = known ?? (await this.#layout.find(key));
    for (let look = 1; ; look++) {
      const [file] = files;
      if (file === undefined) return null;
      try {
        const bytes = await readFile(file.path);
        return { file, bytes, revision: revisionOfBytes(bytes) };
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || look >= MOST_LOOKS) throw toSourceError(error, file.path);
      }
      files = await this.#layout.find(key);
    }
  }

  async #loaded(key: string, found: Stored): Promise<LoadResult> {
    const { stored, state } = await this.#settled(found);
    const { bytes, revision, file } = stored;
    if ('fault' in state) return { status: 'corrupt', reason: `${file.path}: ${state.fault}`, bytes, revision };
    return { status: 'found', record: state.record, revision, info: this.#infoOf(key, stored, state.record) };
  }

  /** What cannot be read and was touched this very moment is read again, once it stands still. The revision is of what was read. */
  async #settled(stored: Stored): Promise<{ readonly stored: Stored; readonly state: StateFile | Fault }> {
    const { file, bytes } = stored;
    const state = await this.#decode(bytes, file.path);
    const age = Math.abs(Date.now() - Number(file.mtimeNs / 1_000_000n));
    if (!('fault' in state) || age > JUST_NOW_MS) return { stored, state };
    const again = await readStable(file.path).catch(() => null);
    if (again === null || again.bytes.equals(bytes)) return { stored, state };
    return {
      stored: { file, bytes: again.bytes, revision: revisionOfBytes(again.bytes) },
      state: await this.#decode(again.bytes, file.path),
    };
  }

  async #decode(bytes: Uint8Array, path: string): Promise<StateFile | Fault> {
    const text = await this.#vault.unseal(bytes, path);
    return 'fault' in text ? text : readStateFile(text.bytes);
  }

  #infoOf(key: string, { file, revision }: Stored, record: StateRecord): StateInfo {
    const { type, version, timestamp, stateData } = record;
    const time = timestamp === null ? null : readTime(timestamp);
    const updatedAt = time && !time.naive ? time.utc : utcText(Number(file.mtimeNs / 1_000_000n));
    return { key, type, version, bytes: stateData.length, createdAt: null, updatedAt, revision, location: file.path };
  }
}

function conflict(current: Stored | null): SaveResult & { status: 'conflict' } {
  return { status: 'conflict', current: current?.revision ?? null };
}

function revisionOfBytes(bytes: Uint8Array): Revision {
  return createHash('sha256').update(bytes).digest('hex');
}

async function makeBase(location: string): Promise<void> {
  await mkdir(location, { recursive: true }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw toWriteError(error, location);
  });
}

async function realBase(location: string): Promise<string> {
  try {
    const base = await realpath(location);
    if ((await stat(base)).isDirectory()) return base;
  } catch (error) {
    throw toSourceError(error, location);
  }
  const message = `${location} is a file, not a folder that states can be put into. Name a folder.`;
  throw new SourceError('not-a-store', message, { location });
}

/** Whoever has the lock is the only writer, so that no temporary file belongs to anybody. Not worth waiting or failing for. */
async function removeLeftovers(layout: FileLayout): Promise<void> {
  if ((await layout.temporaryFiles()).length === 0) return;
  const lock = lockOfStore(layout.base, layout.base, TIDY_TIMEOUT_MS);
  try {
    await lock.run(async () => {
      for (const path of await layout.temporaryFiles()) await unlink(path);
    });
  } catch (error) {
    if (!(error instanceof SourceError) && errorCode(error) !== 'ENOENT' && !isDenied(error)) throw error;
  } finally {
    await lock.close();
  }
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'EBUSY'].includes(errorCode(error));
}
