/** Copying to and from a real PostgreSQL, and a persistence.yaml that names one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { ABSENT, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { copyStates, moveStates } from './copy.ts';
import { openStore } from './open-store.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

async function store(location: string, env = {}): Promise<StateBackend> {
  const backend = await openStore(location, { create: true, env });
  onTestFinished(() => backend.close());
  return backend;
}

test('what JSONB cannot hold is told, and the rest is copied, and back again', async () => {
  const files = await store(join(temporaryFolder(), 'files'));
  await files.save('agent:nan', recordOf('{"score": NaN}'), ABSENT);
  await files.save('agent:order', recordOf('{"b": 1.0, "a": 12345678901234567890}'), ABSENT);
  const database = await store(server.url(await server.makeDatabase()));
  const there = await copyStates(files, database);
  expect(there.states.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['agent:nan', 'unsupported'],
    ['agent:order', 'copied'],
  ]);
  expect((await copyStates(files, database)).counts).toMatchObject({ same: 1, unsupported: 1 });
  const back = await moveStates(database, await store(join(temporaryFolder(), 'back.db')));
  expect(back.counts).toMatchObject({ moved: 1 });
  expect(back.states[0]?.checksum).toBe(there.states[1]?.checksum);
  expect(await database.list()).toEqual([]);
  expect((await database.trash()).map(({ key }) => key)).toEqual(['agent:order']);
});

test('a persistence.yaml with a server is written to and read as one; the password comes from the environment and goes nowhere', async () => {
  const folder = temporaryFolder();
  const database = await server.makeDatabase();
  const path = write(
    folder,
    'persistence.yaml',
    `persistence:
  default_backend: files
  backends:
    files: {type: filesystem, base_path: states}
    db: {type: postgresql, host: 127.0.0.1, port: "\${DB_PORT}", user: ${server.user}, password: "\${DB_PASSWORD}", database: ${database}, ssl: false, pool_size: 2, timeout: 5}
  rules:
    - {pattern: "agent:*", backend: db, ttl: 60}
`,
  );
  const env = { DB_PORT: String(server.port), DB_PASSWORD: server.password };
  const routed = await store(path, env);
  await routed.save('agent:a', recordOf('{"a": 1}'), ABSENT);
  await routed.save('note:n', recordOf('{"n": 1}'), ABSENT);
  expect(await routed.list()).toEqual(['agent:a', 'note:n']);

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../cli/cli.ts'), ...args], {
      env: { ...process.env, ...env, LC_ALL: 'C' },
      encoding: 'utf8',
    });
  const info = run('info', path, '--json');
  expect(JSON.parse(info.stdout)).toMatchObject({ states: 2, problems: [], source: { format: 'persistence' } });
  const copied = run('copy', server.url(database), join(folder, 'copy'), '--create', '--write', '--json');
  expect(JSON.parse(copied.stdout)).toMatchObject({ counts: { copied: 1 } });
  expect([info, copied].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain(server.password);

  Object.assign(process.env, env);
  onTestFinished(() => {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
  });
  const source = await opened(path);
  const { fields } = (await source.read('agent:a')).metadata;
  expect(fields).toContainEqual({ name: 'backend', value: 'db' });
  expect(fields.map(({ name }) => name)).toContain('expires_at');
});
