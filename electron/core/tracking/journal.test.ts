import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { openJournal } from './journal.ts';
import type { ChangeRow, JournalCommit } from './journal-types.ts';
import { JournalWriter } from './journal-writer.ts';
import { journals, NOW, queryOf, textOf } from './test-support.ts';

const bench = journals();
const ALL = queryOf('');
const WRITING = join(import.meta.dirname, 'fixtures', 'recording-process.ts');

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SourceError) return error.code;
    throw error;
  }
  return 'none';
}

function patch(at: number, key = 'agent:a'): JournalCommit {
  const change = { path: ['n'], kind: 'changed', old: String(at), new: String(at + 1) } as const;
  return {
    key,
    time: (NOW + at) * 1000,
    type: 'attribute_change',
    origin: 'test',
    content: { form: 'patch' },
    changes: [change],
  };
}

describe('opening', () => {
  test('an empty place becomes a journal that keeps what it is for', () => {
    bench.open().close();
    const again = bench.open(undefined, { source: 'other' });
    expect(again.source).toBe('test');
    expect(again.uncleanEnd).toBeNull();
    expect(again.totals()).toEqual({ changes: 0, commits: 0, first: null, last: null });
  });

  test('one process records, others read', () => {
    const { journal, writer, set } = bench.record();
    set('agent:a', ['n'], 1);
    writer.flush();
    expect(codeOf(() => bench.open())).toBe('locked');
    const reader = bench.open(undefined, { mode: 'read' });
    expect(reader.page(ALL, { cursor: null, direction: 'older', limit: 9 }).rows).toHaveLength(1);
    set('agent:a', ['n'], 2);
    writer.flush();
    expect(reader.lastSeq).toBe(journal.lastSeq);
    journal.close();
    expect(bench.open().lastSeq).toBe(2);
  });

  test('reading makes no journal', () => {
    expect(codeOf(() => bench.open('none.db', { mode: 'read' }))).toBe('path-missing');
  });

  test('the journal of a newer version, the database of another program and what is no database are told apart, and left as they are', () => {
    bench.open('newer.db').close();
    const newer = new Sqlite(bench.path('newer.db'));
    newer.pragma('user_version = 99');
    newer.close();
    expect(codeOf(() => bench.open('newer.db'))).toBe('journal-newer');

    const foreign = new Sqlite(bench.path('foreign.db'));
    foreign.exec('CREATE TABLE t (x)');
    foreign.close();
    const before = readFileSync(bench.path('foreign.db'));
    expect(codeOf(() => bench.open('foreign.db'))).toBe('journal-foreign');
    expect(readFileSync(bench.path('foreign.db')).equals(before)).toBe(true);

    writeFileSync(bench.path('text.db'), 'no database, but long enough to look at '.repeat(50));
    expect(codeOf(() => bench.open('text.db'))).toBe('journal-corrupt');
  });

  test('a journal of the first version is read as it is, and brought up to date by recording', () => {
    const { journal, writer, set } = bench.record();
    set('agent:a', ['n'], 1);
    writer.flush();
    journal.close();
    const versionOf = (version?: number) => {
      const database = new Sqlite(bench.path());
      if (version !== undefined) database.pragma(`user_version = ${version}`);
      const found = Number(database.pragma('user_version', { simple: true }));
      database.close();
      return found;
    };
    const newest = versionOf();
    versionOf(1);
    const state = (mode: 'read' | 'record') => {
      const opened = bench.open(undefined, { mode });
      const found = textOf(opened.stateAt('agent:a', { seq: 1 }));
      opened.close();
      return found;
    };
    expect(state('read')).toBe('{"n":1}');
    expect(versionOf()).toBe(1);
    expect(state('record')).toBe('{"n":1}');
    expect(versionOf()).toBe(newest);
  });

  test('a journal that is cut off or overwritten is damaged, whatever is cut', () => {
    const { journal, writer, set } = bench.record('whole.db');
    for (let at = 0; at < 3000; at++) set(`agent:${at % 9}`, ['n'], `value ${at}`);
    writer.flush();
    journal.close();
    const { size } = statSync(bench.path('whole.db'));
    for (const part of [0.1, 0.5, 0.9, 0.999]) {
      copyFileSync(bench.path('whole.db'), bench.path('cut.db'));
      truncateSync(bench.path('cut.db'), Math.floor(size * part));
      expect(codeOf(() => openJournal(bench.path('cut.db'), { source: 'test' }).close())).toBe('journal-corrupt');
    }
    const bytes = readFileSync(bench.path('whole.db'));
    bytes.fill(0x41, Math.floor(size / 2), Math.floor(size / 2) + 8192);
    writeFileSync(bench.path('cut.db'), bytes);
    expect(codeOf(() => openJournal(bench.path('cut.db'), { source: 'test' }).close())).toBe('journal-corrupt');
  });
});

describe('pages', () => {
  test('go through every change once, in both directions, also while changes come in', () => {
    const journal = bench.open();
    for (let at = 0; at < 50_000; at += 1000) {
      journal.append(Array.from({ length: 1000 }, (_, i) => patch(at + i, `agent:${(at + i) % 7}`)));
    }
    for (const direction of ['older', 'newer'] as const) {
      for (const [text, wanted] of [
        ['', 50_000],
        ['key:agent:3', 7143],
        ['path:n new>49000', 1000],
      ] as const) {
        const seen: ChangeRow[] = [];
        for (let cursor: number | null = null, first = true; first || cursor !== null; first = false) {
          const page = journal.page(queryOf(text), { cursor, direction, limit: 997 });
          seen.push(...page.rows);
          cursor = page.next;
          if (direction === 'older' && first) journal.append([patch(0, 'agent:3')]);
        }
        const seqs = seen.map(({ seq }) => seq);
        const sorted = seqs.toSorted((a, b) => (direction === 'older' ? b - a : a - b));
        expect(seqs).toEqual(sorted);
        expect(new Set(seqs).size).toBe(seqs.length);
        const extra = direction === 'newer' && text !== 'path:n new>49000' ? 3 : 0;
        expect(seqs.length - extra).toBeGreaterThanOrEqual(wanted - 1);
        expect(seqs.length - extra).toBeLessThanOrEqual(wanted + 3);
      }
    }
  });

  test('counts stop at ten thousand; totals do not', () => {
    const journal = bench.open();
    journal.append(Array.from({ length: 12_000 }, (_, at) => patch(at)));
    expect(journal.countSince(0, ALL)).toEqual({ count: 10_000, atLeast: true });
    expect(journal.countSince(11_990, ALL)).toEqual({ count: 10, atLeast: false });
    expect(journal.totals().changes).toBe(12_000);
  });
});

describe('time', () => {
  test('a moment is the last change recorded at or before it', () => {
    const { journal, writer, set } = bench.record();
    for (let at = 0; at < 2500; at++) set('agent:a', ['n'], at);
    writer.flush();
    const at = (seconds: number) => textOf(journal.stateAt('agent:a', { time: (NOW + seconds * 1000) * 1000 }));
    expect(at(-1)).toBeNull();
    expect(at(0)).toBe('{"n":0}');
    expect(at(1.5)).toBe('{"n":1}');
    expect(at(2499)).toBe('{"n":2499}');
    expect(at(1e6)).toBe('{"n":2499}');
    expect(journal.keysAt({ time: (NOW - 1) * 1000 })).toEqual([]);
  });

  test('commits are told the newest first, of all states or of one, with what they had seen of other writers', () => {
    const { journal, writer, recorder, save } = bench.record();
    save('agent:a', {});
    save('agent:b', {});
    recorder.recordRemoved('agent:a', { origin: 'watch', vector: new Map([['desk', 3]]) });
    writer.flush();
    const told = journal.commits(null, null, 2).map(({ seq, key, isRemoval }) => [seq, key, isRemoval]);
    expect(told).toEqual([
      [3, 'agent:a', true],
      [2, 'agent:b', false],
    ]);
    expect(journal.commits('agent:a', null, 9).map(({ seq, type, vector }) => [seq, type, vector])).toEqual([
      [3, 'removed', new Map([['desk', 3]])],
      [1, 'created', null],
    ]);
    expect(journal.commits('agent:a', 3, 9).map(({ seq }) => seq)).toEqual([1]);
    expect(journal.commits('agent:none', null, 9)).toEqual([]);
  });

  test('the timeline counts each change once', () => {
    const { journal, writer, set } = bench.record(undefined, { stepMs: 250 });
    for (let at = 0; at < 400; at++) set(`agent:${at % 2}`, ['n'], at);
    writer.flush();
    const from = NOW * 1000;
    const { counts, width } = journal.density(from, from + 100_000_000, 10, ALL);
    expect(width).toBe(10_000_000);
    expect(counts).toEqual(Array.from({ length: 10 }, () => 40));
    expect(journal.density(from, from + 100_000_000, 10, queryOf('key:agent:1')).counts).toEqual(
      Array.from({ length: 10 }, () => 20),
    );
  });

  test('keys come and go', () => {
    const { journal, writer, recorder, save } = bench.record();
    save('agent:a', {});
    save('agent:b', {});
    recorder.recordRemoved('agent:a', { origin: 'watch' });
    save('agent:a', { again: true });
    writer.flush();
    const keys = [1, 2, 3, 4].map((seq) => journal.keysAt({ seq }).map(({ key }) => key));
    expect(keys).toEqual([['agent:a'], ['agent:a', 'agent:b'], ['agent:b'], ['agent:a', 'agent:b']]);
    expect([1, 2, 3, 4].map((seq) => textOf(journal.stateAt('agent:a', { seq })))).toEqual([
      '{}',
      '{}',
      null,
      '{"again":true}',
    ]);
  });
});

describe('lanes', () => {
  test('have the latest values of one path of one state', () => {
    const { journal, writer, set } = bench.record();
    for (let at = 0; at < 20; at++) for (const key of ['agent:a', 'agent:b']) set(key, ['n'], at);
    writer.flush();
    const { before, values } = journal.lane('agent:b', 'n', 5);
    expect(before).toBe('14');
    expect(values.map(({ value }) => value)).toEqual(['15', '16', '17', '18', '19']);
  });
});

describe('retention', () => {
  function filled() {
    const recording = bench.record();
    for (let at = 0; at < 5000; at++) recording.set(`agent:${at % 5}`, ['n'], `${at} ${'x'.repeat(at % 300)}`);
    recording.save('session:s', { kept: true });
    recording.recorder.recordRemoved('agent:4', { origin: 'watch' });
    recording.writer.flush();
    return recording;
  }

  test('forgets what is planned, and every later state stays as it was', async () => {
    const { journal } = filled();
    const plan = journal.planRetention({ maxChanges: 2500 });
    expect(plan.changes).toBeGreaterThan(2000);
    expect(journal.totals().changes - plan.changes).toBeLessThanOrEqual(2500);
    expect(journal.totals().changes).toBe(5002);
    const moments = [plan.cut - 1, plan.cut, plan.cut + 700, journal.lastSeq];
    const states = () =>
      moments.map((seq) => journal.keysAt({ seq }).map(({ key }) => [key, textOf(journal.stateAt(key, { seq }))]));
    const before = states();
    const bytes = journal.bytes;
    await journal.retain(plan);
    expect(states()).toEqual(before);
    expect(journal.totals().changes).toBe(5002 - plan.changes);
    expect(journal.page(ALL, { cursor: null, direction: 'newer', limit: 1 }).rows[0]?.seq).toBe(plan.cut);
    expect(journal.bytes).toBeLessThan(bytes);
    const end = (NOW + 1e9) * 1000;
    expect(journal.density(0, end, 10, ALL).counts.reduce((a, b) => a + b)).toBe(5002 - plan.changes);
    const location = journal.location;
    journal.close();
    const again = openJournal(location, { source: 'test' });
    expect(again.planRetention({ maxChanges: 2500 }).changes).toBe(0);
    again.append([patch(1, 'agent:0')]);
    expect(again.totals().changes).toBe(5003 - plan.changes);
    again.close();
  });

  test('bounds age and size; a rule without bounds forgets nothing; zero forgets all but the states', async () => {
    const { journal } = filled();
    expect(journal.planRetention({})).toMatchObject({ changes: 0, commits: 0, bytes: 0 });
    const byAge = journal.planRetention({ maxAgeMs: 1_000_000 }, NOW + 5_000_000);
    expect(byAge.changes).toBeGreaterThanOrEqual(3000);
    expect(byAge.changes).toBeLessThanOrEqual(4000);
    const bySize = journal.planRetention({ maxBytes: 200_000 });
    expect(bySize.changes).toBeGreaterThan(0);
    expect(bySize.changes).toBeLessThan(5002);
    const last = journal.stateAt('agent:0', { seq: journal.lastSeq });
    await journal.retain(journal.planRetention({ maxChanges: 0 }));
    expect(journal.totals().changes).toBe(0);
    expect(textOf(journal.stateAt('agent:0', { seq: journal.lastSeq }))).toBe(textOf(last));
    expect(() => journal.planRetention({ maxChanges: -1 })).toThrow(RangeError);
  });

  test('a retention that was broken off goes on with the next', async () => {
    const { journal } = filled();
    const abort = new AbortController();
    abort.abort();
    const plan = journal.planRetention({ maxChanges: 1000 });
    await journal.retain(plan, abort.signal);
    expect(journal.page(ALL, { cursor: null, direction: 'newer', limit: 1 }).rows[0]?.seq).toBe(plan.cut);
    await journal.retain(journal.planRetention({ maxChanges: 1000 }));
    const rows = journal.withDatabase((database) => database.prepare('SELECT min(seq) AS seq FROM changes').get());
    expect(rows).toEqual({ seq: plan.cut });
  });
});

describe('the writer', () => {
  test('gives sequences before they are written, and waits a moment at most', async () => {
    const journal = bench.open();
    const writer = new JournalWriter(journal, { maxDelayMs: 5 });
    expect([writer.add(patch(0)), writer.add(patch(1))]).toEqual([1, 2]);
    expect(writer.counts).toMatchObject({ commits: 0, waiting: 2 });
    await expect.poll(() => journal.lastSeq).toBe(2);
    expect(writer.counts).toMatchObject({ commits: 2, changes: 2, waiting: 0, flushes: 1 });
    for (let at = 0; at < 1000; at++) writer.add(patch(at));
    expect(writer.counts.waiting).toBe(0);
  });

  test('keeps what cannot be written, refuses what is too much, and loses nothing once it can', async () => {
    const journal = bench.open();
    const errors: string[] = [];
    const writer = new JournalWriter(journal, { batch: 10, maxWaiting: 50, onError: ({ code }) => errors.push(code) });
    const other = new Sqlite(journal.location, { timeout: 0 });
    journal.withDatabase((database) => database.pragma('busy_timeout = 1'));
    other.exec('BEGIN IMMEDIATE');
    for (let at = 0; at < 50; at++) writer.add(patch(at));
    expect(codeOf(() => writer.add(patch(50)))).toBe('locked');
    expect(writer.counts).toMatchObject({ waiting: 50, refused: 1 });
    expect(errors).toEqual(['locked']);
    const room = writer.ready();
    other.exec('ROLLBACK');
    other.close();
    expect(writer.add(patch(50))).toBe(51);
    await room;
    writer.close();
    expect(
      journal.page(ALL, { cursor: null, direction: 'newer', limit: 99 }).rows.map(({ new: value }) => value),
    ).toEqual(Array.from({ length: 51 }, (_, at) => String(at + 1)));
  });
});

describe('kill -9', () => {
  test('costs at most the last tenth of a second, and the next opening says so', { timeout: 120_000 }, async () => {
    let lastSeq = 0;
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, [WRITING, bench.path()], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
      await expect
        .poll(() => said.split('\n').length, { timeout: 20_000, interval: 5 })
        .toBeGreaterThan(30 + 3 * round);
      child.kill('SIGKILL');
      await once(child, 'close');
      const killed = Date.now();
      const told = said
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { seq: number; time: number });
      const journal = bench.open();
      const { uncleanEnd } = journal;
      // A flush is told after it was written; those that were taken a tenth of a second before the kill are all there.
      const safe = told.findLast(({ time }) => time < killed - 100 - PATIENCE_MS);
      expect(journal.lastSeq).toBeGreaterThanOrEqual(safe?.seq ?? 0);
      expect(journal.lastSeq).toBeGreaterThan(lastSeq);
      expect(uncleanEnd).toMatchObject({ lastSeq: journal.lastSeq });
      const state = JSON.parse(textOf(journal.stateAt('agent:a', { seq: journal.lastSeq })) ?? '{}') as { n: number };
      const { values } = journal.lane('agent:a', 'n', 1);
      if (round > 0) expect(values[0]?.value).toBe(String(state.n));
      lastSeq = journal.lastSeq;
      journal.close();
      expect(openAndClose()).toBeNull();
    }
  });

  function openAndClose() {
    const journal = openJournal(bench.path(), { source: 'test' });
    journal.close();
    return journal.uncleanEnd;
  }
});

/** Between the kill and our hearing of it. */
const PATIENCE_MS = 50;
