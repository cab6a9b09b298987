/**
 * Tells what other connections change. `PRAGMA data_version` says that something did, and costs a look at the shared memory; what
 * it was is found by comparing every row's fingerprint.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Changed } from './backend.ts';
import { formatKey } from './key.ts';
import { readTime } from './sql-rows.ts';

const LOOK_EVERY_MS = 300;
/** CURRENT_TIMESTAMP counts seconds: within one, a row may be written twice and look the same but for its data. */
const COARSE_MICROS = 2_000_000;

interface Row {
  readonly category: string;
  readonly state_id: string;
  readonly row: bigint;
  readonly bytes: bigint;
  readonly updated_at: string | null;
}

interface Fingerprint {
  readonly row: string;
  /** Of the data; null where the time tells enough. */
  readonly hash: string | null;
}

export type Listener = (changed: Changed) => void;

export class SqliteWatch {
  readonly #database: Database;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | null = null;
  #version: unknown = null;
  #fingerprints = new Map<string, Fingerprint>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws SqliteError */
  add(listener: Listener): () => void {
    if (this.#timer === null) {
      this.#version = this.#dataVersion();
      this.#fingerprints = this.#look();
      this.#timer = setInterval(() => this.#poll(), LOOK_EVERY_MS);
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** What this connection has committed, of which data_version says nothing. */
  tell(key: string): void {
    if (this.#timer !== null) this.#tell(new Set([key]));
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
    this.#fingerprints = new Map();
  }

  #poll(): void {
    try {
      const version = this.#dataVersion();
      if (version === this.#version) return;
      const before = this.#fingerprints;
      this.#fingerprints = this.#look();
      this.#version = version;
      const changed = differences(before, this.#fingerprints);
      // Committed, but not to be seen in a fingerprint.
      this.#tell(changed.size === 0 ? null : changed);
    } catch (error) {
      // Locked, or worse: whoever looks will be told what it is, and the next poll compares with what was known.
      if (!(error instanceof Error)) throw error;
      this.#tell(null);
    }
  }

  #tell(changed: Changed): void {
    for (const listener of this.#listeners) listener(changed);
  }

  #dataVersion(): unknown {
    return this.#database.pragma('data_version', { simple: true });
  }

  /** INSERT OR REPLACE, which Python uses, moves the row; octet_length does not read what it measures. */
  #look(): Map<string, Fingerprint> {
    const rows = this.#database
      .prepare<[], Row>(
        'SELECT category, state_id, _rowid_ AS row, octet_length(state_data) AS bytes, CAST(updated_at AS TEXT) AS updated_at FROM agent_states',
      )
      .safeIntegers(true);
    const data = this.#database
      .prepare<[bigint], Uint8Array>('SELECT CAST(state_data AS BLOB) FROM agent_states WHERE _rowid_ = ?')
      .pluck(true);
    const recent = Date.now() * 1000 - COARSE_MICROS;
    const seen = new Map<string, Fingerprint>();
    for (const { category, state_id, row, bytes, updated_at } of rows.all()) {
      const time = updated_at === null ? null : readTime(updated_at);
      const hash = time === null || time.epochMicros >= recent ? digest(data.get(row)) : null;
      seen.set(formatKey({ category, id: state_id }), { row: `${row} ${bytes} ${updated_at}`, hash });
    }
    return seen;
  }
}

function digest(data: Uint8Array | undefined): string | null {
  return data === undefined ? null : createHash('sha256').update(data).digest('base64');
}

function differences(before: ReadonlyMap<string, Fingerprint>, after: ReadonlyMap<string, Fingerprint>): Set<string> {
  const changed = new Set<string>();
  for (const [key, fingerprint] of after) if (differ(before.get(key), fingerprint)) changed.add(key);
  for (const key of before.keys()) if (!after.has(key)) changed.add(key);
  return changed;
}

function differ(before: Fingerprint | undefined, after: Fingerprint): boolean {
  if (before?.row !== after.row) return true;
  return before.hash !== null && after.hash !== null && before.hash !== after.hash;
}
