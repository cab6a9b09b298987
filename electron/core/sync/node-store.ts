/**
 * What a node keeps on its own disk: the versions that stand, its changes that have not been sent, how far it has got, and what it
 * last wrote into the store that it mirrors. A SQLite database that one process uses at a time; every method is synchronous and one
 * transaction, on the disk when it returns.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { VersionVector } from '../../../shared/clock/version-vector.ts';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { compareVersions, mergeVersions, seenBy, writerName } from './merge.ts';
import { type SyncChange, sameVersion, versionName, type WriterName } from './model.ts';
import { assertSyncable } from './sync-limits.ts';
import { hashOf, parseVersion, versionText } from './version-text.ts';

/** In the table of changes. */
export interface Position {
  readonly epoch: string;
  /** Seq of the last change that was applied, and its name: when another stands there, the table is another one. */
  readonly applied: number;
  readonly version: string;
}

/** What a mirrored store was last seen to hold. */
export interface Mirrored {
  readonly key: string;
  /** Of the store. */
  readonly revision: string;
  /** Of the content, without times. */
  readonly hash: string;
  /** All that whoever writes into the store over this has seen. */
  readonly seen: readonly SyncVersionSeen[];
}
export type SyncVersionSeen = Pick<SyncChange, 'writer' | 'counter' | 'vector' | 'depth' | 'hash'>;

export interface QueuedChange {
  readonly position: number;
  readonly change: SyncChange;
}

const VERSION = 1;
/** "ssnd" */
const APPLICATION_ID = 0x73736e64;
const NODE_ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

const TABLES = `
  CREATE TABLE node (
    id TEXT NOT NULL, writer TEXT NOT NULL, counter INTEGER NOT NULL,
    epoch TEXT NOT NULL, applied INTEGER NOT NULL, version TEXT NOT NULL
  );
  CREATE TABLE standing (
    key TEXT NOT NULL, writer TEXT NOT NULL, counter INTEGER NOT NULL, body TEXT NOT NULL, value BLOB,
    PRIMARY KEY (key, writer, counter)
  );
  CREATE TABLE queue (position INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, value BLOB);
  CREATE TABLE mirrored (key TEXT PRIMARY KEY, revision TEXT NOT NULL, hash TEXT NOT NULL, seen TEXT NOT NULL);`;

interface ChangeRow {
  readonly body: string;
  readonly value: Uint8Array | null;
}

/**
 * Made where it is missing.
 * @param id letters, digits, `.`, `_` and `-`, 64 at most.
 * @throws SourceError `bad-config` for an id that is none or that of another node's file; `locked`, `sqlite-corrupt`, `disk-full`, …
 */
export function openNodeStore(path: string, id: string): NodeStore {
  const location = resolve(path);
  if (!NODE_ID.test(id)) throw badId(location, `the id ${JSON.stringify(id)} is none: use letters, digits, . _ and -`);
  try {
    mkdirSync(dirname(location), { recursive: true });
  } catch (error) {
    throw toSourceError(error, dirname(location));
  }
  let database: Database | null = null;
  try {
    database = new Sqlite(location, { timeout: 0 });
    prepare(database, location, id);
    return new NodeStore(database, location);
  } catch (error) {
    database?.close();
    if (errorCode(error).startsWith('SQLITE_BUSY')) throw locked(location, error);
    throw toSqliteError(error, location);
  }
}

function prepare(database: Database, location: string, id: string): void {
  database.pragma('trusted_schema = OFF');
  // Held from the first access until the database is closed, or the process has ended in whatever way.
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  // A number that was given to a change must never be given again, not even after a power failure.
  database.pragma('synchronous = FULL');
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  if (number('user_version') === 0 && number('schema_version') === 0) {
    database.transaction(() => {
      database.exec(TABLES);
      const writer = `${id}~${randomBytes(4).toString('hex')}`;
      database.prepare('INSERT INTO node VALUES (?, ?, 0, ?, 0, ?)').run(id, writer, '', '');
      database.pragma(`user_version = ${VERSION}`);
      database.pragma(`application_id = ${APPLICATION_ID}`);
    })();
  }
  if (number('application_id') !== APPLICATION_ID) throw badId(location, 'it is the database of something else');
  if (number('user_version') > VERSION) throw badId(location, 'a newer Statescope made it; update Statescope');
  const found = database.prepare<[], string>('SELECT id FROM node').pluck().get();
  if (found !== id) throw badId(location, `it belongs to the node ${found}`);
}

export interface WriteOptions {
  /** What the writer had before itself; what all nodes show when absent. Other versions that stand stay. */
  readonly seen?: readonly SyncVersionSeen[] | undefined;
  /** ISO 8601 UTC. */
  readonly time: string;
  /** It was found in the mirrored store, which is remembered in the same transaction. */
  readonly mirrored?: Pick<Mirrored, 'revision' | 'hash'> | undefined;
}

export class NodeStore {
  /** Absolute path. */
  readonly location: string;
  readonly id: string;
  readonly writer: WriterName;
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, location: string) {
    this.#database = database;
    this.location = location;
    const { id, writer } = this.#sql('SELECT id, writer FROM node').get() as { id: string; writer: string };
    this.id = id;
    this.writer = writer;
  }

  get position(): Position {
    return this.#sql('SELECT epoch, applied, version FROM node').get() as Position;
  }

  /** What stands of a key, the version that is shown first. Empty: nothing was ever written. */
  standing(key: string): readonly SyncChange[] {
    const rows = this.#sql('SELECT body, value FROM standing WHERE key = ?').all(key) as ChangeRow[];
    return rows.map(changeOf).toSorted(compareVersions);
  }

  /** Also deleted ones, in the order of code points; the next page begins after the last. */
  keys(after = '', limit = 1000): readonly string[] {
    const sql = 'SELECT DISTINCT key FROM standing WHERE key > ? ORDER BY key LIMIT ?';
    return this.#sql(sql).pluck().all(after, limit) as string[];
  }

  /** Keys of which several versions stand. */
  divided(): readonly string[] {
    return this.#sql('SELECT key FROM standing GROUP BY key HAVING count(*) > 1').pluck().all() as string[];
  }

  /**
   * Writes a value (any bytes) or a deletion (null) as a change of this node, to be sent when the server can be reached.
   * @throws SourceError `invalid-key`, `state-too-large`, `disk-full`, …
   */
  write(key: string, value: Uint8Array | null, { seen, time, mirrored }: WriteOptions): SyncChange {
    assertSyncable(key, value);
    return this.#transaction(() => {
      const standing = this.standing(key);
      const parents = seen ?? shownOf(standing);
      const vector = seenBy(parents);
      const counter = Number(this.#sql('UPDATE node SET counter = counter + 1 RETURNING counter').pluck().get());
      const writer = writerName(this.writer, vector, standing);
      const change: SyncChange = {
        writer,
        counter,
        node: this.id,
        key,
        vector: new Map(vector).set(writer, counter),
        parents: parents.map((parent) => ({ writer: parent.writer, counter: parent.counter })),
        depth: 1 + Math.max(0, ...parents.map(({ depth }) => depth)),
        deleted: value === null,
        hash: hashOf(value),
        bytes: value?.length ?? 0,
        time,
        settledBy: null,
        value,
      };
      this.#merge(key, [change]);
      this.#enqueue(change);
      if (mirrored !== undefined) this.setMirrored({ key, ...mirrored, seen: [change] });
      return change;
    });
  }

  /**
   * Changes of any node, in any order, any number of times.
   * @param position where they lead to; null leaves it.
   * @returns the keys of which other versions stand than before.
   */
  apply(changes: readonly SyncChange[], position: Position | null): ReadonlySet<string> {
    return this.#transaction(() => {
      const changed = new Set<string>();
      for (const change of changes) {
        if (this.#merge(change.key, [change])) changed.add(change.key);
        this.#passOver(change);
      }
      if (position !== null) {
        const { epoch, applied, version } = position;
        this.#sql('UPDATE node SET epoch = ?, applied = ?, version = ?').run(epoch, applied, version);
      }
      return changed;
    });
  }

  /** Changes to be sent, in the order in which they were made. At least one where there is any, then up to `bytes` of values. */
  queue(limit: number, bytes: number): readonly QueuedChange[] {
    const rows = this.#sql('SELECT position, length(value) AS bytes FROM queue ORDER BY position LIMIT ?').all(limit);
    let sum = 0;
    const taken: QueuedChange[] = [];
    for (const { position, bytes: size } of rows as { position: number; bytes: number | null }[]) {
      sum += size ?? 0;
      if (sum > bytes && taken.length > 0) break;
      const row = this.#sql('SELECT body, value FROM queue WHERE position = ?').get(position) as ChangeRow;
      taken.push({ position, change: changeOf(row) });
    }
    return taken;
  }

  get queued(): number {
    return Number(this.#sql('SELECT count(*) FROM queue').pluck().get());
  }

  /** They are in the table of changes. */
  sent(changes: readonly QueuedChange[]): void {
    this.#transaction(() => {
      for (const { position } of changes) this.#sql('DELETE FROM queue WHERE position = ?').run(position);
    });
  }

  /** For a table that may lack what was sent: everything that stands is to be sent, whoever wrote it, and what was not sent yet. */
  queueStanding(): void {
    this.#transaction(() => {
      const last = Number(this.#sql('SELECT coalesce(max(position), 0) FROM queue').pluck().get());
      const entries = new Map<string, { readonly depth: number; readonly table: string; readonly row: number }>();
      for (const table of ['standing', 'queue']) {
        const rows = this.#sql(`SELECT rowid AS row, body FROM ${table}`).all() as { row: number; body: string }[];
        for (const { row, body } of rows) {
          const version = parseVersion(body);
          entries.set(versionName(version), { depth: version.depth, table, row });
        }
      }
      // What a change was written over has less depth. Values may be large and are copied within the database.
      for (const { table, row } of [...entries.values()].toSorted((a, b) => a.depth - b.depth)) {
        this.#sql(`INSERT INTO queue (body, value) SELECT body, value FROM ${table} WHERE rowid = ?`).run(row);
      }
      this.#sql('DELETE FROM queue WHERE position <= ?').run(last);
    });
  }

  mirrored(key: string): Mirrored | null {
    const row = this.#sql('SELECT * FROM mirrored WHERE key = ?').get(key) as
      | { key: string; revision: string; hash: string; seen: string }
      | undefined;
    return row === undefined ? null : { ...row, seen: parseSeen(row.seen) };
  }

  mirroredKeys(): readonly string[] {
    return this.#sql('SELECT key FROM mirrored ORDER BY key').pluck().all() as string[];
  }

  setMirrored({ key, revision, hash, seen }: Mirrored): void {
    const sql = 'INSERT OR REPLACE INTO mirrored (key, revision, hash, seen) VALUES (?, ?, ?, ?)';
    this.#sql(sql).run(key, revision, hash, seenText(seen));
  }

  forgetMirrored(key: string): void {
    this.#sql('DELETE FROM mirrored WHERE key = ?').run(key);
  }

  /** Idempotent. */
  close(): void {
    this.#database.close();
  }

  /** Returns whether other versions stand than before. */
  #merge(key: string, changes: readonly SyncChange[]): boolean {
    const before = this.standing(key);
    const after = mergeVersions(before, changes);
    const gone = before.filter((one) => !after.some((other) => sameVersion(one, other)));
    const added = after.filter((one) => !before.some((other) => sameVersion(one, other)));
    const remove = this.#sql('DELETE FROM standing WHERE key = ? AND writer = ? AND counter = ?');
    for (const { writer, counter } of gone) remove.run(key, writer, counter);
    const insert = this.#sql('INSERT INTO standing (key, writer, counter, body, value) VALUES (?, ?, ?, ?, ?)');
    for (const change of added) {
      insert.run(key, change.writer, change.counter, versionText(change), change.value);
    }
    return gone.length + added.length > 0;
  }

  /** This file was put back from a backup, and what it did afterwards comes back from the others: its numbers are taken. */
  #passOver({ writer, counter }: SyncChange): void {
    if (writer !== this.writer && !writer.startsWith(`${this.writer}~`)) return;
    this.#sql('UPDATE node SET counter = max(counter, ?)').run(counter);
  }

  #enqueue(change: SyncChange): void {
    this.#sql('INSERT INTO queue (body, value) VALUES (?, ?)').run(versionText(change), change.value);
  }

  #transaction<T>(work: () => T): T {
    try {
      return this.#database.transaction(work).immediate();
    } catch (error) {
      throw toSqliteError(error, this.location);
    }
  }

  #sql(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

/** What all nodes show, and the versions beside it that hold the same. */
export function shownOf<V extends { readonly hash: string }>(standing: readonly V[]): readonly V[] {
  return standing.filter(({ hash }) => hash === standing[0]?.hash);
}

function changeOf({ body, value }: ChangeRow): SyncChange {
  return { ...parseVersion(body), value };
}

function seenText(seen: readonly SyncVersionSeen[]): string {
  return JSON.stringify(
    seen.map(({ writer, counter, vector, depth, hash }) => ({ writer, counter, vector: [...vector], depth, hash })),
  );
}

function parseSeen(text: string): readonly SyncVersionSeen[] {
  const data = JSON.parse(text) as (Omit<SyncVersionSeen, 'vector'> & { vector: [string, number][] })[];
  return data.map(({ vector, ...rest }) => ({ ...rest, vector: new Map(vector) satisfies VersionVector }));
}

function badId(location: string, reason: string): SourceError {
  return new SourceError('bad-config', `${location} cannot be this node's file: ${reason}.`, { location, reason });
}

function locked(location: string, cause: unknown): SourceError {
  const message = `Another program runs the node of ${location}. Stop it, or start this one under another id.`;
  return new SourceError('locked', message, { location }, { cause });
}
