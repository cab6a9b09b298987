/** Whether the table is still the one that was read, and what a node tells of itself. */
import type { PostgresPool } from '../sources/postgres-pool.ts';
import type { NodeStore } from './node-store.ts';

export interface Situation {
  readonly epoch: string;
  /** Seq of the newest change, 0 for none; and the name of that version. */
  readonly newest: number;
  readonly newestVersion: string;
  /** The name of the version at the seq that was asked for; empty where there is none. */
  readonly versionThere: string;
}

export function readSituation(pool: PostgresPool, seq: number, signal?: AbortSignal): Promise<Situation> {
  const sql = `
    SELECT m.epoch, m.newest, coalesce(n.writer || ':' || n.counter, '') AS newest_version,
      coalesce(c.writer || ':' || c.counter, '') AS version_there
    FROM statescope_sync.meta m
    LEFT JOIN statescope_sync.changes n ON n.seq = m.newest
    LEFT JOIN statescope_sync.changes c ON c.seq = $1`;
  return pool.read(signal, async (client) => {
    const { rows } = await client.query<{
      epoch: string;
      newest: string;
      newest_version: string;
      version_there: string;
    }>(sql, [seq]);
    const [row] = rows;
    return {
      epoch: row?.epoch ?? '',
      newest: Number(row?.newest ?? 0),
      newestVersion: row?.newest_version ?? '',
      versionThere: row?.version_there ?? '',
    };
  });
}

const TELL = `
  INSERT INTO statescope_sync.nodes (writer, node, applied, queued, last_seen, stopped)
  VALUES ($1, $2, $3, $4, clock_timestamp(), $5)
  ON CONFLICT (writer) DO UPDATE SET
    applied = excluded.applied, queued = excluded.queued, last_seen = excluded.last_seen, stopped = excluded.stopped`;

/** @param stopped the node says goodbye. */
export async function tellNode(
  pool: PostgresPool,
  store: NodeStore,
  stopped: boolean,
  signal: AbortSignal,
): Promise<void> {
  const values = [store.writer, store.id, store.position.applied, store.queued, stopped];
  await pool.transaction('BEGIN', 'write', signal, (client) => client.query(TELL, values));
}
