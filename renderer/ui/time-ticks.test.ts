import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticksOf } from './time-ticks.ts';

const SECOND = 1_000_000;
const moment = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => seconds * SECOND);
const length = fc.integer({ min: 1, max: 40 * 365 * 86_400 }).map((seconds) => seconds * SECOND);

test('labels lie within what is shown, never closer than they are wide, and there is always room for one more', () => {
  fc.assert(
    fc.property(moment, length, fc.integer({ min: 100, max: 3000 }), (from, span, width) => {
      const ticks = ticksOf({ from, to: from + span }, width, 'en');
      expect(ticks.length).toBeLessThanOrEqual(width / 96 + 1);
      for (const { time, label } of ticks) {
        expect(time >= from && time < from + span).toBe(true);
        const room = ((from + span - time) / span) * width;
        if (Math.abs(room - 96) > 1) expect(label !== '').toBe(room > 96);
      }
      const gaps = ticks.slice(1).map(({ time }, at) => ((time - (ticks[at]?.time ?? 0)) / span) * width);
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(95);
    }),
  );
});

test('labels are as fine as the times they stand at', () => {
  const from = Date.parse('2026-11-22T10:30:00Z') * 1000;
  expect(ticksOf({ from, to: from + 2 * SECOND }, 400, 'en')[1]?.label).toMatch(/:\d\d\.\d{3}$/);
  expect(ticksOf({ from, to: from + 3600 * SECOND }, 800, 'en')[1]?.label).toMatch(/^\d\d:\d\d$/);
  expect(ticksOf({ from, to: from + 10 * 365 * 86_400 * SECOND }, 300, 'en')[0]?.label).toMatch(/^\w{3} 20\d\d$/);
});
