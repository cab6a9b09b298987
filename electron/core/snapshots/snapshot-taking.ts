/** One snapshot being written: in one transaction where its states are small, else in several, and seen only after the last. */
import { createHash, randomBytes } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import { SNAPSHOT_REASONS, type SnapshotProgress, type SnapshotReason } from '../../../shared/ipc/snapshots.ts';
import type { StateEntry } from '../sources/source.ts';
import type { SnapshotObjects } from './snapshot-objects.ts';
import { dropManifest } from './snapshot-prune.ts';
import { searchText } from './snapshot-rows.ts';

/** A state on its way into a snapshot. */
export interface CapturedState {
  readonly entry: Pick<StateEntry, 'key' | 'type' | 'status' | 'updatedAt'>;
  readonly bytes: Uint8Array;
}

export interface TakeOptions {
  readonly reason: SnapshotReason;
  readonly name?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Of the journal, as it was when the states were read. */
  readonly seq?: number | null;
  /** Milliseconds; now when absent. */
  readonly takenAt?: number;
  /** Of one that is imported. */
  readonly id?: string;
  /** How many states come, for the progress. */
  readonly total?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SnapshotProgress) => void) | undefined;
}

/** What is kept of a state beside its bytes, once for all that have the same. */
export type About = readonly [type: string | null, status: string | null];

/** States that wait in memory until they are written together. */
const BATCH_BYTES = 8 * 1024 * 1024;
const MICROS = 1000;
/** What was begun and not finished for so long was left behind by a process that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;
const ID_BYTES = 5;

export class SnapshotTaking {
  readonly #database: Database;
  readonly #objects: SnapshotObjects;
  readonly #keys: Names;
  readonly #abouts: Names;
  readonly #digest = createHash('sha256');
  #waiting: CapturedState[] = [];
  #waitingBytes = 0;
  /** Of what has been written already; null while nothing has. */
  #manifest: number | null = null;
  #states = 0;
  #bytes = 0;

  constructor(database: Database, objects: SnapshotObjects) {
    this.#database = database;
    this.#objects = objects;
    this.#keys = new Names(database, 'keys', 'key');
    this.#abouts = new Names(database, 'abouts', 'about');
  }

  add(state: CapturedState): void {
    this.#waiting.push(state);
    this.#waitingBytes += state.bytes.length;
    if (this.#waitingBytes < BATCH_BYTES) return;
    this.#manifest = this.#database.transaction(() => this.#write()).immediate();
  }

  /** The snapshot's `n`. */
  finish(options: TakeOptions): number {
    const write = this.#database.transaction((): number => {
      sweepAbandoned(this.#database);
      return insertSnapshot(this.#database, this.#sealed(this.#write()), options);
    });
    return write.immediate();
  }

  /** Leaves nothing behind of what was written. */
  undo(): void {
    const manifest = this.#manifest;
    if (manifest === null || !this.#database.open) return;
    this.#database.transaction(() => dropManifest(this.#database, manifest)).immediate();
  }

  #write(): number {
    const database = this.#database;
    const manifest = this.#begun();
    const insert = database.prepare('INSERT INTO manifest_states VALUES (?, ?, ?, ?, ?)');
    for (const { entry, bytes } of this.#waiting) {
      const key = this.#keys.idOf(entry.key);
      const about = this.#abouts.idOf(JSON.stringify([entry.type, entry.status] satisfies About));
      const object = this.#objects.put(key, bytes);
      insert.run(manifest, key, object, about, entry.updatedAt);
      this.#digest.update(`${JSON.stringify([key, object, about, entry.updatedAt])}\n`);
      this.#states += 1;
      this.#bytes += bytes.length;
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
    return manifest;
  }

  #begun(): number {
    if (this.#manifest !== null) {
      this.#database.prepare('UPDATE manifests SET began = ? WHERE id = ?').run(Date.now(), this.#manifest);
      return this.#manifest;
    }
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO manifests (states, bytes, began) VALUES (0, 0, ?)')
      .run(Date.now());
    return Number(lastInsertRowid);
  }

  /** The manifest under its hash; an equal one that is there already takes its place. */
  #sealed(manifest: number): number {
    const database = this.#database;
    const digest = this.#digest.digest();
    const known = database.prepare<[Uint8Array], { id: number }>('SELECT id FROM manifests WHERE hash = ?').get(digest);
    if (known !== undefined) {
      dropManifest(database, manifest);
      return known.id;
    }
    database
      .prepare('UPDATE manifests SET hash = ?, states = ?, bytes = ?, began = NULL WHERE id = ?')
      .run(digest, this.#states, this.#bytes, manifest);
    return manifest;
  }
}

/** Texts that come again and again, under a number. Other processes add to them, too, so that nothing is remembered here. */
class Names {
  readonly #find: Statement<[string], { id: number }>;
  readonly #insert: Statement<[string]>;

  constructor(database: Database, table: 'keys' | 'abouts', column: string) {
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`);
    this.#insert = database.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`);
  }

  idOf(text: string): number {
    return this.#find.get(text)?.id ?? Number(this.#insert.run(text).lastInsertRowid);
  }
}

function insertSnapshot(database: Database, manifest: number, options: TakeOptions): number {
  const { reason, name = '', description = '', tags = [], seq = null, takenAt = Date.now() } = options;
  const id = options.id ?? newId();
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO snapshots (id, taken, manifest, reason, pinned, seq, name, description, tags, search)
       VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      Math.round(takenAt * MICROS),
      manifest,
      SNAPSHOT_REASONS.indexOf(reason),
      seq,
      name,
      description,
      JSON.stringify(tags),
      searchText(id, name, description, tags),
    );
  return Number(lastInsertRowid);
}

/** Begins with a letter, so that on a command line it is no sequence of a change. */
export function newId(): string {
  return `s${randomBytes(ID_BYTES).toString('hex')}`;
}

function sweepAbandoned(database: Database): void {
  const abandoned = database
    .prepare<[number], number>('SELECT id FROM manifests WHERE hash IS NULL AND began < ?')
    .pluck(true)
    .all(Date.now() - ABANDONED_MS);
  for (const manifest of abandoned) dropManifest(database, manifest);
}
