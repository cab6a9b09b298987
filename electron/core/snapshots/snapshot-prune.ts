/** Forgetting snapshots, and the texts that nothing refers to any more: first what it would free, then step by step. */
import type { Database } from 'better-sqlite3';
import { SNAPSHOT_REASONS, type SnapshotPruneRule, type SnapshotReason } from '../../../shared/ipc/snapshots.ts';

export interface SnapshotPrunePlan {
  /** The newest first. */
  readonly snapshots: readonly number[];
  /** Of stored texts that nothing else refers to. */
  readonly bytes: number;
  /** Snapshots that are left. */
  readonly remaining: number;
}

export interface Pruned {
  readonly snapshots: number;
  readonly bytes: number;
}

const AUTOMATIC: readonly SnapshotReason[] = ['before-edit', 'before-delete', 'before-restore', 'before-undo'];
const DAY_MICROS = 24 * 60 * 60 * 1_000_000;
const MICROS = 1000;
const PAGE = 2000;
/** Objects that are looked at before others get a turn. */
const LOOKED_AT = 1000;
const REMOVED_AT_ONCE = 200;
const VACUUMED_PAGES = 500;

/** Yields between steps of a few milliseconds, and returns the plan. @param now milliseconds. */
export function* planPrune(
  database: Database,
  rule: SnapshotPruneRule,
  now: number,
): Generator<undefined, SnapshotPrunePlan> {
  const doomed = yield* chosen(database, rule, now);
  const manifests = new Map<number, number>();
  for (const { manifest } of doomed) manifests.set(manifest, (manifests.get(manifest) ?? 0) + 1);
  const bytes = yield* freedBy(database, manifests);
  const all = database.prepare<[], { total: number }>('SELECT count(*) AS total FROM snapshots').get()?.total ?? 0;
  return { snapshots: doomed.map(({ n }) => n), bytes, remaining: all - doomed.length };
}

interface Chosen {
  readonly n: number;
  readonly manifest: number;
  readonly taken: number;
}

function* chosen(database: Database, rule: SnapshotPruneRule, now: number): Generator<undefined, readonly Chosen[]> {
  const reasons = (rule.manual ? SNAPSHOT_REASONS : AUTOMATIC).map((reason) => SNAPSHOT_REASONS.indexOf(reason));
  const page = database.prepare<number[], Chosen>(
    `SELECT n, manifest, taken FROM snapshots WHERE pinned = 0 AND reason IN (${reasons.join(', ')}) AND (taken, n) < (?, ?)
     ORDER BY taken DESC, n DESC LIMIT ${PAGE}`,
  );
  const until = rule.olderThanDays === null ? Infinity : now * MICROS - rule.olderThanDays * DAY_MICROS;
  const doomed: Chosen[] = [];
  let kept = 0;
  for (let [taken, n] = [Number.MAX_SAFE_INTEGER, 0]; ; ) {
    const rows = page.all(taken, n);
    for (const row of rows) {
      kept += 1;
      if (kept > rule.keep && row.taken <= until) doomed.push(row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return doomed;
    ({ taken, n } = last);
    yield;
  }
}

/** @param doomed how many of the snapshots with each manifest go. */
function* freedBy(database: Database, doomed: ReadonlyMap<number, number>): Generator<undefined, number> {
  const snapshotsOf = counter(database, 'SELECT count(*) AS count FROM snapshots WHERE manifest = ?');
  const objectsOf = database
    .prepare<[number], number>('SELECT object FROM manifest_states WHERE manifest = ?')
    .pluck(true);
  const gone = new Map<number, number>();
  let looked = 0;
  for (const [manifest, count] of doomed) {
    if (count < snapshotsOf(manifest)) continue;
    for (const object of objectsOf.iterate(manifest)) {
      gone.set(object, (gone.get(object) ?? 0) + 1);
      looked += 1;
    }
    looked += 1;
    if (looked < LOOKED_AT) continue;
    looked = 0;
    yield;
  }
  const statesOf = counter(database, 'SELECT count(*) AS count FROM manifest_states WHERE object = ?');
  const deltasTo = counter(database, 'SELECT count(*) AS count FROM objects WHERE base = ?');
  const read = database.prepare<[number], { base: number | null; stored: number }>(
    'SELECT base, stored FROM objects WHERE id = ?',
  );
  const freed = new Set<number>();
  const deltasGone = new Map<number, number>();
  let bytes = 0;
  for (const object of gone.keys()) {
    for (let at: number | null = object; at !== null && !freed.has(at); ) {
      if (statesOf(at) > (gone.get(at) ?? 0) || deltasTo(at) > (deltasGone.get(at) ?? 0)) break;
      const row = read.get(at);
      if (row === undefined) break;
      freed.add(at);
      bytes += row.stored;
      at = row.base;
      if (at !== null) deltasGone.set(at, (deltasGone.get(at) ?? 0) + 1);
    }
    looked += 1;
    if (looked < LOOKED_AT) continue;
    looked = 0;
    yield;
  }
  return bytes;
}

function counter(database: Database, sql: string): (id: number) => number {
  const statement = database.prepare<[number], number>(sql).pluck(true);
  return (id) => statement.get(id) ?? 0;
}

/** Each step is done as a whole, and says what it has freed. */
export function* pruneSteps(database: Database, plan: SnapshotPrunePlan): Generator<() => Pruned> {
  for (let from = 0; from < plan.snapshots.length; from += REMOVED_AT_ONCE) {
    yield () => removeSnapshots(database, plan.snapshots.slice(from, from + REMOVED_AT_ONCE));
  }
}

/** Those that are there and not pinned. */
export function removeSnapshots(database: Database, ns: readonly number[]): Pruned {
  const remove = database
    .prepare<[number], number>('DELETE FROM snapshots WHERE n = ? AND pinned = 0 RETURNING manifest')
    .pluck(true);
  const snapshotsOf = counter(database, 'SELECT count(*) AS count FROM snapshots WHERE manifest = ?');
  const work = database.transaction((): Pruned => {
    const removed = { snapshots: 0, bytes: 0 };
    for (const n of ns) {
      const manifest = remove.get(n);
      if (manifest === undefined) continue;
      removed.snapshots += 1;
      if (snapshotsOf(manifest) === 0) removed.bytes += dropManifest(database, manifest);
    }
    return removed;
  });
  const removed = work.immediate();
  database.pragma(`incremental_vacuum(${VACUUMED_PAGES})`);
  return removed;
}

/** Inside of a transaction: a manifest, and what only it refers to. Bytes that were stored. */
export function dropManifest(database: Database, manifest: number): number {
  const objects = database
    .prepare<[number], number>('DELETE FROM manifest_states WHERE manifest = ? RETURNING object')
    .pluck(true)
    .all(manifest);
  database.prepare('DELETE FROM manifests WHERE id = ?').run(manifest);
  const free = database.prepare<[number, number, number], { base: number | null; stored: number }>(
    `DELETE FROM objects WHERE id = ? AND NOT EXISTS (SELECT 1 FROM manifest_states WHERE object = ?)
     AND NOT EXISTS (SELECT 1 FROM objects d WHERE d.base = ?) RETURNING base, stored`,
  );
  const freeData = database.prepare<[number]>('DELETE FROM object_data WHERE id = ?');
  let bytes = 0;
  for (const object of objects) {
    for (let at: number | null = object; at !== null; ) {
      const freed = free.get(at, at, at);
      if (freed === undefined) break;
      freeData.run(at);
      bytes += freed.stored;
      at = freed.base;
    }
  }
  return bytes;
}
