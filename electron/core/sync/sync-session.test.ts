/** The meeting point of nodes as a person looks at it, changes it and settles it; on a real PostgreSQL server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ANY, revisionOf } from '../persistence/backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { type StateWriter, textRevision } from '../writing/state-writer.ts';
import { DistributedStateManager } from './distributed-state-manager.ts';
import { SyncSession } from './sync-session.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);
const codeOf = (error: unknown) => (error instanceof SourceError ? error.code : error);

interface Place {
  readonly database: string;
  readonly session: SyncSession;
  node(id: string): Promise<DistributedStateManager>;
  open(): Promise<Source>;
}

async function makePlace(): Promise<Place> {
  const database = await server.makeDatabase();
  const url = server.url(database);
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const session = new SyncSession({ location: url, secret: undefined, journal: () => null });
  onTestFinished(async () => {
    await session.close();
    rmSync(folder, { recursive: true });
  });
  const node = async (id: string) => {
    const data = join(folder, `${id}.node`);
    const opened = await DistributedStateManager.open({ address: { url }, id, data, timeoutSeconds: 10 });
    onTestFinished(() => opened.close());
    return opened;
  };
  const open = async () => {
    const source = await openSource(url);
    onTestFinished(() => source.close());
    return source;
  };
  return { database, session, node, open };
}

/** Two nodes have written one state without knowing of each other. */
async function inConflict(place: Place): Promise<readonly DistributedStateManager[]> {
  const [a, b] = [await place.node('desk'), await place.node('laptop')];
  a.set('session:42', bytes('{"by":"desk"}'));
  a.set('agent:planner', bytes('{"__type__":"state.AgentStateModule","status":"idle"}'));
  b.set('session:42', bytes('{"by":"laptop"}'));
  for (const one of [a, b, a]) await one.sync();
  return [a, b];
}

const ALL = { after: null, limit: 100 };
const write = (source: Source): StateWriter => {
  const writer = source.writer({ safetyFolder: '' });
  if (typeof writer === 'string') throw new Error(writer);
  return writer;
};

test('a database in which nodes meet opens with the states that they show, and says which are in conflict', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const source = await place.open();
  expect(source.format).toBe('synced-postgresql');
  expect(source.entries.map(({ key, type, status }) => [key, type, status])).toEqual([
    ['agent:planner', 'state.AgentStateModule', 'idle'],
    ['session:42', null, null],
  ]);
  expect(source.problems.map(({ code, key }) => [code, key])).toEqual([['sync-conflict', 'session:42']]);
  expect((await source.read('session:42')).bytes).toEqual(Buffer.from(desk?.get('session:42') ?? []));
  expect(await source.changed()).toEqual(new Set());
});

test('a state that all nodes show as deleted is not listed; that it is in conflict is told, and it is not made anew', async () => {
  const place = await makePlace();
  const [a, b] = [await place.node('a'), await place.node('b')];
  a.set('note:x', bytes('1'));
  for (const one of [a, b]) await one.sync();
  a.set('note:x', bytes('2'));
  b.set('note:x', bytes('3'));
  b.delete('note:x');
  for (const one of [a, b]) await one.sync();
  const source = await place.open();
  expect(source.entries).toEqual([]);
  expect(source.problems).toMatchObject([{ code: 'sync-conflict', key: null, location: 'note:x' }]);
  const writer = write(source);
  expect(writer.createRefusal('note:x', null)).toBe('in-conflict');
  await expect(writer.create('note:x', bytes('4'), null).catch(codeOf)).resolves.toBe('not-writable');
});

test('says which states others have written since, and that a removed one is gone', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const source = await place.open();
  desk?.delete('agent:planner');
  desk?.set('note:new', bytes('1'));
  await desk?.sync();
  expect(await source.changed()).toEqual(new Set(['agent:planner', 'note:new']));
  await expect(source.read('agent:planner').catch(codeOf)).resolves.toBe('not-found');
  expect((await place.open()).entries.map(({ key }) => key)).toEqual(['note:new', 'session:42']);
});

test('tells nodes, how far behind they are, and open conflicts; of another source that there are none', async () => {
  const place = await makePlace();
  await inConflict(place);
  const status = await place.session.status();
  expect(status).toMatchObject({ synchronised: true, newest: 3, openConflicts: 1 });
  expect(status.nodes.map(({ id, applied, lagChanges, queued }) => [id, applied, lagChanges, queued])).toEqual([
    ['desk', 3, 0, 0],
    ['laptop', 3, 0, 0],
  ]);
  const elsewhere = new SyncSession({ location: '/nowhere', secret: undefined, journal: () => null });
  expect(await elsewhere.status()).toEqual({ synchronised: false, nodes: [], newest: 0, openConflicts: 0 });
  expect(await elsewhere.lanes({ key: null, before: null, limit: 10 })).toMatchObject({ order: 'time', events: [] });
});

test('what a person chooses is what all nodes have, and the lanes mark what was lost for it', async () => {
  const place = await makePlace();
  const nodes = await inConflict(place);
  const [conflict] = (await place.session.conflicts({ status: 'open', ...ALL })).rows;
  if (conflict === undefined) throw new Error('no conflict');
  const before = await place.session.lanes({ key: 'session:42', before: null, limit: 10 });
  expect(before.order).toBe('causal');
  expect(before.events.map(({ mark }) => mark)).toEqual(['concurrent', 'concurrent']);
  const [, lost] = conflict.versions;
  const chosen = conflict.versions[1];
  if (chosen === undefined || lost === undefined) throw new Error('one version only');
  const { writer, counter } = chosen;
  const value = await place.session.version({ writer, counter });
  const { key, versions } = conflict;
  await place.session.settle({ key, versions, choice: { kind: 'version', version: { writer, counter } } });
  for (const node of nodes) {
    await node.sync();
    expect(text(node.get('session:42') ?? new Uint8Array())).toBe(text((await value.read('session:42')).bytes));
  }
  expect((await place.session.conflicts({ status: 'open', ...ALL })).rows).toEqual([]);
  const [settled] = (await place.session.conflicts({ status: 'settled', ...ALL })).rows;
  expect(settled?.settled).toMatchObject({ automatic: false, chosen: { writer, counter } });
  const after = await place.session.lanes({ key: 'session:42', before: null, limit: 10 });
  expect(after.events[0]?.mark).toBe('settles');
  const marks = after.events.slice(1).map(({ version, mark }) => `${String(version?.writer === writer)} ${mark}`);
  expect(marks.toSorted()).toEqual(['false lost', 'true null']);
  const again = { key, versions, choice: { kind: 'delete' } as const };
  await expect(place.session.settle(again).catch(codeOf)).resolves.toBe('conflict');
});

test('another value settles as well, unless it is no JSON', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const [conflict] = (await place.session.conflicts({ status: 'open', ...ALL })).rows;
  if (conflict === undefined) throw new Error('no conflict');
  const settle = (value: string) =>
    place.session.settle({ ...conflict, choice: { kind: 'value', text: value } }).catch(codeOf);
  expect(await settle('{"by":')).toBe('unsupported-value');
  expect(await settle('{"by":"both"}')).toBeNull();
  await desk?.sync();
  expect(text(desk?.get('session:42') ?? new Uint8Array())).toBe('{"by":"both"}');
});

test('a state that is written there reaches the nodes; compare-and-swap, undone by its version, refused in a conflict', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const writer = write(await place.open());
  const old = desk?.get('agent:planner') ?? new Uint8Array();
  expect(writer.refusal('session:42')).toBe('in-conflict');
  const refused = writer.replace('session:42', bytes('1'), ANY).catch(codeOf);
  await expect(refused).resolves.toBe('not-writable');
  const stale = await writer.replace('agent:planner', bytes('1'), revisionOf(textRevision(bytes('2'))));
  expect(stale).toEqual({ status: 'conflict', current: textRevision(old) });
  const written = await writer.replace('agent:planner', bytes('{"status":"busy"}'), revisionOf(textRevision(old)));
  if (written.status !== 'written' || written.trash === null) throw new Error(written.status);
  await desk?.sync();
  expect(text(desk?.get('agent:planner') ?? new Uint8Array())).toBe('{"status":"busy"}');
  await writer.restore(written.trash, ANY);
  await desk?.sync();
  expect(desk?.get('agent:planner')).toEqual(old);
  expect(await writer.remove('agent:planner', ANY)).toMatchObject({ status: 'written', revision: null });
  expect(await writer.remove('agent:planner', ANY)).toEqual({ status: 'missing' });
  expect((await place.session.conflicts({ status: 'settled', ...ALL })).rows).toEqual([]);
});

test('what several write there at once is all there, and no key that nodes could not take over', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const writer = write(await place.open());
  const keys = ['note:a', 'note:b', 'note:c'];
  const made = keys.map(async (key) => writer.together?.(() => writer.create(key, bytes('1'), null)));
  for (const written of await Promise.all(made)) expect(written).toMatchObject({ status: 'written' });
  for (const key of ['nokind', `note:${'x'.repeat(1000)}`]) {
    await expect(writer.create(key, bytes('1'), null).catch(codeOf)).resolves.toBe('invalid-key');
  }
  await desk?.sync();
  expect(keys.map((key) => text(desk?.get(key) ?? new Uint8Array()))).toEqual(['1', '1', '1']);
});

test('of a database that was put back it is not said which states are as they were', async () => {
  const place = await makePlace();
  const [desk] = await inConflict(place);
  const source = await place.open();
  desk?.set('agent:planner', bytes('2'));
  await desk?.sync();
  expect(await source.changed()).toEqual(new Set(['agent:planner']));
  desk?.set('session:7', bytes('3'));
  await desk?.sync();
  expect(await source.changed()).toEqual(new Set(['agent:planner', 'session:7']));
  await server.query(
    place.database,
    'DELETE FROM statescope_sync.changes WHERE seq > 3',
    'UPDATE statescope_sync.meta SET newest = 3',
  );
  expect(await source.changed()).toBeNull();
});

test('values that are no JSON are listed and read as they are', async () => {
  const place = await makePlace();
  const node = await place.node('a');
  const values = ['', '{"half":', '\u0000'];
  for (const [at, value] of values.entries()) node.set(`note:${at}`, bytes(value));
  await node.sync();
  const source = await place.open();
  const read = await Promise.all(source.entries.map(async ({ key }) => text((await source.read(key)).bytes)));
  expect(read).toEqual(values);
});

test('nodes that are started later are seen without opening anew', async () => {
  const place = await makePlace();
  expect((await place.session.status()).synchronised).toBe(false);
  const node = await place.node('a');
  await node.sync();
  expect((await place.session.status()).synchronised).toBe(true);
});

test('property: pages of lanes hold each change once, and effects stand above their causes', async () => {
  const place = await makePlace();
  const [a, b] = [await place.node('a'), await place.node('b')];
  const step = fc.record({ node: fc.constantFrom(a, b), key: fc.constantFrom('x:1', 'x:2'), sync: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, limit) => {
        for (const { node, key, sync } of steps) {
          node.set(key, bytes(String(Math.random())));
          if (sync) await node.sync();
        }
        for (const node of [a, b]) await node.sync();
        const { newest } = await place.session.status();
        const seqs: number[] = [];
        for (let before: number | null = null; ; ) {
          const page = await place.session.lanes({ key: null, before, limit });
          for (const { seq, parents, lane } of page.events) {
            seqs.push(seq);
            expect(parents.every((parent) => parent < seq)).toBe(true);
            expect(page.lanes[lane]).toBeDefined();
          }
          if (page.next === null) break;
          before = page.next;
        }
        expect(seqs).toEqual(Array.from({ length: newest }, (_, at) => newest - at));
      },
    ),
    { numRuns: 10 },
  );
});
