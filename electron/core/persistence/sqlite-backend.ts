/**
 * States in the design's SQLite table (5.3), shared with the Python programs that write it.
 *
 * On POSIX, closing any descriptor of a file drops every lock that the process holds on it (see ../sources/sqlite-copy.ts). While
 * a backend is open, nothing else in its process may open and close the database file, not even to read it; other connections
 * of better-sqlite3 are fine, since SQLite knows of them.
 *
 * Times: what we write is UTC with `Z`. A time without a zone, such as the `YYYY-MM-DD HH:MM:SS` that CURRENT_TIMESTAMP writes for
 * Python, is UTC as SQLite defines it, and a record's timestamp stays naive.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { parseJson } from '../../../shared/json/parse.ts';
import { categoryOfKind } from '../sources/categories.ts';
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
import { formatKey, parseKey, type StateKey } from './key.ts';
import {
  callCancelled,
  categoriesInKeyOrder,
  columnsOfKey,
  compareCategories,
  notJson,
  readTime,
  type StoredTime,
  storeClosed,
  timeToStore,
  trashRow,
  unsupportedValue,
  utcText,
} from './sql-rows.ts';
import { toSqliteError } from './sqlite-errors.ts';
import { migrate } from './sqlite-schema.ts';
import { SqliteWatch } from './sqlite-watch.ts';

export interface SqliteBackendOptions {
  readonly path: string;
  /** Make the file and its tables where they are missing. Otherwise a missing file or table is an error. */
  readonly create?: boolean | undefined;
  /** How long a lock of another process is waited for, in milliseconds; 5,000 when absent. The thread stands still meanwhile. */
  readonly busyTimeoutMs?: number | undefined;
}

const BUSY_TIMEOUT_MS = 5000;
/** Some 500 bytes each. */
const MOST_SEEN = 10_000;

/** @throws SourceError `path-missing`, `not-a-store`, `not-writable` (a newer version), `sqlite-corrupt`, `locked`, `unreadable`. */
export async function openSqliteBackend(options: SqliteBackendOptions): Promise<StateBackend> {
  const location = resolve(options.path);
  const create = options.create ?? false;
  if (!create && !existsSync(location)) {
    const message = `${location} does not exist. Check the path, or make a store there.`;
    throw new SourceError('path-missing', message, { location });
  }
  // Loaded when a database is opened, so that the command line starts fast on files.
  const { default: Sqlite } = await import('better-sqlite3');
  let database: Database | null = null;
  try {
    database = new Sqlite(location, { fileMustExist: !create, timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS });
    const readOnly = prepare(database, location, create);
    return new SqliteBackend(database, location, readOnly);
  } catch (error) {
    database?.close();
    throw toSqliteError(error, location);
  }
}

/** Returns why nothing can be written; null when it can. */
function prepare(database: Database, location: string, create: boolean): SourceError | null {
  // The schema may be foreign: it may not call anything.
  database.pragma('trusted_schema = OFF');
  const damage = String(database.pragma('quick_check(1)', { simple: true }));
  if (damage !== 'ok') {
    const message = `${location} is damaged (${damage}). Look for a backup, or try \`sqlite3 FILE .recover\`.`;
    throw new SourceError('sqlite-corrupt', message, { location, reason: damage });
  }
  const encoding = String(database.pragma('encoding', { simple: true }));
  if (encoding !== 'UTF-8') {
    const reason = `its texts are stored as ${encoding}`;
    const message = `States in ${location} can only be read: ${reason}, and SQLite cannot change that. Open it to look at it, or copy its states to a new store.`;
    throw new SourceError('not-writable', message, { location, reason });
  }
  // In WAL mode, better-sqlite3's default would lose the last commits in a power failure.
  database.pragma('synchronous = FULL');
  try {
    migrate(database, location, create);
    database.pragma('journal_mode = WAL');
    return null;
  } catch (error) {
    const failure = toSqliteError(error, location);
    // States that may not be changed can still be read; each write will say why it cannot be done.
    if (failure.code === 'read-only') return failure;
    throw failure;
  }
}

interface Row {
  readonly state_type: string;
  readonly state_version: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

interface TrashRow {
  readonly id: bigint;
  readonly state_id: string;
  readonly category: string;
  readonly reason: TrashEntry['reason'];
  readonly trashed_at: string;
  readonly bytes: bigint;
}

const COLUMNS = 'state_id, category, state_type, state_version, state_data, metadata, created_at, updated_at';
const AS_TEXT = ['state_type', 'state_version', 'created_at', 'updated_at'].map(
  (name) => `CAST(${name} AS TEXT) AS ${name}`,
);
// Through text, SQLite's driver would lose bytes that are not UTF-8.
const AS_BYTES = 'CAST(state_data AS BLOB) AS data, CAST(metadata AS BLOB) AS metadata';
const WHERE_KEY = 'WHERE state_id = @id AND category = @category';

const SELECT = `SELECT ${AS_TEXT.join(', ')}, ${AS_BYTES} FROM agent_states ${WHERE_KEY}`;
/** The plus keeps SQLite from sorting what it finds by category: the key's index has the order already. */
const IDS = 'SELECT state_id FROM agent_states WHERE +category = @category';
const UPSERT = `
  INSERT INTO agent_states (${COLUMNS})
  VALUES (@id, @category, @type, @version, CAST(@data AS TEXT), CAST(@metadata AS TEXT), @now, @updated)
  ON CONFLICT (state_id, category) DO UPDATE SET
    state_type = excluded.state_type,
    state_version = excluded.state_version,
    state_data = excluded.state_data,
    metadata = coalesce(excluded.metadata, metadata),
    updated_at = excluded.updated_at`;
const TO_TRASH = `
  INSERT INTO statescope_trash (${COLUMNS}, reason, trashed_at)
  SELECT ${COLUMNS}, @reason, @now FROM agent_states ${WHERE_KEY}`;
const TRASH = `
  SELECT trash_id AS id, state_id, category, reason, trashed_at, octet_length(state_data) AS bytes
  FROM statescope_trash ORDER BY trash_id DESC`;
const FROM_TRASH = `INSERT INTO agent_states (${COLUMNS}) SELECT ${COLUMNS} FROM statescope_trash WHERE trash_id = @trash`;

class SqliteBackend implements StateBackend {
  readonly kind = 'sqlite';
  readonly location: string;
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #watch: SqliteWatch;
  readonly #readOnly: SourceError | null;
  /** Of rows that were read since anybody has committed anything. */
  readonly #seen = new Map<string, StateInfo>();
  #dataVersion: unknown = null;

  constructor(database: Database, location: string, readOnly: SourceError | null) {
    this.#database = database;
    this.location = location;
    this.#readOnly = readOnly;
    this.#watch = new SqliteWatch(database);
  }

  async save(key: string, record: StateRecord, expected: Expected, options?: CallOptions): Promise<SaveResult> {
    return this.#write(key, options, (columns) => {
      this.#check(record.stateData, key, 'the state data');
      if (record.metadata !== null) this.#check(record.metadata, key, 'the metadata');
      const given = record.timestamp === null ? null : timeToStore(record.timestamp, key, this.location);
      return () => this.#save(columns, record, given, expected);
    });
  }

  #save(columns: StateKey, record: StateRecord, given: StoredTime | null, expected: Expected): SaveResult {
    const row = this.#row(columns);
    const current = row && revision(row);
    if (!meets(expected, current)) return { status: 'conflict', current };
    const now = Date.now() * 1000;
    const replaced = row && this.#toTrash(columns, 'overwritten');
    this.#statement(UPSERT).run({
      ...columns,
      type: record.type,
      version: record.version,
      data: record.stateData,
      metadata: record.metadata,
      now: utcText(now),
      updated: given === null ? utcText(after(row, now)) : timeText(given),
    });
    return { status: 'saved', revision: this.#revision(columns), replaced };
  }

  async load(key: string, options?: CallOptions): Promise<LoadResult> {
    return this.#read(options, () => {
      this.#forgetChanged();
      const row = this.#row(columnsOfKey(key));
      return row === null ? { status: 'missing' } : this.#loaded(key, row, revision(row));
    });
  }

  /** Nothing is read while nobody has committed anything since it was read; after that the row is read and hashed, but not parsed. */
  async loadAgain(known: Found, options?: CallOptions): Promise<LoadResult> {
    return this.#read(options, (): LoadResult => {
      this.#forgetChanged();
      const { key } = known.info;
      const seen = this.#seen.get(key);
      if (seen?.revision === known.revision) return { ...known, info: seen };
      const row = this.#row(columnsOfKey(key));
      if (row === null) return { status: 'missing' };
      const current = revision(row);
      return current === known.revision
        ? this.#found(key, row, current, known.record)
        : this.#loaded(key, row, current);
    });
  }

  #loaded(key: string, row: Row, current: Revision): LoadResult {
    const reason = notJson(row.data);
    if (reason === null) return this.#found(key, row, current, recordOf(row));
    const text = `The state data of ${key} in ${this.location} is no JSON: ${reason}.`;
    return { status: 'corrupt', reason: text, bytes: row.data, revision: current };
  }

  #found(key: string, row: Row, current: Revision, record: StateRecord): Found {
    const info = this.#info(key, row, current);
    this.#seen.set(key, info);
    return { status: 'found', record, revision: current, info };
  }

  /**
   * Before a row is read, so that a commit in between is noticed by the next look. `data_version` counts the commits of all other
   * connections; those of this one are told by #write.
   */
  #forgetChanged(): void {
    const version = this.#statement('PRAGMA data_version').pluck().get();
    if (version === this.#dataVersion && this.#seen.size < MOST_SEEN) return;
    this.#seen.clear();
    this.#dataVersion = version;
  }

  async delete(key: string, expected: Expected, options?: CallOptions): Promise<DeleteResult> {
    return this.#write(key, options, (columns) => (): DeleteResult => {
      const row = this.#row(columns);
      if (row === null) return { status: 'missing' };
      const current = revision(row);
      if (!meets(expected, current)) return { status: 'conflict', current };
      return this.#delete(columns);
    });
  }

  #delete(columns: StateKey): Deleted {
    const trash = this.#toTrash(columns, 'deleted');
    this.#statement(`DELETE FROM agent_states ${WHERE_KEY}`).run({ ...columns });
    return { status: 'deleted', trash };
  }

  async exists(key: string, options?: CallOptions): Promise<boolean> {
    const columns = { ...columnsOfKey(key) };
    return this.#read(
      options,
      () => this.#statement(`SELECT 1 FROM agent_states ${WHERE_KEY}`).get(columns) !== undefined,
    );
  }

  async list(kind?: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#read(options, () =>
      this.#categories(kind).flatMap((category) => {
        const rows = this.#statement(`${IDS} ORDER BY state_id`).all({ category }) as { state_id: string }[];
        return rows.map(({ state_id }) => formatKey({ category, id: state_id }));
      }),
    );
  }

  async info(key: string, options?: CallOptions): Promise<StateInfo | null> {
    const loaded = await this.load(key, options);
    return loaded.status === 'found' ? loaded.info : null;
  }

  async page(request: PageRequest, options?: CallOptions): Promise<InfoPage> {
    return this.#read(options, (): InfoPage => {
      const states: StateInfo[] = [];
      for (const key of this.#keysAfter(request)) {
        // There is another one, so that the last of this page is not the end.
        if (states.length === request.limit) return { states, next: states.at(-1)?.key ?? null };
        const row = this.#row(parseKey(key));
        if (row !== null && notJson(row.data) === null) states.push(this.#info(key, row, revision(row)));
      }
      return { states, next: null };
    });
  }

  async watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    const stop = await this.#read(undefined, () => this.#watch.add(onChange));
    return async () => stop();
  }

  async trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    return this.#read(options, () => {
      const rows = this.#hasTrash() ? (this.#statement(TRASH).safeIntegers(true).all() as TrashRow[]) : [];
      return rows.map(({ id, state_id, category, reason, trashed_at, bytes }) => ({
        id: String(id),
        key: formatKey({ category, id: state_id }),
        reason,
        trashedAt: trashed_at,
        bytes: Number(bytes),
      }));
    });
  }

  async restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<SaveResult | Missing> {
    const trash = trashRow(id);
    const key = await this.#read(options, () => (trash === null ? null : this.#trashedKey(trash)));
    if (trash === null || key === null) return { status: 'missing' };
    return this.#write(key, options, (columns) => (): SaveResult | Missing => {
      if (this.#trashedKey(trash) === null) return { status: 'missing' };
      const row = this.#row(columns);
      const current = row && revision(row);
      if (!meets(expected, current)) return { status: 'conflict', current };
      const replaced = row && this.#toTrash(columns, 'overwritten');
      this.#statement(`DELETE FROM agent_states ${WHERE_KEY}`).run({ ...columns });
      this.#statement(FROM_TRASH).run({ trash });
      this.#statement('DELETE FROM statescope_trash WHERE trash_id = @trash').run({ trash });
      return { status: 'saved', revision: this.#revision(columns), replaced };
    });
  }

  async close(): Promise<void> {
    this.#watch.stop();
    this.#database.close();
  }

  async #read<T>(options: CallOptions | undefined, work: () => T): Promise<T> {
    if (!this.#database.open) throw storeClosed(this.location);
    if (options?.signal?.aborted) throw callCancelled(this.location, options.signal.reason);
    try {
      return work();
    } catch (error) {
      throw toSqliteError(error, this.location);
    }
  }

  /** `begin` checks, before any lock is taken, and returns what to do inside of the transaction. */
  async #write<T extends { readonly status: string }>(
    key: string,
    options: CallOptions | undefined,
    begin: (columns: StateKey) => () => T,
  ): Promise<T> {
    const result = await this.#read(options, () => {
      if (this.#readOnly !== null) throw this.#readOnly;
      return this.#database.transaction(begin(columnsOfKey(key))).immediate();
    });
    this.#seen.clear();
    if (result.status === 'saved' || result.status === 'deleted') this.#watch.tell(key);
    return result;
  }

  #check(bytes: Uint8Array, key: string, what: string): void {
    const fault = parseJson(bytes, { recordDepth: 0 }).issues.find(
      ({ code, severity }) => severity === 'error' || code === 'invalid-utf8',
    );
    const reason = fault === undefined ? notJson(bytes) : `at byte ${fault.offset}: ${fault.message}`;
    if (reason === null) return;
    // Python's sqlite3 refuses to read a text that is not UTF-8.
    const advice = 'Write one whole JSON value in UTF-8';
    throw unsupportedValue(this.location, key, `${what} of ${key} is no JSON text (${reason})`, advice);
  }

  #row(columns: StateKey): Row | null {
    return (this.#statement(SELECT).get({ ...columns }) as Row | undefined) ?? null;
  }

  #revision(columns: StateKey): Revision {
    const row = this.#row(columns);
    if (row === null) throw new Error(`${formatKey(columns)} is gone within its own transaction`);
    return revision(row);
  }

  #toTrash(columns: StateKey, reason: TrashEntry['reason']): TrashId {
    const now = utcText(Date.now() * 1000);
    return String(this.#statement(TO_TRASH).run({ ...columns, reason, now }).lastInsertRowid);
  }

  /** Null where there is no such entry. */
  #trashedKey(trash: string): string | null {
    if (!this.#hasTrash()) return null;
    const sql = 'SELECT state_id AS id, category FROM statescope_trash WHERE trash_id = ?';
    const row = this.#statement(sql).get(trash) as StateKey | undefined;
    return row === undefined ? null : formatKey(row);
  }

  /** Missing in a database that may only be read and that no Statescope has written. */
  #hasTrash(): boolean {
    return this.#statement("SELECT 1 FROM sqlite_schema WHERE name = 'statescope_trash'").get() !== undefined;
  }

  #categories(kind: string | undefined): readonly string[] {
    const sql = 'SELECT DISTINCT category FROM agent_states';
    const rows = this.#statement(sql).all() as { category: string }[];
    const all = categoriesInKeyOrder(rows.map(({ category }) => category));
    return kind === undefined ? all : all.filter((category) => category === categoryOfKind(kind));
  }

  *#keysAfter({ kind, after, limit }: PageRequest): Generator<string> {
    const from = after === null || after === undefined ? null : parseKey(after);
    for (const category of this.#categories(kind)) {
      const order = from === null ? 1 : compareCategories(category, from.category);
      if (order < 0) continue;
      let last = order === 0 && from !== null ? from.id : null;
      for (let rows = limit; rows > 0; ) {
        const ids = this.#ids(category, last, limit + 1);
        for (const id of ids) yield formatKey({ category, id });
        rows = ids.length;
        last = ids.at(-1) ?? last;
      }
    }
  }

  #ids(category: string, after: string | null, limit: number): readonly string[] {
    const sql = `${IDS}${after === null ? '' : ' AND state_id > @after'} ORDER BY state_id LIMIT @limit`;
    const values = after === null ? { category, limit } : { category, limit, after };
    return (this.#statement(sql).all(values) as { state_id: string }[]).map(({ state_id }) => state_id);
  }

  #info(key: string, row: Row, current: Revision): StateInfo {
    return {
      key,
      type: row.state_type,
      version: row.state_version,
      bytes: row.data.length,
      createdAt: row.created_at === null ? null : utcOf(row.created_at),
      updatedAt: utcOf(row.updated_at ?? ''),
      revision: current,
      location: `agent_states/${key}`,
    };
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

/** Over everything that a save can change. Lengths keep neighbouring columns apart. */
function revision(row: Row): Revision {
  const hash = createHash('sha256');
  for (const column of [row.state_type, row.state_version, row.data, row.metadata, row.updated_at]) {
    const bytes = column === null ? null : Buffer.from(column);
    hash.update(bytes === null ? 'null;' : `${bytes.length};`);
    if (bytes !== null) hash.update(bytes);
  }
  return hash.digest('hex');
}

function recordOf(row: Row): StateRecord {
  const time = row.updated_at === null ? null : readTime(row.updated_at);
  return {
    type: row.state_type,
    version: row.state_version,
    timestamp: time === null ? row.updated_at : timeText(time),
    stateData: row.data,
    metadata: row.metadata,
  };
}

function timeText({ utc, naive }: StoredTime): string {
  return naive ? utc.slice(0, -1) : utc;
}

/** What is no time is shown as it stands there. */
function utcOf(text: string): string {
  return readTime(text)?.utc ?? text;
}

/** Later than what is stored, by a millisecond at least: the clock may stand still or go back, a revision may not. */
function after(row: Row | null, now: number): number {
  const before = row?.updated_at ? (readTime(row.updated_at)?.epochMicros ?? now - 1) : now - 1;
  return Math.max(now, Math.floor(before / 1000) * 1000 + 1000);
}
