import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANY } from '../persistence/backend.ts';
import { recordOf } from '../persistence/behaviour-suite.ts';
import { openStore } from '../persistence/open-store.ts';
import { Turns } from '../search/turns.ts';
import { openSource } from '../sources/open-source.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { measureSource } from './measure-source.ts';
import { PERFORMANCE_DEFAULTS, StatePerformanceManager } from './performance-manager.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statescope-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const where = { backend: 'files', key: 'agent:a' };

describe('figures', () => {
  it('begin without any', () => {
    expect(PERFORMANCE_DEFAULTS).toMatchObject({
      cacheEnabled: true,
      compressionEnabled: true,
      maxCacheSize: 1000,
      cacheTtl: 3600,
      compression: 'gzip',
    });
    expect(new StatePerformanceManager({ cacheEnabled: false }).getPerformanceStats()).toEqual({
      hits: 0,
      misses: 0,
      evictions: 0,
      expiries: 0,
      refusals: 0,
      operations: [],
    });
  });

  it('a sample has what was measured since the one before, and all of it beside', async () => {
    let now = 0;
    const manager = new StatePerformanceManager({}, () => now);
    const load = (milliseconds: number) =>
      manager.timed(
        'load',
        where,
        async () => (now += milliseconds),
        () => 10,
      );
    await load(5);
    manager.miss();
    await manager.compress(Buffer.from('x'.repeat(1000)));
    const first = manager.takeSample();
    expect(first.recent).toEqual(first.total);
    expect(first.total).toMatchObject({ hits: 0, misses: 1, hitRate: 0, latencies: [{ count: 1 }] });

    expect(manager.takeSample().recent).toEqual({ hits: 0, misses: 0, latencies: [] });

    await load(50);
    manager.hit();
    const { total, recent } = manager.takeSample();
    expect(recent).toMatchObject({
      hits: 1,
      misses: 0,
      hitRate: 1,
      latencies: [{ count: 1, backend: 'files', kind: 'agent' }],
    });
    expect(recent.latencies[0]?.p50).toBeCloseTo(50, 0);
    expect(recent).not.toHaveProperty('compression');
    expect(total).toMatchObject({
      hits: 1,
      misses: 1,
      hitRate: 0.5,
      latencies: [{ count: 2 }],
      compression: { bytesIn: 1000 },
    });
  });

  it('what failed, and what loaded or saved nothing, is not among them', async () => {
    const manager = new StatePerformanceManager();
    const failing = manager.timed(
      'load',
      where,
      () => Promise.reject(new Error('gone')),
      () => 1,
    );
    await expect(failing).rejects.toThrow('gone');
    await manager.timed(
      'save',
      where,
      async () => 'conflict',
      () => null,
    );
    expect(manager.getPerformanceStats().operations).toEqual([]);
  });

  it('compression that is off packs nothing, and says so', async () => {
    const manager = new StatePerformanceManager({ compressionEnabled: false });
    const text = Buffer.from('{"n": 1}');
    expect(await manager.compress(text)).toEqual(text);
    expect(await manager.decompress(text, 'agent:a')).toEqual(text);
    expect(manager.getPerformanceStats().compression).toEqual({ algorithm: 'none', bytesIn: 8, bytesOut: 8, ratio: 1 });
  });
});

it('every backend of a persistence.yaml is cached and measured under its own name', async () => {
  const file = join(folder, 'persistence.yaml');
  await writeFile(
    file,
    `persistence:
  default_backend: files
  backends:
    files: {type: filesystem, base_path: files}
    rows: {type: sqlite, path: rows.db}
  rules:
    - {pattern: "session:*", backend: rows}
`,
  );
  const manager = new StatePerformanceManager();
  const store = await openStore(file, { create: true, performance: manager });
  for (const key of ['agent:a', 'session:s']) {
    await store.save(key, recordOf('1'), ANY);
    await store.load(key);
    await store.load(key);
  }
  const counted = manager
    .getPerformanceStats()
    .operations.map(({ operation, backend, kind, count }) => `${operation} ${backend} ${kind} ${count}`);
  expect(counted.toSorted()).toEqual([
    'cached-load files agent 1',
    'cached-load rows session 1',
    'load files agent 1',
    'load rows session 1',
    'save files agent 1',
    'save rows session 1',
  ]);
  await store.close();
  expect(manager.getPerformanceStats().cache?.entries).toBe(0);
});

describe('a source', () => {
  it('what the window reads and writes is measured, over every reading anew, and what it lets go is not kept', async () => {
    const state = { agent: { memory: { content: [] } }, n: 1 };
    await writeFile(join(folder, 'a.json'), JSON.stringify(state));
    const workspace = await EditableWorkspace.open(
      {
        id: 'w',
        open: (options) => openSource(join(folder, 'a.json'), options),
        context: { safetyFolder: join(folder, 'safety') },
        onChanged: () => undefined,
      },
      {},
    );
    const [entry] = workspace.source.entries;
    const key = entry?.key ?? '';
    const { revision } = await workspace.openState({ key });
    const before = workspace.performance.getPerformanceStats();
    expect(before).toMatchObject({
      misses: 1,
      bytesRead: JSON.stringify(state).length,
      cache: { entries: 1, maxEntries: 1000 },
    });

    workspace.arm({ armed: true });
    const edit = { op: 'set', node: 0, text: JSON.stringify({ ...state, n: 2 }) } as const;
    expect(await workspace.apply({ key, revision: revision ?? '', edit })).toMatchObject({ status: 'written' });
    await workspace.openState({ key });
    const after = workspace.performance.getPerformanceStats();
    expect(after.misses).toBeGreaterThan(before.misses);
    expect(after.bytesWritten).toBeGreaterThan(0);
    expect(after.operations.find(({ operation }) => operation === 'save')).toMatchObject({ count: 1 });
    // The reading before the write is gone, and so is its cache.
    expect(after.cache).toMatchObject({ entries: 1, maxEntries: 1000 });
    await workspace.close();
    expect(workspace.performance.getPerformanceStats()).not.toHaveProperty('cache');
  });

  it('a state that cannot be read any more is told, and the others are measured', async () => {
    for (const name of ['a', 'b'])
      await writeFile(join(folder, `${name}.json`), '{"agent": {"memory": {"content": []}}}');
    const source = await openSource(folder);
    await rm(join(folder, 'b.json'));
    const manager = new StatePerformanceManager({ cacheEnabled: false });
    const passes: number[] = [];
    const { notMeasured } = await measureSource(source, {
      manager,
      passes: 2,
      turns: new Turns(() => false),
      onProgress: () => undefined,
      onPass: () => passes.push(manager.getPerformanceStats().hits),
    });
    await source.close();
    expect(notMeasured).toMatchObject([{ key: expect.stringContaining('b'), why: 'unreadable' }]);
    expect(passes).toEqual([0, 1]);
    expect(manager.getPerformanceStats().operations).toMatchObject([{ operation: 'load', count: 1 }]);
  });
});
