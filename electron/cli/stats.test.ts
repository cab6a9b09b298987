/** `stats`, as a script sees it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addStatsCommand } from './stats-command.ts';
import { Printed, runCommand } from './test-support.ts';

const STATES = 6;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-stats-'));
  for (let n = 0; n < STATES; n++) {
    writeFileSync(join(folder, `friday${n}.json`), JSON.stringify({ agent: { memory: { content: [] } }, n }));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test('every state is loaded once from the store and then from memory, and all of it is told', async () => {
  const { code, text } = await runCommand(addStatsCommand, 'stats', folder, '--passes', '4', '--json');
  expect(code).toBe(0);
  const told = JSON.parse(text);
  expect(told).toMatchObject({
    states: STATES,
    passes: 4,
    notLoaded: [],
    cache: { hits: 3 * STATES, misses: STATES, hitRate: 0.75, evictions: 0, maxEntries: 1000 },
    compression: { algorithm: 'gzip' },
  });
  const loads: readonly Record<string, number>[] = told.operations;
  expect(loads.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(STATES);
  expect(told.bytesRead).toBe(told.compression.bytesIn);
  for (const { min = NaN, p50 = NaN, p95 = NaN, p99 = NaN, max = NaN } of loads) {
    expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].toSorted((a, b) => a - b));
    expect(min).toBeGreaterThan(0);
  }
  // The parts that the design's generate_performance_report has.
  expect(told.current_metrics.performance_stats).toMatchObject({ cache_hits: 3 * STATES, cache_misses: STATES });
  expect(told.current_metrics.memory_usage.rss).toBeGreaterThan(0);
  expect(told.trends).toMatchObject({ cache_hit_rate_trend: 'increasing', data_points: 4 });
  expect(told.recommendations).toEqual(expect.any(Array));
  expect(Date.parse(told.report_generated_at)).toBeLessThanOrEqual(Date.now());
});

test('with one pass nothing is at hand yet', async () => {
  const { text } = await runCommand(addStatsCommand, 'stats', folder, '--passes', '1');
  const lines = text.split('\n');
  expect(lines[0]).toBe(`${folder}: states ${STATES}, passes 1`);
  expect(text).toContain(`From memory: 0; from the store: ${STATES} (0.0 % from memory)`);
  expect(text).toMatch(/Packed with gzip: \d+ bytes become \d+ \(\d+\.\d %\)/);
});

test('Ctrl+C ends it, and a number of passes that is none is refused', async () => {
  const program = new Command().exitOverride();
  addStatsCommand(program, new Printed(), AbortSignal.abort());
  await expect(program.parseAsync(['stats', folder], { from: 'user' })).rejects.toMatchObject({ code: 'cancelled' });
  for (const passes of ['0', '-1', 'x', '1001']) {
    expect((await runCommand(addStatsCommand, 'stats', folder, '--passes', passes)).err).toContain('1 – 1000');
  }
});
