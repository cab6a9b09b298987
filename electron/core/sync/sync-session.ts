/** What the window asks about synchronised nodes: of the database in which they meet, or of the history of any other source. */
import { userInfo } from 'node:os';
import type {
  ConflictPage,
  ConflictRow,
  ConflictVersion,
  LanePage,
  SettleChoice,
  SyncStatus,
  VersionRef,
} from '../../../shared/ipc/sync.ts';
import { MOST_CONFLICTS_COUNTED } from '../../../shared/ipc/sync.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { isPostgresUrl, postgresTarget } from '../sources/postgres-address.ts';
import { PostgresPool } from '../sources/postgres-pool.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import { lanesOfChanges, lanesOfVersions } from './lanes.ts';
import { readConflicts, readNewest, readNodes } from './meeting-point-reader.ts';
import { findMeetingPoint } from './meeting-point-schema.ts';
import type { LoggedVersion, SyncConflict } from './model.ts';
import { AUTOMATIC, settleConflict } from './settle.ts';
import { countOpenConflicts, readNewestVersions, readVersion, readVersionsOf } from './version-reader.ts';
import { VersionSource } from './version-source.ts';

const CONNECTIONS = 2;
const TIMEOUT_SECONDS = 30;
/** Of one state, those among which what is concurrent is looked for. */
const VERSIONS_OF_ONE = 200;
const MICROS = 1000;

export interface SyncContext {
  /** The address that was opened, with which its server is asked. */
  readonly location: string;
  readonly secret: string | undefined;
  readonly journal: () => Journal | null;
}

interface Run {
  readonly signal?: AbortSignal;
}

export class SyncSession {
  readonly #context: SyncContext;
  /** Null: nodes do not meet there. */
  #meeting: Promise<PostgresPool | null> | null = null;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  async status({ signal }: Run = {}): Promise<SyncStatus> {
    const pool = await this.#pool(signal);
    if (pool === null) return { synchronised: false, nodes: [], newest: 0, openConflicts: 0 };
    const [nodes, newest, openConflicts] = await Promise.all([
      readNodes(pool, signal),
      readNewest(pool, signal),
      countOpenConflicts(pool, MOST_CONFLICTS_COUNTED, signal),
    ]);
    return { synchronised: true, nodes, newest, openConflicts };
  }

  async conflicts(
    request: { readonly status: 'open' | 'settled'; readonly after: string | number | null; readonly limit: number },
    { signal }: Run = {},
  ): Promise<ConflictPage> {
    const pool = await this.#pool(signal);
    if (pool === null) return { rows: [], next: null };
    const { status, after, limit } = request;
    const page =
      status === 'open'
        ? ({ status, after: after === null ? null : String(after), limit } as const)
        : ({ status, before: after === null ? null : Number(after), limit } as const);
    const rows = (await readConflicts(pool, page, signal)).map(conflictRow);
    const last = rows.at(-1);
    const isEnd = last === undefined || rows.length < limit;
    return { rows, next: isEnd ? null : status === 'open' ? last.key : (last.settled?.seq ?? null) };
  }

  /**
   * @param versions those that were looked at; when others stand meanwhile, nothing is settled
   * @throws SourceError `conflict`, `not-found`, `unsupported-value` for a text that is no JSON
   */
  async settle(
    input: { readonly key: string; readonly versions: readonly VersionRef[]; readonly choice: SettleChoice },
    { signal }: Run = {},
  ): Promise<null> {
    const { key, versions, choice } = input;
    const taken = choice.kind === 'value' ? { kind: 'value' as const, value: jsonOf(choice.text, key) } : choice;
    await this.#writing((pool) => settleConflict(pool, { key, versions, choice: taken, by: personName() }, signal));
    return null;
  }

  /** @param before of the page before; null begins with the newest. @param key null for all states */
  async lanes(
    { key, before, limit }: { readonly key: string | null; readonly before: number | null; readonly limit: number },
    { signal }: Run = {},
  ): Promise<LanePage> {
    const pool = await this.#pool(signal);
    if (pool === null) return this.#recorded(key, before, limit);
    const shown = (await readNewestVersions(pool, { key, before, limit }, signal)).toReversed();
    const keys = [...new Set(shown.map((version) => version.key))];
    const known = withShown(await readVersionsOf(pool, keys, VERSIONS_OF_ONE, signal), shown);
    const [first] = shown;
    return lanesOfVersions(shown, known, first === undefined || shown.length < limit ? null : first.seq);
  }

  #recorded(key: string | null, before: number | null, limit: number): LanePage {
    const commits = this.#context.journal()?.commits(key, before, limit) ?? [];
    const changes = commits.map(({ time, type, isRemoval, ...commit }) => ({
      ...commit,
      time: new Date(time / MICROS).toISOString(),
      what: isRemoval ? ('removed' as const) : type === 'created' ? ('created' as const) : ('changed' as const),
    }));
    return lanesOfChanges(changes, commits.length < limit ? null : (commits.at(-1)?.seq ?? null));
  }

  /** One version as a source, to be compared. @throws SourceError `sync-missing`, `not-found` */
  async version(id: VersionRef, { signal }: Run = {}): Promise<Source> {
    const pool = await this.#pool(signal);
    if (pool === null) throw await this.#missing();
    const change = await readVersion(pool, id, signal);
    return new VersionSource(pool.target.location, change, change.value);
  }

  async close(): Promise<void> {
    await (await this.#meeting?.catch(() => null))?.close();
  }

  #pool(signal: AbortSignal | undefined): Promise<PostgresPool | null> {
    this.#meeting ??= this.#meet(signal);
    return this.#meeting;
  }

  /** A server that could not be reached, and one where no node was started yet, are asked again the next time. */
  async #meet(signal: AbortSignal | undefined): Promise<PostgresPool | null> {
    let pool: PostgresPool | null = null;
    try {
      pool = await this.#find(signal);
    } finally {
      if (pool === null) this.#meeting = null;
    }
    return pool;
  }

  async #find(signal: AbortSignal | undefined): Promise<PostgresPool | null> {
    if (!isPostgresUrl(this.#context.location)) return null;
    const pool = await this.#connect(true);
    try {
      await findMeetingPoint(pool, signal);
      return pool;
    } catch (error) {
      await pool.close();
      if (error instanceof SourceError && error.code === 'sync-missing') return null;
      throw error;
    }
  }

  async #connect(readOnly: boolean): Promise<PostgresPool> {
    const { location, secret } = this.#context;
    const target = await postgresTarget({ url: location, password: secret });
    return PostgresPool.create(target, { size: CONNECTIONS, timeoutSeconds: TIMEOUT_SECONDS, readOnly });
  }

  async #missing(): Promise<SourceError> {
    const { location: given } = this.#context;
    // It may hold a password.
    const location = isPostgresUrl(given) ? (await postgresTarget({ url: given })).location : given;
    return new SourceError('sync-missing', `Nodes do not meet in ${location}.`, { location });
  }

  /** Connections that may write last no longer than the write. */
  async #writing<T>(work: (pool: PostgresPool) => Promise<T>): Promise<T> {
    const pool = await this.#connect(false);
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  }
}

/** Who settles, as other people at the same meeting point know them. */
function personName(): string {
  return userInfo().username;
}

function conflictRow({ key, versions, settled }: SyncConflict): ConflictRow {
  return {
    key,
    versions: versions.map(versionRow),
    settled: settled && {
      by: settled.by,
      automatic: settled.by === AUTOMATIC,
      at: settled.at,
      seq: settled.version.seq,
      chosen: settled.chosen,
    },
  };
}

function versionRow({ writer, counter, seq, node, time, deleted, bytes }: LoggedVersion): ConflictVersion {
  return { writer, counter, seq, node, time, deleted, bytes };
}

function withShown(known: readonly LoggedVersion[], shown: readonly LoggedVersion[]): readonly LoggedVersion[] {
  const bySeq = new Map([...known, ...shown].map((version) => [version.seq, version]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}

function jsonOf(text: string, key: string): Uint8Array {
  const bytes = encodeUtf8(text);
  const { issues } = parseJson(bytes);
  const [issue] = issues;
  if (issue === undefined) return bytes;
  const reason = `byte ${issue.offset}: ${issue.message}`;
  const message = `The value for ${key} is no JSON (${reason}). Nothing was settled.`;
  throw new SourceError('unsupported-value', message, { key, location: key, reason });
}
