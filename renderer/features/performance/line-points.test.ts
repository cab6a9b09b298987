import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnRows, lastPoint, lonelyPoints, measuredRows, type Points, pointNear, timesOf } from './line-points.ts';

const points: fc.Arbitrary<Points> = fc
  .uniqueArray(
    fc.record({ time: fc.integer({ min: 0, max: 500 }), value: fc.option(fc.integer({ min: -100, max: 100 })) }),
    { selector: ({ time }) => time, maxLength: 40 },
  )
  .map((each) => each.toSorted((a, b) => a.time - b.time));
const lines = fc.array(points, { minLength: 1, maxLength: 4 });

test('the table that is drawn goes through every point that was measured, and has a hole where a line has one', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const rows = drawnRows(all.map((each, at) => ({ points: each, stepped: at % 2 === 1 })));
      for (const [line, each] of all.entries()) {
        for (const { time, value } of each) {
          expect(rows.find((row) => row.time === time)?.values[line]).toBe(value);
        }
        const [first, last] = [each[0]?.time ?? Infinity, each.at(-1)?.time ?? -Infinity];
        for (const row of rows) if (row.time < first || row.time > last) expect(row.values[line]).toBeNull();
      }
    }),
  );
});

test('between two points a line leads straight from one to the other, or stays until the other comes', () => {
  const rising: Points = [
    { time: 0, value: 10 },
    { time: 10, value: 30 },
  ];
  const rows = drawnRows([{ points: rising }, { points: rising, stepped: true }, { points: [{ time: 5, value: 1 }] }]);
  expect(rows).toEqual([
    { time: 0, values: [10, 10, null] },
    { time: 5, values: [20, 10, 1] },
    { time: 10, values: [30, 30, null] },
  ]);
});

test('the table that is read has what was measured and nothing else, the newest first', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const rows = measuredRows(all);
      expect(rows.map(({ time }) => time)).toEqual(timesOf(all).toReversed());
      for (const [line, each] of all.entries()) {
        const told = rows.flatMap(({ time, values }) => (values[line] === null ? [] : [{ time, value: values[line] }]));
        expect(told.toReversed()).toEqual(each.filter(({ value }) => value !== null));
      }
    }),
  );
});

test('the cursor shows a measured value, the nearest one, and none where nothing was measured', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: -10, max: 510 }), (each, time) => {
      const near = pointNear({ points: each }, time, 0);
      if (near === null) return;
      expect(each).toContainEqual(near);
      const measured = each.filter(({ value }) => value !== null);
      const after = each.find((point) => point.time > time);
      if (after !== undefined && after.value !== null) {
        expect(Math.abs(near.time - time)).toBe(Math.min(...measured.map((point) => Math.abs(point.time - time))));
      }
    }),
  );
  const interrupted: Points = [
    { time: 0, value: 1 },
    { time: 10, value: null },
    { time: 20, value: 3 },
  ];
  expect(pointNear({ points: interrupted }, 15, 0)).toBeNull();
  expect(pointNear({ points: interrupted }, 9, 0)?.value).toBe(1);
  expect(pointNear({ points: interrupted }, 21, 0)).toBeNull();
  expect(pointNear({ points: interrupted }, 20, 0)?.value).toBe(3);
  expect(pointNear({ points: interrupted }, 23, 3)?.value).toBe(3);
  expect(pointNear({ points: interrupted }, 24, 3)).toBeNull();
  expect(pointNear({ points: interrupted }, 17, 3)?.value).toBe(3);
  expect(pointNear({ points: interrupted }, -2, 3)?.value).toBe(1);
  expect(lastPoint(interrupted)?.value).toBe(3);
  expect(lastPoint(interrupted.slice(0, 2))).toBeNull();
});

test('of what stays until the next value comes, the cursor shows what held at its moment', () => {
  const points: Points = [
    { time: 0, value: 1 },
    { time: 10, value: 2 },
  ];
  const at = (time: number) => pointNear({ points, stepped: true }, time, 0);
  expect(at(9)).toEqual({ time: 9, value: 1 });
  expect(at(10)?.value).toBe(2);
  expect(at(500)).toEqual({ time: 500, value: 2 });
  expect(at(-1)).toBeNull();
});

test('a point between two interruptions stands alone', () => {
  const alone = { time: 10, value: 5 };
  expect(lonelyPoints([{ time: 0, value: null }, alone, { time: 20, value: null }])).toEqual([alone]);
  expect(lonelyPoints([alone, { time: 20, value: 6 }])).toEqual([]);
});
