/** Real journals with real states in them; the clock of what is recorded is the test's. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ManagerStats, MetricName, PerformanceSample, SeriesKey } from '../../../shared/ipc/performance.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { snapshots, state } from '../snapshots/test-support.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { createTranslator } from '../texts.ts';
import { parseQuery } from '../tracking/query.ts';
import { journals, NOW, type Recording } from '../tracking/test-support.ts';
import { reportAsJson } from './report-json.ts';
import { PerformanceSession } from './session.ts';

const bench = journals();
const SECOND = 1000;
const MINUTE = 60_000;
const MIB = 1024 * 1024;

interface Parts {
  readonly recording?: Recording;
  readonly manager?: () => ManagerStats | undefined;
  readonly dataFolder?: string;
  readonly store?: SnapshotStore;
  readonly now?: () => number;
}

function session({ recording, manager, dataFolder = temporaryFolder(), store, now }: Parts = {}) {
  const told: PerformanceSample[] = [];
  const made = new PerformanceSession({
    location: '/agents',
    dataFolder,
    journal: () => {
      recording?.writer.flush();
      return recording?.journal ?? null;
    },
    snapshots: () => store ?? null,
    statesBytes: () => 1000,
    manager: manager ?? (() => undefined),
    onSample: (sample) => void told.push(sample),
    now: now ?? (() => NOW + 10 * MINUTE),
  });
  onTestFinished(() => made.close());
  return Object.assign(made, { told, dataFolder });
}

const message = (n: number) => ({ role: 'assistant', content: `answer ${n}: ${'word '.repeat(200)}` });
const messages = (from: number, to: number) => Array.from({ length: to - from }, (_none, n) => message(from + n));
const agent = (content: readonly unknown[], more: object = {}) => ({
  name: 'planner',
  memory: { content, notes: 'none' },
  ...more,
});

describe('a state that grows with each save', () => {
  function leaking() {
    const recording = bench.record('leak', { stepMs: MINUTE });
    for (let n = 1; n <= 40; n += 1) {
      recording.save('agent:leaky', agent(messages(0, n)));
      // Grows at first, then lets go of its oldest item with each new one.
      recording.save('agent:bounded', agent(messages(Math.max(0, n - 12), n)));
      recording.save('agent:steady', agent(messages(0, 5), { turn: n }));
      // Grows, and is emptied again and again.
      recording.save('agent:emptied', agent(messages(0, n % 10)));
    }
    return recording;
  }

  test('is named by the advice, with the attribute that grows, the sizes and where to look', async () => {
    const { recommendations } = await session({ recording: leaking() }).report();
    const growing = recommendations.filter(({ type }) => type === 'state_growth');
    expect(growing.map(({ details }) => details)).toEqual([{ key: 'agent:leaky', attribute: 'memory.content' }]);
    const [leak] = growing;
    expect(leak?.action).toEqual({ kind: 'open-state', key: 'agent:leaky', path: ['memory', 'content'] });
    const before = JSON.stringify(agent(messages(0, 1))).length;
    const after = JSON.stringify(agent(messages(0, 40))).length;
    const figures = Object.fromEntries(leak?.evidence.map(({ code, value }) => [code, value]) ?? []);
    expect(figures).toMatchObject({
      'bytes-before': before,
      'bytes-after': after,
      'attribute-growth': after - before,
      'growth-share': 1,
      'bytes-per-change': (after - before) / 39,
    });
    // Four states take turns, a minute each: a save of this one every four minutes.
    expect(figures['bytes-per-hour']).toBeCloseTo(((after - before) / 39) * 15, 0);
  });

  test('and its size can be drawn over the time before anything was measured', async () => {
    const recording = leaking();
    const of: SeriesKey = { metric: 'state.bytes', key: 'agent:leaky' };
    const to = NOW + 200 * MINUTE;
    const asked = session({ recording, now: () => to });
    const { series } = await asked.series({ series: [of], from: NOW, to, points: 20 });
    const values = series[0]?.points.map(({ value }) => value ?? 0) ?? [];
    expect(values.length).toBeGreaterThan(10);
    expect(values.length).toBeLessThanOrEqual(20);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBe(JSON.stringify(agent(messages(0, 40))).length);
  });

  test('is told in words, in both languages', async () => {
    const report = await session({ recording: leaking() }).report();
    const messageIn = (locale: 'en' | 'zh-CN') =>
      reportAsJson(
        report,
        createTranslator(() => locale),
      ).recommendations[0]?.message;
    expect(messageIn('en')).toContain('agent:leaky grows without bound, most of it in memory.content');
    expect(messageIn('zh-CN')).toContain('agent:leaky 无限增长，主要在 memory.content');
  });
});

test('others have their turn while history is looked through, and who asks meanwhile gets the same', async () => {
  const recording = bench.record('turns', { stepMs: MINUTE });
  for (let n = 1; n <= 20; n += 1) {
    for (const key of ['a', 'b', 'c', 'd']) recording.save(`agent:${key}`, agent(messages(0, 2 * n)));
  }
  const asked = session({ recording });
  const done = new AbortController();
  const reports = Promise.all([asked.report(), asked.report()]).finally(() => done.abort());
  let turns = 0;
  for (; !done.signal.aborted; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  const [first, second] = await reports;
  expect(first.recommendations).toHaveLength(4);
  expect(second.recommendations).toEqual(first.recommendations);
  // Each of four states is looked at in nine moments.
  expect(turns).toBeGreaterThanOrEqual(4 * 9);
  expect(turns).toBeLessThan(2 * 4 * 9);
});

test('a key that has most of the changes is told, and its button finds them', async () => {
  const recording = bench.record();
  for (const key of ['a', 'b', 'c']) recording.save(`agent:${key}`, { n: 0 });
  for (let n = 0; n < 300; n += 1) recording.set('agent:say "hot"', ['n'], n);
  const [hot] = (await session({ recording }).report()).recommendations;
  expect(hot).toMatchObject({ code: 'hot-key', details: { key: 'agent:say "hot"' }, action: { kind: 'open-history' } });
  const parsed = parseQuery(hot?.action.kind === 'open-history' ? hot.action.query : '');
  const found = parsed.ok && recording.journal.page(parsed.query, { cursor: null, direction: 'older', limit: 1000 });
  expect(found && new Set(found.rows.map(({ key }) => key))).toEqual(new Set(['agent:say "hot"']));
});

test('changes per second come from the journal: each is counted once, however many points are asked for', async () => {
  const recording = bench.record();
  for (let n = 0; n < 90; n += 1) recording.set('agent:a', ['n'], n);
  for (let n = 0; n < 10; n += 1) recording.set('agent:b', ['n'], n);
  const measuring = session({ recording });
  for (const points of [4, 7, 50, 500]) {
    const range = { from: NOW - MINUTE, to: NOW + 2 * MINUTE, points };
    const keys = [undefined, 'agent:a', 'agent:b'].map(
      (key) => ({ metric: 'changes.rate', ...(key && { key }) }) as const,
    );
    const { series } = await measuring.series({ series: keys, ...range });
    const counted = series.map(({ points: all, step }) =>
      Math.round(all.reduce((sum, { value }) => sum + ((value ?? 0) * step) / SECOND, 0)),
    );
    expect(counted).toEqual([100, 90, 10]);
    expect(series.every((line) => line.points.length <= points)).toBe(true);
    // Nothing is said of the time before anything was recorded.
    expect(series[0]?.points[0]?.time).toBe(NOW);
  }
});

test('what the journal and the snapshots grew by is known from before anything was measured', async () => {
  const recording = bench.record();
  for (let n = 0; n < 50; n += 1) recording.set('agent:a', ['n'], 'x'.repeat(n));
  const { store } = snapshots();
  const now = Date.now() + MINUTE;
  const measuring = session({ recording, store, now: () => now });
  const line = async (metric: MetricName, from: number) =>
    (await measuring.series({ series: [{ metric }], from, to: now, points: 10 })).series[0]?.points ?? [];
  const journal = await line('journal.growth', NOW - MINUTE);
  expect(journal[0]).toEqual({ time: NOW, value: 0 });
  expect(journal.at(-1)?.value).toBeGreaterThan(500);
  expect(await line('snapshots.growth', 0)).toEqual([]);
  const text = randomBytes(5000).toString('hex');
  for (const states of [
    [state('agent:a', `"${text}"`)],
    [state('agent:a', `"${text}"`), state('agent:b', `"b${text}"`)],
  ]) {
    await store.take(states, { reason: 'manual' });
  }
  const values = (await line('snapshots.growth', 0)).map(({ value }) => value ?? 0);
  // The state that both have is stored once.
  expect(values[0]).toBeGreaterThan(4000);
  expect(values.at(-1)).toBeLessThan(2.5 * (values[0] ?? 0));
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  // The first of the two is forgotten: nothing is said of it any more.
  const [, older] = store.list({ limit: 9 }).rows;
  store.remove(older?.id ?? '');
  expect(await line('snapshots.growth', 0)).toHaveLength(values.length - 1);
});

describe('agents over time', () => {
  const metrics = (completed: number, failed: number, response = 1.5) => ({
    name: 'Planner',
    performance_metrics: { successful_tasks: completed, failed_tasks: failed, average_response_time: response },
  });

  test('tasks, success rate and response time as their own metrics said them', async () => {
    const recording = bench.record('agents', { stepMs: MINUTE });
    recording.save('agent:a', metrics(0, 0));
    recording.save('agent:a', metrics(1, 0));
    recording.save('agent:a', metrics(2, 1, 2.5));
    recording.save('agent:a', { ...metrics(2, 1, 2.5), status: 'idle' });
    recording.save('session:s', metrics(7, 7));
    recording.save('agent:silent', { name: 'no metrics' });
    const agents = await session({ recording }).agents({ from: NOW, to: NOW + 60 * MINUTE, points: 50 });
    expect(agents).toEqual([
      {
        key: 'agent:a',
        name: 'Planner',
        points: [
          { time: NOW, completed: 0, failed: 0, responseTime: 1.5 },
          { time: NOW + MINUTE, completed: 1, failed: 0, successRate: 1, responseTime: 1.5 },
          { time: NOW + 2 * MINUTE, completed: 2, failed: 1, successRate: 2 / 3, responseTime: 2.5 },
        ],
        completedIn: 2,
        failedIn: 1,
      },
    ]);
  });

  test('a range begins with what held before it, and an agent that was made anew goes on counting', async () => {
    const recording = bench.record('agents', { stepMs: MINUTE });
    for (const completed of [5, 6, 1, 2]) recording.save('agent:a', metrics(completed, 0));
    const [found] = await session({ recording }).agents({ from: NOW + MINUTE / 2, to: NOW + 60 * MINUTE, points: 50 });
    expect(found?.points.map(({ time, completed }) => [time - NOW, completed])).toEqual([
      [MINUTE / 2, 5],
      [MINUTE, 6],
      [2 * MINUTE, 1],
      [3 * MINUTE, 2],
    ]);
    expect(found?.completedIn).toBe(3);
  });

  test('never more points than were asked for, the first and the last among them', async () => {
    const recording = bench.record('agents', { stepMs: SECOND });
    for (let n = 0; n <= 200; n += 1) recording.save('agent:a', metrics(n, 0));
    const [found] = await session({ recording }).agents({ from: NOW, to: NOW + 60 * MINUTE, points: 9 });
    expect(found?.points).toHaveLength(9);
    expect([found?.points[0]?.completed, found?.points.at(-1)?.completed]).toEqual([0, 200]);
    expect(found?.completedIn).toBe(200);
  });

  test('a module that tells single values is followed, too', async () => {
    const recording = bench.record('agents', { stepMs: SECOND });
    recording.save('agent:a', { state_data: metrics(1, 0) });
    recording.set('agent:a', ['state_data', 'performance_metrics', 'successful_tasks'], 2);
    recording.set('agent:a', ['state_data', 'performance_metrics'], { successful_tasks: 3, failed_tasks: 1 });
    const [found] = await session({ recording }).agents({ from: NOW, to: NOW + MINUTE, points: 9 });
    expect(found?.points.map(({ completed, failed }) => [completed, failed])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
  });
});

describe('measuring', () => {
  test('has this thread with what was measured elsewhere, and nothing that was not measured', () => {
    const measuring = session();
    const sample = measuring.sample({ memory: { main: { rss: 100 * MIB } }, delay: {}, memoryTotal: 300 * MIB });
    expect(sample?.memory.main).toEqual({ rss: 100 * MIB });
    expect(sample?.memory.worker?.heapUsed).toBeGreaterThan(MIB);
    expect(sample?.memoryShare).toBeGreaterThan(0);
    expect(sample).not.toHaveProperty('memory.renderer');
    expect(sample).not.toHaveProperty('journalBytes');
    expect(sample).not.toHaveProperty('manager');
    expect(measuring.told).toEqual([sample]);
  });

  test('makes no file and runs nothing before somebody asks', () => {
    const { dataFolder } = session({ recording: bench.record() });
    expect(readdirSync(dataFolder)).toEqual([]);
  });

  test('keeps figures beyond the session, and draws them together with the newest', async () => {
    let now = NOW;
    const dataFolder = temporaryFolder();
    const measure = (each: ReturnType<typeof session>, samples: number, bytes: number) => {
      for (let n = 0; n < samples; n += 1) {
        now += 2 * SECOND;
        each.sample({ memory: { main: { rss: bytes } }, delay: {} });
      }
    };
    const first = session({ dataFolder, now: () => now });
    measure(first, 30, 100);
    first.close();
    now += 5 * MINUTE;
    const second = session({ dataFolder, now: () => now });
    measure(second, 5, 200);
    const of = { metric: 'memory.rss', process: 'main' } as const;
    expect((await second.overview({ from: NOW, to: now + 1 })).available).toContainEqual(of);
    const [line] = (await second.series({ series: [of], from: NOW, to: now + 1, points: 100 })).series;
    // One minute in parts of ten seconds, the time in between, and five samples.
    expect(line?.points.map(({ value }) => value)).toEqual([
      100,
      100,
      100,
      100,
      100,
      100,
      100,
      null,
      200,
      200,
      200,
      200,
      200,
    ]);
  });
});

describe('advice from what was measured', () => {
  const latency = (backend: string, p95: number, count = 50) =>
    ({ operation: 'load', backend, kind: 'agent', count, p50: 1, p95, p99: p95, max: p95 }) as const;
  const stats = (hits: number, misses: number, latencies: ManagerStats['total']['latencies'] = []): ManagerStats => {
    const figures = { hits, misses, hitRate: hits / (hits + misses), latencies };
    return { total: figures, recent: figures };
  };
  const codes = async (manager: ManagerStats) => {
    const measuring = session({ manager: () => manager });
    measuring.sample({ memory: {}, delay: {} });
    return (await measuring.report()).recommendations.map(({ code, details }) => ({ code, ...details }));
  };

  test('a cache that answers fewer than half, once that means something', async () => {
    expect(await codes(stats(40, 80))).toEqual([{ code: 'low-hit-rate' }]);
    expect(await codes(stats(80, 40))).toEqual([]);
    expect(await codes(stats(3, 9))).toEqual([]);
    // All were asked for the first time.
    const cache = { entries: 200, bytes: 1, maxEntries: 1000, evictions: 0 };
    expect(await codes({ ...stats(0, 200), cache })).toEqual([]);
  });

  test('a backend that is slow, or far slower than the others', async () => {
    const slow = { code: 'slow-backend', operation: 'load', kind: 'agent' };
    expect(await codes(stats(90, 30, [latency('files', 2), latency('remote', 60)]))).toEqual([
      { ...slow, backend: 'remote' },
    ]);
    expect(await codes(stats(90, 30, [latency('only', 60)]))).toEqual([]);
    expect(await codes(stats(90, 30, [latency('only', 400)]))).toEqual([{ ...slow, backend: 'only' }]);
    expect(await codes(stats(90, 30, [latency('files', 2), latency('remote', 60, 3)]))).toEqual([]);
  });

  test('memory above four fifths, and memory that goes on rising', async () => {
    let now = NOW;
    const measuring = session({ now: () => now });
    const advice = async (total: number, heapUsed = 1) => {
      now += 10 * SECOND;
      measuring.sample({ memory: { main: { heapUsed, heapLimit: 100 } }, delay: {}, memoryTotal: total });
      return (await measuring.report()).recommendations.map(({ code }) => code);
    };
    expect(await advice(100 * MIB)).toEqual([]);
    expect(await advice(100 * MIB, 81)).toEqual(['heap-high']);
    for (let n = 0; n < 6; n += 1) expect(await advice(100 * MIB)).toEqual([]);
    for (const mebibytes of [120, 140, 160, 180]) expect(await advice(mebibytes * MIB)).toEqual([]);
    expect(await advice(200 * MIB)).toEqual(['memory-rising']);
    expect(await advice(1e15)).toContain('memory-high');
  });
});

describe('pruning', () => {
  test('says what would be forgotten, forgets it, and leaves the states as they are', async () => {
    const recording = bench.record('prune', { stepMs: MINUTE });
    for (let n = 0; n < 3000; n += 1) recording.set('agent:a', ['n'], n);
    recording.writer.flush();
    const now = () => NOW + 3000 * MINUTE;
    const pruning = session({ recording, now });
    const rule = { maxAgeDays: 1 };
    const state = () => Buffer.from(recording.journal.stateAt('agent:a', { seq: 3000 }) ?? []).toString();
    const before = state();
    const plan = await pruning.prune({ rule, dryRun: true });
    expect(recording.journal.totals().changes).toBe(3000);
    expect(plan).toMatchObject({ dryRun: true });
    expect(plan.changes).toBeGreaterThan(500);
    expect(await pruning.prune({ rule, dryRun: false })).toMatchObject({ changes: plan.changes, dryRun: false });
    expect(recording.journal.totals().changes).toBe(3000 - plan.changes);
    expect(state()).toBe(before);
  });

  test('a journal that another process records into is left to it; without one there is nothing to prune', async () => {
    const { journal } = bench.record('other');
    const reader = bench.open('other', { mode: 'read' });
    const pruning = new PerformanceSession({
      location: '/agents',
      dataFolder: temporaryFolder(),
      journal: () => reader,
      snapshots: () => null,
      statesBytes: () => 1,
      manager: () => undefined,
      onSample: () => undefined,
    });
    const rule = { maxBytes: 0 };
    await expect(pruning.prune({ rule, dryRun: false })).rejects.toMatchObject({ code: 'locked' });
    await expect(pruning.prune({ rule, dryRun: true })).resolves.toMatchObject({ dryRun: true });
    await expect(session().prune({ rule, dryRun: true })).rejects.toMatchObject({ code: 'not-found' });
    expect(journal.isRecording).toBe(true);
  });
});
