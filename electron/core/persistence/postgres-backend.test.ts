import { afterAll, beforeAll } from 'vitest';
import type { StateBackend } from './backend.ts';
import { describeBackend, HOSTILE_IDS } from './behaviour-suite.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

// The column is a VARCHAR(255): longer ids are refused, as postgres-store.test.ts says.
HOSTILE_IDS.splice(0, HOSTILE_IDS.length, ...HOSTILE_IDS.filter((id) => Array.from(id).length <= 255));

describeBackend(
  'PostgreSQL',
  async () => {
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
  },
  { bytesKept: false, persistent: true },
);
