/** What a person looks at at the meeting point: versions by their states, the newest first, and single values. Nothing is written. */
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import { compareVersions } from './merge.ts';
import { type LoggedChange, type LoggedVersion, type VersionId, versionName } from './model.ts';
import { type ChangeRow, changeOfRow, VERSION_COLUMNS, type VersionRow, versionOfRow } from './version-text.ts';

const FROM = 'FROM statescope_sync.changes c';
const STANDING = `SELECT ${VERSION_COLUMNS}, c.value FROM statescope_sync.standing s
  JOIN statescope_sync.changes c ON c.seq = s.seq WHERE s.key = $1`;

/** The version of a state that all nodes show; null for a state that no node ever had. */
export function readShown(pool: PostgresPool, key: string, signal?: AbortSignal): Promise<LoggedChange | null> {
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<ChangeRow>(STANDING, [key]);
    return rows.map(changeOfRow).toSorted(compareVersions)[0] ?? null;
  });
}

/** One version with its value. @throws SourceError `not-found` */
export function readVersion(pool: PostgresPool, id: VersionId, signal?: AbortSignal): Promise<LoggedChange> {
  return pool.read(signal, async (client) => {
    const sql = `SELECT ${VERSION_COLUMNS}, c.value ${FROM} WHERE c.writer = $1 AND c.counter = $2`;
    const { rows } = await client.query<ChangeRow>(sql, [id.writer, id.counter]);
    const [row] = rows;
    if (row !== undefined) return changeOfRow(row);
    const { location } = pool.target;
    const message = `There is no version ${versionName(id)} in ${location}. Look at the list of changes again.`;
    throw new SourceError('not-found', message, { location });
  });
}

export interface VersionsRequest {
  /** Of all states when null. */
  readonly key: string | null;
  /** Only those before it; null begins with the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** The newest first. */
export function readNewestVersions(
  pool: PostgresPool,
  { key, before, limit }: VersionsRequest,
  signal?: AbortSignal,
): Promise<readonly LoggedVersion[]> {
  return pool.read(signal, async (client) => {
    const parameters: unknown[] = [before ?? Number.MAX_SAFE_INTEGER, limit];
    const ofKey = key === null ? '' : 'AND c.key = $3';
    if (key !== null) parameters.push(key);
    const sql = `SELECT ${VERSION_COLUMNS} ${FROM} WHERE c.seq < $1 ${ofKey} ORDER BY c.seq DESC LIMIT $2`;
    const { rows } = await client.query<VersionRow>(sql, parameters);
    return rows.map(versionOfRow);
  });
}

/** The newest versions of each of these states, at most so many of one, by number: among them is what is concurrent. */
export function readVersionsOf(
  pool: PostgresPool,
  keys: readonly string[],
  mostOfOne: number,
  signal?: AbortSignal,
): Promise<readonly LoggedVersion[]> {
  return pool.read(signal, async (client) => {
    const sql = `SELECT c.* FROM unnest($1::text[]) AS k(key) CROSS JOIN LATERAL
      (SELECT ${VERSION_COLUMNS} ${FROM} WHERE c.key = k.key ORDER BY c.seq DESC LIMIT $2) c`;
    const { rows } = await client.query<VersionRow>(sql, [keys, mostOfOne]);
    return rows.map(versionOfRow).toSorted((a, b) => a.seq - b.seq);
  });
}

/** States of which versions stand that have not seen each other; counted up to `most`. */
export function countOpenConflicts(pool: PostgresPool, most: number, signal?: AbortSignal): Promise<number> {
  return pool.read(signal, async (client) => {
    const sql = 'SELECT count(*) AS count FROM (SELECT 1 FROM statescope_sync.open_conflicts LIMIT $1) o';
    const { rows } = await client.query<{ count: string }>(sql, [most]);
    return Number(rows[0]?.count ?? 0);
  });
}
