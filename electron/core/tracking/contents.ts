/** JSON texts of a journal, each stored once. */
import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { byteDelta } from '../../../shared/diff/delta.ts';
import { DamagedJournal } from './damaged-journal.ts';
import { DeltaChain } from './delta-chain.ts';
import { utf8Of } from './state-overlay.ts';

/** Deflating costs some 30 µs a kilobyte, which changes that are told one by one cannot afford. */
export const LARGE_BYTES = 4096;
/** States, and values of those that are compared as a whole, are worth the time that deflating takes. */
export const DEFLATE_COMPARED_FROM = 200;
const MOST_RECENT = 2000;
const LONGEST_RECENT = 16_384;
const RAW = 0;
const DEFLATED = 1;
const OVER_VALUES = 2;

export interface StoredContent {
  readonly deflated: number;
  readonly data: Uint8Array;
}

export class Contents {
  readonly #find: Statement<[Uint8Array], { id: number }>;
  readonly #insert: Statement<[Uint8Array, number, number, Uint8Array]>;
  readonly #read: Statement<[number], StoredContent>;
  /** A value that is told as new is told as old a little later. */
  readonly #recent = new Map<string, number>();

  constructor(database: Database) {
    this.#find = database.prepare('SELECT id FROM contents WHERE hash = ?');
    this.#insert = database.prepare(
      'INSERT INTO contents (hash, deflated, bytes, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#read = database.prepare('SELECT deflated, data FROM contents WHERE id = ?');
  }

  /** As `put`, of a text that may have been put just before. */
  putText(text: string, deflateFrom: number): { readonly id: number; readonly grown: number } {
    const known = this.#recent.get(text);
    if (known !== undefined) return { id: known, grown: 0 };
    const stored = this.put(utf8Of(text), deflateFrom);
    if (this.#recent.size >= MOST_RECENT) this.#recent.clear();
    if (text.length <= LONGEST_RECENT) this.#recent.set(text, stored.id);
    return stored;
  }

  /** After a transaction that was undone, or a sweep, ids are no longer what they were. */
  forget(): void {
    this.#recent.clear();
  }

  /** Its id, and how many bytes the journal grew by. `deflateFrom`: bytes from which on deflating is tried. */
  put(text: Uint8Array, deflateFrom: number): { readonly id: number; readonly grown: number } {
    const digest = hash('sha256', text, 'buffer');
    // What is worth deflating is worth looking for first; most of the rest is new.
    const isLarge = text.length >= deflateFrom;
    const known = isLarge ? this.#find.get(digest) : undefined;
    if (known !== undefined) return { id: known.id, grown: 0 };
    const packed = isLarge ? deflateRawSync(text) : text;
    const deflated = packed.length < text.length;
    const data = deflated ? packed : text;
    const { changes, lastInsertRowid } = this.#insert.run(digest, deflated ? 1 : 0, text.length, data);
    if (changes === 0) return { id: this.#find.get(digest)?.id ?? 0, grown: 0 };
    return { id: Number(lastInsertRowid), grown: data.length + digest.length };
  }

  /** @throws Error when it is missing, which only a damaged journal is. */
  get(id: number): Uint8Array {
    return unpacked(this.stored(id));
  }

  /** As it is stored. @throws Error as `get`. */
  stored(id: number): StoredContent {
    const row = this.#read.get(id);
    if (row === undefined) throw new DamagedJournal(`content ${id} is missing`);
    return row;
  }
}

export function unpacked({ deflated, data }: StoredContent): Uint8Array {
  return deflated === 0 ? data : inflateRawSync(data);
}

/**
 * A delta repeats the values that its commit lists: as a delta to them it costs next to nothing, and opening a state, which goes
 * through hundreds, does not wait for deflate.
 */
export function packDelta(delta: Uint8Array, values: readonly Uint8Array[]): Uint8Array {
  const overValues = byteDelta(Buffer.concat(values), delta);
  const isShorter = overValues.length < delta.length;
  const shortest = isShorter ? overValues : delta;
  if (shortest.length < LARGE_BYTES) return tagged(isShorter ? OVER_VALUES : RAW, shortest);
  const packed = deflateRawSync(delta);
  if (packed.length < shortest.length) return tagged(DEFLATED, packed);
  return tagged(isShorter ? OVER_VALUES : RAW, shortest);
}

/** @param values asked for only where the delta was packed with them. */
export function unpackDelta(stored: Uint8Array, values: () => readonly Uint8Array[]): Uint8Array {
  const data = stored.subarray(1);
  if (stored[0] === RAW) return data;
  if (stored[0] === DEFLATED) return inflateRawSync(data);
  const chain = new DeltaChain(Buffer.concat(values()));
  chain.apply(data);
  return chain.text();
}

function tagged(tag: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 1);
  bytes[0] = tag;
  bytes.set(data, 1);
  return bytes;
}
