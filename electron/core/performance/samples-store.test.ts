import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SeriesKey } from '../../../shared/ipc/performance.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { seriesId, seriesOf } from './sample-values.ts';
import { LEVELS, openSamplesOf, SamplesStore, samplesFile } from './samples-store.ts';

const OF: SeriesKey = { metric: 'memory.rss' };
const LATENCY: SeriesKey = { metric: 'latency.p95', operation: 'load', backend: 'file "a"', kind: '代理' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The beginning of an hour. */
const NOW = Date.UTC(2026, 10, 23, 12);

function store(): SamplesStore {
  const made = new SamplesStore(join(temporaryFolder(), 'x.samples'), 'test');
  onTestFinished(() => made.close());
  return made;
}

/** A value every 10 seconds of the last day, and every minute before that. */
function fill(samples: SamplesStore, from: number, to: number, valueAt: (time: number) => number, of = OF): void {
  for (let time = from; time < to; time += time < NOW - DAY ? 60_000 : 10_000) {
    samples.add(time, [{ of, value: valueAt(time) }]);
    if (time % HOUR === 0) samples.flush(NOW);
  }
  samples.flush(NOW);
}

describe('figures that are kept', () => {
  test('what was measured within ten seconds is one value with its mean, lowest and highest', () => {
    const samples = store();
    for (const [second, value] of [2, 4, 9].entries()) samples.add(NOW + second * 2000, [{ of: OF, value }]);
    samples.flush(NOW);
    expect(samples.read(OF, NOW, NOW + DAY)).toEqual([{ time: NOW + 5000, value: 5, min: 2, max: 9, step: 10_000 }]);
  });

  test('waits to be written, and is the same whether it was written once or many times', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 1000 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.array(fc.boolean(), { maxLength: 40 }), (measured, flushes) => {
        const [often, once] = [store(), store()];
        for (const [index, [time, value]] of measured.entries()) {
          often.add(NOW + time, [{ of: OF, value }]);
          once.add(NOW + time, [{ of: OF, value }]);
          if (flushes[index]) often.flush(NOW);
        }
        expect(once.read(OF, NOW, NOW + DAY)).toEqual([]);
        often.flush(NOW);
        once.flush(NOW);
        expect(often.read(OF, NOW, NOW + DAY)).toEqual(once.read(OF, NOW, NOW + DAY));
      }),
      { numRuns: 10 },
    );
  });

  test('is found by its series, whatever the names in it, and by its time', () => {
    const samples = store();
    fill(samples, NOW - HOUR, NOW, () => 1);
    fill(samples, NOW - HOUR, NOW, () => 2, LATENCY);
    expect(samples.read(LATENCY, NOW - 60_000, NOW).map(({ value }) => value)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(samples.read({ ...LATENCY, kind: 'agent' }, 0, NOW)).toEqual([]);
    expect(samples.series(NOW - HOUR, NOW)).toEqual([OF, LATENCY]);
    expect(samples.series(NOW + HOUR, NOW + DAY)).toEqual([]);
  });

  test('older ones are kept by the minute, then by the hour, with their lowest and highest', () => {
    const samples = store();
    const spike = NOW - 8 * HOUR + 60_000;
    fill(samples, NOW - 8 * DAY, NOW, (time) => (time === spike ? 1000 : 10));
    samples.prune(NOW + 1_234_567);
    const values = samples.read(OF, 0, NOW);
    expect(new Set(values.map(({ step }) => step))).toEqual(new Set([HOUR, 60_000, 10_000]));
    expect(Math.max(...values.map(({ max = 0 }) => max))).toBe(1000);
    expect(values.find(({ max }) => max === 1000)?.value).toBeCloseTo((1000 + 5 * 10) / 6, 6);
    // No moment twice, none left out: each value begins where the one before it ends.
    for (const [index, { time, step }] of values.entries()) {
      const next = values[index + 1];
      if (next !== undefined) expect(time + step / 2).toBe(next.time - next.step / 2);
    }
    expect(samples.oldest()).toBe(NOW - 8 * DAY);
  });

  test('goes away when it is too old', () => {
    const samples = store();
    fill(samples, NOW - 200 * DAY, NOW - 200 * DAY + HOUR, () => 1);
    fill(samples, NOW - HOUR, NOW, () => 2, LATENCY);
    samples.prune(NOW);
    expect(samples.oldest()).toBe(NOW - HOUR);
    expect(samples.series(0, NOW)).toEqual([LATENCY]);
  });

  test('a file that is too large keeps for a shorter time, the newest longest', () => {
    const samples = store();
    fill(samples, NOW - 7 * DAY, NOW, () => 1);
    samples.prune(NOW);
    const whole = samples.bytes;
    samples.prune(NOW, whole / 2);
    expect(samples.bytes).toBeLessThanOrEqual(whole / 2);
    expect(samples.read(OF, NOW - HOUR, NOW)).toHaveLength(360);
  });

  test('two processes may measure one source', () => {
    const folder = temporaryFolder();
    const open = () => new SamplesStore(join(folder, 'x.samples'), 'test');
    const [one, other] = [open(), open()];
    for (const [samples, value] of [
      [one, 2],
      [other, 4],
    ] as const) {
      samples.add(NOW, [{ of: OF, value }]);
      samples.flush(NOW);
    }
    expect(one.read(OF, NOW, NOW + HOUR)).toMatchObject([{ value: 3, min: 2, max: 4 }]);
    one.close();
    other.close();
  });
});

describe('a file of figures', () => {
  test('that is damaged is begun anew; another program’s is left alone', () => {
    const folder = temporaryFolder();
    writeFileSync(samplesFile(folder, 'damaged'), 'no database at all, but long enough to be looked at '.repeat(50));
    const opened = openSamplesOf(folder, 'damaged');
    expect(opened.problem).toBeNull();
    opened.store?.close();
    const foreign = new Sqlite(samplesFile(folder, 'foreign'));
    foreign.exec('CREATE TABLE notes (text TEXT)');
    foreign.close();
    expect(openSamplesOf(folder, 'foreign')).toMatchObject({ store: null, problem: { code: 'samples-foreign' } });
  });

  test('that is damaged somewhere in the middle is begun anew, too', () => {
    const folder = temporaryFolder();
    const { store } = openSamplesOf(folder, 'damaged');
    for (let n = 0; n < 2000; n += 1) store?.add(NOW + n * 10_000, [{ of: OF, value: n }]);
    store?.close();
    const bytes = readFileSync(samplesFile(folder, 'damaged'));
    bytes.fill(0xab, 4096 * 3, bytes.length - 4096);
    writeFileSync(samplesFile(folder, 'damaged'), bytes);
    const opened = openSamplesOf(folder, 'damaged');
    expect(opened.problem).toBeNull();
    expect(opened.store?.series(NOW, NOW + HOUR)).toEqual([]);
    expect(opened.store?.read(OF, NOW, NOW + HOUR)).toEqual([]);
    opened.store?.close();
  });

  test('that is damaged and cannot be begun anew is a problem, and no figures', () => {
    const folder = temporaryFolder();
    const file = samplesFile(folder, 'damaged');
    writeFileSync(file, 'no database at all, but long enough to be looked at '.repeat(50));
    mkdirSync(`${file}-wal`);
    const { store: none, problem } = openSamplesOf(folder, 'damaged');
    expect(none).toBeNull();
    expect(problem?.code).toBe('unreadable');
  });

  test('a location that cannot be written is a problem, and no figures', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const { store: none, problem } = openSamplesOf(join(folder, 'file'), 'x');
    expect(none).toBeNull();
    expect(problem?.code).toBe('unreadable');
  });
});

test('the name of a series says what it is of', () => {
  for (const of of [OF, LATENCY, { metric: 'delay.p50', process: 'worker' } as const]) {
    expect(seriesOf(seriesId(of))).toEqual(of);
  }
});

test('each step of keeping is a multiple of the finer one, and is kept for longer', () => {
  for (const [index, { step, kept }] of LEVELS.entries()) {
    const finer = LEVELS[index - 1];
    if (finer === undefined) continue;
    expect(step % finer.step).toBe(0);
    expect(kept).toBeGreaterThan(finer.kept);
  }
});
