/** Changes states that are a file each: what surrounds the JSON value in the file, and its packing, stay. */
import { mkdir, realpath, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { FilePath } from '../files/file-path.ts';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { readStable } from '../files/read-stable.ts';
import { replaceFile, syncFolder } from '../files/replace-file.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashId } from '../persistence/backend.ts';
import { type FileLock, lockOfStore } from '../persistence/file-lock.ts';
import { notFound } from '../sources/catalog.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { type JsonInPlace, jsonInPlace, withoutTail } from './json-in-place.ts';
import { type Safety, SafetyFolder } from './safety-folder.ts';
import {
  conflictWith,
  isExpected,
  notVerified,
  notWritable,
  type StateWriter,
  textRevision,
  type WriteContext,
  type WriteOptions,
  type Written,
} from './state-writer.ts';
import { StoreTrash } from './store-trash.ts';

const pack = promisify(gzip);
const JSON_FILE = /\.json(?:\.gz)?$/i;

export interface StateFile {
  readonly path: FilePath;
  /** Relative to the source, `.` when the file is the source. */
  readonly location: string;
  readonly refusal: NotWritableReason | null;
}

export interface FileWriterSource {
  /** Absolute path of the folder or file that was opened. */
  readonly location: string;
  readonly isFolder: boolean;
  /** Where a folder of the design's layout has its `agents/`, …; null for any other source. */
  readonly storeBase: string | null;
  /** Undefined for a key that the source does not list. */
  file(key: string): StateFile | undefined;
}

interface Stored extends JsonInPlace {
  /** The whole file as it lies there. */
  readonly bytes: Uint8Array;
  readonly packed: boolean;
}

export class FileWriter implements StateWriter {
  readonly #source: FileWriterSource;
  readonly #safety: Safety;
  /** Files that were made here and that the source has not listed yet. */
  readonly #made = new Map<string, StateFile>();
  /** While several writes are made together. */
  #kept: { lock: FileLock | null } | null = null;

  constructor(source: FileWriterSource, context: WriteContext) {
    this.#source = source;
    const { location, storeBase } = source;
    const safety = new SafetyFolder(context.safetyFolder, location);
    this.#safety = storeBase === null ? safety : new StoreTrash(location, storeBase, safety);
  }

  refusal(key: string, what: 'replace' | 'remove' | 'mend' = 'replace'): NotWritableReason | null {
    const refusal = this.#fileOf(key)?.refusal ?? null;
    return refusal === 'damaged' && what === 'mend' ? null : refusal;
  }

  createRefusal(_key: string, place: string | null): NotWritableReason | null {
    return this.#source.isFolder && place !== null && JSON_FILE.test(place) ? null : 'part-of-file';
  }

  create(key: string, text: Uint8Array, place: string | null, options: CallOptions = {}): Promise<Written | Conflict> {
    return this.#alone(async () => {
      const { location } = this.#source;
      const refusal = this.createRefusal(key, place);
      if (place === null || refusal !== null) throw notWritable(location, refusal ?? 'part-of-file');
      const path = this.#inside(place);
      const there = await read(path, options.signal);
      if (there !== null) return conflictWith(there.text);
      await mkdir(dirname(path), { recursive: true });
      const content = /\.gz$/i.test(place) ? await pack(text) : text;
      await replaceFile(path, content);
      this.#made.set(key, { path, location: place, refusal: null });
      await this.#verify(path, content);
      return { status: 'written', revision: textRevision(text), trash: null };
    }, options);
  }

  replace(key: string, text: Uint8Array, expected: Expected, options: WriteOptions = {}): Promise<Written | Conflict> {
    return this.#alone(async () => {
      const file = this.#writable(key, options.mends === undefined ? 'replace' : 'mend');
      const stored = await read(file.path, options.signal);
      if (!isExpected(expected, stored?.text ?? null)) return conflictWith(stored?.text ?? null);
      const trash = stored && (await this.#keep(key, 'overwritten', file.location, stored));
      const after = stored?.after ?? new Uint8Array();
      const unpacked = joinPieces([stored?.before ?? '', text, options.mends === 'tail' ? withoutTail(after) : after]);
      const content = stored?.packed === true ? await pack(unpacked) : unpacked;
      await replaceFile(file.path, content);
      await this.#verify(file.path, content);
      return { status: 'written', revision: textRevision(text), trash };
    }, options);
  }

  remove(key: string, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#alone(async () => {
      const file = this.#writable(key);
      const stored = await read(file.path, options.signal);
      if (stored === null) return { status: 'missing' };
      if (!isExpected(expected, stored.text)) return conflictWith(stored.text);
      const trash = await this.#keep(key, 'deleted', file.location, stored);
      await unlink(file.path).catch((error: unknown) => {
        throw toSourceError(error, this.#source.location);
      });
      if (typeof file.path === 'string') await syncFolder(dirname(file.path));
      return { status: 'written', revision: null, trash };
    }, options);
  }

  trash(): ReturnType<StateWriter['trash']> {
    return this.#safety.list();
  }

  restore(id: TrashId, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#alone(async () => {
      const kept = await this.#safety.read(id);
      if (kept === null || kept.place.kind !== 'file') return { status: 'missing' };
      const path = this.#fileOf(kept.key)?.path ?? this.#inside(kept.place.location);
      const now = await read(path, options.signal);
      if (!isExpected(expected, now?.text ?? null)) return conflictWith(now?.text ?? null);
      const trash = now && (await this.#keep(kept.key, 'overwritten', kept.place.location, now));
      if (typeof path === 'string') await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, kept.content);
      await this.#verify(path, kept.content);
      const stored = await textIn(kept.content, kept.place.location, options.signal);
      return { status: 'written', revision: textRevision(stored.text), trash };
    }, options);
  }

  #writable(key: string, what: 'replace' | 'mend' = 'replace'): StateFile {
    const file = this.#fileOf(key);
    const { location } = this.#source;
    if (file === undefined) throw notFound(key);
    const refusal = this.refusal(key, what);
    if (refusal !== null) throw notWritable(location, refusal);
    return file;
  }

  #fileOf(key: string): StateFile | undefined {
    return this.#source.file(key) ?? this.#made.get(key);
  }

  #keep(key: string, reason: 'deleted' | 'overwritten', location: string, stored: Stored): Promise<TrashId> {
    return this.#safety.put(key, reason, { kind: 'file', location }, stored.bytes);
  }

  /** A note of the safety folder is a file like any other: it may lead nowhere but into the source. */
  #inside(location: string): string {
    if (!this.#source.isFolder) return this.#source.location;
    const relative = normalize(location.replaceAll('/', sep));
    if (isAbsolute(relative) || relative.split(sep).includes('..')) {
      throw new SourceError('unreadable', `${location} leads out of ${this.#source.location}.`, { location });
    }
    return join(this.#source.location, relative);
  }

  /** It was renamed into place whole: unless another program has written since, the first look finds it. */
  async #verify(path: FilePath, content: Uint8Array): Promise<void> {
    const { bytes } = await readStable(path, { settled: true }).catch((error: unknown) => {
      throw toSourceError(error, path.toString());
    });
    if (!bytes.equals(content)) throw notVerified(this.#source.location);
  }

  /** Writers of a store take turns among processes; foreign programs know of no lock. */
  async #alone<T>(work: () => Promise<T>, options: CallOptions): Promise<T> {
    const { storeBase } = this.#source;
    if (storeBase === null) return work();
    const kept = this.#kept;
    if (kept !== null) {
      kept.lock ??= await this.#openLock(storeBase);
      return kept.lock.run(work, options);
    }
    const lock = await this.#openLock(storeBase);
    try {
      return await lock.run(work, options);
    } finally {
      await lock.close();
    }
  }

  async #openLock(storeBase: string): Promise<FileLock> {
    return lockOfStore(await realpath(join(this.#source.location, ...storeBase.split('/'))));
  }

  /** The lock is taken for each write, so that others get their turns. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    const kept: { lock: FileLock | null } = { lock: null };
    this.#kept = kept;
    try {
      return await work();
    } finally {
      this.#kept = null;
      await kept.lock?.close();
    }
  }
}

/** Null when there is no file. @throws SourceError `unreadable` for one that holds no whole JSON value. */
async function read(path: FilePath, signal?: AbortSignal): Promise<Stored | null> {
  const display = path.toString();
  try {
    const { bytes } = await readStable(path, { signal });
    return await textIn(bytes, display, signal);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw toSourceError(error, display, signal);
  }
}

/** @param bytes of a whole file. @throws SourceError as `read` */
async function textIn(bytes: Uint8Array, display: string, signal?: AbortSignal): Promise<Stored> {
  const packed = isGzip(bytes);
  const unpacked = packed ? await gunzip(bytes, { signal }) : { bytes, fault: null };
  const json = unpacked.fault === null ? jsonInPlace(unpacked.bytes) : null;
  if (json === null) {
    throw new SourceError('unreadable', `${display} holds no JSON that could be changed.`, { location: display });
  }
  return { ...json, bytes, packed };
}
