/** `node` and `conflicts` against a real PostgreSQL server: how a person and a script use them. What nodes do is tested in core/sync. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ConflictRow, SyncStatus } from '../../shared/ipc/sync.ts';
import { ANY } from '../core/persistence/backend.ts';
import { openStore } from '../core/persistence/open-store.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../core/persistence/postgres-test-server.ts';
import { DistributedStateManager } from '../core/sync/distributed-state-manager.ts';
import { addConflictCommands } from './conflict-commands.ts';
import { addNodeCommands } from './node-commands.ts';
import { runCommand } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

let folder: string;
let database: string;
/** Without the password, which is in the environment. */
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['XDG_CONFIG_HOME', 'APPDATA']) vi.stubEnv(name, join(folder, 'config'));
  vi.stubEnv('PGPASSWORD', server.password);
  onTestFinished(() => void vi.unstubAllEnvs());
  database = await server.makeDatabase();
  url = `postgresql://${server.user}@127.0.0.1:${server.port}/${database}`;
});

async function makeStore(name: string, states: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, name);
  const store = await openStore(path, { create: true });
  for (const [key, text] of Object.entries(states)) {
    const record = { type: 'T', version: '1.0.0', timestamp: null, stateData: Buffer.from(text), metadata: null };
    await store.save(key, record, ANY);
  }
  await store.close();
  return path;
}

async function statesOf(path: string): Promise<Readonly<Record<string, string>>> {
  const store = await openStore(path);
  const states: Record<string, string> = {};
  for (const key of await store.list()) {
    const loaded = await store.load(key);
    if (loaded.status === 'found') states[key] = Buffer.from(loaded.record.stateData).toString();
  }
  await store.close();
  return states;
}

const start = (...args: string[]) => runCommand(addNodeCommands, 'node', 'start', '--url', url, ...args);

test('node start, once: what one store has is in the other; one that is not to be written is left alone', async () => {
  const [a, b, c] = [
    await makeStore('a', { 'agent:x': '{"n": 1.0}' }),
    await makeStore('b.db', { 'agent:y': '{"n": 2}' }),
    await makeStore('c', { 'agent:z': '0' }),
  ];
  const first = await start('--id', 'a', '--store', a, '--write', '--once');
  expect([first.code, first.err]).toEqual([0, '']);
  expect(first.text).toContain('sent: 1');
  await start('--id', 'b', '--store', b, '--write', '--once');
  await start('--id', 'c', '--store', c, '--once');
  await start('--id', 'a', '--store', a, '--write', '--once');
  expect(await statesOf(a)).toEqual({ 'agent:x': '{"n": 1.0}', 'agent:y': '{"n": 2}', 'agent:z': '0' });
  expect(await statesOf(b)).toEqual({ 'agent:x': '{"n": 1.0}', 'agent:y': '{"n": 2}' });
  expect(await statesOf(c)).toEqual({ 'agent:z': '0' });
});

test('node start: a conflict is told, in lines that programs read; --automatic settles it', async () => {
  const [a, b] = [await makeStore('a', { 'agent:x': '1' }), await makeStore('b', { 'agent:x': '2' })];
  await start('--id', 'a', '--store', a, '--write', '--once');
  const { text } = await start('--id', 'b', '--store', b, '--write', '--once', '--json');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(lines).toContainEqual(expect.objectContaining({ event: 'conflict', key: 'agent:x' }));
  expect(lines.at(-1)).toMatchObject({ event: 'ended', id: 'b', queued: 0 });
  await start('--id', 'b', '--store', b, '--write', '--once', '--automatic');
  await start('--id', 'a', '--store', a, '--write', '--once');
  expect(await statesOf(a)).toEqual(await statesOf(b));
  expect((await start('--id', 'a', '--store', a, '--write', '--once')).text).not.toContain('conflict');
});

test('node start: what is wrong with the arguments, and no password in anything that is told or kept', async () => {
  const wrong = 'Tr0ub4dor';
  vi.stubEnv('PGPASSWORD', '');
  const withPassword = url.replace('@', `:${wrong}@`);
  const refused = await runCommand(addNodeCommands, 'node', 'start', '--url', withPassword, '--id', 'a', '--once');
  expect(refused.err).toBe('auth-failed');
  expect(refused.text).not.toContain(wrong);
  for (const name of readdirSync(join(folder, 'config'), { recursive: true, withFileTypes: true })) {
    if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(wrong)).toBe(false);
  }
  expect((await start('--id', 'a', '--once')).err).toBe('secret-needed');
  expect((await start('--id', '../a', '--once')).err).toBe('bad-config');
  const other = await runCommand(addNodeCommands, 'node', 'start', '--url', `redis://x:${wrong}@host`, '--id', 'a');
  expect(other.err).toBe('unsupported-url');
  expect((await start('--id', 'a', '--store', join(folder, 'none'), '--once')).err).toBe('path-missing');
});

test('node start, running: begins without the server, sends when it is there, ends with 0', async () => {
  const path = await makeStore('a', { 'agent:x': '1' });
  await server.stop();
  const args = ['node', 'start', '--url', url, '--id', 'a', '--store', path, '--json'];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, 'exit');
  await expect.poll(() => text, { timeout: 30_000 }).toContain('"offline"');
  await server.start();
  await expect.poll(() => text, { timeout: 30_000 }).toContain('"sent"');
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(text).toMatch(/"event":"ended","id":"a","queued":0.*\n$/);
});

const conflicts = (...args: string[]) => runCommand(addConflictCommands, 'conflicts', ...args);

test('conflicts: lists, shows and settles; ends with 1 while something is to be settled', async () => {
  const address = server.url(database);
  const empty = await conflicts('ls', address);
  expect(empty.err).toBe('sync-missing');
  const node = (id: string) =>
    DistributedStateManager.open({
      address: { url: address },
      id,
      data: join(folder, `${id}.node`),
      timeoutSeconds: 10,
    });
  const [a, b] = [await node('a'), await node('b')];
  onTestFinished(async () => {
    await a.close();
    await b.close();
  });
  await a.sync();
  expect(await conflicts('ls', address)).toMatchObject({
    code: 0,
    text: expect.stringContaining('Nothing is to be settled'),
  });
  a.set('session:42', Buffer.from('{"by": "a"}'));
  b.set('session:42', Buffer.from('{"by": "b"}'));
  for (const one of [a, b, a]) await one.sync();

  const listed = await conflicts('ls', address, '--json');
  expect(listed.code).toBe(1);
  const [conflict] = JSON.parse(listed.text) as readonly ConflictRow[];
  expect(conflict).toMatchObject({ key: 'session:42', settled: null });
  const of = (id: string) => conflict?.versions.find((version) => version.node === id);
  const shown = await conflicts('show', address, 'session:42');
  expect(shown.text).toContain('{"by": "a"}');
  expect(shown.text).toContain('{"by": "b"}');
  expect((await conflicts('show', address, 'session:43')).err).toBe('not-found');

  const take = `${of('b')?.writer}:${of('b')?.counter}`;
  expect((await conflicts('settle', address, 'session:42', '--take', take)).text).toContain('--write');
  expect((await conflicts('ls', address)).code).toBe(1);
  expect((await conflicts('settle', address, 'session:42', '--take', 'b:99', '--write')).err).toBe('not-found');
  const both = await conflicts('settle', address, 'session:42', '--take', take, '--delete', '--write');
  expect(both.err).toContain('one of --take, --value and --delete');
  expect((await conflicts('settle', address, 'session:42', '--take', take, '--write')).code).toBe(0);
  await a.sync();
  expect(Buffer.from(a.get('session:42') ?? []).toString()).toBe('{"by": "b"}');
  expect((await conflicts('ls', address)).code).toBe(0);
  const settled = JSON.parse((await conflicts('ls', address, '--settled', '--json')).text) as readonly ConflictRow[];
  expect(settled[0]?.settled?.chosen).toEqual({ writer: of('b')?.writer, counter: of('b')?.counter });

  const status = await runCommand(addNodeCommands, 'node', 'status', '--url', address, '--json');
  const { nodes, openConflicts } = JSON.parse(status.text) as SyncStatus;
  expect(openConflicts).toBe(0);
  expect(nodes.map(({ id, lagChanges }) => [id, lagChanges])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  const told = (await runCommand(addNodeCommands, 'node', 'status', '--url', address)).text;
  expect(told).toContain('has everything');
  expect(told).not.toContain(server.password);

  a.set('session:7', Buffer.from('1'));
  b.set('session:7', Buffer.from('2'));
  for (const one of [a, b, a]) await one.sync();
  const file = join(folder, 'value.json');
  writeFileSync(file, '{"half":');
  expect((await conflicts('settle', address, 'session:7', '--value', file, '--write')).err).toBe('unsupported-value');
  writeFileSync(file, '{"whole":1.0}');
  expect((await conflicts('settle', address, 'session:7', '--value', file, '--write')).err).toBe('');
  await a.sync();
  expect(Buffer.from(a.get('session:7') ?? []).toString()).toBe('{"whole":1.0}');
});

test('conflicts: no address of a server is refused, and not repeated', async () => {
  expect(await conflicts('ls', 'mysql://ada:secret@host/db')).toMatchObject({ text: '', err: 'unsupported-url' });
});
