/** Changes states that are a file each: what surrounds the JSON value in the file, and its packing, stay. */
import { mkdir, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { FilePath } from '../files/file-path.ts';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { readStable } from '../files/read-stable.ts';
import { replaceFile, syncFolder } from '../files/replace-file.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashId } from '../persistence/backend.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { type Safety, SafetyFolder } from './safety-folder.ts';
import {
  conflictWith,
  isExpected,
  type StateWriter,
  textRevision,
  type WriteContext,
  type Written,
} from './state-writer.ts';
import { StoreTrash } from './store-trash.ts';

const pack = promisify(gzip);

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

interface Stored {
  /** The whole file as it lies there. */
  readonly bytes: Uint8Array;
  readonly packed: boolean;
  /** Unpacked, in three parts. */
  readonly before: Uint8Array;
  readonly text: Uint8Array;
  readonly after: Uint8Array;
}

export class FileWriter implements StateWriter {
  readonly #source: FileWriterSource;
  readonly #safety: Safety;
  /** One write at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(source: FileWriterSource, context: WriteContext) {
    this.#source = source;
    const { location, storeBase } = source;
    const safety = new SafetyFolder(context.safetyFolder, location);
    this.#safety = storeBase === null ? safety : new StoreTrash(location, storeBase, safety);
  }

  refusal(key: string): NotWritableReason | null {
    return this.#source.file(key)?.refusal ?? null;
  }

  replace(key: string, text: Uint8Array, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict> {
    return this.#serially(async () => {
      const file = this.#writable(key);
      const stored = await read(file.path, options.signal);
      if (!isExpected(expected, stored?.text ?? null)) return conflictWith(stored?.text ?? null);
      const trash = stored && (await this.#keep(key, 'overwritten', file.location, stored));
      const unpacked = joinPieces([stored?.before ?? '', text, stored?.after ?? '']);
      await write(file.path, stored?.packed === true ? await pack(unpacked) : unpacked);
      await this.#verify(file.path, text);
      return { status: 'written', revision: textRevision(text), trash };
    });
  }

  remove(key: string, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#serially(async () => {
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
    });
  }

  trash(): ReturnType<StateWriter['trash']> {
    return this.#safety.list();
  }

  restore(id: TrashId, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#serially(async () => {
      const kept = await this.#safety.read(id);
      if (kept === null || kept.place.kind !== 'file') return { status: 'missing' };
      const path = this.#source.file(kept.key)?.path ?? this.#inside(kept.place.location);
      const now = await read(path, options.signal);
      if (!isExpected(expected, now?.text ?? null)) return conflictWith(now?.text ?? null);
      const trash = now && (await this.#keep(kept.key, 'overwritten', kept.place.location, now));
      if (typeof path === 'string') await mkdir(dirname(path), { recursive: true });
      await write(path, kept.content);
      const stored = await read(path);
      if (stored === null || !Buffer.from(stored.bytes).equals(kept.content)) throw this.#notVerified();
      return { status: 'written', revision: textRevision(stored.text), trash };
    });
  }

  #writable(key: string): StateFile {
    const file = this.#source.file(key);
    const { location } = this.#source;
    if (file === undefined)
      throw new SourceError('not-found', `There is no state ${key} in ${location}.`, { key, location });
    if (file.refusal !== null) throw notWritable(location, file.refusal);
    return file;
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

  async #verify(path: FilePath, text: Uint8Array): Promise<void> {
    const stored = await read(path);
    if (stored === null || !Buffer.from(stored.text).equals(text)) throw this.#notVerified();
  }

  #notVerified(): SourceError {
    const { location } = this.#source;
    const message = `What was written to ${location} is not what is there now: another program writes at the same time. What was there before is in the trash.`;
    return new SourceError('unreadable', message, { location });
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

export function notWritable(location: string, reason: NotWritableReason): SourceError {
  const message = `States in ${location} can only be read (${reason}). Copy them to a store of their own and change them there.`;
  return new SourceError('not-writable', message, { location, reason });
}

/** Null when there is no file. @throws SourceError `unreadable` for one that holds no whole JSON value. */
async function read(path: FilePath, signal?: AbortSignal): Promise<Stored | null> {
  const display = path.toString();
  try {
    const { bytes } = await readStable(path, { signal });
    const packed = isGzip(bytes);
    const unpacked = packed ? await gunzip(bytes, { signal }) : { bytes, fault: null };
    const { document } = parseJson(unpacked.bytes, { recordDepth: 1 });
    if (unpacked.fault !== null || document === null) {
      throw new SourceError('unreadable', `${display} holds no JSON that could be changed.`, { location: display });
    }
    const [start, end] = [document.start(0), document.end(0)];
    const all = unpacked.bytes;
    return { bytes, packed, before: all.subarray(0, start), text: all.subarray(start, end), after: all.subarray(end) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw toSourceError(error, display, signal);
  }
}

async function write(path: FilePath, bytes: Uint8Array): Promise<void> {
  await replaceFile(path, bytes);
}
