/** Nodes over a real PostgreSQL server, in one process; faults.test.ts has them as processes that are killed. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { postgresTarget } from '../sources/postgres-address.ts';
import { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import { DistributedStateManager, type NodeEvent, type NodeOptions } from './distributed-state-manager.ts';
import { readChanges, readConflicts, readNodes, readVersions } from './meeting-point-reader.ts';
import { createMeetingPoint, findMeetingPoint } from './meeting-point-schema.ts';
import { settleConflict } from './settle.ts';
import { MAX_VALUE_BYTES } from './sync-limits.ts';
import { SyncSession } from './sync-session.ts';
import { readNewestVersions, readVersion } from './version-reader.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

interface Place {
  readonly url: string;
  readonly database: string;
  readonly pool: PostgresPool;
  readonly folder: string;
  node(id: string, options?: Partial<NodeOptions>): Promise<DistributedStateManager>;
}

async function makePlace(): Promise<Place> {
  const database = await server.makeDatabase();
  const url = server.url(database);
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const pool = await PostgresPool.create(await postgresTarget({ url }), { size: 2, timeoutSeconds: 10 });
  onTestFinished(async () => {
    await pool.close();
    rmSync(folder, { recursive: true });
  });
  const node = async (id: string, options: Partial<NodeOptions> = {}) => {
    const opened = await DistributedStateManager.open({
      address: { url },
      id,
      data: join(folder, `${id}.node`),
      timeoutSeconds: 10,
      ...options,
    });
    onTestFinished(() => opened.close());
    return opened;
  };
  return { url, database, pool, folder, node };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | null | undefined) =>
  value ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(value) : value;
const codeOf = (error: unknown) => (error instanceof SourceError ? error.code : error);

/** Twice round, so that each has what the others had when it began. */
async function bringTogether(...nodes: readonly DistributedStateManager[]): Promise<void> {
  for (const node of [...nodes, ...nodes]) await node.sync();
}

const holds = (node: DistributedStateManager) =>
  [...node.keys()].map((key) => [key, node.state(key)?.versions.map(({ hash, vector }) => [hash, [...vector]])]);

describe('values', () => {
  test('arrive byte for byte, also those that count as false', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    const values = ['', '0', 'false', 'null', '""', '{}', '{"a":1.0, "a":2}', '\u0000\uffff'];
    for (const [at, value] of values.entries()) a.set(`note:${at}`, bytes(value));
    await bringTogether(a, b);
    expect([...b.keys()].map((key) => text(b.state(key)?.value))).toEqual(values);
    expect([...b.keys()].map((key) => b.state(key)?.version.deleted)).not.toContain(true);
    expect(b.get('note:0')).toHaveLength(0);
  });

  test('a deletion arrives, and a later write brings the key back', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    a.set('note:x', bytes('1'));
    await bringTogether(a, b);
    b.delete('note:x');
    await bringTogether(b, a);
    expect([a.get('note:x'), a.state('note:x')?.version.deleted]).toEqual([null, true]);
    a.set('note:x', bytes('2'));
    await bringTogether(a, b);
    expect([text(b.get('note:x')), b.state('note:x')?.isConflict]).toEqual(['2', false]);
  });

  test('a value that no notification could carry wakes the others up all the same', async () => {
    const place = await makePlace();
    const arrived = Promise.withResolvers<void>();
    const [a, b] = [
      await place.node('a'),
      await place.node('b', { onEvent: (event) => event.kind === 'applied' && arrived.resolve() }),
    ];
    b.start();
    // Until b listens, it would find the value by looking.
    const listening = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    await expect.poll(() => server.query(place.database, listening), { timeout: 20_000 }).toHaveLength(1);
    await expect.poll(async () => (await readNodes(place.pool)).length, { timeout: 20_000 }).toBe(1);
    const value = Buffer.alloc(3_000_000, '多');
    a.set('note:large', value);
    const begun = performance.now();
    await a.sync();
    await arrived.promise;
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(value.equals(b.get('note:large') ?? new Uint8Array())).toBe(true);
  });

  test.each(['nokind', 'agents:x', 'note:\u0000', 'note:\ud800', `note:${'键'.repeat(334)}`])(
    '%j is no key',
    async (key) => {
      const place = await makePlace();
      const a = await place.node('a');
      expect(() => a.set(key, bytes('1'))).toThrow(expect.objectContaining({ code: 'invalid-key' }));
      expect(a.queued).toBe(0);
    },
  );

  test('a value that no node could read any more is refused where it is written', async () => {
    const place = await makePlace();
    const a = await place.node('a');
    const value = Buffer.alloc(MAX_VALUE_BYTES + 1);
    expect(() => a.set('note:x', value)).toThrow(expect.objectContaining({ code: 'state-too-large' }));
    expect(a.queued).toBe(0);
  });
});

describe('concurrent writes', () => {
  test('all are kept, told of, and shown alike by all nodes, whatever their clocks say', async () => {
    const place = await makePlace();
    const told: NodeEvent[] = [];
    const hours = 3_600_000;
    const a = await place.node('a', { now: () => Date.now() - 9 * hours, onEvent: (event) => told.push(event) });
    const b = await place.node('b', { now: () => Date.now() + 9 * hours });
    a.set('note:x', bytes('from a'));
    b.set('note:x', bytes('from b'));
    b.set('note:y', bytes('alone'));
    await bringTogether(a, b);
    expect(holds(a)).toEqual(holds(b));
    expect(
      a
        .state('note:x')
        ?.versions.map(({ value }) => text(value))
        .toSorted(),
    ).toEqual(['from a', 'from b']);
    expect(told.filter(({ kind }) => kind === 'conflict')).toMatchObject([{ key: 'note:x' }]);

    const [conflict, ...others] = await readConflicts(place.pool, { status: 'open', after: null, limit: 10 });
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({ key: 'note:x', status: 'open', versions: [{ node: 'b' }, { node: 'a' }] });
    const newestFirst = await readNewestVersions(place.pool, { key: 'note:x', before: null, limit: 10 });
    const logged = newestFirst.toReversed();
    const [first] = logged;
    expect(logged.map(({ concurrentWith }) => concurrentWith)).toEqual([
      [],
      [{ writer: first?.writer, first: 1, last: first?.counter }],
    ]);
  });

  test('a later write has seen only what was shown: the version beside it stays', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    a.set('note:x', bytes('from a'));
    b.set('note:x', bytes('from b'));
    await bringTogether(a, b);
    expect(text(a.get('note:x'))).toBe('from b');
    a.set('note:x', bytes('on top of b'));
    await bringTogether(a, b);
    expect(holds(a)).toEqual(holds(b));
    expect(b.state('note:x')?.versions.map(({ value }) => text(value))).toEqual(['on top of b', 'from a']);
  });

  test('the same value twice is nothing to settle', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    for (const node of [a, b]) node.set('note:x', bytes('same'));
    await bringTogether(a, b);
    expect(a.state('note:x')).toMatchObject({ isConflict: false, versions: [{}, {}] });
    expect(await readConflicts(place.pool, { status: 'open', after: null, limit: 10 })).toEqual([]);
    b.set('note:x', bytes('next'));
    await bringTogether(b, a);
    expect(a.state('note:x')?.versions).toHaveLength(1);
  });

  test('a person settles for all; the other version stays to be read', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    a.set('note:x', bytes('from a'));
    b.delete('note:x');
    await bringTogether(a, b);
    const [conflict] = await readConflicts(place.pool, { status: 'open', after: null, limit: 10 });
    const versions = conflict?.versions ?? [];
    const ofA = versions.find(({ node }) => node === 'a');
    if (ofA === undefined) throw new Error('the version of a is not there');
    await settleConflict(place.pool, { key: 'note:x', versions, choice: { kind: 'version', version: ofA }, by: 'Ada' });
    await bringTogether(a, b);
    expect(holds(a)).toEqual(holds(b));
    expect(a.state('note:x')).toMatchObject({ isConflict: false, version: { settledBy: 'Ada' } });
    expect(text(b.get('note:x'))).toBe('from a');
    expect(await readConflicts(place.pool, { status: 'open', after: null, limit: 10 })).toEqual([]);
    expect(await readConflicts(place.pool, { status: 'settled', before: null, limit: 10 })).toMatchObject([
      { key: 'note:x', status: 'settled', versions, settled: { by: 'Ada', chosen: { counter: ofA.counter } } },
    ]);
    expect(text((await readVersion(place.pool, ofA)).value)).toBe('from a');
    // Who looks at what is settled is told so.
    const again = settleConflict(place.pool, { key: 'note:x', versions, choice: { kind: 'delete' }, by: 'Bob' });
    expect(await again.catch(codeOf)).toBe('conflict');
  });

  test('left to themselves, nodes take what all of them show, once', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a', { automatic: true }), await place.node('b', { automatic: true })];
    a.set('note:x', bytes('from a'));
    b.set('note:x', bytes('from b'));
    for (let round = 0; round < 3; round++) await Promise.all([a.sync(), b.sync()]);
    expect(holds(a)).toEqual(holds(b));
    expect(a.state('note:x')).toMatchObject({ isConflict: false, version: { settledBy: 'automatic' } });
    expect(text(a.get('note:x'))).toBe('from b');
    expect(await readConflicts(place.pool, { status: 'settled', before: null, limit: 10 })).toHaveLength(1);
  });
});

describe('without the server', () => {
  test('a node writes, is closed, is opened again, and what it wrote arrives in its order', async () => {
    const place = await makePlace();
    const address = { url: 'postgresql://nobody@127.0.0.1:1/none' };
    const away = await place.node('a', { address });
    for (let number = 1; number <= 3; number++) away.set('note:x', bytes(String(number)));
    expect(await away.sync().catch(codeOf)).toBe('unreachable');
    await away.close();
    const a = await place.node('a');
    expect([text(a.get('note:x')), a.queued]).toEqual(['3', 3]);
    await a.sync();
    expect(a.queued).toBe(0);
    const changes = await readChanges(place.pool, { after: 0, limit: 10 });
    expect(changes.map(({ seq, value }) => [seq, text(value)])).toEqual([
      [1, '1'],
      [2, '2'],
      [3, '3'],
    ]);
  });

  test('a running node says so, goes on, and catches up when the server is back', async () => {
    const place = await makePlace();
    const kinds: string[] = [];
    const a = await place.node('a', { onEvent: ({ kind }) => kinds.push(kind) });
    const b = await place.node('b');
    a.start();
    await expect.poll(() => kinds, { timeout: 20_000 }).toContain('connected');
    await server.stop();
    await expect.poll(() => kinds, { timeout: 20_000 }).toContain('offline');
    a.set('note:x', bytes('written without a server'));
    await server.start();
    await expect.poll(() => a.queued, { timeout: 20_000 }).toBe(0);
    await b.sync();
    expect(text(b.get('note:x'))).toBe('written without a server');
    expect(kinds.filter((kind) => kind === 'offline')).toHaveLength(1);
  });

  test('a server that takes calls and never answers keeps nobody who gives up', async () => {
    const place = await makePlace();
    const calls: Socket[] = [];
    const silent = createServer((call) => calls.push(call)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => {
      for (const call of calls) call.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const address = { url: `postgresql://ada@127.0.0.1:${port}/db` };
    const node = await place.node('a', { address, timeoutSeconds: 60 });
    const begun = performance.now();
    const cancelled = node.sync(AbortSignal.timeout(10)).catch(codeOf);
    node.start();
    await expect.poll(() => calls.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(await cancelled).toBe('cancelled');
    const closing = performance.now();
    await node.close();
    expect(performance.now() - closing).toBeLessThan(3000);
    const session = new SyncSession({ location: address.url, secret: undefined, journal: () => null });
    expect(await session.status({ signal: AbortSignal.timeout(10) }).catch(codeOf)).toBe('cancelled');
    await session.close();
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('what a call that lost its answer has added is not added again', async () => {
    const place = await makePlace();
    const a = await place.node('a');
    a.set('note:x', bytes('1'));
    const queue = a.store.queue(10, 1e6);
    await a.sync();
    a.store.apply([], { ...a.position, applied: 0, version: '' });
    const { appendChanges } = await import('./meeting-point-writer.ts');
    await appendChanges(
      place.pool,
      a.position.epoch,
      queue.map(({ change }) => change),
    );
    expect(await readChanges(place.pool, { after: 0, limit: 10 })).toHaveLength(1);
  });
});

describe('the table of changes', () => {
  test('a change that is committed late is not passed over', async () => {
    const place = await makePlace();
    const [a, b, c] = [await place.node('a'), await place.node('b'), await place.node('c')];
    await bringTogether(a, b, c);
    // a has been given its number and is slow to commit.
    await server.query(
      place.database,
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.node = 'a' THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW;
      END $$`,
      'CREATE TRIGGER slow BEFORE INSERT ON statescope_sync.changes FOR EACH ROW EXECUTE FUNCTION slow()',
    );
    const slow = new Client(place.url);
    await slow.connect();
    onTestFinished(() => slow.end());
    await slow.query('SELECT pg_advisory_lock(1)');
    const waiting = async () => (await slow.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount;
    a.set('note:a', bytes('1'));
    b.set('note:b', bytes('2'));
    const slowly = a.sync();
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(1);
    const behind = b.sync();
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(2);
    // Meanwhile a reader goes as far as it can.
    await c.sync();
    const before = c.position.applied;
    await slow.query('SELECT pg_advisory_unlock(1)');
    await Promise.all([slowly, behind]);
    await c.sync();
    expect([before, c.position.applied]).toEqual([0, 2]);
    expect([text(c.get('note:a')), text(c.get('note:b'))]).toEqual(['1', '2']);
  });

  test('numbers have no gaps and go with the order of commits, however many add at once', async () => {
    const place = await makePlace();
    const nodes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => place.node(id)));
    await createMeetingPoint(place.pool);
    const reader = await place.node('reader');
    const applied: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (const node of nodes) for (let n = 0; n < 5; n++) node.set(`note:${node.id}-${n}`, bytes(`${round}`));
      await Promise.all([...nodes.map((node) => node.sync()), reader.sync()]);
      applied.push(reader.position.applied);
    }
    await bringTogether(...nodes, reader);
    const all = await readVersions(place.pool, { after: 0, limit: 1000 });
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    for (const node of nodes) expect(holds(node)).toEqual(holds(reader));
  });

  test('when the database is put back to an earlier state, nodes offer what it lacks', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    a.set('note:old', bytes('1'));
    await bringTogether(a, b);
    a.set('note:lost', bytes('2'));
    b.set('note:old', bytes('3'));
    await bringTogether(a, b);
    await server.query(
      place.database,
      'DELETE FROM statescope_sync.changes WHERE seq > 1',
      'DELETE FROM statescope_sync.standing WHERE seq > 1',
      'INSERT INTO statescope_sync.standing SELECT key, seq, writer, counter, vector, depth, hash FROM statescope_sync.changes ON CONFLICT DO NOTHING',
      'UPDATE statescope_sync.meta SET newest = 1',
    );
    const c = await place.node('c');
    c.set('note:new', bytes('4'));
    await c.sync();
    await bringTogether(a, b, c);
    for (const node of [a, b, c]) {
      expect(['old', 'lost', 'new'].map((id) => text(node.get(`note:${id}`)))).toEqual(['3', '2', '4']);
      expect(holds(node)).toEqual(holds(a));
    }
  });

  test('an empty database in place of the old one is filled again', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    a.set('note:x', bytes('1'));
    await bringTogether(a, b);
    await server.query(place.database, 'DROP SCHEMA statescope_sync CASCADE');
    const c = await place.node('c');
    await bringTogether(b, c);
    expect(text(c.get('note:x'))).toBe('1');
  });

  test('a node whose file was copied is stopped before it mixes up what is there', async () => {
    const place = await makePlace();
    const a = await place.node('a');
    a.set('note:x', bytes('1'));
    await a.sync();
    await a.close();
    const { copyFileSync } = await import('node:fs');
    copyFileSync(join(place.folder, 'a.node'), join(place.folder, 'copy.node'));
    const again = await place.node('a');
    const copy = await place.node('a', { data: join(place.folder, 'copy.node') });
    again.set('note:x', bytes('2'));
    copy.set('note:y', bytes('3'));
    await again.sync();
    expect(await copy.sync().catch(codeOf)).toBe('sync-copied');
    expect(copy.queued).toBe(1);
  });

  test('a file that was put back from a backup goes on behind the numbers that it has used', async () => {
    const place = await makePlace();
    const a = await place.node('a');
    a.set('note:x', bytes('1'));
    await a.sync();
    await a.close();
    const { copyFileSync } = await import('node:fs');
    copyFileSync(join(place.folder, 'a.node'), join(place.folder, 'backup.node'));
    const later = await place.node('a');
    later.set('note:x', bytes('2'));
    await later.sync();
    await later.close();
    const restored = await place.node('a', { data: join(place.folder, 'backup.node') });
    await restored.sync();
    restored.set('note:x', bytes('3'));
    await restored.sync();
    expect([text(restored.get('note:x')), restored.state('note:x')?.versions.length]).toEqual(['3', 1]);
  });

  test('needs no superuser, and a second time nothing', async () => {
    const place = await makePlace();
    await server.query(
      place.database,
      `CREATE ROLE sync_${place.database} LOGIN PASSWORD 'geheim'`,
      `GRANT CREATE ON DATABASE ${place.database} TO sync_${place.database}`,
    );
    const address = { url: place.url, user: `sync_${place.database}`, password: 'geheim' };
    const a = await place.node('a', { address });
    a.set('note:x', bytes('1'));
    await a.sync();
    await server.query(place.database, `REVOKE CREATE ON DATABASE ${place.database} FROM sync_${place.database}`);
    const b = await place.node('b', { address });
    await b.sync();
    expect(text(b.get('note:x'))).toBe('1');
  });

  test('tables of a newer version, and a database without tables, are told', async () => {
    const place = await makePlace();
    expect(await findMeetingPoint(place.pool).catch(codeOf)).toBe('sync-missing');
    await createMeetingPoint(place.pool);
    await findMeetingPoint(place.pool);
    await server.query(place.database, 'UPDATE statescope_sync.meta SET version = 99');
    const a = await place.node('a');
    expect(await a.sync().catch(codeOf)).toBe('sync-newer');
  });
});

describe('nodes', () => {
  test('tell how far they have come', async () => {
    const place = await makePlace();
    const [a, b] = [await place.node('a'), await place.node('b')];
    await bringTogether(a, b);
    a.set('note:x', bytes('1'));
    a.set('note:y', bytes('2'));
    await a.sync();
    await b.close();
    a.set('note:z', bytes('3'));
    expect(await readNodes(place.pool)).toMatchObject([
      {
        id: 'a',
        writer: expect.stringMatching(/^a~[0-9a-f]{8}$/),
        applied: 2,
        newest: 2,
        lagChanges: 0,
        lagSeconds: 0,
        queued: 0,
        state: 'connected',
      },
      { id: 'b', applied: 0, lagChanges: 2, state: 'offline' },
    ]);
    expect((await readNodes(place.pool))[1]?.lagSeconds).toBeGreaterThan(0);
  });

  test('a file is one node of one program', async () => {
    const place = await makePlace();
    await place.node('a');
    expect(await place.node('a').catch(codeOf)).toBe('locked');
    const other = place.node('b', { data: join(place.folder, 'a.node') });
    expect(['locked', 'bad-config']).toContain(await other.catch(codeOf));
    expect(await place.node('../x').catch(codeOf)).toBe('bad-config');
    expect(existsSync(join(place.folder, '..', 'x.node'))).toBe(false);
  });

  test('the password stands in no error and in no file of the node', async () => {
    const place = await makePlace();
    const password = 'Tr0ub4dor';
    const a = await place.node('a', { address: { url: place.url.replace(/:[^:@]+@/, `:${password}@`) } });
    a.set('note:x', bytes('1'));
    const error = await a.sync().catch((error: unknown) => error);
    expect(codeOf(error)).toBe('auth-failed');
    expect(JSON.stringify([error, String(error), a.location])).not.toContain(password);
    expect(readFileSync(join(place.folder, 'a.node')).includes(password)).toBe(false);
  });
});
