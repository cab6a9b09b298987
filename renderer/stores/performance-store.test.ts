import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { markSpan, movedOf, rangeOf, showSpan, spanBack, usePerformance } from './performance-store.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;

beforeEach(() => showSpan({ kind: 'last', length: HOUR }));

test('as many steps out as were made into marked times lead back to where they began', () => {
  const begun = usePerformance.getState().span;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: NOW }), fc.integer({ min: 0, max: HOUR }))), (marked) => {
      for (const [from, length] of marked) markSpan(from, from + length);
      for (const _each of marked) spanBack();
      expect(usePerformance.getState()).toMatchObject({ span: begun, spansBefore: [] });
      spanBack();
      expect(usePerformance.getState().span).toEqual(begun);
    }),
  );
});

test('a marked time is shown as it was marked, but never less than ten seconds around it', () => {
  markSpan(NOW, NOW + 60_000);
  expect(rangeOf(usePerformance.getState().span, 0, NOW)).toEqual({ from: NOW, to: NOW + 60_000 });
  markSpan(NOW, NOW);
  expect(rangeOf(usePerformance.getState().span, 0, NOW)).toEqual({ from: NOW - 5000, to: NOW + 5000 });
});

test('a length ends now, all begins with the first that is known, and neither is empty', () => {
  expect(rangeOf({ kind: 'last', length: HOUR }, 0, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
  expect(rangeOf({ kind: 'all' }, NOW - 5 * HOUR, NOW)).toEqual({ from: NOW - 5 * HOUR, to: NOW });
  expect(rangeOf({ kind: 'all' }, NOW, NOW).from).toBeLessThan(NOW);
});

test('a marked time is not asked for again with every sample, a length up to now is', () => {
  const sample = (time: number) => ({ time, memory: {}, delay: {} });
  const marked = { kind: 'between', from: 0, to: NOW } as const;
  expect(movedOf(marked, sample(1), 0)).toBe(movedOf(marked, sample(2), 0));
  expect(movedOf({ kind: 'all' }, sample(1), 0)).not.toBe(movedOf({ kind: 'all' }, sample(2), 0));
  for (const span of [marked, { kind: 'all' } as const]) {
    expect(movedOf(span, sample(1), 0)).not.toBe(movedOf(span, sample(1), 1));
  }
});
