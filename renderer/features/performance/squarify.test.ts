import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Area, squarify } from './squarify.ts';

const weights = fc
  .array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
  .map((all) => all.toSorted((a, b) => b - a));
const WITHIN = { x: 10, y: 20, width: 640, height: 400 };

function overlap(a: Area, b: Area): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

describe('a treemap', () => {
  it('gives each weight its share of the area, within it, and no two the same place', () => {
    fc.assert(
      fc.property(weights, (all) => {
        const areas = squarify(all, WITHIN);
        const sum = all.reduce((total, weight) => total + weight, 0);
        expect(areas).toHaveLength(all.length);
        for (const [at, area] of areas.entries()) {
          expect(area.width * area.height).toBeCloseTo(((all[at] ?? 0) / sum) * WITHIN.width * WITHIN.height, 3);
          expect(overlap(area, WITHIN)).toBeCloseTo(area.width * area.height, 3);
          for (const other of areas.slice(at + 1)) expect(overlap(area, other)).toBeLessThan(0.001);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps equal weights close to squares', () => {
    for (const { width, height } of squarify(Array(24).fill(1), WITHIN))
      expect(Math.max(width / height, height / width)).toBeLessThan(2);
  });
});
