/** Memory as the monitor measured it, second by second of the test's clock. */
import { describe, expect, test } from 'vitest';
import { StatePerformanceMonitor } from './monitor.ts';
import { performanceReport } from './report.ts';
import type { GrowingState } from './state-growth.ts';

const SECOND = 1000;
const MIB = 1024 * 1024;
const MACHINE = 16 * 1024 * MIB;

const GROWING: GrowingState = {
  key: 'agent:leaky',
  first: { seq: 1, time: 0, bytes: 1000 },
  last: { seq: 11, time: 3_600_000, bytes: 50_000 },
  commits: 10,
  path: ['memory'],
  pathBytes: 49_000,
};

/** A sample every ten seconds; gives the codes of what is advised after each. */
function measuring(growing: readonly GrowingState[] = []) {
  let now = 1e12;
  const monitor = new StatePerformanceMonitor({ store: null, now: () => now });
  return (bytes: number): readonly string[] => {
    now += 10 * SECOND;
    monitor.collect({ memory: {}, delay: {}, memoryTotal: bytes, memoryShare: bytes / MACHINE });
    const journal = growing.length === 0 ? null : { growing, hot: null, large: null };
    return performanceReport(monitor, journal, now).recommendations.map(({ code }) => code);
  };
}

describe('memory', () => {
  test('that goes on rising for a minute is worth a look, once the program is warm', () => {
    const advice = measuring();
    for (let n = 0; n < 7; n += 1) expect(advice((100 + 40 * n) * MIB), 'warming up').toEqual([]);
    for (let n = 1; n < 6; n += 1) expect(advice((340 + 30 * n) * MIB), 'for less than a minute').toEqual([]);
    expect(advice(520 * MIB)).toEqual(['memory-rising']);
    for (let n = 0; n < 10; n += 1) advice(520 * MIB);
    expect(advice(520 * MIB), 'come to rest').toEqual([]);
  });

  test('that was taken in one step, or that is little, does not keep rising', () => {
    const [step, little] = [measuring(), measuring()];
    for (let n = 0; n < 16; n += 1) {
      expect(step(100 * MIB)).toEqual([]);
      expect(little((10 + 0.9 * n) * MIB)).toEqual([]);
    }
    for (let n = 0; n < 3; n += 1) expect(step(400 * MIB)).toEqual([]);
  });

  test('comes after the state that grows, which may be why', () => {
    const advice = measuring([GROWING]);
    for (let n = 0; n < 13; n += 1) advice((100 + 20 * n) * MIB);
    expect(advice(400 * MIB)).toEqual(['state-grows', 'memory-rising']);
  });
});
