/** Figures about a journal as a whole: how often states change, which ones, by how much they grow. Times are microseconds. */
import type { Journal } from './journal.ts';
import { CHANGE_KINDS } from './journal-types.ts';

/** Sequences, both inclusive. */
export interface SeqRange {
  readonly low: number;
  readonly high: number;
}

export interface KeyChanges {
  readonly key: string;
  readonly changes: number;
}

export interface KeyGrowth {
  readonly key: string;
  readonly bytes: number;
}

export interface GrowthStep {
  readonly time: number;
  /** Recorded up to then, about. */
  readonly bytes: number;
}

const SECOND = 1_000_000;
const CHANGED = CHANGE_KINDS.indexOf('changed');
const MOVED = CHANGE_KINDS.indexOf('moved');

/** What was recorded from a moment on and before another; empty where `low` is above `high`. */
export function seqRange(journal: Journal, from: number, to: number): SeqRange {
  return { low: journal.seqAt({ time: from - 1 }) + 1, high: journal.seqAt({ time: to - 1 }) };
}

export interface PartChanges {
  readonly changes: number;
  /** In the busiest second; null where that is not known. */
  readonly most: number | null;
}

/**
 * How many changes fall into equal parts of a time, by the number of the part; parts without one are left out. Takes no time whatever
 * the size of the journal.
 * @param from a whole second. @param width whole seconds.
 */
export function changesByPart(
  journal: Journal,
  from: number,
  to: number,
  width: number,
): ReadonlyMap<number, PartChanges> {
  const rows = journal.withDatabase((database) =>
    database
      .prepare<number[], PartChanges & { part: number }>(
        `SELECT CAST((second * ${SECOND} - ?) / ? AS INTEGER) AS part, sum(changes) AS changes, max(changes) AS most FROM activity
         WHERE second >= ? AND second < ? GROUP BY part`,
      )
      .all(from, width, Math.floor(from / SECOND), Math.ceil(to / SECOND)),
  );
  return new Map(rows.map(({ part, changes, most }) => [part, { changes, most }]));
}

/** The same of one key. */
export function changesOfKeyByPart(
  journal: Journal,
  key: string,
  from: number,
  to: number,
  width: number,
): ReadonlyMap<number, PartChanges> {
  const id = journal.keyId(key);
  const { low, high } = seqRange(journal, from, to);
  if (id === undefined || low > high) return new Map();
  const rows = journal.withDatabase((database) =>
    database
      .prepare<number[], { part: number; changes: number }>(
        `SELECT CAST((time - ?) / ? AS INTEGER) AS part, count(*) AS changes FROM changes
         WHERE key = ? AND seq BETWEEN ? AND ? AND time >= ? AND time < ? GROUP BY part`,
      )
      .all(from, width, id, low, high, from, to),
  );
  return new Map(rows.map(({ part, changes }) => [part, { changes, most: null }]));
}

/** Of every key that has changed, most first. */
export function changesByKey(journal: Journal, { low, high }: SeqRange): readonly KeyChanges[] {
  return journal.withDatabase((database) =>
    database
      .prepare<[number, number], KeyChanges>(
        `SELECT k.key AS key, c.changes FROM (SELECT key, count(*) AS changes FROM changes WHERE seq BETWEEN ? AND ? GROUP BY key) c
         JOIN keys k ON k.id = c.key ORDER BY c.changes DESC, k.id`,
      )
      .all(low, high),
  );
}

/**
 * By how much the values of each key became longer, about, most first; keys that did not are left out. States that came or went are
 * no growth.
 */
export function growthByKey(journal: Journal, { low, high }: SeqRange): readonly KeyGrowth[] {
  return journal.withDatabase((database) =>
    database
      .prepare<[number, number], KeyGrowth>(
        `SELECT k.key AS key, g.bytes FROM (
           SELECT c.key, sum(coalesce(n.bytes, length(c.new), 0) - coalesce(o.bytes, length(c.old), 0)) AS bytes
           FROM changes c LEFT JOIN contents n ON n.id = c.new_content LEFT JOIN contents o ON o.id = c.old_content
           WHERE c.seq BETWEEN ? AND ? AND c.kind <> ${MOVED}
             AND NOT (c.path IS (SELECT id FROM paths WHERE path = '') AND c.kind <> ${CHANGED})
           GROUP BY c.key) g
         JOIN keys k ON k.id = g.key WHERE g.bytes > 0 ORDER BY g.bytes DESC`,
      )
      .all(low, high),
  );
}

/** What commits and changes take in the file, summed up from the oldest that is remembered; some thousand changes a step. */
export function recordedBytes(journal: Journal): readonly GrowthStep[] {
  const blocks = journal.withDatabase((database) =>
    database
      .prepare<[], { min_time: number; max_time: number; bytes: number }>(
        'SELECT min_time, max_time, bytes FROM blocks ORDER BY first',
      )
      .all(),
  );
  const steps: GrowthStep[] = [];
  let sum = 0;
  for (const { min_time: begins, max_time: ends, bytes } of blocks) {
    if (ends > begins || steps.length === 0) steps.push({ time: begins, bytes: sum });
    sum += bytes;
    steps.push({ time: ends, bytes: sum });
  }
  return steps;
}
