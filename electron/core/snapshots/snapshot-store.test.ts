import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotReason } from '../../../shared/ipc/snapshots.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { type CapturedState, SnapshotStore } from './snapshot-store.ts';
import { codeOf, growingConversation, SOURCE, snapshots, state } from './test-support.ts';

const MANUAL = { reason: 'manual' } as const;
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('a snapshot', () => {
  test('reads back byte for byte, with what is known of each state', async () => {
    const { store } = snapshots();
    const odd = Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x22]);
    const entry = { key: 'session:bob', type: null, status: 'busy', updatedAt: '2025-09-10T08:00:00' };
    const taken = await store.take([state('agent:a:1', '{"score": 553.0, "score": NaN}'), { entry, bytes: odd }], {
      reason: 'before-edit',
      name: 'First',
      description: 'before the upgrade',
      tags: ['good', '好'],
      seq: 7,
    });
    expect(taken.id).toMatch(/^s[0-9a-f]{10}$/);
    expect(store.get(taken.id)).toEqual(taken);
    expect(taken).toMatchObject({ name: 'First', tags: ['good', '好'], pinned: false, states: 2, bytes: 35, seq: 7 });
    expect(textOf(store.read(taken.id, 'agent:a:1'))).toBe('{"score": 553.0, "score": NaN}');
    expect(Buffer.compare(store.read(taken.id, 'session:bob'), odd)).toBe(0);
    expect(store.manifest(taken.id)).toMatchObject([
      { key: 'agent:a:1', kind: 'agent', id: 'a:1', type: 'robots.Agent', status: 'idle', bytes: 30 },
      { key: 'session:bob', type: null, status: 'busy', updatedAt: '2025-09-10T08:00:00', bytes: 5 },
    ]);
  });

  test('does not change with what it was taken of', async () => {
    const { store } = snapshots();
    const bytes = Buffer.from('{"a": 1}');
    const { id } = await store.take([state('agent:a', bytes)], MANUAL);
    bytes.fill(0x20);
    await store.take([state('agent:a', '{"a": 2}')], MANUAL);
    expect(textOf(store.read(id, 'agent:a'))).toBe('{"a": 1}');
  });

  test('of an unknown id, or a state that it does not have, is told apart', async () => {
    const { store } = snapshots();
    const { id } = await store.take([state('agent:a', '1')], MANUAL);
    expect(await codeOf(() => store.get('s0'))).toBe('snapshot-missing');
    expect(await codeOf(() => store.read('s0', 'agent:a'))).toBe('snapshot-missing');
    expect(await codeOf(() => store.read(id, 'agent:b'))).toBe('not-found');
  });

  test('that is cancelled or fails leaves nothing, also of what was written already', async () => {
    const { store } = snapshots();
    await store.take([state('agent:a', '1')], MANUAL);
    const before = store.bytes;
    const stop = new AbortController();
    // Too large to wait in memory for the end.
    const large = Buffer.alloc(9 * 1024 * 1024, 'x');
    const some = function* (fail: () => void): Generator<CapturedState> {
      yield state('agent:b', large);
      fail();
      yield state('agent:c', '2');
    };
    const cancelled = store.take(
      some(() => stop.abort()),
      { ...MANUAL, signal: stop.signal },
    );
    expect(await codeOf(() => cancelled)).toBe('cancelled');
    const failing = store.take(
      some(() => {
        throw new RangeError('gone');
      }),
      MANUAL,
    );
    await expect(failing).rejects.toThrow('gone');
    expect(store.list({ limit: 10 }).total).toBe(1);
    expect(rows(store, 'SELECT id FROM manifests WHERE hash IS NULL')).toEqual([]);
    expect(rows(store, 'SELECT id FROM objects')).toHaveLength(1);
    expect(store.bytes).toBeLessThan(before + large.length);
  });

  test('tells how far it has come', async () => {
    const { store } = snapshots();
    const told: string[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => told.push(`${done}/${total}`);
    await store.take([state('agent:a', '1'), state('agent:b', '2')], { ...MANUAL, total: 2, onProgress });
    expect(told).toEqual(['1/2', '2/2']);
  });
});

describe('what is stored', () => {
  test('of 1,000 snapshots of a conversation growing to 1,000 messages of 1 kB is at most 2 MB', async () => {
    const { store } = snapshots();
    const ids: string[] = [];
    let last = Buffer.alloc(0);
    for (const bytes of growingConversation(1000)) {
      ids.push((await store.take([state('session:friday', bytes)], MANUAL)).id);
      last = Buffer.from(bytes);
    }
    expect(last.length).toBeGreaterThan(950_000);
    expect(store.bytes).toBeLessThan(2_000_000);
    expect(Buffer.compare(store.read(ids.at(-1) ?? '', 'session:friday'), last)).toBe(0);
    // From the first, the middle of a group, and a head.
    const wanted = new Set([0, 63, 64, 500, 998]);
    let at = 0;
    for (const bytes of growingConversation(999)) {
      if (wanted.has(at)) expect(Buffer.compare(store.read(ids[at] ?? '', 'session:friday'), bytes)).toBe(0);
      at += 1;
    }
  });

  test('is put together from at most a group and the heads, however many versions there were', async () => {
    const { store } = snapshots();
    const filler = 'x'.repeat(20_000);
    for (let at = 0; at < 500; at += 1) await store.take([state('agent:a', `{"n": ${at}, "f": "${filler}"}`)], MANUAL);
    const [{ most } = { most: 0 }] = rows<{ most: number }>(store, 'SELECT max(step + heads) AS most FROM objects');
    expect(most).toBeGreaterThan(40);
    expect(most).toBeLessThan(31 + 64);
  });

  test('grows by next to nothing where nothing has changed', async () => {
    const { store } = snapshots();
    const states = Array.from({ length: 300 }, (_, at) => state(`agent:${at}`, `{"agent": ${at}}`));
    await store.take(states, MANUAL);
    await store.take(states, MANUAL);
    expect(rows(store, 'SELECT id FROM manifests')).toHaveLength(1);
    expect(rows(store, 'SELECT manifest FROM manifest_states')).toHaveLength(300);
  });

  test('property: any sequence of takes, removals and prunes leaves every snapshot that stays as it was', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.tuple(fc.nat(3), fc.nat(400)).map(([unit, count]) => `${'abcd'[unit]}{"m": 1},`.repeat(count)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          act: fc.constant('take' as const),
          reason: reasons,
          states: fc.dictionary(fc.constantFrom('a:1', 'a:2', 'b:1'), text, { minKeys: 1 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('remove' as const), which: fc.nat() }) },
      {
        weight: 1,
        arbitrary: fc.record({ act: fc.constant('prune' as const), keep: fc.nat(4), manual: fc.boolean() }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const store = SnapshotStore.open(temporaryFolder(), SOURCE);
        try {
          const expected = new Map<string, Record<string, string>>();
          for (const each of steps) {
            if (each.act === 'take') {
              const states = Object.entries(each.states).map(([key, content]) =>
                state(key, Buffer.from(content, 'latin1')),
              );
              expected.set((await store.take(states, { reason: each.reason })).id, each.states);
            } else if (each.act === 'remove') {
              const id = [...expected.keys()][each.which % Math.max(1, expected.size)];
              if (id !== undefined) store.remove(id);
              expected.delete(id ?? '');
            } else {
              const plan = await store.prunePlan({ keep: each.keep, olderThanDays: null, manual: each.manual });
              const report = await store.prune(plan);
              expect(report).toEqual({
                snapshots: plan.snapshots.length,
                bytes: plan.bytes,
                remaining: plan.remaining,
              });
              const left = new Set(store.list({ limit: 1000 }).rows.map(({ id }) => id));
              for (const id of expected.keys()) if (!left.has(id)) expected.delete(id);
            }
          }
          expect(store.list({ limit: 1000 }).total).toBe(expected.size);
          for (const [id, states] of expected) {
            expect(store.manifest(id).map(({ key }) => key)).toEqual(Object.keys(states).toSorted());
            for (const [key, content] of Object.entries(states)) {
              expect(Buffer.from(store.read(id, key)).toString('latin1')).toBe(
                Buffer.from(content, 'latin1').toString('latin1'),
              );
            }
          }
          if (expected.size === 0 && steps.some(({ act }) => act === 'take')) {
            expect(rows(store, 'SELECT id FROM objects UNION ALL SELECT id FROM object_data')).toEqual([]);
          }
        } finally {
          store.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

const reasons = fc.constantFrom<SnapshotReason>('manual', 'before-edit', 'before-restore');

describe('a list of snapshots', () => {
  test('has each once, the newest first, page by page, also of those taken in the same moment', async () => {
    const { store } = snapshots();
    const ids: string[] = [];
    for (let at = 0; at < 25; at += 1) {
      ids.push((await store.take([state('agent:a', String(at))], { ...MANUAL, takenAt: Math.floor(at / 10) })).id);
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: ReturnType<SnapshotStore['list']> = store.list({ limit: 10, after });
      seen.push(...page.rows.map(({ id }) => id));
      expect(page.total).toBe(25);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(ids.toReversed());
    expect(store.list({ limit: 3, offset: 20 }).rows.map(({ id }) => id)).toEqual(seen.slice(20, 23));
  });

  test('is narrowed by words of name, description and tags, by a tag, and by a key', async () => {
    const { store } = snapshots();
    await store.take([state('agent:a', '1')], { ...MANUAL, name: 'Before Upgrade', tags: ['Release 2'] });
    await store.take([state('agent:b', '2')], { ...MANUAL, name: '100%_sure', description: 'an Upgrade again' });
    const names = (filter: Parameters<SnapshotStore['list']>[0]['filter'] & object) =>
      store.list({ filter, limit: 10 }).rows.map(({ name }) => name);
    expect(names({ words: 'UPGRADE' })).toEqual(['100%_sure', 'Before Upgrade']);
    expect(names({ words: 'upgrade release' })).toEqual(['Before Upgrade']);
    expect(names({ words: '%' })).toEqual(['100%_sure']);
    expect(names({ tag: 'Release 2' })).toEqual(['Before Upgrade']);
    expect(names({ tag: 'Release' })).toEqual([]);
    expect(names({ key: 'agent:b' })).toEqual(['100%_sure']);
  });

  test('finds the one that a person means', async () => {
    const { store } = snapshots();
    const first = await store.take([state('agent:a', '1')], { ...MANUAL, name: 'good', takenAt: 1 });
    const second = await store.take([state('agent:a', '2')], { ...MANUAL, name: 'good', takenAt: 2 });
    expect(store.find(first.id)?.id).toBe(first.id);
    expect(store.find(first.id.slice(0, 8))?.id).toBe(first.id);
    expect(store.find('good')?.id).toBe(second.id);
    expect(store.find('s')).toBeNull();
    expect(store.find('')).toBeNull();
  });

  test('compares two by what is in them', async () => {
    const { store } = snapshots();
    const a = await store.take([state('x:1', '1'), state('x:2', '2'), state('x:3', '3')], MANUAL);
    const b = await store.take([state('x:2', '2'), state('x:3', '33'), state('x:4', '4')], MANUAL);
    expect(store.compare(a.id, b.id)).toEqual({ added: ['x:4'], removed: ['x:1'], changed: ['x:3'], same: 1 });
  });
});

describe('what people say about a snapshot', () => {
  test('can be changed, and found again; its states cannot', async () => {
    const { store } = snapshots();
    const { id } = await store.take([state('agent:a', '1')], { ...MANUAL, name: 'old', tags: ['a'] });
    expect(store.change(id, { name: 'new' })).toMatchObject({ name: 'new', tags: ['a'] });
    expect(store.change(id, { description: 'why', tags: ['b'] })).toMatchObject({ name: 'new', description: 'why' });
    expect(store.list({ filter: { words: 'new why b' }, limit: 1 }).total).toBe(1);
    expect(store.list({ filter: { words: 'old' }, limit: 1 }).total).toBe(0);
    expect(await codeOf(() => store.change('s0', {}))).toBe('snapshot-missing');
  });

  test('a pinned one is not removed before it is unpinned', async () => {
    const { store } = snapshots();
    const { id } = await store.take([state('agent:a', '1')], MANUAL);
    store.change(id, { pinned: true });
    expect(await codeOf(() => store.remove(id))).toBe('snapshot-pinned');
    store.change(id, { pinned: false });
    store.remove(id);
    expect(await codeOf(() => store.get(id))).toBe('snapshot-missing');
  });
});

describe('pruning', () => {
  async function six() {
    const { store } = snapshots();
    const day = 24 * 3600 * 1000;
    const taken = [];
    for (let at = 0; at < 6; at += 1) {
      const reason = at % 3 === 0 ? 'manual' : 'before-edit';
      taken.push(await store.take([state('agent:a', `${at}`.repeat(500))], { reason, takenAt: at * day }));
    }
    const left = () => store.list({ limit: 10 }).rows.map(({ takenAt }) => Date.parse(takenAt) / day);
    return { store, taken, left, now: 6 * day };
  }

  test('keeps the newest, those that were taken by hand, and those that are pinned', async () => {
    const { store, taken, left, now } = await six();
    store.change(taken[1]?.id ?? '', { pinned: true });
    await store.prune(await store.prunePlan({ keep: 1, olderThanDays: null, manual: false }, { now }));
    expect(left()).toEqual([5, 3, 1, 0]);
  });

  test('keeps what is younger, and takes those by hand only when asked', async () => {
    const { store, left, now } = await six();
    await store.prune(await store.prunePlan({ keep: 0, olderThanDays: 3, manual: true }, { now }));
    expect(left()).toEqual([5, 4]);
  });

  test('leaves alone what was pinned after the plan was made', async () => {
    const { store, taken, left } = await six();
    const plan = await store.prunePlan({ keep: 0, olderThanDays: null, manual: true });
    store.change(taken[2]?.id ?? '', { pinned: true });
    await store.prune(plan);
    expect(left()).toEqual([2]);
  });

  test('frees what only the pruned ones had, and says so before', async () => {
    const { store, now } = await six();
    const plan = await store.prunePlan({ keep: 0, olderThanDays: null, manual: true }, { now });
    const [{ stored } = { stored: 0 }] = rows<{ stored: number }>(store, 'SELECT sum(stored) AS stored FROM objects');
    expect(plan).toMatchObject({ bytes: stored, remaining: 0 });
    expect(await store.prune(plan)).toEqual({ snapshots: 6, bytes: stored, remaining: 0 });
  });
});

describe('the database', () => {
  test('is not made by looking for snapshots', async () => {
    const { store, folder } = snapshots(`${temporaryFolder()}/snapshots`);
    expect(store.list({ limit: 1 })).toEqual({ rows: [], total: 0, next: null });
    expect(store.find('x')).toBeNull();
    expect(store.bytes).toBe(0);
    expect(await store.prunePlan({ keep: 0, olderThanDays: null, manual: true })).toMatchObject({ snapshots: [] });
    expect(readdirSync(dirname(folder))).toEqual([]);
  });

  test('is seen by a store that was opened before another one made it, and both write', async () => {
    const { store, folder } = snapshots();
    const other = SnapshotStore.open(folder, SOURCE);
    const ids: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      const writer = at % 2 === 0 ? other : store;
      ids.push((await writer.take([state('agent:a', `{"n": ${at}}`.repeat(50))], MANUAL)).id);
    }
    other.close();
    expect(ids.map((id) => textOf(store.read(id, 'agent:a')).slice(0, 9))).toEqual(
      ids.map((_, at) => `{"n": ${at}}`.padEnd(9, '{').slice(0, 9)),
    );
  });
});

function rows<T>(store: SnapshotStore, sql: string): T[] {
  const database = new Sqlite(store.file, { readonly: true });
  try {
    return database.prepare<[], T>(sql).all();
  } finally {
    database.close();
  }
}
