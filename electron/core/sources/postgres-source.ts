/**
 * A PostgreSQL database as a source. Everything is listed in one read-only transaction and so is the state of one moment; values
 * are read when they are asked for, as they are then. The session refuses every write.
 */
import type { PoolClient } from 'pg';
import type { Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { Changed, StateBackend } from '../persistence/backend.ts';
import { formatKey } from '../persistence/key.ts';
import { openPostgresBackend } from '../persistence/postgres-backend.ts';
import { categoriesInKeyOrder } from '../persistence/sql-rows.ts';
import type { StateWriter } from '../writing/state-writer.ts';
import { StoreWriter } from '../writing/store-writer.ts';
import { Catalog, KeyRing, withClearAliases } from './catalog.ts';
import { type PostgresAddress, type PostgresTarget, postgresTarget } from './postgres-address.ts';
import { PostgresPool } from './postgres-pool.ts';
import {
  type Columns,
  FIND_TABLES,
  type FoundTable,
  fieldNames,
  isStateTable,
  type ListedRow,
  listRows,
  listVersions,
  OTHER_TABLES,
  readRow,
  STATE_TABLES,
  tableMark,
} from './postgres-tables.ts';
import { problem } from './problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from './source.ts';
import { SourceError } from './source-error.ts';
import { factsOf, field, isoTime, plainStatus, RECORD_DEPTH } from './state-facts.ts';

const CONNECTIONS = 2;
const TIMEOUT_SECONDS = 30;
const BATCH = 500;
const ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/**
 * @param options `secret` is the password, before the address's own.
 * @throws SourceError `postgres-unknown-tables`, `secret-needed` for a password that the server asks for and nobody gave, `auth-failed`,
 * `unreachable`, `unsupported-url`, `bad-config`, `permission-denied`, `timeout`, `cancelled`.
 */
export async function openPostgres(given: PostgresAddress, options: OpenOptions = {}): Promise<Source> {
  const address = { ...given, password: options.secret ?? given.password };
  const target = await postgresTarget(address);
  const config = { size: CONNECTIONS, timeoutSeconds: TIMEOUT_SECONDS, readOnly: true };
  const pool = await PostgresPool.create(target, config);
  try {
    const listed = await pool.transaction(ONE_MOMENT, 'read', options.signal, async (client) => {
      const tables = await findTables(client, target);
      return listTables(client, tables, options);
    });
    return new PostgresSource(pool, listed, address);
  } catch (error) {
    try {
      if (!(error instanceof SourceError) || error.code !== 'postgres-unknown-tables') throw error;
      // A database without a table of states may be where nodes meet.
      const { openSyncSource } = await import('../sync/sync-source.ts');
      const writing = { size: CONNECTIONS, timeoutSeconds: TIMEOUT_SECONDS };
      return await openSyncSource(pool, () => PostgresPool.create(target, writing), options);
    } catch (reason) {
      await pool.close();
      throw reason instanceof SourceError && reason.code === 'sync-missing' ? error : reason;
    }
  }
}

interface Content {
  readonly found: FoundTable;
  readonly identity: readonly string[];
  readonly version: string;
}

interface Listed {
  readonly format: SourceFormat;
  readonly bytes: number;
  readonly catalog: Catalog<Content>;
  /** Of each table: what a later look compares with. */
  readonly marks: ReadonlyMap<FoundTable, string>;
}

class PostgresSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #pool: PostgresPool;
  readonly #listed: Listed;
  readonly #address: PostgresAddress;

  constructor(pool: PostgresPool, listed: Listed, address: PostgresAddress) {
    this.format = listed.format;
    this.location = pool.target.location;
    this.bytes = listed.bytes;
    this.entries = withClearAliases(listed.catalog.entries);
    this.problems = listed.catalog.problems;
    this.#pool = pool;
    this.#listed = listed;
    this.#address = address;
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const { entry, metadata, content } = this.#listed.catalog.item(key);
    const sql = readRow(content.found);
    const { rows } = await this.#pool.read(options.signal, (client) =>
      client.query<{ value: string | null; version: string }>(sql, [...content.identity]),
    );
    const [row] = rows;
    if (row === undefined || row.value === null) {
      const message = `${key} is no longer in ${entry.location} of ${this.location}. Reload the source.`;
      throw new SourceError('not-found', message, { key, location: this.location });
    }
    const changed = row.version === content.version ? [] : [changedRow(entry.location, key)];
    return { bytes: Buffer.from(row.value), metadata, problems: changed };
  }

  writer(): StateWriter | NotWritableReason {
    if (this.format !== 'agent-states-postgresql') return 'format';
    const { catalog } = this.#listed;
    const contents = new Map(this.entries.map(({ key }) => [key, catalog.item(key).content]));
    return new RowWriter(contents, () => openPostgresBackend(this.#address));
  }

  async changed(options: { signal?: AbortSignal } = {}): Promise<Changed> {
    const { marks, catalog } = this.#listed;
    return this.#pool.read(options.signal, async (client) => {
      const changed = new Set<string>();
      for (const [found, mark] of marks) {
        if ((await markOf(client, found)) === mark) continue;
        const { rows } = await client.query<Pick<ListedRow, 'identity' | 'version'>>(listVersions(found));
        const now = new Map(rows.map(({ identity, version }) => [JSON.stringify(identity), version]));
        for (const { key } of this.entries) {
          const { content } = catalog.item(key);
          if (content.found !== found) continue;
          const row = JSON.stringify(content.identity);
          if (now.get(row) !== content.version) changed.add(key);
          now.delete(row);
        }
        // Those that are left were added.
        for (const row of now.keys()) {
          const { kind, id } = found.table.nameOf(JSON.parse(row) as string[]);
          changed.add(`${kind}:${id}`);
        }
      }
      return changed;
    });
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** Writes rows of the design's table, as their keys in it; all others stay as they are. */
class RowWriter extends StoreWriter {
  readonly #contents: ReadonlyMap<string, Content>;

  constructor(contents: ReadonlyMap<string, Content>, open: () => Promise<StateBackend>) {
    super(open, (key) => storeKey(contents.get(key), key));
    this.#contents = contents;
  }

  override refusal(key = ''): NotWritableReason | null {
    const content = this.#contents.get(key);
    return content !== undefined && keyOf(content) === null ? 'format' : null;
  }
}

/** A key that the source does not list is a new one. */
function storeKey(content: Content | undefined, key: string): string {
  const stored = content === undefined ? key : keyOf(content);
  if (stored !== null) return stored;
  const reason = 'its row has no key of its own in the table agent_states';
  const message = `${key} can only be read: ${reason}. Copy it to another store.`;
  throw new SourceError('not-writable', message, { key, location: key, reason });
}

/** Null for a row of another table, and for one whose key leads to another row. */
function keyOf({ found, identity }: Content): string | null {
  const [id = '', category = ''] = identity;
  if (found.table.format !== 'agent-states-postgresql' || categoriesInKeyOrder([category]).length === 0) return null;
  return formatKey({ category, id });
}

async function findTables(client: PoolClient, target: PostgresTarget): Promise<readonly FoundTable[]> {
  const names = STATE_TABLES.map(({ name }) => name);
  const { rows } = await client.query<{ name: string; column: string; type: string }>(FIND_TABLES, [names]);
  const columns = new Map<string, Map<string, string>>();
  for (const { name, column, type } of rows) {
    const known = columns.get(name) ?? new Map<string, string>();
    columns.set(name, known.set(column, type));
  }
  const found = STATE_TABLES.flatMap((table): FoundTable[] => {
    const known: Columns = columns.get(table.name) ?? new Map();
    return isStateTable(table, known) ? [{ table, columns: known }] : [];
  });
  if (found.length > 0) return found;
  const others = await client.query<{ name: string }>(OTHER_TABLES);
  const { location } = target;
  const tables = others.rows.map(({ name }) => name).join(', ');
  const message = `${location} is a PostgreSQL database without a table that is known to hold agent states (agent_states, or agents and sessions of AgentScope's storage). It has: ${tables || 'no tables'}. Open the database that your agents write to.`;
  throw new SourceError('postgres-unknown-tables', message, { location, tables });
}

async function listTables(client: PoolClient, tables: readonly FoundTable[], options: OpenOptions): Promise<Listed> {
  const catalog = new Catalog<Content>(new KeyRing());
  const format = tables[0]?.table.format ?? 'agent-states-postgresql';
  const names = tables.map(({ table }) => table.name);
  const size = await client.query<{ bytes: string }>(
    'SELECT coalesce(sum(pg_total_relation_size(to_regclass(quote_ident(name)))), 0) AS bytes FROM unnest($1::text[]) AS t(name)',
    [names],
  );
  let done = 0;
  const marks = new Map<FoundTable, string>();
  for (const found of tables) {
    marks.set(found, await markOf(client, found));
    const item = found.table.name;
    await client.query(`DECLARE states NO SCROLL CURSOR FOR ${listRows(found)}`);
    for (;;) {
      const { rows } = await client.query<ListedRow>(`FETCH ${BATCH} FROM states`);
      for (const row of rows) {
        addRow(catalog, found, row);
        done += Number(row.bytes);
      }
      // The total is not known: the size on disk is of packed values.
      options.onProgress?.({ phase: 'reading', done, total: 0, item });
      if (rows.length < BATCH) break;
    }
    await client.query('CLOSE states');
  }
  return { format, bytes: Number(size.rows[0]?.bytes ?? 0), catalog, marks };
}

function addRow(catalog: Catalog<Content>, found: FoundTable, row: ListedRow): void {
  const { table } = found;
  const [type = null, version = null, status = null] = row.facts;
  const { document } = parseJson(encodeUtf8(row.told), { recordDepth: RECORD_DEPTH });
  const told = document === null ? null : factsOf(document, 0);
  const fields = fieldNames(found).flatMap((name, at) => {
    const text = row.fields[at] ?? null;
    return text === null ? [] : [field(name, text)];
  });
  const { kind, id } = table.nameOf(row.identity);
  const metadata: StateMetadata = {
    file: null,
    table: table.name,
    createdAt: timeOf(row.created),
    updatedAt: timeOf(row.updated),
    type: type ?? told?.type ?? table.label,
    version: version ?? told?.version ?? null,
    fields,
  };
  catalog.add({
    kind,
    id,
    status: (status === null ? null : plainStatus(status)) ?? told?.status ?? null,
    bytes: Number(row.bytes),
    location: `${table.name}/${row.identity.toReversed().join('/')}`,
    metadata,
    content: { found, identity: row.identity, version: row.version },
  });
}

async function markOf(client: PoolClient, found: FoundTable): Promise<string> {
  const { rows } = await client.query<{ mark: string }>(tableMark(found));
  return rows[0]?.mark ?? '';
}

function timeOf(text: string | null): string | null {
  return text === null ? null : (isoTime(text)?.replace(/\+00:00$/, 'Z') ?? null);
}

function changedRow(location: string, key: string): Problem {
  const message = `The row has changed since the source was opened; ${key} is shown as it is now. Reload to see all of it anew.`;
  return problem({ location, code: 'changed-while-read', message, key, severity: 'warning' });
}
