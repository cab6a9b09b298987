import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { ABSENT, ANY, revisionOf, type StateBackend } from './backend.ts';
import { describeBackend, recordOf } from './behaviour-suite.ts';
import { closeAll, RoutedBackend } from './router.ts';
import type { PersistenceConfig } from './rules-config.ts';
import { openSqliteBackend } from './sqlite-backend.ts';

const NAMES = ['one', 'two', 'the rest'] as const;
const CONFIG: PersistenceConfig = {
  defaultBackend: 'the rest',
  backends: NAMES.map((name) => ({ name, type: 'sqlite', path: name })),
  rules: [
    { pattern: 'agent:*a*', backend: 'one', ttl: 60 },
    { pattern: 'agent:*', backend: 'two', ttl: null },
    { pattern: 'session:*', backend: 'one', ttl: 0 },
  ],
};

/** The suite looks at the order of the trash: what falls into one millisecond has an order within one backend only. */
const BY_KIND: PersistenceConfig = {
  ...CONFIG,
  rules: [
    { pattern: 'agent:*', backend: 'one', ttl: null },
    { pattern: 'session:*', backend: 'two', ttl: 1 },
  ],
};

async function backendsIn(folder: string): Promise<ReadonlyMap<string, StateBackend>> {
  const opened = NAMES.map(async (name) => {
    return [name, await openSqliteBackend({ path: join(folder, `${name}.db`), create: true })] as const;
  });
  return new Map(await Promise.all(opened));
}

describeBackend(
  'three databases behind one port',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'router-'));
    const open: StateBackend[] = [];
    const client = async () => {
      const routed = new RoutedBackend(folder, BY_KIND, await backendsIn(folder));
      open.push(routed);
      return routed;
    };
    return {
      backend: await client(),
      second: client,
      async dispose() {
        await closeAll(open);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
  { bytesKept: true, persistent: true },
);

async function routed() {
  const folder = mkdtempSync(join(tmpdir(), 'router-'));
  const backends = await backendsIn(folder);
  const backend = new RoutedBackend(folder, CONFIG, backends);
  onTestFinished(async () => {
    await backend.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: (typeof NAMES)[number]): StateBackend => {
    const found = backends.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  return { backend, at };
}

const textAt = async (backend: StateBackend, key: string) => {
  const loaded = await backend.load(key);
  return loaded.status === 'found' ? Buffer.from(loaded.record.stateData).toString() : loaded.status;
};

describe('a key', () => {
  test('is written where its rule says, and nowhere else', async () => {
    const { backend, at } = await routed();
    for (const key of ['agent:planner', 'agent:x', 'session:1', 'other:1']) {
      await backend.save(key, recordOf('1'), ABSENT);
    }
    expect(await at('one').list()).toEqual(['agent:planner', 'session:1']);
    expect(await at('two').list()).toEqual(['agent:x']);
    expect(await at('the rest').list()).toEqual(['other:1']);
    expect(await backend.list()).toEqual(['agent:planner', 'agent:x', 'other:1', 'session:1']);
    expect(await backend.misplaced()).toEqual([]);
  });

  test('that is elsewhere is listed, loaded and told', async () => {
    const { backend, at } = await routed();
    await at('two').save('session:1', recordOf('"two"'), ABSENT);
    expect(await textAt(backend, 'session:1')).toBe('"two"');
    expect(await backend.exists('session:1')).toBe(true);
    expect((await backend.info('session:1'))?.bytes).toBe(5);
    expect(await backend.misplaced()).toEqual([
      { key: 'session:1', backend: 'two', belongsTo: 'one', shadowed: false },
    ]);
  });

  test('that is elsewhere is not written over unseen, and a write goes to where it belongs', async () => {
    const { backend, at } = await routed();
    await at('two').save('session:1', recordOf('"two"'), ABSENT);
    const seen = await backend.load('session:1');
    if (seen.status !== 'found') throw new Error(seen.status);
    expect(await backend.save('session:1', recordOf('2'), ABSENT)).toEqual({
      status: 'conflict',
      current: seen.revision,
    });
    expect(await backend.save('session:1', recordOf('2'), revisionOf('other'))).toMatchObject({ status: 'conflict' });
    expect(await backend.save('session:1', recordOf('2'), revisionOf(seen.revision))).toMatchObject({
      status: 'saved',
    });
    expect([await textAt(at('one'), 'session:1'), await textAt(at('two'), 'session:1')]).toEqual(['2', '"two"']);
    expect(await textAt(backend, 'session:1')).toBe('2');
    expect(await backend.misplaced()).toMatchObject([{ backend: 'two', shadowed: true }]);
  });

  test('that is deleted is gone everywhere, and comes back from the trash', async () => {
    const { backend, at } = await routed();
    await at('two').save('session:1', recordOf('"two"'), ABSENT);
    await backend.save('session:1', recordOf('"one"'), ANY);
    const deleted = await backend.delete('session:1', ANY);
    expect(await backend.exists('session:1')).toBe(false);
    expect(await backend.trash()).toHaveLength(2);
    if (deleted.status !== 'deleted') throw new Error(deleted.status);
    expect(await backend.restore(deleted.trash, ABSENT)).toMatchObject({ status: 'saved' });
    expect(await textAt(at('one'), 'session:1')).toBe('"one"');
  });

  test('that is elsewhere is deleted only as it was seen', async () => {
    const { backend, at } = await routed();
    await at('two').save('session:1', recordOf('"two"'), ABSENT);
    expect(await backend.delete('session:1', revisionOf('other'))).toMatchObject({ status: 'conflict' });
    expect(await textAt(at('two'), 'session:1')).toBe('"two"');
    expect(await backend.delete('session:1', ANY)).toMatchObject({ status: 'deleted' });
    expect(await backend.delete('session:1', ANY)).toEqual({ status: 'missing' });
  });
});

test('expired states stay', async () => {
  const { backend } = await routed();
  await backend.save('session:1', recordOf('1'), ABSENT);
  const info = await backend.info('session:1');
  if (info === null) throw new Error('missing');
  expect(backend.expiresAt(info)).toBe(new Date(info.updatedAt).toISOString());
  expect(await backend.exists('session:1')).toBe(true);
});

test('pages of all backends are one list in the order of keys, whatever their size; a key that two hold comes once', async () => {
  const id = fc.constantFrom('a', 'b', 'ab', 'z', '🧠', '\uffff', '', 'A', '1', '2', '3');
  const key = fc.tuple(fc.constantFrom('agent', 'session', 'x'), id).map(([kind, id]) => `${kind}:${id}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(key, fc.constantFrom(...NAMES)), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (placed, limit) => {
        const folder = mkdtempSync(join(tmpdir(), 'router-'));
        const backends = await backendsIn(folder);
        const backend = new RoutedBackend(folder, CONFIG, backends);
        try {
          for (const [key, name] of placed) await backends.get(name)?.save(key, recordOf(JSON.stringify(name)), ANY);
          const seen: string[] = [];
          let after: string | null = null;
          do {
            const page = await backend.page({ limit, after });
            expect(page.states.length).toBeLessThanOrEqual(limit);
            for (const info of page.states) {
              seen.push(info.key);
              expect(info.revision).toBe((await backend.info(info.key))?.revision);
            }
            after = page.next;
          } while (after !== null);
          expect(seen).toEqual([...new Set(placed.map(([key]) => key))].toSorted(compareCodePoints));
        } finally {
          await backend.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a change in any backend is told', async () => {
  const { backend, at } = await routed();
  const told = new Set<string | null>();
  const stop = await backend.watch((changed) => {
    if (changed === null) told.add(null);
    else for (const key of changed) told.add(key);
  });
  await at('two').save('agent:x', recordOf('1'), ABSENT);
  await at('the rest').save('y:1', recordOf('1'), ABSENT);
  await expect.poll(() => [...told], { timeout: 3000 }).toEqual(expect.arrayContaining(['agent:x', 'y:1']));
  await stop();
});
