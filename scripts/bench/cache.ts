/** Loading states through the cache of StatePerformanceManager, against loading them from the same store without it. */
import { join } from 'node:path';
import { StatePerformanceManager } from '../../electron/core/performance/performance-manager.ts';
import { ANY, type StateBackend } from '../../electron/core/persistence/backend.ts';
import { openFilesystemBackend } from '../../electron/core/persistence/filesystem-backend.ts';
import { openPostgresBackend } from '../../electron/core/persistence/postgres-backend.ts';
import { startPostgresTestServer } from '../../electron/core/persistence/postgres-test-server.ts';
import { openSqliteBackend } from '../../electron/core/persistence/sqlite-backend.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, type Row, ratioAtMost, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const STATES = 40;
const MESSAGES = 250;
/** One takes a tenth of a second, in which anything may come between. */
const PAIRS = 9;
/** No load is to be slower for the cache in front of it. */
const NOT_SLOWER = ratioAtMost(1);
/** A miss is copied and kept, and makes another go. */
const MISS = ratioAtMost(1.25);

export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  const texts = statesOf();
  const rows: Row[] = [];
  const notes: string[] = [];
  const stores: readonly (readonly [name: string, open: () => Promise<StateBackend>])[] = [
    ['.json', () => openFilesystemBackend({ basePath: join(folder, 'plain'), compression: false })],
    ['.json.gz', () => openFilesystemBackend({ basePath: join(folder, 'packed'), compression: true })],
    [
      'encrypted .json.gz',
      () => openFilesystemBackend({ basePath: join(folder, 'secret'), compression: true, passphrase: 'correct horse' }),
    ],
    ['SQLite', () => openSqliteBackend({ path: join(folder, 'states.db'), create: true })],
  ];
  for (const [name, open] of stores) {
    say(`loading ${STATES} states from ${name}`);
    rows.push(...(await measured(name, open, texts)));
  }
  rows.push(await afterCommits(join(folder, 'commits.db'), texts));
  try {
    const server = await startPostgresTestServer();
    say(`loading ${STATES} states from PostgreSQL`);
    try {
      const url = server.url(await server.makeDatabase());
      rows.push(...(await measured('PostgreSQL', () => openPostgresBackend({ url, create: true }), texts)));
    } finally {
      await server.close();
    }
  } catch (error) {
    notes.push(`PostgreSQL was left out: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { rows, notes };
}

function statesOf(): ReadonlyMap<string, Uint8Array> {
  const writer = new StateWriter('cache');
  const keys = Array.from({ length: STATES }, (_, n) => `session:s${n}`);
  return new Map(keys.map((key) => [key, Buffer.from(writer.text(writer.state(key, MESSAGES)))]));
}

async function measured(
  name: string,
  open: () => Promise<StateBackend>,
  texts: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Row[]> {
  const plain = await open();
  const hits = new StatePerformanceManager();
  const misses = new StatePerformanceManager({ maxCacheSize: 1 });
  const cached = hits.front(await open());
  const missing = misses.front(await open());
  try {
    await saveAll(plain, texts);
    await loadAll(cached, texts);
    const hit = await alternate(
      () => loadAll(cached, texts),
      () => loadAll(plain, texts),
      { pairs: PAIRS },
    );
    expectEqual('loads that were not answered from the cache', hits.getPerformanceStats().misses, STATES);
    const miss = await alternate(
      () => loadAll(missing, texts),
      () => loadAll(plain, texts),
      { pairs: PAIRS },
    );
    expectEqual('loads that were answered from a cache for one', misses.getPerformanceStats().hits, 0);
    return [
      rowOf(`${name}: states that are in the cache`, hit, NOT_SLOWER),
      rowOf(`${name}: states that are not`, miss, MISS),
    ];
  } finally {
    for (const backend of [plain, cached, missing]) await backend.close();
  }
}

/** Each round somebody else has committed something, so that the rows are read and hashed. */
async function afterCommits(path: string, texts: ReadonlyMap<string, Uint8Array>): Promise<Row> {
  const plain = await openSqliteBackend({ path, create: true });
  const other = await openSqliteBackend({ path });
  const cached = new StatePerformanceManager().front(await openSqliteBackend({ path }));
  const record = { type: '', version: '1.0.0', timestamp: null, stateData: Buffer.from('1'), metadata: null };
  try {
    await saveAll(plain, texts);
    await loadAll(cached, texts);
    const times = await alternate(
      async () => {
        await other.save('note:any', record, ANY);
        await loadAll(cached, texts);
      },
      async () => {
        await other.save('note:any', record, ANY);
        await loadAll(plain, texts);
      },
    );
    return rowOf('SQLite: the same after a commit of another program to the same database', times, NOT_SLOWER);
  } finally {
    for (const backend of [plain, other, cached]) await backend.close();
  }
}

async function saveAll(backend: StateBackend, texts: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [key, stateData] of texts) {
    await backend.save(key, { type: 'Session', version: '1.0.0', timestamp: null, stateData, metadata: null }, ANY);
  }
}

/** PostgreSQL's JSONB has its own text for a state, so that bytes are counted and not compared. */
async function loadAll(backend: StateBackend, texts: ReadonlyMap<string, Uint8Array>): Promise<void> {
  let bytes = 0;
  for (const key of texts.keys()) {
    const loaded = await backend.load(key);
    if (loaded.status === 'found') bytes += loaded.record.stateData.length;
  }
  expectEqual('all of the states', bytes >= [...texts.values()].reduce((sum, text) => sum + text.length, 0), true);
}
