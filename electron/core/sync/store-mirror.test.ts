/** Stores that nodes keep alike, of each kind, over a real PostgreSQL server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ANY, type StateBackend, type StateRecord } from '../persistence/backend.ts';
import { openMemoryBackend } from '../persistence/memory-backend.ts';
import { openStore } from '../persistence/open-store.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import type { SourceError } from '../sources/source-error.ts';
import { DistributedStateManager } from './distributed-state-manager.ts';
import { type MirrorOptions, StoreMirror } from './store-mirror.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

const record = (text: string): StateRecord => ({
  type: 'agents.AgentStateModule',
  version: '1.0.0',
  timestamp: '2025-09-10T08:00:00Z',
  stateData: Buffer.from(text),
  metadata: null,
});

interface Side {
  readonly node: DistributedStateManager;
  readonly store: StateBackend;
  readonly mirror: StoreMirror;
  readonly problems: SourceError[];
  /** Store, node, server and back. */
  sync(): Promise<void>;
  text(key: string): Promise<string | null>;
}

async function makePlace() {
  const url = server.url(await server.makeDatabase());
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const side = async (
    id: string,
    store: StateBackend,
    direction: MirrorOptions['direction'] = 'both',
  ): Promise<Side> => {
    const problems: SourceError[] = [];
    const node = await DistributedStateManager.open({ address: { url }, id, data: join(folder, `${id}.node`) });
    const mirror = new StoreMirror({ store, node, direction, onProblem: (error) => problems.push(error) });
    onTestFinished(async () => {
      await mirror.close();
      await node.close();
      await store.close();
    });
    return {
      node,
      store,
      mirror,
      problems,
      async sync() {
        await mirror.all();
        await node.sync();
        await mirror.all();
        await node.sync();
      },
      async text(key) {
        const loaded = await store.load(key);
        return loaded.status === 'found' ? Buffer.from(loaded.record.stateData).toString() : null;
      },
    };
  };
  return { url, folder, side };
}

test('states go from one store to another, are changed there, come back, and are deleted; nothing is sent twice', async () => {
  const { folder, side, url } = await makePlace();
  const a = await side('a', await openStore(join(folder, 'files'), { create: true }));
  const b = await side('b', await openStore(join(folder, 'states.db'), { create: true }));
  const c = await side('c', await openStore(`${url}?application_name=c`, { create: true }));
  const all = [a, b, c];
  const together = async () => {
    for (const one of [...all, ...all]) await one.sync();
  };
  await a.store.save('agent:x', record('{"name": "x", "n": 0}'), ANY);
  await a.store.save('session:y', record('{"n":1.5}'), ANY);
  await together();
  expect(await b.text('agent:x')).toBe('{"name": "x", "n": 0}');
  expect(JSON.parse((await c.text('agent:x')) ?? '')).toEqual({ name: 'x', n: 0 });
  expect((await b.store.load('agent:x')) as unknown).toMatchObject({ record: { type: 'agents.AgentStateModule' } });

  await c.store.save('agent:x', record('{"n": 2}'), ANY);
  await b.store.delete('session:y', ANY);
  await together();
  for (const one of all) {
    expect(JSON.parse((await one.text('agent:x')) ?? '')).toEqual({ n: 2 });
    expect(await one.store.exists('session:y')).toBe(false);
    expect(one.problems).toEqual([]);
  }
  const { applied } = a.node.position;
  expect(applied).toBe(4);
  // The same again, at another time, is no change.
  await a.store.save('agent:x', { ...record((await a.text('agent:x')) ?? ''), timestamp: null }, ANY);
  await together();
  expect(a.node.position.applied).toBe(applied);
});

test('a program that writes over what is no longer the newest is told from one that has seen it', async () => {
  const { side } = await makePlace();
  const [a, b] = [await side('a', openMemoryBackend()), await side('b', openMemoryBackend())];
  await a.store.save('agent:x', record('1'), ANY);
  for (const one of [a, b]) await one.sync();
  await a.store.save('agent:x', record('2'), ANY);
  await b.store.save('agent:x', record('3'), ANY);
  for (const one of [a, b, a]) await one.sync();
  expect(a.node.state('agent:x')).toMatchObject({ isConflict: true, versions: [{}, {}] });
  // Both stores show the same of the two.
  expect(await a.text('agent:x')).toBe(await b.text('agent:x'));
});

test('copies of one store are alike from the beginning', async () => {
  const { side } = await makePlace();
  const [a, b] = [await side('a', openMemoryBackend()), await side('b', openMemoryBackend())];
  for (const one of [a, b]) await one.store.save('agent:x', record('1'), ANY);
  for (const one of [a, b, a]) await one.sync();
  expect(a.node.state('agent:x')?.isConflict).toBe(false);
});

test('a store that is only read stays as it is', async () => {
  const { side } = await makePlace();
  const [a, b] = [await side('a', openMemoryBackend(), 'from-store'), await side('b', openMemoryBackend())];
  await a.store.save('agent:x', record('1'), ANY);
  await b.store.save('agent:y', record('2'), ANY);
  for (const one of [a, b, a]) await one.sync();
  expect(await a.store.list()).toEqual(['agent:x']);
  expect(await b.store.list()).toEqual(['agent:x', 'agent:y']);
});

test('an empty store in place of the old one is filled, and nothing is deleted elsewhere', async () => {
  const { folder, side } = await makePlace();
  const path = join(folder, 'files');
  const a = await side('a', await openStore(path, { create: true }));
  const b = await side('b', openMemoryBackend());
  for (const id of ['x', 'y']) await a.store.save(`agent:${id}`, record('1'), ANY);
  for (const one of [a, b]) await one.sync();
  rmSync(join(path, 'agents'), { recursive: true });
  for (const one of [a, b]) await one.sync();
  expect(await a.store.list()).toEqual(['agent:x', 'agent:y']);
  expect(await b.store.list()).toEqual(['agent:x', 'agent:y']);
});

test('a state that cannot be read is neither sent nor written over, and the others go on', async () => {
  const { folder, side } = await makePlace();
  const path = join(folder, 'files');
  mkdirSync(join(path, 'agents'), { recursive: true });
  writeFileSync(join(path, 'agents', 'broken.json'), '{"half":');
  writeFileSync(join(path, 'agents', 'whole.json'), '{"n":0}');
  const a = await side('a', await openStore(path));
  const b = await side('b', openMemoryBackend());
  for (const one of [a, b]) await one.sync();
  expect(await b.store.list()).toEqual(['agent:whole']);
  expect(await b.text('agent:whole')).toBe('{"n":0}');
  expect(a.problems[0]).toMatchObject({ code: 'unreadable', details: { key: 'agent:broken' } });
  await b.store.save('agent:broken', record('2'), ANY);
  for (const one of [b, a]) await one.sync();
  expect(readFileSync(join(path, 'agents', 'broken.json'), 'utf8')).toBe('{"half":');
});

test('running, a write in one store shows in the other by itself', async () => {
  const { folder, side } = await makePlace();
  const a = await side('a', await openStore(join(folder, 'files'), { create: true }));
  const b = await side('b', openMemoryBackend());
  for (const one of [a, b]) {
    await one.mirror.start();
    one.node.start();
  }
  await a.store.save('agent:x', record('1'), ANY);
  await expect.poll(() => b.node.get('agent:x'), { timeout: 20_000 }).not.toBeNull();
});

test('of a store that was away each state is tried again, not only the first', async () => {
  const { side } = await makePlace();
  const store = await openStore(server.url(await server.makeDatabase()), { create: true });
  const { node, mirror, problems } = await side('a', store);
  const keys = ['agent:x', 'agent:y', 'agent:z'];
  await server.stop();
  for (const key of keys) node.set(key, Buffer.from('{"n":1}'));
  mirror.look(keys);
  await mirror.idle();
  await server.start();
  expect(problems).toHaveLength(keys.length);
  await expect.poll(() => store.list().catch(() => []), { timeout: 20_000 }).toEqual(keys);
});
