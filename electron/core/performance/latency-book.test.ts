import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyBook, type Measured } from './latency-book.ts';

function measured(milliseconds: number, given: Partial<Measured> = {}): Measured {
  return { operation: 'load', backend: 'files', kind: 'agent', milliseconds, bytes: 10, ...given };
}

/** The value that so many percent of all are not above: nearest rank. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

it('percentiles are those of the times that were measured, within 1 %', () => {
  const time = fc.double({ min: 0.001, max: 60_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 300 }), (times) => {
      const book = new LatencyBook();
      for (const each of times) book.record(measured(each));
      const [figures] = book.total();
      if (figures === undefined) throw new Error('nothing was measured');
      expect(figures.count).toBe(times.length);
      expect(figures.bytes).toBe(10 * times.length);
      for (const [found, wanted] of [
        [figures.p50, percentile(times, 50)],
        [figures.p95, percentile(times, 95)],
        [figures.p99, percentile(times, 99)],
        [figures.min, Math.min(...times)],
        [figures.max, Math.max(...times)],
        [figures.mean, times.reduce((sum, each) => sum + each, 0) / times.length],
      ] as const) {
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(wanted * 0.01 + 1e-6);
      }
      expect(figures.p50).toBeLessThanOrEqual(figures.p95);
      expect(figures.p95).toBeLessThanOrEqual(figures.p99);
      expect(figures.p99).toBeLessThanOrEqual(figures.max);
    }),
  );
});

it('what was measured for one operation, store and kind says nothing of another', () => {
  const book = new LatencyBook();
  book.record(measured(1));
  book.record(measured(100, { operation: 'save' }));
  book.record(measured(200, { backend: 'rows' }));
  book.record(measured(300, { kind: 'session' }));
  expect(book.total().map(({ operation, backend, kind, count }) => [operation, backend, kind, count])).toEqual([
    ['load', 'files', 'agent', 1],
    ['save', 'files', 'agent', 1],
    ['load', 'rows', 'agent', 1],
    ['load', 'files', 'session', 1],
  ]);
  expect(book.total()[0]?.max).toBeLessThan(1.02);
});

it('nothing that was not measured has a figure', () => {
  const book = new LatencyBook();
  expect(book.total()).toEqual([]);
  expect(book.takeRecent()).toEqual([]);
});

it('recent is since it was taken last, and the total goes on', () => {
  const book = new LatencyBook();
  book.record(measured(1));
  expect(book.takeRecent()).toMatchObject([{ count: 1, bytes: 10 }]);
  expect(book.takeRecent()).toEqual([]);
  book.record(measured(50));
  const [recent] = book.takeRecent();
  expect(recent).toMatchObject({ count: 1, bytes: 10 });
  expect(recent?.min).toBeGreaterThan(49);
  expect(book.total()).toMatchObject([{ count: 2, bytes: 20 }]);
});

it('a source with any number of kinds takes a bounded amount of memory, and every operation is counted', () => {
  const book = new LatencyBook();
  for (let n = 0; n < 1000; n++) book.record(measured(1, { kind: `kind-${n}` }));
  const total = book.total();
  expect(total.length).toBeLessThanOrEqual(101);
  expect(total.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});

it('so does a folder of any number of databases', () => {
  const book = new LatencyBook();
  for (let n = 0; n < 1000; n++) book.record(measured(1, { backend: `${n}.db`, kind: `kind-${n % 3}` }));
  const total = book.total();
  expect(total.length).toBeLessThanOrEqual(201);
  expect(total.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});
