/** The tables of the meeting point, in a schema of their own. Whoever makes them needs the right to create a schema, and no more. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';

const FIRST = [
  'CREATE SCHEMA IF NOT EXISTS statescope_sync',
  // One row. Whoever adds changes locks it, so that changes are seen in the order of their numbers and none is seen late; a
  // sequence would hand out numbers that are committed in another order. `epoch` tells one course of numbers from another.
  `CREATE TABLE statescope_sync.meta (
    one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
    version INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    newest BIGINT NOT NULL
  )`,
  // Only ever added to. Texts of vectors are JSON in one form (vectorText); values are bytes, since JSONB would change them.
  `CREATE TABLE statescope_sync.changes (
    seq BIGINT PRIMARY KEY,
    writer TEXT NOT NULL,
    counter BIGINT NOT NULL,
    node TEXT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    vector TEXT NOT NULL,
    parents TEXT NOT NULL,
    depth INTEGER NOT NULL,
    value BYTEA,
    hash TEXT NOT NULL,
    time TEXT NOT NULL,
    settled_by TEXT,
    concurrent_with TEXT,
    received_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (writer, counter)
  )`,
  'CREATE INDEX changes_of_key ON statescope_sync.changes (key, seq)',
  'CREATE INDEX settlements ON statescope_sync.changes (seq) WHERE settled_by IS NOT NULL',
  // The versions that no other has seen. A new node begins with these instead of all changes there ever were.
  `CREATE TABLE statescope_sync.standing (
    key TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    writer TEXT NOT NULL,
    counter BIGINT NOT NULL,
    vector TEXT NOT NULL,
    depth INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (key, seq)
  )`,
  // Keys of which versions with different values stand.
  'CREATE TABLE statescope_sync.open_conflicts (key TEXT COLLATE "C" PRIMARY KEY)',
  `CREATE TABLE statescope_sync.nodes (
    writer TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    applied BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    last_seen TIMESTAMPTZ NOT NULL,
    stopped BOOLEAN NOT NULL
  )`,
] as const;

/** The n-th takes the tables from version n to n + 1. Only ever added to. */
const MIGRATIONS: readonly (readonly string[])[] = [FIRST];
const VERSION = MIGRATIONS.length;

/** Wakes up those who wait; what there is to know is in the tables. */
export const CHANNEL = 'statescope_sync';

/** Two who create at once would meet in the catalogue, IF NOT EXISTS or not. Any number, the same for all. */
const CREATING = 5_306_009;

/**
 * Makes the tables, or brings them to this version. Idempotent.
 * @throws SourceError `read-only` where the user may not, `sync-newer`, and what the server says.
 */
export async function createMeetingPoint(pool: PostgresPool, signal?: AbortSignal): Promise<void> {
  const version = await pool.read(signal, versionOf);
  if (version > VERSION) throw newer(pool, version);
  if (version === VERSION) return;
  await pool.transaction('BEGIN', 'write', signal, async (client) => {
    await client.query('SET LOCAL synchronous_commit = on');
    await client.query('SELECT pg_advisory_xact_lock($1)', [CREATING]);
    // Read again under the lock: another node may have been first.
    const current = await versionOf(client);
    for (const sql of MIGRATIONS.slice(current).flat()) await client.query(sql);
    await client.query(
      `INSERT INTO statescope_sync.meta (version, epoch, newest) VALUES ($1, $2, 0)
      ON CONFLICT (one) DO UPDATE SET version = greatest(meta.version, excluded.version)`,
      [VERSION, newEpoch()],
    );
  });
}

/** @throws SourceError `sync-missing` for a database in which no node was ever started, `sync-newer`. */
export async function findMeetingPoint(pool: PostgresPool, signal?: AbortSignal): Promise<void> {
  const version = await pool.read(signal, versionOf);
  if (version > VERSION) throw newer(pool, version);
  if (version === VERSION) return;
  const { location } = pool.target;
  const message = `${location} has no tables of synchronised nodes. Start a node with it: statescope node start --url … --id …`;
  throw new SourceError('sync-missing', message, { location });
}

export function newEpoch(): string {
  return randomBytes(4).toString('hex');
}

// to_regclass might answer from what the connection remembers of a moment ago, when another node had not made them yet.
const THERE = `
  SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'statescope_sync' AND tablename = 'meta') AS there`;

/** 0: there are no tables. */
async function versionOf(client: PoolClient): Promise<number> {
  const found = await client.query<{ there: boolean }>(THERE);
  if (!found.rows[0]?.there) return 0;
  const { rows } = await client.query<{ version: number }>('SELECT version FROM statescope_sync.meta');
  return rows[0]?.version ?? 0;
}

function newer(pool: PostgresPool, version: number): SourceError {
  const { location } = pool.target;
  const reason = `version ${version} of its tables, where this one knows ${VERSION}`;
  const message = `A newer Statescope made the tables of synchronised nodes in ${location} (${reason}). Update Statescope.`;
  return new SourceError('sync-newer', message, { location, reason });
}
