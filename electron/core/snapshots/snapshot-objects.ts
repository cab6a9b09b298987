/**
 * The texts of snapshots, each stored once, as a delta to the version of the same state before it. Deltas come in groups: the first
 * of a group, its head, is a delta to the head before it, so that a text is put together from at most a group and the heads, and not
 * from all that came before; and what a head costs is what its group has brought, packed together. Every so many heads there is a
 * whole text again.
 */
import { hash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { byteDelta } from '../../../shared/diff/delta.ts';
import { errorCode } from '../sources/problems.ts';
import { unpacked } from '../tracking/contents.ts';
import { DamagedJournal } from '../tracking/damaged-journal.ts';
import { DeltaChain } from '../tracking/delta-chain.ts';

const GROUP = 32;
const MOST_HEADS = 64;
/** Shorter texts are stored whole when that is shorter, which is cheap to find out. */
const SHORT_BYTES = 16 * 1024;
const DEFLATE_FROM = 64;
/** Texts of the states that were taken last: what comes next is compared with them. */
const RECENT_BYTES = 64 * 1024 * 1024;

interface ObjectRow {
  readonly id: number;
  readonly hash: Uint8Array;
  readonly base: number | null;
  readonly head: number | null;
  readonly step: number;
  readonly heads: number;
}

interface DataRow {
  readonly base: number | null;
  readonly hash: Uint8Array;
  readonly deflated: number;
  readonly data: Uint8Array;
}

interface Packed {
  readonly deflated: number;
  readonly data: Uint8Array;
}

/** Where a new object stands among those before it. */
interface Place extends Packed {
  readonly base: number | null;
  /** Null: it is one itself. */
  readonly head: number | null;
  readonly step: number;
  readonly heads: number;
}

export class SnapshotObjects {
  readonly #find: Statement<[Uint8Array], { id: number }>;
  readonly #latest: Statement<[number], ObjectRow>;
  readonly #setLatest: Statement<[number, number]>;
  readonly #insert: Statement<[Uint8Array, number, number, number | null, number | null, number, number]>;
  readonly #insertData: Statement<[number | bigint, number, Uint8Array]>;
  readonly #read: Statement<[number], DataRow>;
  readonly #recent = new Map<number, Uint8Array>();
  #recentBytes = 0;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT id FROM objects WHERE hash = ?');
    this.#latest = database.prepare(
      'SELECT o.id, o.hash, o.base, o.head, o.step, o.heads FROM keys k JOIN objects o ON o.id = k.latest WHERE k.id = ?',
    );
    this.#setLatest = database.prepare('UPDATE keys SET latest = ? WHERE id = ?');
    this.#insert = database.prepare(
      'INSERT INTO objects (hash, bytes, stored, base, head, step, heads) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertData = database.prepare('INSERT INTO object_data VALUES (?, ?, ?)');
    this.#read = database.prepare(
      'SELECT o.base, o.hash, d.deflated, d.data FROM objects o JOIN object_data d ON d.id = o.id WHERE o.id = ?',
    );
  }

  /** Inside of a transaction. Its id. @param key the state's, whose version before it is taken after. */
  put(key: number, text: Uint8Array): number {
    const digest = hash('sha256', text, 'buffer');
    const before = this.#latest.get(key);
    const known = this.#find.get(digest);
    const id = known?.id ?? this.#add(digest, text, before);
    if (before?.id !== id) this.#setLatest.run(id, key);
    this.#keep(id, text);
    return id;
  }

  /** @throws DamagedJournal when it cannot be put together, or is not what was stored. */
  get(id: number): Uint8Array {
    const deltas: Uint8Array[] = [];
    let digest: Uint8Array | null = null;
    for (let at: number | null = id; ; ) {
      const row: DataRow | undefined = this.#read.get(at);
      if (row === undefined) throw new DamagedJournal(`object ${at} is missing`);
      digest ??= row.hash;
      const data = unpacked(row);
      if (row.base === null) return verified(applied(data, deltas), digest, id);
      deltas.push(data);
      at = row.base;
    }
  }

  /** After a transaction that was undone ids are no longer what they were. */
  forget(): void {
    this.#recent.clear();
    this.#recentBytes = 0;
  }

  #add(digest: Uint8Array, text: Uint8Array, before: ObjectRow | undefined): number {
    const { data, deflated, base, head, step, heads } = this.#placed(text, before);
    const { lastInsertRowid } = this.#insert.run(digest, text.length, data.length, base, head, step, heads);
    this.#insertData.run(lastInsertRowid, deflated, data);
    return Number(lastInsertRowid);
  }

  #placed(text: Uint8Array, before: ObjectRow | undefined): Place {
    if (before === undefined) return whole(text);
    const isHead = before.step + 1 >= GROUP;
    if (isHead && before.heads + 1 >= MOST_HEADS) return whole(text);
    const head = before.head ?? before.id;
    const base = isHead ? head : before.id;
    const from = this.#text(base);
    if (from === null) return whole(text);
    const delta = byteDelta(from, text);
    if (delta.length > text.length / 2 && text.length > SHORT_BYTES) return whole(text);
    const data = packed(delta);
    if (text.length <= SHORT_BYTES) {
      const alone = whole(text);
      if (alone.data.length <= data.data.length) return alone;
    }
    if (isHead) return { ...data, base, head: null, step: 0, heads: before.heads + 1 };
    return { ...data, base, head, step: before.step + 1, heads: before.heads };
  }

  /** Null where it is damaged: what is stored from now on does not depend on it. */
  #text(id: number): Uint8Array | null {
    try {
      return this.#recent.get(id) ?? this.get(id);
    } catch (error) {
      if (error instanceof DamagedJournal || errorCode(error).startsWith('Z_')) return null;
      throw error;
    }
  }

  #keep(id: number, text: Uint8Array): void {
    if (this.#recent.has(id) || text.length > RECENT_BYTES) return;
    this.#recent.set(id, text);
    this.#recentBytes += text.length;
    for (const [oldest, { length }] of this.#recent) {
      if (this.#recentBytes <= RECENT_BYTES) break;
      this.#recent.delete(oldest);
      this.#recentBytes -= length;
    }
  }
}

function whole(text: Uint8Array): Place {
  return { ...packed(text), base: null, head: null, step: 0, heads: 0 };
}

function packed(data: Uint8Array): Packed {
  if (data.length < DEFLATE_FROM) return { deflated: 0, data };
  const deflated = deflateRawSync(data);
  return deflated.length < data.length ? { deflated: 1, data: deflated } : { deflated: 0, data };
}

/** @param deltas the last one first. */
function applied(text: Uint8Array, deltas: readonly Uint8Array[]): Uint8Array {
  const chain = new DeltaChain(text);
  for (const delta of deltas.toReversed()) chain.apply(delta);
  return chain.text();
}

function verified(text: Uint8Array, digest: Uint8Array, id: number): Uint8Array {
  if (hash('sha256', text, 'buffer').equals(digest)) return text;
  throw new DamagedJournal(`object ${id} is not what was stored`);
}
