/** What the snapshots of a source take, by the time at which each of them was taken. */
import type { Database } from 'better-sqlite3';

export interface SnapshotGrowth {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  /** Of what is stored for this snapshot and those before it that are still there; what they share counts once. */
  readonly bytes: number;
}

/** The same as long as the snapshots are. */
export function snapshotsMark(database: Database): string {
  const sql = "SELECT count(*) || ' ' || total(n) || ' ' || coalesce(max(n), 0) FROM snapshots";
  return database.prepare<[], string>(sql).pluck().get() ?? '';
}

/** In order of time. Looks at every state of every snapshot. */
export function snapshotGrowth(database: Database): readonly SnapshotGrowth[] {
  const rows = database
    .prepare<[], { time: number; bytes: number }>(
      `SELECT taken AS time, sum(stored) AS bytes FROM (
         SELECT o.stored AS stored, min(s.taken) AS taken FROM snapshots s
         JOIN manifest_states m ON m.manifest = s.manifest JOIN objects o ON o.id = m.object GROUP BY o.id)
       GROUP BY taken ORDER BY taken`,
    )
    .all();
  let sum = 0;
  return rows.map(({ time, bytes }) => {
    sum += bytes;
    return { time, bytes: sum };
  });
}
