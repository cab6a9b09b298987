/** How much catching up costs does not depend on how long the table of changes is. `npm run soak` measures it with 10 million rows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { type CatchUp, measureCatchUp } from './fixtures/long-table.ts';

const ROWS = 200_000;
const MISSING = 1000;

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

test('catching up the last changes reads these and no others', async () => {
  const found: CatchUp = await measureCatchUp(server, ROWS, MISSING);
  expect(found.applied).toBe(MISSING);
  expect(found.plans).toEqual(['Index Scan', 'Index Scan']);
  expect(found.rowsRead).toBe(2 * MISSING);
  // Three levels of the index and the rows' pages, for each of the two pages of 500; the whole table has thousands.
  expect(found.pagesRead).toBeLessThan(found.tablePages / 20);
  console.log(
    `sync: ${MISSING} changes behind in a table of ${ROWS}: caught up in ${found.milliseconds.toFixed(0)} ms, ${found.pagesRead} of ${found.tablePages} pages read; in one of ${MISSING}: ${found.alone.toFixed(0)} ms`,
  );
}, 120_000);
