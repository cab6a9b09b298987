import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downsample, LEAST_POINTS, type MeasuredValue } from './downsample.ts';

const STEP = 1000;
const at = (values: readonly number[], times = values.map((_value, index) => index * STEP)): MeasuredValue[] =>
  values.map((value, index) => ({ time: times[index] ?? 0, value, step: STEP }));

/** Values at rising times, some of them after a time in which nothing was measured. */
const measured = fc
  .array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(1, 1, 1, 2, 5, 100)), {
    minLength: 1,
    maxLength: 400,
  })
  .map((steps) => {
    let time = 0;
    return steps.map(([value, gap]): MeasuredValue => ({ time: (time += gap * STEP), value, step: STEP }));
  });
const most = fc.integer({ min: LEAST_POINTS, max: 120 });

const valuesOf = (points: ReturnType<typeof downsample>) => points.flatMap(({ value }) => value ?? []);

describe('fewer points of a line', () => {
  test('never more than were asked for, in order of time', () => {
    fc.assert(
      fc.property(measured, most, (values, limit) => {
        const points = downsample(values, limit);
        expect(points.length).toBeLessThanOrEqual(limit);
        expect(points.every(({ time }, index) => index === 0 || time >= (points[index - 1]?.time ?? 0))).toBe(true);
      }),
    );
  });

  test('keep the first and the last, the lowest and the highest', () => {
    fc.assert(
      fc.property(measured, most, (values, limit) => {
        const points = downsample(values, limit);
        expect(points[0]).toMatchObject({ time: values[0]?.time, value: values[0]?.value });
        expect(points.at(-1)).toMatchObject({ time: values.at(-1)?.time, value: values.at(-1)?.value });
        expect(Math.min(...valuesOf(points))).toBe(Math.min(...values.map(({ value }) => value)));
        expect(Math.max(...valuesOf(points))).toBe(Math.max(...values.map(({ value }) => value)));
      }),
    );
  });

  test('are measured values, none made up', () => {
    fc.assert(
      fc.property(measured, most, (values, limit) => {
        const known = new Set(values.map(({ time, value }) => `${time} ${value}`));
        for (const { time, value } of downsample(values, limit))
          if (value !== null) expect(known).toContain(`${time} ${value}`);
      }),
    );
  });

  test('few values stay as they are', () => {
    expect(downsample(at([3, 1, 2]), 10)).toEqual([
      { time: 0, value: 3 },
      { time: 1000, value: 1 },
      { time: 2000, value: 2 },
    ]);
    expect(downsample([], 10)).toEqual([]);
  });

  test('the lowest and highest of what a value stands for go with it, and are not passed over', () => {
    const values = at(Array.from({ length: 100 }, () => 5)).map((value, index) => ({
      ...value,
      min: index === 40 ? 1 : 5,
      max: index === 60 ? 9 : 5,
    }));
    const points = downsample(values, 10);
    expect(Math.min(...points.map(({ min = 5 }) => min))).toBe(1);
    expect(Math.max(...points.map(({ max = 5 }) => max))).toBe(9);
  });

  test('a line is interrupted where nothing was measured, and only there', () => {
    const points = downsample(at([1, 2, 3, 4], [0, 1000, 60_000, 61_000]), 10);
    expect(points).toEqual([
      { time: 0, value: 1 },
      { time: 1000, value: 2 },
      { time: 2000, value: null },
      { time: 60_000, value: 3 },
      { time: 61_000, value: 4 },
    ]);
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 }), most, (values, limit) => {
        expect(downsample(at(values), limit).every(({ value }) => value !== null)).toBe(true);
      }),
    );
  });
});
