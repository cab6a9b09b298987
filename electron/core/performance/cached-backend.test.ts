import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ABSENT, ANY, type LoadResult, revisionOf, type StateBackend } from '../persistence/backend.ts';
import { recordOf } from '../persistence/behaviour-suite.ts';
import { openFilesystemBackend } from '../persistence/filesystem-backend.ts';
import { openMemoryBackend } from '../persistence/memory-backend.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { type PerformanceConfig, StatePerformanceManager } from './performance-manager.ts';

let folder: string;
const opened: StateBackend[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statescope-test-'));
});
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
  await rm(folder, { recursive: true, force: true });
});

type Kind = 'filesystem' | 'sqlite';

/** Another client of the same store. */
async function open(kind: Kind): Promise<StateBackend> {
  const backend =
    kind === 'sqlite'
      ? await openSqliteBackend({ path: join(folder, 'states.db'), create: true })
      : await openFilesystemBackend({ basePath: join(folder, 'states'), compression: true });
  opened.push(backend);
  return backend;
}

async function cached(kind: Kind, config: Partial<PerformanceConfig> = {}, now?: () => number) {
  const manager = new StatePerformanceManager(config, now);
  const backend = manager.front(await open(kind));
  const counts = () => {
    const { hits, misses, evictions, expiries, refusals } = manager.getPerformanceStats();
    return { hits, misses, evictions, expiries, refusals };
  };
  return { manager, backend, counts };
}

const valueOf = (loaded: LoadResult): unknown =>
  loaded.status === 'found' ? JSON.parse(Buffer.from(loaded.record.stateData).toString()) : loaded.status;

async function save(backend: StateBackend, key: string, value: unknown): Promise<void> {
  expect(await backend.save(key, recordOf(JSON.stringify(value)), ANY)).toMatchObject({ status: 'saved' });
}

describe.each<Kind>(['filesystem', 'sqlite'])('a cache in front of %s', (kind) => {
  it('answers the second load from memory, and tells so', async () => {
    const { backend, counts, manager } = await cached(kind);
    await save(backend, 'agent:a', { n: 1 });
    const first = await backend.load('agent:a');
    expect(await backend.load('agent:a')).toEqual(first);
    expect(counts()).toMatchObject({ hits: 1, misses: 1 });
    expect(manager.getPerformanceStats()).toMatchObject({ hitRate: 0.5, bytesRead: 7, cache: { entries: 1 } });
    expect(manager.getPerformanceStats().operations.map(({ operation, count }) => [operation, count])).toEqual([
      ['save', 1],
      ['load', 1],
      ['cached-load', 1],
    ]);
  });

  it('sees at once what another client has written, deleted or put back', async () => {
    const { backend } = await cached(kind);
    const other = await open(kind);
    await save(other, 'agent:a', 1);
    expect(valueOf(await backend.load('agent:a'))).toBe(1);
    await save(other, 'agent:a', 2);
    expect(valueOf(await backend.load('agent:a'))).toBe(2);
    const deleted = await other.delete('agent:a', ANY);
    expect(valueOf(await backend.load('agent:a'))).toBe('missing');
    await other.restore(deleted.status === 'deleted' ? deleted.trash : '', ABSENT);
    expect(valueOf(await backend.load('agent:a'))).toBe(2);
  });

  it('a load after a compare-and-swap that was refused gives what refused it', async () => {
    const { backend } = await cached(kind);
    const other = await open(kind);
    await save(backend, 'agent:a', 1);
    const seen = await backend.load('agent:a');
    await save(other, 'agent:a', 2);
    const expected = revisionOf(seen.status === 'found' ? seen.revision : '');
    expect(await backend.save('agent:a', recordOf('3'), expected)).toMatchObject({ status: 'conflict' });
    expect(valueOf(await backend.load('agent:a'))).toBe(2);
  });

  it('whoever changes the bytes that they were handed changes nobody else’s', async () => {
    const { backend } = await cached(kind);
    await save(backend, 'agent:a', 'kept');
    for (let n = 0; n < 3; n++) {
      const loaded = await backend.load('agent:a');
      expect(valueOf(loaded)).toBe('kept');
      if (loaded.status === 'found') loaded.record.stateData.fill(0);
    }
  });

  it('facts that are no part of a revision are those of now', async () => {
    const { backend } = await cached(kind);
    const other = await open(kind);
    const record = recordOf('1', { timestamp: '2026-01-02T03:04:05.000Z' });
    await other.save('agent:a', record, ANY);
    await backend.load('agent:a');
    await other.delete('agent:a', ANY);
    await other.save('agent:a', record, ANY);
    const [mine, theirs] = [await backend.load('agent:a'), await other.load('agent:a')];
    expect(mine.status === 'found' && mine.info).toEqual(theirs.status === 'found' && theirs.info);
  });

  it('keeps no more states, and no more bytes, than it may, and none that is too large', async () => {
    const config = { maxCacheSize: 3, maxCacheBytes: 10_000, maxStateBytes: 4000 };
    const { backend, counts, manager } = await cached(kind, config);
    for (const id of ['a', 'b', 'c', 'd']) await save(backend, `agent:${id}`, id);
    for (const id of ['a', 'b', 'c', 'a', 'd']) await backend.load(`agent:${id}`);
    expect(counts()).toMatchObject({ hits: 1, misses: 4, evictions: 1 });
    // `b` was used least recently.
    await backend.load('agent:a');
    await backend.load('agent:b');
    expect(counts()).toMatchObject({ hits: 2, misses: 5, evictions: 2 });

    for (const id of ['e', 'f', 'g', 'h']) await save(backend, `agent:${id}`, 'x'.repeat(3000));
    for (const id of ['e', 'f', 'g', 'h']) await backend.load(`agent:${id}`);
    const { cache } = manager.getPerformanceStats();
    expect(cache?.bytes).toBeLessThanOrEqual(10_000);
    expect(cache?.entries).toBe(2);

    await save(backend, 'agent:large', 'x'.repeat(5000));
    for (let n = 0; n < 2; n++) expect(valueOf(await backend.load('agent:large'))).toHaveLength(5000);
    expect(counts().refusals).toBe(2);
  });

  it('a state that is larger than all of the room is not kept, nor any where there is none', async () => {
    for (const maxCacheBytes of [4000, 0]) {
      const { backend, counts } = await cached(kind, { maxCacheBytes });
      await save(backend, 'agent:large', 'x'.repeat(5000));
      for (let n = 0; n < 2; n++) expect(valueOf(await backend.load('agent:large'))).toHaveLength(5000);
      expect(counts().hits).toBe(0);
    }
  });

  it('nothing is kept for longer than its time to live', async () => {
    let now = 1000;
    const { backend, counts } = await cached(kind, { cacheTtl: 10 }, () => now);
    await save(backend, 'agent:a', 1);
    await backend.load('agent:a');
    now += 9_900;
    await backend.load('agent:a');
    now += 200;
    await backend.load('agent:a');
    expect(counts()).toMatchObject({ hits: 1, misses: 2, expiries: 1 });
  });

  it('without a cache everything is measured and nothing kept', async () => {
    const { backend, counts, manager } = await cached(kind, { cacheEnabled: false });
    await save(backend, 'agent:a', 1);
    await backend.load('agent:a');
    await backend.load('agent:a');
    expect(counts()).toMatchObject({ hits: 0, misses: 0 });
    const stats = manager.getPerformanceStats();
    expect(stats).not.toHaveProperty('cache');
    expect(stats).not.toHaveProperty('hitRate');
    expect(stats.operations).toContainEqual(expect.objectContaining({ operation: 'load', count: 2, bytes: 2 }));
  });

  it('of any sequence of steps by several clients, every load gives what the store holds', async () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const client = fc.nat({ max: 2 });
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ act: fc.constant('load' as const), id, client }) },
      fc.record({ act: fc.constant('save' as const), id, client, value: fc.nat({ max: 3 }) }),
      fc.record({ act: fc.constant('swap' as const), id, client, value: fc.nat({ max: 3 }) }),
      fc.record({ act: fc.constant('delete' as const), id, client }),
    );
    const small = { maxCacheSize: 2 };
    const clients = [(await cached(kind, small)).backend, (await cached(kind)).backend, await open(kind)];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const stored = new Map<string, number>();
        for (const key of ['agent:a', 'agent:b', 'agent:c']) await clients[2]?.delete(key, ANY);
        for (const { client, id, ...what } of steps) {
          const backend = clients[client];
          const key = `agent:${id}`;
          if (backend === undefined) continue;
          if (what.act === 'load') expect(valueOf(await backend.load(key))).toBe(stored.get(key) ?? 'missing');
          else if (what.act === 'delete') {
            await backend.delete(key, ANY);
            stored.delete(key);
          } else {
            const loaded = what.act === 'swap' ? await backend.load(key) : null;
            const expected = loaded === null ? ANY : loaded.status === 'found' ? revisionOf(loaded.revision) : ABSENT;
            await backend.save(key, recordOf(String(what.value)), expected);
            stored.set(key, what.value);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('with writers and readers at the same time, no load gives less than what was written before it began', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ client: fc.nat({ max: 2 }), steps: fc.integer({ min: 1, max: 5 }), writes: fc.boolean() }),
          {
            minLength: 2,
            maxLength: 6,
          },
        ),
        async (people) => {
          for (const backend of opened.splice(0)) await backend.close();
          await rm(folder, { recursive: true, force: true });
          folder = await mkdtemp(join(tmpdir(), 'statescope-test-'));
          const clients = [(await cached(kind)).backend, (await cached(kind)).backend, await open(kind)];
          await save(clients[0] as StateBackend, 'agent:n', 0);
          let written = 0;
          let swaps = 0;
          await Promise.all(
            people.map(async ({ client, steps, writes }) => {
              const backend = clients[client] as StateBackend;
              for (let done = 0; done < steps; ) {
                const before = written;
                const loaded = await backend.load('agent:n');
                const value = Number(valueOf(loaded));
                expect(value).toBeGreaterThanOrEqual(before);
                if (loaded.status !== 'found') throw new Error(loaded.status);
                if (!writes) {
                  done += 1;
                  continue;
                }
                const next = recordOf(String(value + 1));
                const saved = await backend.save('agent:n', next, revisionOf(loaded.revision));
                if (saved.status === 'conflict') continue;
                written = Math.max(written, value + 1);
                swaps += 1;
                done += 1;
              }
            }),
          );
          for (const backend of clients) expect(valueOf(await backend.load('agent:n'))).toBe(swaps);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('what other programs do to the files', () => {
  it('a database that is written in place by another connection is read anew, whatever its times say', async () => {
    const { backend, counts } = await cached('sqlite');
    const time = '2026-01-02T03:04:05.000Z';
    await backend.save('agent:a', recordOf('{"n": 1}', { timestamp: time }), ANY);
    await backend.load('agent:a');
    const python = new Sqlite(join(folder, 'states.db'));
    python.prepare(`UPDATE agent_states SET state_data = '{"n": 2}'`).run();
    python.close();
    expect(valueOf(await backend.load('agent:a'))).toEqual({ n: 2 });
    // A commit that has nothing to do with it: the row is looked at, and is the same.
    await save(backend, 'agent:b', 1);
    await backend.load('agent:a');
    expect(counts()).toMatchObject({ hits: 1, misses: 2 });
  });

  it('a file that is replaced by one of the same length and times is read anew', async () => {
    const manager = new StatePerformanceManager();
    const basePath = join(folder, 'plain');
    const backend = manager.front(await openFilesystemBackend({ basePath, compression: false }));
    opened.push(backend);
    await save(backend, 'agent:a', { n: 1 });
    await backend.load('agent:a');
    const path = join(basePath, 'agents', 'a.json');
    const time = new Date('2026-01-02T03:04:05Z');
    await utimes(path, time, time);
    expect(valueOf(await backend.load('agent:a'))).toEqual({ n: 1 });
    await writeFile(path, (await readFile(path, 'utf8')).replace('{"n":1}', '{"n":2}'));
    await utimes(path, time, time);
    expect(valueOf(await backend.load('agent:a'))).toEqual({ n: 2 });
  });
});

it('what is in memory is measured and not kept twice', async () => {
  const manager = new StatePerformanceManager();
  const backend = manager.front(openMemoryBackend());
  await save(backend, 'agent:a', 1);
  await backend.load('agent:a');
  await backend.load('agent:a');
  const stats = manager.getPerformanceStats();
  expect(stats).toMatchObject({ hits: 0, misses: 0, cache: { entries: 0 } });
  expect(stats.operations).toContainEqual(expect.objectContaining({ backend: 'memory', operation: 'load', count: 2 }));
});

it('several backends share one cache and are told apart, and closing one lets go of what is its own', async () => {
  const manager = new StatePerformanceManager();
  const first = manager.front(await openSqliteBackend({ path: join(folder, '1.db'), create: true }), 'one');
  const second = manager.front(await openSqliteBackend({ path: join(folder, '2.db'), create: true }), 'two');
  await save(first, 'agent:a', 1);
  await save(second, 'agent:a', 2);
  for (let n = 0; n < 2; n++) {
    expect(valueOf(await first.load('agent:a'))).toBe(1);
    expect(valueOf(await second.load('agent:a'))).toBe(2);
  }
  expect(manager.getPerformanceStats()).toMatchObject({ hits: 2, misses: 2, cache: { entries: 2 } });
  await first.close();
  expect(manager.getPerformanceStats().cache?.entries).toBe(1);
  expect(valueOf(await second.load('agent:a'))).toBe(2);
  await second.close();
});
