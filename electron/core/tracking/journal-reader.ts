/** History out of a journal: pages by sequence, counts, the timeline, the values of one path. */
import type { Database, Statement } from 'better-sqlite3';
import { EMPTY_VECTOR, merge, parseVector, type VersionVector } from '../../../shared/clock/version-vector.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { Contents } from './contents.ts';
import { BEGINNINGS, FORM, KEYFRAMES } from './journal-form.ts';
import {
  type ChangeRow,
  type CommitInfo,
  type FullChange,
  kindAt,
  type Mark,
  type MarkInput,
  type Moment,
  typeAt,
} from './journal-types.ts';
import type { Query } from './query.ts';
import { QueryCompiler } from './query-sql.ts';

export interface HistoryPage {
  /** Newest first for `older`, oldest first for `newer`. */
  readonly rows: readonly ChangeRow[];
  /**
   * Goes on behind these rows; null at the end of the journal. A page may have fewer rows than were asked for, or none, and still
   * go on: after some 50 ms of looking it hands out what it has.
   */
  readonly next: number | null;
}

export interface PageOptions {
  /** What `next` said; null begins at the newest change for `older` and at the oldest for `newer`. */
  readonly cursor: number | null;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
}

export interface Density {
  /** Microseconds; the first bucket begins there. May lie a second before what was asked for. */
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export interface LaneValue {
  readonly seq: number;
  readonly time: number;
  /** The beginning of the JSON text; null where there is no value. */
  readonly value: string | null;
}

export interface JournalTotals {
  readonly changes: number;
  readonly commits: number;
  /** The oldest and the newest that are remembered; null for an empty journal. */
  readonly first: { readonly seq: number; readonly time: number } | null;
  readonly last: { readonly seq: number; readonly time: number } | null;
}

export interface ListedCommit extends CommitInfo {
  readonly key: string;
  readonly isRemoval: boolean;
  /** What the state had seen of other writers, where that changed with it. */
  readonly vector: VersionVector | null;
}

export interface KeyAt {
  readonly key: string;
  /** Of its last commit at that moment. */
  readonly seq: number;
}

interface Row {
  readonly seq: number;
  readonly commit_seq: number;
  readonly time: number;
  readonly key: string;
  readonly path: string;
  readonly type: number;
  readonly origin: string;
  readonly kind: number;
  readonly old: string | null;
  readonly new: string | null;
  readonly old_content: number | null;
  readonly new_content: number | null;
}

interface Bounds {
  /** Sequences, both inclusive. */
  readonly low: number;
  readonly high: number;
}

const COLUMNS = `c.seq, c.commit_seq, c.time, k.key AS key, p.path AS path, c.type, o.origin AS origin, c.kind, c.old, c.new,
  c.old_content, c.new_content`;
const DICTIONARIES = 'JOIN keys k ON k.id = c.key JOIN paths p ON p.id = c.path JOIN origins o ON o.id = c.origin';
/** Sequences that the first step of a page looks at. */
const FIRST_STEP = 10_000;
/** Each step takes about as long as all before it. */
const PAGE_BUDGET_MS = 25;
/** Beyond this, "more than" is as good as the number. */
const MOST_COUNTED = 10_000;
const SECOND = 1_000_000;
const MOST_BUCKETS = 10_000;

export class JournalReader {
  readonly #database: Database;
  readonly #compiler: QueryCompiler;
  readonly #contents: Contents;
  readonly #statements = new Map<string, Statement>();
  /** Before it everything is forgotten. */
  floor = 1;

  constructor(database: Database) {
    this.#database = database;
    this.#compiler = new QueryCompiler(database);
    this.#contents = new Contents(database);
  }

  page(query: Query, { cursor, direction, limit }: PageOptions): HistoryPage {
    const condition = this.#compiler.compile(query);
    const { low, high } = this.#boundsOf(query);
    const isOlder = direction === 'older';
    const order = `ORDER BY c.seq ${isOlder ? 'DESC' : 'ASC'}`;
    // Names are looked up for what is found, and not for all that is looked at.
    const sql = `SELECT ${COLUMNS} FROM
      (SELECT * FROM changes c WHERE c.seq BETWEEN ? AND ? AND ${condition.sql} ${order} LIMIT ?) c ${DICTIONARIES} ${order}`;
    const rows: ChangeRow[] = [];
    const began = performance.now();
    let at = cursor ?? (isOlder ? high + 1 : low - 1);
    if (limit <= 0) return { rows, next: cursor };
    for (let step = FIRST_STEP; ; step *= 2) {
      const from = isOlder ? Math.max(low, Math.min(at, high + 1) - step) : Math.max(low, at + 1);
      const to = isOlder ? Math.min(high, at - 1) : Math.min(high, Math.max(low - 1, at) + step);
      if (from > to) return { rows, next: null };
      const found = this.#all<Row>(sql, from, to, ...condition.values, limit - rows.length);
      for (const row of found) rows.push(changeRow(row));
      if (rows.length >= limit) return { rows, next: rows.at(-1)?.seq ?? null };
      at = isOlder ? from : to;
      if (isOlder ? from <= low : to >= high) return { rows, next: null };
      if (performance.now() - began > PAGE_BUDGET_MS) return { rows, next: at };
    }
  }

  /** Changes after a sequence; `atLeast` when it stopped counting at 10,000. */
  countSince(seq: number, query: Query): { readonly count: number; readonly atLeast: boolean } {
    const condition = this.#compiler.compile(query);
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM changes c
      WHERE c.seq > ? AND ${condition.sql} LIMIT ?)`;
    const [row] = this.#all<{ count: number }>(
      sql,
      Math.max(seq, this.floor - 1),
      ...condition.values,
      MOST_COUNTED + 1,
    );
    const count = row?.count ?? 0;
    return { count: Math.min(count, MOST_COUNTED), atLeast: count > MOST_COUNTED };
  }

  /**
   * How many changes fall into each of equal parts of a time. Without a condition and above a second each, they are counted by whole
   * seconds, which takes no time whatever the size of the journal.
   * @param from microseconds, inclusive. @param to exclusive.
   */
  density(from: number, to: number, buckets: number, query: Query): Density {
    const parts = Math.max(1, Math.min(MOST_BUCKETS, Math.floor(buckets)));
    const width = Math.max(1, Math.ceil((to - from) / parts));
    const isPlain = query.is === 'all' && width >= SECOND;
    const step = isPlain ? Math.ceil(width / SECOND) * SECOND : width;
    const begin = isPlain ? Math.floor(from / SECOND) * SECOND : from;
    const counts = Array.from({ length: Math.max(1, Math.ceil((to - begin) / step)) }, () => 0);
    const found = isPlain
      ? this.#all<{ bucket: number; count: number }>(
          `SELECT CAST((second * ${SECOND} - ?) / ? AS INTEGER) AS bucket, sum(changes) AS count FROM activity
           WHERE second >= ? AND second < ? GROUP BY bucket`,
          begin,
          step,
          begin / SECOND,
          Math.ceil(to / SECOND),
        )
      : this.#countByTime(from, to, step, query);
    for (const { bucket, count } of found) if (bucket < counts.length) counts[bucket] = count;
    return { from: begin, width: step, counts };
  }

  #countByTime(from: number, to: number, step: number, query: Query): { bucket: number; count: number }[] {
    const condition = this.#compiler.compile(query);
    const { low, high } = this.#boundsOf({
      is: 'and',
      terms: [query, { is: 'after', time: from }, { is: 'before', time: to }],
    });
    return this.#all(
      `SELECT CAST((c.time - ?) / ? AS INTEGER) AS bucket, count(*) AS count FROM changes c
       WHERE c.seq BETWEEN ? AND ? AND c.time >= ? AND c.time < ? AND ${condition.sql} GROUP BY bucket`,
      from,
      step,
      low,
      high,
      from,
      to,
      ...condition.values,
    );
  }

  /** The latest values that one path had, oldest first, with the one before them. @param path as in a row. */
  lane(
    key: string,
    path: string,
    limit: number,
  ): { readonly before: string | null; readonly values: readonly LaneValue[] } {
    const rows = this.#all<{ seq: number; time: number; old: string | null; new: string | null }>(
      `SELECT c.seq, c.time, c.old, c.new FROM changes c
       WHERE c.path = (SELECT id FROM paths WHERE path = ?) AND c.key = (SELECT id FROM keys WHERE key = ?) AND c.seq >= ?
       ORDER BY c.seq DESC LIMIT ?`,
      path,
      key,
      this.floor,
      Math.max(0, limit),
    ).toReversed();
    const values = rows.map(({ seq, time, new: value }) => ({ seq, time, value }));
    return { before: rows[0]?.old ?? null, values };
  }

  /** Null for a sequence that no change has. */
  changeAt(seq: number): FullChange | null {
    const sql = `SELECT ${COLUMNS}, p.segments, c.key AS key_id FROM changes c ${DICTIONARIES} WHERE c.seq = ?`;
    const [row] = seq < this.floor ? [] : this.#all<Row & { segments: string; key_id: number }>(sql, seq);
    if (row === undefined) return null;
    return {
      ...changeRow(row),
      old: row.old_content === null ? row.old : decodeUtf8(this.#contents.get(row.old_content)),
      new: row.new_content === null ? row.new : decodeUtf8(this.#contents.get(row.new_content)),
      oldCut: false,
      newCut: false,
      segments: JSON.parse(row.segments) as JsonPath,
      vector: this.vectorAt(row.key_id, row.commit_seq),
    };
  }

  /** What a key had seen with a commit: of other writers what is stored, of this journal the sequence. */
  vectorAt(key: number, commit: number): VersionVector {
    const [stored] = this.#all<{ vector: string }>(
      'SELECT vector FROM vectors WHERE key = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
      key,
      commit,
    );
    const [writer] = this.#all<{ value: string }>("SELECT value FROM meta WHERE name = 'writer'");
    const own = new Map([[writer?.value ?? 'journal', commit]]);
    return merge(stored === undefined ? EMPTY_VECTOR : (parseVector(stored.vector) ?? EMPTY_VECTOR), own);
  }

  /** The commit that a sequence belongs to. */
  commitAt(seq: number): CommitInfo | null {
    const sql = (table: string, name: string) => `SELECT t.${name} AS seq, t.time, t.type, o.origin FROM ${table} t
      JOIN origins o ON o.id = t.origin WHERE t.seq = ?`;
    type Found = { seq: number; time: number; type: number; origin: string };
    const [row] = [
      ...this.#all<Found>(sql('changes', 'commit_seq'), seq),
      ...this.#all<Found>(sql('commits', 'seq'), seq),
    ];
    return row === undefined ? null : { ...row, type: typeAt(row.type) };
  }

  /** The newest first, before a sequence (null: of all). @param key null for all states */
  commits(key: string | null, before: number | null, limit: number): readonly ListedCommit[] {
    type Found = {
      seq: number;
      key: string;
      time: number;
      type: number;
      origin: string;
      form: number;
      vector: string | null;
    };
    const ofKey = key === null ? '' : 'AND m.key = (SELECT id FROM keys WHERE key = ?)';
    const rows = this.#all<Found>(
      `SELECT m.seq, k.key, m.time, m.type, o.origin, m.form, v.vector FROM commits m JOIN keys k ON k.id = m.key
       JOIN origins o ON o.id = m.origin LEFT JOIN vectors v ON v.key = m.key AND v.seq = m.seq
       WHERE m.seq >= ? AND m.seq < ? ${ofKey} ORDER BY m.seq DESC LIMIT ?`,
      this.floor,
      before ?? Number.MAX_SAFE_INTEGER,
      ...(key === null ? [] : [key]),
      limit,
    );
    return rows.map(({ type, form, vector, ...row }) => ({
      ...row,
      type: typeAt(type),
      isRemoval: form === FORM.removed,
      vector: vector === null ? null : parseVector(vector),
    }));
  }

  /** Sequences of the commits of a key after which it has a state, in order. */
  commitsOf(key: number): readonly number[] {
    const rows = this.#all<{ seq: number }>(
      `SELECT seq FROM (
         SELECT seq FROM bases WHERE key = ?
         UNION SELECT seq FROM commits WHERE key = ? AND seq >= ? AND form <> ${FORM.removed}
         UNION SELECT commit_seq AS seq FROM changes WHERE key = ? AND seq >= ?
           AND commit_seq NOT IN (SELECT seq FROM commits WHERE key = ? AND form = ${FORM.removed}))
       ORDER BY seq`,
      key,
      key,
      this.floor,
      key,
      this.floor,
      key,
    );
    return rows.map(({ seq }) => seq);
  }

  marks(): readonly Mark[] {
    return this.#all<{ seq: number; kind: MarkInput['kind']; time: number; key: string; name: string; id: string }>(
      'SELECT seq, kind, time, key, name, id FROM marks WHERE seq >= ? ORDER BY seq',
      this.floor,
    );
  }

  totals(): JournalTotals {
    const [sums] = this.#all<{ changes: number | null; commits: number | null }>(
      'SELECT sum(changes) AS changes, sum(commits) AS commits FROM blocks WHERE first >= ?',
      this.floor,
    );
    const [first] = this.#all<{ seq: number; time: number }>(
      'SELECT seq, time FROM changes WHERE seq >= ? ORDER BY seq LIMIT 1',
      this.floor,
    );
    const [last] = this.#all<{ seq: number; time: number }>(
      'SELECT seq, time FROM changes WHERE seq >= ? ORDER BY seq DESC LIMIT 1',
      this.floor,
    );
    return { changes: sums?.changes ?? 0, commits: sums?.commits ?? 0, first: first ?? null, last: last ?? null };
  }

  /** The keys that had a state at a moment, in the order in which they came. */
  keysAt(seq: number): readonly KeyAt[] {
    return this.#all<KeyAt>(
      `SELECT key, max(coalesce(change, 0), coalesce("commit", 0), coalesce(base, 0)) AS seq FROM (
         SELECT k.key AS key,
           (SELECT form FROM commits WHERE key = k.id AND seq <= ? AND form IN ${BEGINNINGS} ORDER BY seq DESC LIMIT 1) AS form,
           (SELECT seq FROM bases WHERE key = k.id AND seq <= ?) AS base,
           (SELECT max(seq) FROM commits WHERE key = k.id AND seq <= ?) AS "commit",
           (SELECT max(seq) FROM changes WHERE key = k.id AND seq <= ?) AS change
         FROM keys k ORDER BY k.id)
       WHERE form IN ${KEYFRAMES} OR (form IS NULL AND base IS NOT NULL)`,
      seq,
      seq,
      seq,
      seq,
    );
  }

  /** The last sequence that a moment has in; one before the first when it lies before everything. */
  seqAt(moment: Moment): number {
    if ('seq' in moment) return moment.seq;
    const [block] = this.#all<{ first: number; last: number }>(
      'SELECT first, last FROM blocks WHERE first >= ? AND min_time <= ? ORDER BY first DESC LIMIT 1',
      this.floor,
      moment.time,
    );
    if (block === undefined) return this.floor - 1;
    const [row] = this.#all<{ seq: number | null }>(
      `SELECT max(seq) AS seq FROM (
         SELECT seq FROM changes WHERE seq BETWEEN ? AND ? AND time <= ?
         UNION ALL SELECT seq FROM commits WHERE seq BETWEEN ? AND ? AND time <= ?)`,
      block.first,
      block.last,
      moment.time,
      block.first,
      block.last,
      moment.time,
    );
    return row?.seq ?? block.first;
  }

  #boundsOf(query: Query): Bounds {
    const [row] = this.#all<{ last: number | null }>('SELECT max(last) AS last FROM blocks');
    const bounds = { low: this.floor, high: row?.last ?? 0 };
    const terms = query.is === 'and' ? query.terms : [query];
    for (const term of terms) {
      if (term.is === 'after') {
        const [found] = this.#all<{ seq: number | null }>(
          'SELECT min(first) AS seq FROM blocks WHERE max_time >= ?',
          term.time,
        );
        bounds.low = Math.max(bounds.low, found?.seq ?? Infinity);
      } else if (term.is === 'before') {
        const [found] = this.#all<{ seq: number | null }>(
          'SELECT max(last) AS seq FROM blocks WHERE min_time < ?',
          term.time,
        );
        bounds.high = Math.min(bounds.high, found?.seq ?? -1);
      }
    }
    return bounds;
  }

  #all<T>(sql: string, ...values: readonly (string | number)[]): T[] {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    if (this.#statements.size > MOST_STATEMENTS) this.#statements.clear();
    this.#statements.set(sql, known);
    return known.all(...values) as T[];
  }
}

/** Each query that is typed makes one. */
const MOST_STATEMENTS = 200;

function changeRow(row: Row): ChangeRow {
  return {
    seq: row.seq,
    commit: row.commit_seq,
    time: row.time,
    key: row.key,
    path: row.path,
    type: typeAt(row.type),
    origin: row.origin,
    kind: kindAt(row.kind),
    old: row.old,
    new: row.new,
    oldCut: row.old_content !== null,
    newCut: row.new_content !== null,
  };
}
