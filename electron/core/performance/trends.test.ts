import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendOf } from './trends.ts';

const OF = { metric: 'memory.share' } as const;
const direction = (...values: number[]) => trendOf(OF, values).direction;
const figure = fc.double({ min: 0, max: 1e9, noNaN: true });

describe('a trend', () => {
  test('needs two samples', () => {
    expect(trendOf(OF, [])).toEqual({ of: OF, direction: 'insufficient-data', samples: 0 });
    expect(trendOf(OF, [5])).toEqual({ of: OF, direction: 'insufficient-data', samples: 1 });
    expect(direction(1, 2)).toBe('increasing');
  });

  test('compares the last three with those before them, by a tenth', () => {
    expect(trendOf(OF, [10, 10, 10, 12, 12, 12])).toEqual({
      of: OF,
      direction: 'increasing',
      recent: 12,
      earlier: 10,
      samples: 6,
    });
    expect(direction(10, 10, 10, 10.9, 10.9, 10.9)).toBe('stable');
    expect(direction(10, 10, 10, 8.9, 8.9, 8.9)).toBe('decreasing');
    expect(direction(10, 10, 10, 9.1, 9.1, 9.1)).toBe('stable');
  });

  // The document takes the first of three values for what came before, while it is also one of the recent three.
  test('counts each value on one side: with three or fewer the first is what came before', () => {
    expect(trendOf(OF, [10, 20, 30])).toMatchObject({ earlier: 10, recent: 25 });
    expect(trendOf(OF, [10, 20])).toMatchObject({ earlier: 10, recent: 20 });
    expect(trendOf(OF, [10, 20, 30, 40])).toMatchObject({ earlier: 10, recent: 30 });
  });

  test('looks at ten samples and no further back', () => {
    const ten = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4];
    expect(trendOf(OF, [1e6, 1e6, ...ten])).toEqual(trendOf(OF, ten));
  });

  test('the two windows have every value once: together they have the sum of all', () => {
    fc.assert(
      fc.property(fc.array(figure, { minLength: 2, maxLength: 10 }), (values) => {
        const { recent = 0, earlier = 0 } = trendOf(OF, values);
        const few = Math.min(3, values.length - 1);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(recent * few + earlier * (values.length - few)).toBeCloseTo(sum, -2);
      }),
    );
  });

  test('is stable for values that do not change, and turns round with them', () => {
    const opposite = { increasing: 'decreasing', decreasing: 'increasing', stable: 'stable' };
    fc.assert(
      fc.property(figure, fc.integer({ min: 2, max: 20 }), (value, count) => {
        expect(direction(...Array.from({ length: count }, () => value))).toBe('stable');
      }),
    );
    // Two halves of equal length, so that both ways compare the same values.
    for (const [a, b] of [
      [1, 2],
      [3, 1],
      [7, 7],
    ] as const) {
      const there = direction(a, a, a, b, b, b) as keyof typeof opposite;
      expect(direction(b, b, b, a, a, a)).toBe(opposite[there]);
    }
  });
});
