/** Snapshots as rows: a page of them, newest first. */
import type { Database } from 'better-sqlite3';
import { SNAPSHOT_REASONS, type SnapshotFilter, type SnapshotInfo } from '../../../shared/ipc/snapshots.ts';

export interface ListOptions {
  readonly filter?: SnapshotFilter;
  readonly limit: number;
  /** What `next` of the page before said. */
  readonly after?: string | null;
  /** Rows to pass over, for lists with a scroll bar. */
  readonly offset?: number;
}

export interface SnapshotList {
  readonly rows: readonly SnapshotInfo[];
  /** That the filter finds. */
  readonly total: number;
  /** Goes on behind these rows; null at the end. */
  readonly next: string | null;
}

export interface SnapshotRow {
  readonly n: number;
  readonly id: string;
  /** Microseconds. */
  readonly taken: number;
  readonly manifest: number;
  readonly reason: number;
  readonly pinned: number;
  readonly seq: number | null;
  readonly name: string;
  readonly description: string;
  readonly tags: string;
  readonly states: number;
  readonly bytes: number;
  readonly firstKey: string | null;
}

const FIRST_KEY =
  '(SELECT k.key FROM manifest_states f JOIN keys k ON k.id = f.key WHERE f.manifest = s.manifest ORDER BY f.key LIMIT 1)';
export const SELECT_INFO = `SELECT s.*, m.states, m.bytes, ${FIRST_KEY} AS firstKey FROM snapshots s JOIN manifests m ON m.id = s.manifest`;
const MICROS = 1000;

export function infoOf(row: SnapshotRow): SnapshotInfo {
  const { id, name, description, taken, states, bytes, seq, firstKey } = row;
  return {
    id,
    name,
    description,
    tags: JSON.parse(row.tags) as string[],
    pinned: row.pinned !== 0,
    reason: SNAPSHOT_REASONS[row.reason] ?? 'manual',
    takenAt: new Date(taken / MICROS).toISOString(),
    states,
    bytes,
    seq,
    firstKey: firstKey ?? '',
  };
}

/** What the words of a filter are looked for in. */
export function searchText(id: string, name: string, description: string, tags: readonly string[]): string {
  return [id, name, description, ...tags].join('\n').toLowerCase();
}

export function listSnapshots(
  database: Database,
  { filter = {}, limit, after = null, offset = 0 }: ListOptions,
): SnapshotList {
  const { where, values } = conditionOf(filter);
  const count = database.prepare<unknown[], { total: number }>(
    `SELECT count(*) AS total FROM snapshots s WHERE ${where}`,
  );
  const total = count.get(...values)?.total ?? 0;
  const [taken, n] = after === null ? [Number.MAX_SAFE_INTEGER, 0] : after.split('-').map(Number);
  // Which rows first: what else is told of them is only looked up for those.
  const page = `SELECT s.n FROM snapshots s WHERE ${where} AND (s.taken, s.n) < (?, ?) ORDER BY s.taken DESC, s.n DESC LIMIT ? OFFSET ?`;
  const found = database
    .prepare<unknown[], SnapshotRow>(`${SELECT_INFO} WHERE s.n IN (${page}) ORDER BY s.taken DESC, s.n DESC`)
    .all(...values, taken, n, limit, offset);
  const last = found.length < limit ? undefined : found.at(-1);
  return { rows: found.map(infoOf), total, next: last === undefined ? null : `${last.taken}-${last.n}` };
}

function conditionOf({ words = '', tag, key }: SnapshotFilter): {
  readonly where: string;
  readonly values: readonly string[];
} {
  const parts = words
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => ['instr(s.search, ?) > 0', word]);
  if (tag !== undefined) parts.push(['EXISTS (SELECT 1 FROM json_each(s.tags) t WHERE t.value = ?)', tag]);
  if (key !== undefined) {
    const having = 'SELECT m.manifest FROM manifest_states m JOIN keys k ON k.id = m.key WHERE k.key = ?';
    parts.push([`s.manifest IN (${having})`, key]);
  }
  const where = parts.map(([sql]) => sql).join(' AND ');
  return { where: where === '' ? '1' : where, values: parts.map(([, value]) => value ?? '') };
}
