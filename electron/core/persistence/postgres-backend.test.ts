import { afterAll, beforeAll } from 'vitest';
import { cachedUnderTest } from '../performance/cached-under-test.ts';
import type { StateBackend } from './backend.ts';
import { type BackendTraits, type BackendUnderTest, describeBackend } from './behaviour-suite.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

async function make(): Promise<BackendUnderTest> {
  const url = server.url(await server.makeDatabase());
  const open: StateBackend[] = [];
  const another = async (create: boolean) => {
    const backend = await openPostgresBackend({ url, create, poolSize: 3 });
    open.push(backend);
    return backend;
  };
  return {
    backend: await another(true),
    second: () => another(false),
    async dispose() {
      for (const backend of open) await backend.close();
    },
  };
}

// The document's column is a VARCHAR(255): longer ids are refused, as postgres-store.test.ts says.
const traits: BackendTraits = { bytesKept: false, persistent: true, naiveKept: false, longestId: 255 };
describeBackend('PostgreSQL', make, traits);
describeBackend('PostgreSQL, cached', cachedUnderTest(make), { ...traits, inFront: true });
