/** A SQLite database as a source: takes a snapshot, finds the readers of its tables, and lists what they find. */
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type FilePath, readablePath, withSuffix } from '../files/file-path.ts';
import type { Changed } from '../persistence/backend.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { CellWriter, type StateCell } from '../writing/cell-writer.ts';
import type { StateWriter, WriteContext } from '../writing/state-writer.ts';
import { StoreWriter } from '../writing/store-writer.ts';
import { agentScope2Sql } from './agentscope-2-sql.ts';
import { Catalog, KeyRing, withClearAliases } from './catalog.ts';
import { jsonProblem, problem, toSourceError } from './problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from './source.ts';
import { SourceError } from './source-error.ts';
import { sqlalchemyMemory } from './sqlalchemy-memory.ts';
import { sqliteAgentStates } from './sqlite-agent-states.ts';
import { sqliteAsSession } from './sqlite-as-session.ts';
import type { FoundRow, SqliteReader, SqliteStore } from './sqlite-reader.ts';
import { TableReader, tableNames } from './sqlite-reading.ts';
import { type SqliteSnapshot, snapshotSqlite } from './sqlite-snapshot.ts';
import { factsOf, MAX_NODES, RECORD_DEPTH } from './state-facts.ts';

/** The first that finds its tables names the format; the others are read as well. */
const READERS: readonly SqliteReader[] = [sqliteAgentStates, sqliteAsSession, agentScope2Sql, sqlalchemyMemory];

export interface SqliteRequest extends OpenOptions {
  readonly path: FilePath;
  /** Readable path relative to the source; `.` when the file is the source. */
  readonly location: string;
  readonly keys?: KeyRing;
  readonly temporaryFolder?: string | undefined;
}

/** @throws SourceError */
export async function openSqlite(request: SqliteRequest): Promise<Source> {
  const { location, signal, onProgress } = request;
  const stamp = await stampOf(request.path);
  const snapshot = await snapshotSqlite(request.path, {
    signal,
    temporaryFolder: request.temporaryFolder,
    onProgress: (done, total) => onProgress?.({ phase: 'copying', done, total, item: location }),
  });
  try {
    const reading = new Reading(snapshot, request);
    const format = await reading.run();
    return new SqliteSource(format, request.path, stamp, snapshot, reading.catalog);
  } catch (error) {
    snapshot.close();
    throw toSourceError(error, readablePath(request.path), signal);
  }
}

/** How a state is read, and which cell it is; null for one that is put together from several rows. */
interface RowContent {
  readonly read: () => Uint8Array;
  readonly cell: StateCell | null;
  /** In the design's table: `kind:id` as the row has it. */
  readonly storeKey: string | null;
}

/** Without opening a file: on POSIX, closing one would drop the locks of whoever writes in this process. */
async function stampOf(path: FilePath): Promise<string> {
  const parts = ['', '-wal', '-journal'].map(async (suffix) => {
    const file = await stat(withSuffix(path, suffix), { bigint: true }).catch(() => null);
    return file === null || file.size === 0n ? '' : `${file.ino} ${file.size} ${file.mtimeNs}`;
  });
  return (await Promise.all(parts)).join('|');
}

class SqliteSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly isOfOneMoment = true;
  readonly #path: FilePath;
  readonly #stamp: string;
  readonly #snapshot: SqliteSnapshot;
  readonly #catalog: Catalog<RowContent>;
  readonly #keys: ReadonlySet<string>;

  constructor(
    format: SourceFormat,
    path: FilePath,
    stamp: string,
    snapshot: SqliteSnapshot,
    catalog: Catalog<RowContent>,
  ) {
    this.format = format;
    this.location = readablePath(path);
    this.#path = path;
    this.#stamp = stamp;
    this.bytes = snapshot.bytes;
    this.entries = withClearAliases(catalog.entries);
    this.problems = catalog.problems;
    this.#snapshot = snapshot;
    this.#catalog = catalog;
    this.#keys = new Set(this.entries.map(({ key }) => key));
  }

  async read(key: string): Promise<StateBytes> {
    const { content, metadata, entry } = this.#catalog.item(key);
    try {
      return { bytes: content.read(), metadata, problems: [] };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const message = `${key} cannot be read from ${entry.location} (${text}). Reload the source.`;
      throw new SourceError('unreadable', message, { key }, { cause: error });
    }
  }

  writer(context: WriteContext): StateWriter | NotWritableReason {
    if (this.#snapshot.damage !== null) return 'damaged';
    const path = this.#path;
    const item = (key: string) => (this.#keys.has(key) ? this.#catalog.item(key).content : undefined);
    if (this.format === 'agent-states-sqlite') {
      return new StoreWriter(
        () => openSqliteBackend({ path: path.toString() }),
        (key) => item(key)?.storeKey,
      );
    }
    return new CellWriter({ path, cell: (key) => item(key)?.cell }, context);
  }

  async changed(): Promise<Changed> {
    return (await stampOf(this.#path)) === this.#stamp ? new Set() : null;
  }

  async close(): Promise<void> {
    this.#snapshot.close();
  }
}

/** Milliseconds without letting others run. */
const TURN_MS = 12;

class Reading implements SqliteStore {
  readonly catalog: Catalog<RowContent>;
  readonly #snapshot: SqliteSnapshot;
  readonly #request: SqliteRequest;
  readonly #display: string;
  readonly #tables = new Map<string, TableReader>();
  #done = 0;
  #turnBegan = performance.now();

  constructor(snapshot: SqliteSnapshot, request: SqliteRequest) {
    this.#snapshot = snapshot;
    this.#request = request;
    this.#display = readablePath(request.path);
    this.catalog = new Catalog(request.keys ?? new KeyRing());
  }

  async run(): Promise<SourceFormat> {
    const names = tableNames(this.#snapshot.database);
    for (const name of names) {
      // Plaintext secrets: not even their columns are looked at.
      if (!/credential/i.test(name)) this.#tables.set(name, new TableReader(this.#snapshot.database, name));
    }
    const readers = READERS.filter((reader) => reader.matches(this));
    const [first] = readers;
    if (first === undefined) throw this.#snapshot.damage === null ? this.#unknownTables(names) : this.#nothingLeft();
    if (this.#snapshot.damage !== null) this.#damaged(this.#request.location, this.#snapshot.damage);
    for (const reader of readers) await reader.read(this);
    if (this.#snapshot.damage !== null && this.catalog.entries.length === 0) throw this.#nothingLeft();
    return first.format;
  }

  table(name: string): TableReader | undefined {
    return this.#tables.get(name);
  }

  async eachRow(table: TableReader, visit: (id: bigint) => void): Promise<void> {
    const { ids, damage } = table.rowIds();
    if (damage !== null) this.#damaged(this.at(table.name), damage);
    for (const id of ids) {
      await this.#turn(table.name);
      try {
        visit(id);
      } catch (error) {
        this.#damaged(this.at(table.name, id), error instanceof Error ? error.message : String(error));
      }
    }
  }

  check(bytes: Uint8Array | null, location: string) {
    if (bytes === null) {
      const message = 'The value is NULL where a state is expected.';
      return { document: null, problems: [problem({ location, code: 'empty', message })] };
    }
    this.#done += bytes.length;
    const { document, issues } = parseJson(bytes, { recordDepth: RECORD_DEPTH, maxNodes: MAX_NODES });
    return { document, problems: issues.map((issue) => jsonProblem(issue, location)) };
  }

  addRow(row: FoundRow): void {
    const location = this.at(row.table.name, row.rowId);
    const { document, problems } = this.check(row.table.bytes(row.rowId, row.column), location);
    if (document === null) {
      this.catalog.problems.push(...problems);
      return;
    }
    const facts = factsOf(document, 0);
    const start = document.start(0);
    const end = document.end(0);
    const metadata: StateMetadata = {
      file: this.#display,
      table: row.table.name,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt ?? facts.timestamp,
      type: row.type ?? facts.type ?? row.label,
      version: row.version ?? facts.version,
      fields: [...row.fields, ...facts.fields],
    };
    const { kind, id } = row;
    const content: RowContent = {
      read: () => (row.table.bytes(row.rowId, row.column) ?? new Uint8Array(0)).subarray(start, end),
      cell: { table: row.table.name, row: row.rowId, column: row.column },
      storeKey: row.storeKey ?? null,
    };
    const status = row.status ?? facts.status;
    this.catalog.add(
      { kind, id, otherIds: this.otherIds(id), status, bytes: end - start, location, metadata, content },
      problems,
    );
  }

  addAssembled(state: Parameters<SqliteStore['addAssembled']>[0]): void {
    const { kind, id, table, type, createdAt, updatedAt, fields, problems, read } = state;
    const metadata: StateMetadata = { file: this.#display, table, createdAt, updatedAt, type, version: null, fields };
    const location = state.rowId === null ? this.at(table) : this.at(table, state.rowId);
    const draft = { kind, id, otherIds: this.otherIds(id), status: null, bytes: state.bytes, location, metadata };
    this.catalog.add({ ...draft, content: { read, cell: null, storeKey: null } }, problems);
  }

  report(found: Problem): void {
    this.catalog.problems.push(found);
  }

  at(table: string, id?: bigint): string {
    const inside = id === undefined ? table : `${table}/${id}`;
    return this.#request.location === '.' ? inside : `${this.#request.location}/${inside}`;
  }

  /** In a folder, another file may hold a state of the same key. */
  otherIds(id: string): readonly string[] {
    return this.#request.location === '.' ? [] : [`${this.#request.location}/${id}`];
  }

  async #turn(table: string): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    const { onProgress, signal } = this.#request;
    onProgress?.({
      phase: 'reading',
      done: Math.min(this.#done, this.#snapshot.bytes),
      total: this.#snapshot.bytes,
      item: this.at(table),
    });
    await nextTurn();
    signal?.throwIfAborted();
    this.#turnBegan = performance.now();
  }

  #damaged(location: string, reason: string): void {
    const message = `The database is damaged here (${reason}). What could be read is shown; look for a backup, or try \`sqlite3 FILE .recover\`.`;
    this.report(problem({ location, code: 'sqlite-corrupt', message, details: { reason } }));
  }

  #unknownTables(names: readonly string[]): SourceError {
    const tables = names.slice(0, 20).join(', ');
    const message = `${this.#display} is a SQLite database without a table that is known to hold agent states (agent_states, as_session, those of AgentScope's memory and storage). It has: ${tables || 'no tables'}.`;
    return new SourceError('sqlite-unknown-tables', message, { location: this.#display, tables });
  }

  #nothingLeft(): SourceError {
    const message = `${this.#display} is damaged, and no state in it can be read (${this.#snapshot.damage}). Look for a backup, or try \`sqlite3 FILE .recover\`.`;
    return new SourceError('sqlite-corrupt', message, { location: this.#display });
  }
}
