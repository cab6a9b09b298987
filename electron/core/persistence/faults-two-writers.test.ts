/**
 * Two processes write one key 1,000 times in all, as fast as they can: no step is lost, because the loser is told. Meanwhile a cache in
 * front of the store, in a third process, never gives less than what was stored before it was asked.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { StatePerformanceManager } from '../performance/performance-manager.ts';
import { Neighbour } from '../sources/test-support.ts';
import type { StateBackend } from './backend.ts';
import { openStoreSpec, type StoreSpec } from './fixtures/store-spec.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

const STEPS = 500;
const PROGRAM = '../../persistence/fixtures/counting-process.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
const lines: string[] = [];
afterAll(async () => {
  for (const line of lines) console.log(line);
  await server?.close();
}, 60_000);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** How each of the two opens the store. */
type Two = readonly [StoreSpec, StoreSpec];

const twice = (spec: StoreSpec): Two => [spec, spec];

const STORES: readonly [string, () => Promise<Two>][] = [
  [
    'files',
    async () => {
      const files = { kind: 'filesystem', basePath: folder() } as const;
      // So that they replace each other's files, too.
      return [
        { ...files, compression: false },
        { ...files, compression: true },
      ];
    },
  ],
  ['SQLite', async () => twice({ kind: 'sqlite', path: join(folder(), 'states.db'), create: true })],
  [
    'PostgreSQL',
    async () => twice({ kind: 'postgresql', url: server.url(await server.makeDatabase()), create: true, poolSize: 1 }),
  ],
];

async function countIn(backend: StateBackend): Promise<number> {
  const loaded = await backend.load('agent:count');
  return loaded.status === 'found' ? Number(Buffer.from(loaded.record.stateData).toString()) : 0;
}

/** Until the signal. `moved`: how many different counts the cache gave. */
async function readBoth(plain: StateBackend, cached: StateBackend, signal: AbortSignal) {
  const seen = new Set<number>();
  let reads = 0;
  while (!signal.aborted) {
    const stored = await countIn(plain);
    const count = await countIn(cached);
    if (count < stored) throw new Error(`the cache gave ${count} after ${stored} had been stored`);
    seen.add(count);
    reads++;
    // Whoever is waited for is heard, also where loads are synchronous.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { reads, moved: seen.size };
}

describe('two processes that count up one state', () => {
  it.each(STORES)(
    '%s',
    async (name, make) => {
      const specs = await make();
      const backend = await openStoreSpec(specs[0]);
      onTestFinished(() => backend.close());
      const cached = new StatePerformanceManager().front(await openStoreSpec(specs[1]));
      onTestFinished(() => cached.close());
      const processes = specs.map((spec) => new Neighbour(PROGRAM, JSON.stringify(spec), String(STEPS)));
      for (const process of processes) await process.line();
      for (const process of processes) process.go();
      const reading = new AbortController();
      const read = readBoth(backend, cached, reading.signal);
      let conflicts = 0;
      for (const process of processes) conflicts += (await process.line<{ readonly conflicts: number }>()).conflicts;
      reading.abort();
      const { reads, moved } = await read;
      expect(moved).toBeGreaterThan(1);

      expect(await countIn(backend)).toBe(2 * STEPS);
      expect(await countIn(cached)).toBe(2 * STEPS);
      // Everything that was overwritten is in the trash, each once.
      expect(await backend.trash()).toHaveLength(2 * STEPS - 1);
      expect(conflicts).toBeGreaterThan(0);
      const told = `${conflicts} conflicts told, no step lost; ${reads} loads through a cache, none stale`;
      lines.push(`survived: ${name}: two processes, ${2 * STEPS} steps, ${told}`);
    },
    120_000,
  );
});
