/** What is in the tables of the meeting point. Each page costs what it holds, however long the table is. */
import type { PoolClient } from 'pg';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { compareVersions } from './merge.ts';
import { type LoggedChange, type LoggedVersion, type NodeStatus, type SyncConflict, sameVersion } from './model.ts';
import { type ChangeRow, changeOfRow, VERSION_COLUMNS, type VersionRow, versionOfRow } from './version-text.ts';

/** A node that has not told anything for so long is taken for offline; it tells every 5 s. */
const OFFLINE_AFTER_SECONDS = 15;
/** Bytes of values in a page at most, unless it holds a single change. */
const PAGE_BYTES = 8 * 1024 * 1024;

export interface ChangesRequest {
  /** Seq of the last change that is known; 0 for none. */
  readonly after: number;
  /** At least 1. */
  readonly limit: number;
}

const SIZES = `
  SELECT seq, octet_length(value) AS bytes FROM statescope_sync.changes WHERE seq > $1 ORDER BY seq LIMIT $2`;
const CHANGES = `
  SELECT ${VERSION_COLUMNS}, c.value FROM statescope_sync.changes c WHERE c.seq > $1 AND c.seq <= $2 ORDER BY c.seq`;
const VERSIONS = `
  SELECT ${VERSION_COLUMNS} FROM statescope_sync.changes c WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`;

/** What catching up asks, so that a test can have it explained. */
export const CATCH_UP = { sizes: SIZES, changes: CHANGES } as const;

/** In the order of seq; fewer than the limit where values are large. Empty: there are no more. */
export function readChanges(
  pool: PostgresPool,
  { after, limit }: ChangesRequest,
  signal?: AbortSignal,
): Promise<readonly LoggedChange[]> {
  return pool.read(signal, async (client) => {
    const sizes = await client.query<{ seq: string; bytes: number | null }>(SIZES, [after, limit]);
    let bytes = 0;
    let last = after;
    for (const row of sizes.rows) {
      bytes += row.bytes ?? 0;
      if (bytes > PAGE_BYTES && last !== after) break;
      last = Number(row.seq);
    }
    if (last === after) return [];
    const { rows } = await client.query<ChangeRow>(CHANGES, [after, last]);
    return rows.map(changeOfRow);
  });
}

/** As readChanges, without values. */
export function readVersions(
  pool: PostgresPool,
  { after, limit }: ChangesRequest,
  signal?: AbortSignal,
): Promise<readonly LoggedVersion[]> {
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<VersionRow>(VERSIONS, [after, limit]);
    return rows.map(versionOfRow);
  });
}

/** Seq of the newest change; 0 when there is none. */
export function readNewest(pool: PostgresPool, signal?: AbortSignal): Promise<number> {
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<{ newest: string }>('SELECT newest FROM statescope_sync.meta');
    return Number(rows[0]?.newest ?? 0);
  });
}

export interface StandingPage {
  readonly changes: readonly LoggedChange[];
  /** Of the page that follows; null at the end. */
  readonly next: StandingCursor | null;
}
export interface StandingCursor {
  readonly key: string;
  readonly seq: number;
}

const STANDING = `
  SELECT s.seq, s.key, octet_length(c.value) AS bytes
  FROM statescope_sync.standing s JOIN statescope_sync.changes c ON c.seq = s.seq
  WHERE (s.key, s.seq) > ($1, $2) ORDER BY s.key, s.seq LIMIT $3`;

/** The versions that stand, by key: where a node begins that knows nothing yet. */
export function readStandingPage(
  pool: PostgresPool,
  after: StandingCursor | null,
  limit: number,
  signal?: AbortSignal,
): Promise<StandingPage> {
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<{ seq: string; key: string; bytes: number | null }>(STANDING, [
      after?.key ?? '',
      after?.seq ?? 0,
      limit,
    ]);
    const taken: typeof rows = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.bytes ?? 0;
      if (bytes > PAGE_BYTES && taken.length > 0) break;
      taken.push(row);
    }
    const last = taken.at(-1);
    if (last === undefined) return { changes: [], next: null };
    const changes = await changesAt(
      client,
      taken.map(({ seq }) => Number(seq)),
    );
    const isEnd = taken.length === rows.length && rows.length < limit;
    return { changes, next: isEnd ? null : { key: last.key, seq: Number(last.seq) } };
  });
}

async function changesAt(client: PoolClient, seqs: readonly number[]): Promise<readonly LoggedChange[]> {
  const sql = `SELECT ${VERSION_COLUMNS}, c.value FROM statescope_sync.changes c WHERE c.seq = ANY($1) ORDER BY c.key, c.seq`;
  const { rows } = await client.query<ChangeRow>(sql, [seqs]);
  return rows.map(changeOfRow);
}

const NODES = `
  SELECT n.node, n.writer, n.applied, n.queued, m.newest, n.stopped,
    to_char(n.last_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS last_seen,
    extract(epoch FROM clock_timestamp() - n.last_seen)::float8 AS silent,
    coalesce(extract(epoch FROM clock_timestamp() - c.received_at), 0)::float8 AS lag
  FROM statescope_sync.nodes n CROSS JOIN statescope_sync.meta m
  LEFT JOIN statescope_sync.changes c ON c.seq = n.applied + 1
  ORDER BY n.node, n.writer`;

/** Every node that was ever started, by id. */
export function readNodes(pool: PostgresPool, signal?: AbortSignal): Promise<readonly NodeStatus[]> {
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<{
      node: string;
      writer: string;
      applied: string;
      queued: string;
      newest: string;
      stopped: boolean;
      last_seen: string;
      silent: number;
      lag: number;
    }>(NODES);
    return rows.map((row) => ({
      id: row.node,
      writer: row.writer,
      applied: Number(row.applied),
      newest: Number(row.newest),
      lagChanges: Number(row.newest) - Number(row.applied),
      lagSeconds: Math.max(0, row.lag),
      queued: Number(row.queued),
      lastSeen: row.last_seen,
      state: row.stopped || row.silent > OFFLINE_AFTER_SECONDS ? ('offline' as const) : ('connected' as const),
    }));
  });
}

export type ConflictsRequest =
  /** In the order of keys. `after`: the last key of the page before. */
  | { readonly status: 'open'; readonly after: string | null; readonly limit: number }
  /** The latest first. `before`: the seq of the last settlement of the page before. */
  | { readonly status: 'settled'; readonly before: number | null; readonly limit: number };

/** Without values; `readVersion` has them. */
export function readConflicts(
  pool: PostgresPool,
  request: ConflictsRequest,
  signal?: AbortSignal,
): Promise<readonly SyncConflict[]> {
  return pool.read(signal, (client) =>
    request.status === 'open'
      ? openConflicts(client, request.after, request.limit)
      : settledConflicts(client, request.before, request.limit),
  );
}

async function openConflicts(
  client: PoolClient,
  after: string | null,
  limit: number,
): Promise<readonly SyncConflict[]> {
  const sql = `
    SELECT ${VERSION_COLUMNS}
    FROM (SELECT key FROM statescope_sync.open_conflicts WHERE key > $1 ORDER BY key LIMIT $2) o
    JOIN statescope_sync.standing s ON s.key = o.key JOIN statescope_sync.changes c ON c.seq = s.seq`;
  const { rows } = await client.query<VersionRow>(sql, [after ?? '', limit]);
  const byKey = new Map<string, readonly LoggedVersion[]>();
  for (const version of rows.map(versionOfRow)) {
    byKey.set(version.key, [...(byKey.get(version.key) ?? []), version]);
  }
  return [...byKey]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, versions]) => ({
      key,
      versions: versions.toSorted(compareVersions),
      status: 'open',
      settled: null,
    }));
}

async function settledConflicts(
  client: PoolClient,
  before: number | null,
  limit: number,
): Promise<readonly SyncConflict[]> {
  const sql = `
    SELECT ${VERSION_COLUMNS} FROM statescope_sync.changes c
    WHERE c.settled_by IS NOT NULL AND c.seq < $1 ORDER BY c.seq DESC LIMIT $2`;
  const settlements = await client.query<VersionRow>(sql, [before ?? Number.MAX_SAFE_INTEGER, limit]);
  const found = settlements.rows.map(versionOfRow);
  const parents = found.flatMap((version) => version.parents);
  const parentsSql = `
    SELECT ${VERSION_COLUMNS} FROM statescope_sync.changes c
    WHERE (c.writer, c.counter) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))`;
  const { rows } = await client.query<VersionRow>(parentsSql, [
    parents.map(({ writer }) => writer),
    parents.map(({ counter }) => counter),
  ]);
  const known = rows.map(versionOfRow);
  return found.map((version) => {
    const versions = known
      .filter((one) => version.parents.some((parent) => sameVersion(parent, one)))
      .toSorted(compareVersions);
    const chosen = versions.find(({ hash }) => hash === version.hash);
    return {
      key: version.key,
      versions,
      status: 'settled',
      settled: {
        by: version.settledBy ?? '',
        at: version.receivedAt,
        version,
        chosen: chosen === undefined ? null : { writer: chosen.writer, counter: chosen.counter },
      },
    };
  });
}
