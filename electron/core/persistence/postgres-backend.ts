/**
 * States in the design's PostgreSQL table (5.3), shared with the Python programs that write it. JSONB keeps the meaning of a JSON text and
 * not its bytes; what it cannot hold is refused before it is written (postgres-jsonb.ts). Times have a zone: a naive timestamp is
 * taken as UTC and comes back with `Z`.
 */
import type { PoolClient } from 'pg';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { categoryOfKind } from '../sources/categories.ts';
import { type PostgresAddress, postgresTarget } from '../sources/postgres-address.ts';
import { toPostgresError } from '../sources/postgres-errors.ts';
import { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  type CallOptions,
  type Changed,
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
import { type JsonbText, jsonbText } from './postgres-jsonb.ts';
import { createTables, createTrash, findTables, type PostgresTables } from './postgres-schema.ts';
import { PostgresWatch } from './postgres-watch.ts';
import {
  categoriesInKeyOrder,
  columnsOfKey,
  compareCategories,
  storeClosed,
  timeToStore,
  trashRow,
  unsupportedValue,
} from './sql-rows.ts';

export interface PostgresBackendOptions extends PostgresAddress {
  /** Connections at most; 10 when absent. */
  readonly poolSize?: number | undefined;
  /** For connecting, for getting a connection, and for each statement; 30 when absent. */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Make the tables, and the trigger that tells of changes, where they are missing. Otherwise nothing is made but the table of
   * the trash, by the first write.
   */
  readonly create?: boolean | undefined;
}

const POOL_SIZE = 10;
const TIMEOUT_SECONDS = 30;
/** Lengths of the columns, in characters. */
const MAX_ID = 255;
const MAX_CATEGORY = 100;
const MAX_TYPE = 255;
const MAX_VERSION = 50;
/** Some 300 bytes each. */
const MOST_SEEN = 10_000;

/** @throws SourceError `unsupported-url`, `bad-config`, `unreachable`, `auth-failed`, `secret-needed`, `not-a-store`, `read-only`, … */
export async function openPostgresBackend(options: PostgresBackendOptions): Promise<StateBackend> {
  const target = await postgresTarget(options);
  const { poolSize: size = POOL_SIZE, timeoutSeconds = TIMEOUT_SECONDS } = options;
  const pool = await PostgresPool.create(target, { size, timeoutSeconds });
  try {
    if (options.create) await createTables(pool);
    return new PostgresBackend(pool, await findTables(pool));
  } catch (error) {
    await pool.close();
    throw error;
  }
}

const COLUMNS = 'state_id, category, state_type, state_version, state_data, metadata, created_at, updated_at';
/** Whatever the session's time zone: `2025-09-10T08:00:00.25Z`, milliseconds, or microseconds where there are any. */
const utc = (column: string) => {
  const text = (fraction: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.${fraction}"Z"')`;
  return `CASE WHEN date_trunc('milliseconds', ${column}) = ${column} THEN ${text('MS')} ELSE ${text('US')} END`;
};
/** Over everything that a save can change. A row's text keeps neighbouring columns apart. */
const REVISION = `encode(sha256(convert_to(ROW(state_type, state_version, state_data, metadata, ${utc('updated_at')})::text, 'UTF8')), 'hex')`;
const INFO = `
  state_type AS type, state_version AS version, octet_length(state_data::text) AS bytes,
  ${utc('created_at')} AS created, ${utc('updated_at')} AS updated, ${REVISION} AS revision`;
const WHERE_KEY = 'WHERE state_id = $1 AND category = $2';
const LOAD = `SELECT ${INFO}, state_data::text AS data, metadata::text AS metadata FROM agent_states ${WHERE_KEY}`;
/**
 * Which version of a row is there, without reading it: the transaction that wrote it (of a key, each leaves one version at most), of
 * which table, when, since when the server runs. Numbers of transactions begin anew after four billion, and with what a server loses
 * that falls and had not been told to wait for its disk.
 */
const STAMP = "concat_ws(' ', xmin, tableoid, updated_at, pg_postmaster_start_time())";
/** The creation is no part of the revision. OFFSET 0 keeps the planner from hashing twice, and from hashing what is then left out. */
const againBy = (stamp: string) => `
  SELECT now.same, now.stamp, now.created_now, loaded.*
  FROM (
    SELECT CASE WHEN ${stamp} = $4 THEN true ELSE ${REVISION} = $3 END AS same,
      ${stamp} AS stamp, ${utc('created_at')} AS created_now
    FROM agent_states ${WHERE_KEY} OFFSET 0
  ) AS now
  LEFT JOIN LATERAL (${LOAD} AND NOT now.same OFFSET 0) AS loaded ON true`;
const LOAD_AGAIN = { byStamp: againBy(STAMP), byRevision: againBy('NULL::text') };
const IDS = 'FROM agent_states WHERE category = $1';
const BY_ID = 'ORDER BY state_id COLLATE "C"';

interface InfoRow {
  readonly type: string;
  readonly version: string;
  readonly bytes: number;
  readonly created: string | null;
  readonly updated: string | null;
  readonly revision: Revision;
}
interface LoadRow extends InfoRow {
  readonly data: string;
  readonly metadata: string | null;
}
/** The columns of a load are null where it is the same. */
interface AgainRow extends LoadRow {
  readonly same: boolean;
  readonly stamp: string | null;
  readonly created_now: string | null;
}
interface TrashRow {
  readonly trash_id: string;
  readonly state_id: string;
  readonly category: string;
  readonly reason: TrashEntry['reason'];
  readonly trashed: string;
  readonly bytes: number;
}

class PostgresBackend implements StateBackend {
  readonly kind = 'postgresql';
  readonly location: string;
  readonly #pool: PostgresPool;
  readonly #tables: PostgresTables;
  readonly #watches = new Set<PostgresWatch>();
  /** Revisions of versions of rows, by key. */
  readonly #seen = new Map<string, { readonly stamp: string; readonly revision: Revision }>();
  /** Our table is there. */
  #trash: boolean;
  #closed = false;

  constructor(pool: PostgresPool, tables: PostgresTables) {
    this.#pool = pool;
    this.#tables = tables;
    this.#trash = tables.trash;
    this.location = pool.target.location;
  }

  async save(key: string, record: StateRecord, expected: Expected, options?: CallOptions): Promise<SaveResult> {
    const columns = this.#columns(key);
    this.#checkLength(record.type, MAX_TYPE, `the type of ${key}`, key);
    this.#checkLength(record.version, MAX_VERSION, `the version of ${key}`, key);
    const data = jsonbText(record.stateData, key, 'the state data', this.location);
    const metadata = record.metadata && jsonbText(record.metadata, key, 'the metadata', this.location);
    const time = record.timestamp === null ? null : timeToStore(record.timestamp, key, this.location).utc;
    const values = [columns.id, columns.category, record.type, record.version, data.text, metadata?.text ?? null, time];
    return this.#write(columns, options, async (client, current): Promise<SaveResult | 'again'> => {
      if (!meets(expected, current)) return { status: 'conflict', current };
      const replaced = current === null ? null : await this.#toTrash(client, columns, 'overwritten');
      const { rows } = await client.query<LoadRow>(current === null ? INSERT : UPDATE, values);
      const [row] = rows;
      if (row === undefined) return 'again';
      this.#verify(key, row.data, data, 'the state data');
      if (metadata !== null) this.#verify(key, row.metadata ?? '', metadata, 'the metadata');
      return { status: 'saved', revision: row.revision, replaced };
    });
  }

  async load(key: string, options?: CallOptions): Promise<LoadResult> {
    const row = await this.#one<LoadRow>(key, LOAD, options);
    return row === null ? { status: 'missing' } : found(key, row);
  }

  /** One question, in which the server compares: the row is hashed once, and then only told to be the one that was hashed (STAMP). */
  async loadAgain(known: Found, options?: CallOptions): Promise<LoadResult> {
    const { key } = known.info;
    const seen = this.#seen.get(key);
    const stamp = seen?.revision === known.revision ? seen.stamp : null;
    const sql = this.#tables.versions ? LOAD_AGAIN.byStamp : LOAD_AGAIN.byRevision;
    const row = await this.#one<AgainRow>(key, sql, options, [known.revision, stamp]);
    if (row === null) return { status: 'missing' };
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    if (row.stamp !== null)
      this.#seen.set(key, { stamp: row.stamp, revision: row.same ? known.revision : row.revision });
    return row.same ? { ...known, info: { ...known.info, createdAt: row.created_now } } : found(key, row);
  }

  async delete(key: string, expected: Expected, options?: CallOptions): Promise<DeleteResult> {
    const columns = this.#columns(key);
    return this.#write(columns, options, async (client, current): Promise<DeleteResult> => {
      if (current === null) return { status: 'missing' };
      if (!meets(expected, current)) return { status: 'conflict', current };
      const trash = await this.#toTrash(client, columns, 'deleted');
      await client.query(`DELETE FROM agent_states ${WHERE_KEY}`, [columns.id, columns.category]);
      return { status: 'deleted', trash };
    });
  }

  async exists(key: string, options?: CallOptions): Promise<boolean> {
    return (await this.#one(key, `SELECT 1 FROM agent_states ${WHERE_KEY}`, options)) !== null;
  }

  async list(kind?: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#read(options, async (client) => {
      const keys: string[] = [];
      for (const category of await categoriesOf(client, kind)) {
        const { rows } = await client.query<{ state_id: string }>(`SELECT state_id ${IDS} ${BY_ID}`, [category]);
        for (const { state_id } of rows) keys.push(formatKey({ category, id: state_id }));
      }
      return keys;
    });
  }

  async info(key: string, options?: CallOptions): Promise<StateInfo | null> {
    const row = await this.#one<InfoRow>(key, `SELECT ${INFO} FROM agent_states ${WHERE_KEY}`, options);
    return row && infoOf(key, row);
  }

  async page({ kind, after, limit }: PageRequest, options?: CallOptions): Promise<InfoPage> {
    const from = after === null || after === undefined ? null : parseKey(after);
    return this.#read(options, async (client) => {
      const states: StateInfo[] = [];
      for (const category of await categoriesOf(client, kind)) {
        const order = from === null ? 1 : compareCategories(category, from.category);
        if (order < 0) continue;
        const last = order === 0 && from !== null ? from.id : null;
        const sql = `SELECT state_id AS id, ${INFO} ${IDS} AND ($2::text IS NULL OR state_id COLLATE "C" > $2) ${BY_ID} LIMIT $3`;
        // One more than fits tells whether this page is the last.
        const values = [category, last, limit + 1 - states.length];
        const { rows } = await client.query<InfoRow & { id: string }>(sql, values);
        for (const row of rows) states.push(infoOf(formatKey({ category, id: row.id }), row));
        if (states.length > limit) return { states: states.slice(0, limit), next: states[limit - 1]?.key ?? null };
      }
      return { states, next: null };
    });
  }

  async watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    if (this.#closed) throw storeClosed(this.location);
    const watch = new PostgresWatch(this.#pool.target, this.#tables, onChange);
    this.#watches.add(watch);
    const stop = async () => {
      this.#watches.delete(watch);
      await watch.stop();
    };
    try {
      await watch.start();
      return stop;
    } catch (error) {
      await stop();
      throw toPostgresError(error, this.#pool.target, 'connect');
    }
  }

  async trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    const sql = `
      SELECT trash_id, state_id, category, reason, ${utc('trashed_at')} AS trashed, octet_length(state_data::text) AS bytes
      FROM statescope_trash ORDER BY trash_id DESC`;
    const rows = await this.#read(options, async (client) =>
      this.#trash ? (await client.query<TrashRow>(sql)).rows : [],
    );
    return rows.map(({ trash_id, state_id, category, reason, trashed, bytes }) => ({
      id: trash_id,
      key: formatKey({ category, id: state_id }),
      reason,
      trashedAt: trashed,
      bytes,
    }));
  }

  async restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<SaveResult | Missing> {
    const trash = trashRow(id);
    if (trash === null || !this.#trash) return { status: 'missing' };
    const sql = 'SELECT state_id AS id, category FROM statescope_trash WHERE trash_id = $1';
    const find = async (client: PoolClient) => (await client.query<StateKey>(sql, [trash])).rows[0];
    const columns = await this.#read(options, find);
    if (columns === undefined) return { status: 'missing' };
    return this.#write(columns, options, async (client, current): Promise<SaveResult | Missing | 'again'> => {
      if ((await find(client)) === undefined) return { status: 'missing' };
      if (!meets(expected, current)) return { status: 'conflict', current };
      const replaced = current === null ? null : await this.#toTrash(client, columns, 'overwritten');
      const key = [columns.id, columns.category];
      if (current !== null) await client.query(`DELETE FROM agent_states ${WHERE_KEY}`, key);
      const { rows } = await client.query<{ revision: string }>(FROM_TRASH, [trash]);
      const [row] = rows;
      if (row === undefined) return 'again';
      await client.query('DELETE FROM statescope_trash WHERE trash_id = $1', [trash]);
      return { status: 'saved', revision: row.revision, replaced };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#watches].map((watch) => watch.stop()));
    this.#watches.clear();
    await this.#pool.close();
  }

  /** A call that was made on a backend that is closed rejects. */
  #read<T>(options: CallOptions | undefined, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#pool.read(options?.signal, work);
  }

  async #one<Row extends object>(
    key: string,
    sql: string,
    options: CallOptions | undefined,
    values: readonly (string | null)[] = [],
  ): Promise<Row | null> {
    const { id, category } = columnsOfKey(key);
    const { rows } = await this.#read(options, (client) => client.query<Row>(sql, [id, category, ...values]));
    return rows[0] ?? null;
  }

  /**
   * `work` gets the revision of what is there now, which nobody can change until it has ended; null when nothing is. Then
   * somebody may be faster: `again` from `work` begins anew.
   */
  async #write<T>(
    columns: StateKey,
    options: CallOptions | undefined,
    work: (client: PoolClient, current: Revision | null) => Promise<T | 'again'>,
  ): Promise<T> {
    const lock = `SELECT ${REVISION} AS revision FROM agent_states ${WHERE_KEY} FOR UPDATE`;
    if (!this.#trash) await createTrash(this.#pool);
    this.#trash = true;
    return this.#pool.transaction('BEGIN', 'write', options?.signal, async (client) => {
      for (;;) {
        const { rows } = await client.query<{ revision: string }>(lock, [columns.id, columns.category]);
        const result = await work(client, rows[0]?.revision ?? null);
        if (result !== 'again') return result;
      }
    });
  }

  async #toTrash(client: PoolClient, { id, category }: StateKey, reason: TrashEntry['reason']): Promise<TrashId> {
    const { rows } = await client.query<{ trash_id: string }>(TO_TRASH, [id, category, reason]);
    const [row] = rows;
    if (row === undefined) throw new Error(`${formatKey({ id, category })} is gone although its row is locked`);
    return row.trash_id;
  }

  /** Inside of the transaction: what is not what was meant is never committed. */
  #verify(key: string, stored: string, { document }: JsonbText, what: string): void {
    const back = parseJson(Buffer.from(stored)).document;
    if (back !== null && canonicalChecksum(back) === canonicalChecksum(document)) return;
    const reason = `${what} of ${key} came back from the server with another meaning`;
    throw unsupportedValue(this.location, key, reason, 'Keep the state in files or SQLite');
  }

  #columns(key: string): StateKey {
    const columns = columnsOfKey(key);
    for (const [text, max] of [
      [columns.id, MAX_ID],
      [columns.category, MAX_CATEGORY],
    ] as const) {
      const length = Array.from(text).length;
      if (length <= max) continue;
      const message = `The key ${key.slice(0, 80)}… has a part of ${length} characters; ${this.location} has a column of ${max} for it. Choose a shorter one. Nothing was changed.`;
      throw new SourceError('invalid-key', message, { key, location: this.location });
    }
    return columns;
  }

  #checkLength(text: string, max: number, what: string, key: string): void {
    if (text.includes('\0') || /\p{Surrogate}/u.test(text)) {
      const reason = `${what} holds a NUL or half of a character`;
      throw unsupportedValue(this.location, key, reason, 'Leave it out');
    }
    const length = Array.from(text).length;
    if (length <= max) return;
    const reason = `${what} has ${length} characters, and its column ${max}`;
    throw unsupportedValue(this.location, key, reason, 'Shorten it');
  }
}

/** The server's clock, in milliseconds. */
const NOW = "date_trunc('milliseconds', clock_timestamp())";
const RETURNING = `RETURNING ${REVISION} AS revision, state_data::text AS data, metadata::text AS metadata`;
const INSERT = `
  INSERT INTO agent_states (${COLUMNS})
  VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, ${NOW}, coalesce($7::timestamptz, ${NOW}))
  ON CONFLICT (state_id, category) DO NOTHING
  ${RETURNING}`;
/** Later than what is stored, by a millisecond at least: the clock may stand still or go back, a revision may not. */
const UPDATE = `
  UPDATE agent_states SET
    state_type = $3, state_version = $4, state_data = $5::jsonb, metadata = coalesce($6::jsonb, metadata),
    updated_at = coalesce($7::timestamptz, greatest(${NOW}, date_trunc('milliseconds', updated_at) + interval '1 millisecond'))
  ${WHERE_KEY}
  ${RETURNING}`;
const TO_TRASH = `
  INSERT INTO statescope_trash (${COLUMNS}, reason, trashed_at)
  SELECT ${COLUMNS}, $3, ${NOW} FROM agent_states ${WHERE_KEY}
  RETURNING trash_id`;
const FROM_TRASH = `
  INSERT INTO agent_states (${COLUMNS}) SELECT ${COLUMNS} FROM statescope_trash WHERE trash_id = $1
  ON CONFLICT (state_id, category) DO NOTHING
  RETURNING ${REVISION} AS revision`;

async function categoriesOf(client: PoolClient, kind: string | undefined): Promise<readonly string[]> {
  if (kind !== undefined) return categoriesInKeyOrder([categoryOfKind(kind)]);
  const { rows } = await client.query<{ category: string }>('SELECT DISTINCT category FROM agent_states');
  return categoriesInKeyOrder(rows.map(({ category }) => category));
}

function found(key: string, row: LoadRow): Found {
  const record: StateRecord = {
    type: row.type,
    version: row.version,
    timestamp: row.updated,
    stateData: Buffer.from(row.data),
    metadata: row.metadata === null ? null : Buffer.from(row.metadata),
  };
  return { status: 'found', record, revision: row.revision, info: infoOf(key, row) };
}

function infoOf(key: string, row: InfoRow): StateInfo {
  return {
    key,
    type: row.type,
    version: row.version,
    bytes: row.bytes,
    createdAt: row.created,
    // Null only where somebody has written NULL: then it was changed nobody knows when.
    updatedAt: row.updated ?? row.created ?? new Date(0).toISOString(),
    revision: row.revision,
    location: `agent_states/${key}`,
  };
}
