import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueTicks } from './value-ticks.ts';

test('the axis begins at 0, reaches the highest value, wastes less than half of its height, and has few round figures', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e13, noNaN: true }), (highest) => {
      const ticks = valueTicks(highest, 'ms');
      const last = ticks.at(-1) ?? 0;
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(last).toBeGreaterThanOrEqual(highest * (1 - 1e-6));
      expect(last).toBeLessThan(highest * 2.001);
      const step = Number((last / (ticks.length - 1)).toPrecision(9));
      expect(['1', '2', '5', '25', '2.5']).toContain(String(Number(step.toExponential().split('e')[0])));
    }),
  );
});

test('things that are counted have no halves, shares have their whole, and nothing at all has an axis', () => {
  expect(valueTicks(2, 'count')).toEqual([0, 1, 2]);
  expect(valueTicks(0.4, 'count')).toEqual([0, 1]);
  expect(valueTicks(0.3, 'ratio')).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(valueTicks(2.6, 'ratio').at(-1)).toBeGreaterThan(2.6);
  expect(valueTicks(285_000_000, 'bytes')).toEqual([0, 100e6, 200e6, 300e6]);
  expect(valueTicks(0, 'bytes')).toEqual([0, 0.25, 0.5, 0.75, 1]);
});
