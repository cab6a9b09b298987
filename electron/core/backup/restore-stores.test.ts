/** A backup of a store comes back into that store, whatever keeps its states. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ABSENT, ANY, type StateBackend } from '../persistence/backend.ts';
import { openFilesystemBackend } from '../persistence/filesystem-backend.ts';
import { openPostgresBackend } from '../persistence/postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { restoringInto } from '../restore/test-support.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { backupOf } from './backup-test-support.ts';
import { backupRestoreRequest } from './restore-request.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

const textOf = (key: string) => `{"key": "${key}",  "n": 553.0}`;

async function save(backend: StateBackend, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const record = {
      type: 'my.Type',
      version: '1.2',
      timestamp: null,
      metadata: null,
      stateData: Buffer.from(textOf(key)),
    };
    await backend.save(key, record, ABSENT);
  }
  await backend.close();
}

async function remove(backend: StateBackend, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await backend.delete(key, ANY);
  await backend.close();
}

/** Every state: its text, and what stands beside it. */
async function contents(location: string): Promise<readonly unknown[]> {
  const source = await openSource(location);
  try {
    const states = [];
    for (const { key, location: place } of source.entries) {
      const { bytes, metadata } = await source.read(key);
      // The number of a row is another one.
      states.push([key, place.replace(/\/\d+$/, ''), Buffer.from(bytes).toString(), metadata.type, metadata.version]);
    }
    return states.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  } finally {
    await source.close();
  }
}

async function restored(location: string, file: string): Promise<void> {
  const { restoring } = await restoringInto(location);
  const { plan, checks } = await restoring.plan(backupRestoreRequest(file, { only: null, mode: 'replace' }));
  expect(checks.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect((await restoring.apply(plan, [])).status).toBe('restored');
}

test('PostgreSQL', async () => {
  const url = server.url(await server.makeDatabase());
  await save(await openPostgresBackend({ url, create: true }), ['agent:a', 'agent:b']);
  const before = await contents(url);
  const file = await backupOf({ location: url });
  await remove(await openPostgresBackend({ url }), 'agent:a');
  await save(await openPostgresBackend({ url }), ['agent:new']);
  await restored(url, file);
  expect(await contents(url)).toEqual(before);
});

test('the stores of a persistence.yaml, each state into its own', async () => {
  const folder = temporaryFolder();
  const path = write(
    folder,
    'persistence.yaml',
    `persistence:
  default_backend: files
  backends:
    db: {type: sqlite, path: agents.db}
    files: {type: filesystem, base_path: ./states, compression: true}
  rules:
    - {pattern: "agent:*", backend: db}
`,
  );
  const [database, basePath] = [join(folder, 'agents.db'), join(folder, 'states')];
  const files = () => openFilesystemBackend({ basePath, compression: true });
  await save(await openSqliteBackend({ path: database, create: true }), ['agent:a', 'agent:b']);
  await save(await files(), ['session:s', 'note:n']);
  const before = await contents(path);
  const file = await backupOf({ location: path });
  await remove(await openSqliteBackend({ path: database }), 'agent:a');
  await remove(await files(), 'session:s');
  await save(await files(), ['session:new']);
  await restored(path, file);
  expect(await contents(path)).toEqual(before);
});
