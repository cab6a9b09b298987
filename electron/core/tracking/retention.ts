/**
 * What a journal forgets: the oldest blocks, whole. The state that each key had at that moment is kept as its base, so that every
 * later state can still be had.
 */
import type { Database } from 'better-sqlite3';
import { Contents, DEFLATE_COMPARED_FROM } from './contents.ts';
import { BEGINNINGS, FORM } from './journal-form.ts';
import type { JournalStates } from './journal-states.ts';

/** Whichever of them is hit first; one that is absent bounds nothing. Validated: whole numbers of at least 0. */
export interface RetentionRule {
  readonly maxAgeMs?: number | undefined;
  readonly maxChanges?: number | undefined;
  /** Of what changes and states take in the file, about. */
  readonly maxBytes?: number | undefined;
}

export interface RetentionPlan {
  /** The first sequence that stays. */
  readonly cut: number;
  readonly commits: number;
  readonly changes: number;
  /** About. */
  readonly bytes: number;
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly max_time: number;
  readonly commits: number;
  readonly changes: number;
  readonly bytes: number;
}

/** Changes that one transaction removes. */
const SLICE = 10_000;
const MICROS = 1000;
const VACUUM_PAGES = 2000;

/** @throws RangeError for a rule that is none; SqliteError. */
export function planRetention(database: Database, rule: RetentionRule, now: number, floor: number): RetentionPlan {
  for (const bound of [rule.maxAgeMs, rule.maxChanges, rule.maxBytes]) {
    if (bound !== undefined && !(bound >= 0)) throw new RangeError(`${bound} bounds no journal`);
  }
  const [left] = database
    .prepare<[number], { changes: number | null; bytes: number | null }>(
      'SELECT sum(changes) AS changes, sum(bytes) AS bytes FROM blocks WHERE first >= ?',
    )
    .all(floor);
  const oldest = rule.maxAgeMs === undefined ? -Infinity : (now - rule.maxAgeMs) * MICROS;
  let changes = left?.changes ?? 0;
  let bytes = left?.bytes ?? 0;
  const plan = { cut: floor, commits: 0, changes: 0, bytes: 0 };
  const blocks = database
    .prepare<[number], Block>('SELECT * FROM blocks WHERE first >= ? ORDER BY first')
    .iterate(floor);
  for (const block of blocks) {
    const isOld = block.max_time < oldest;
    if (!isOld && changes <= (rule.maxChanges ?? Infinity) && bytes <= (rule.maxBytes ?? Infinity)) break;
    changes -= block.changes;
    bytes -= block.bytes;
    plan.cut = block.last + 1;
    plan.commits += block.commits;
    plan.changes += block.changes;
    plan.bytes += block.bytes;
  }
  return plan;
}

/** Steps, each a transaction. After the first the rest may be left to a later retention. */
export function* applyRetention(
  database: Database,
  states: JournalStates,
  { cut }: RetentionPlan,
): Generator<() => void> {
  yield () => database.transaction(() => keepBases(database, states, cut)).immediate();
  const oldest = database.prepare<[], { seq: number | null }>(
    'SELECT min((SELECT coalesce(min(seq), 9e15) FROM changes), (SELECT coalesce(min(seq), 9e15) FROM commits)) AS seq',
  );
  const remove = ['changes', 'commits'].map((table) => database.prepare(`DELETE FROM ${table} WHERE seq < ?`));
  for (let at = (oldest.get()?.seq ?? cut) + SLICE; ; at += SLICE) {
    const to = Math.min(at, cut);
    yield () => database.transaction(() => void remove.map((statement) => statement.run(to))).immediate();
    if (to === cut) break;
  }
  yield () => database.transaction(() => sweep(database, cut)).immediate();
  const free = () => Number(database.pragma('freelist_count', { simple: true }));
  for (let pages = free(); pages > 0; pages -= VACUUM_PAGES) {
    yield () => void database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
  }
}

function keepBases(database: Database, states: JournalStates, cut: number): void {
  const contents = new Contents(database);
  const keys = database.prepare<[], { id: number }>('SELECT id FROM keys').all();
  const put = database.prepare('INSERT OR REPLACE INTO bases VALUES (?, ?, ?)');
  const drop = database.prepare('DELETE FROM bases WHERE key = ?');
  const next = database.prepare<[number, number], { seq: number; form: number }>(
    `SELECT seq, form FROM commits WHERE key = ? AND seq >= ? AND form IN ${BEGINNINGS} ORDER BY seq LIMIT 1`,
  );
  const keepWhole = database.prepare(
    `UPDATE commits SET form = ${FORM.keyframe}, content = ?, delta = NULL WHERE seq = ?`,
  );
  for (const { id } of keys) {
    // The keyframe that this one differs from is about to go.
    const first = next.get(id, cut);
    const whole = first?.form === FORM.rebased ? states.at(id, first.seq) : null;
    if (first !== undefined && whole !== null) keepWhole.run(contents.put(whole, DEFLATE_COMPARED_FROM).id, first.seq);
    const text = states.at(id, cut - 1);
    if (text === null) drop.run(id);
    else put.run(id, cut - 1, contents.put(text, DEFLATE_COMPARED_FROM).id);
  }
  const activity = database.prepare<[number], { second: number; changes: number }>(
    'SELECT CAST(time / 1000000 AS INTEGER) AS second, count(*) AS changes FROM changes WHERE seq < ? GROUP BY second',
  );
  const subtract = database.prepare('UPDATE activity SET changes = changes - ? WHERE second = ?');
  for (const { second, changes } of activity.all(cut)) subtract.run(changes, second);
  database.prepare('DELETE FROM activity WHERE changes <= 0').run();
  database.prepare('DELETE FROM blocks WHERE first < ?').run(cut);
  database.prepare("INSERT OR REPLACE INTO meta VALUES ('floor', ?)").run(String(cut));
}

/** What nothing refers to any more. */
function sweep(database: Database, cut: number): void {
  database
    .prepare(
      `DELETE FROM contents WHERE id NOT IN (
         SELECT old_content FROM changes WHERE old_content IS NOT NULL UNION SELECT new_content FROM changes WHERE new_content IS NOT NULL
         UNION SELECT content FROM commits WHERE content IS NOT NULL UNION SELECT content FROM bases)`,
    )
    .run();
  for (const table of ['marks', 'watch_values']) database.prepare(`DELETE FROM ${table} WHERE seq < ?`).run(cut);
  // The latest vector of a key still counts.
  database
    .prepare(
      'DELETE FROM vectors WHERE seq < ? AND EXISTS (SELECT 1 FROM vectors v WHERE v.key = vectors.key AND v.seq > vectors.seq AND v.seq <= ?)',
    )
    .run(cut, cut);
}
