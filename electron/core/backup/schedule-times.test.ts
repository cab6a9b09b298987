import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScheduleTiming } from '../../../shared/ipc/backup-schedules.ts';
import { checkTiming, firstRuns, nextAfter, previewTiming } from './schedule-times.ts';

const cron = (expression: string): ScheduleTiming => ({ by: 'cron', expression });
const interval = (seconds: number): ScheduleTiming => ({ by: 'interval', seconds });
const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString());

const times = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map(Number);
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Shanghai');
const expressions = fc.constantFrom(
  '* * * * *',
  '*/5 * * * *',
  '30 2 * * *',
  '0 3 * * 1-5',
  '15,45 1-3 * * *',
  '0 0 1 * *',
  '0 0 29 2 *',
  '@hourly',
  '@daily',
);
const timings = fc.oneof(fc.integer({ min: 60, max: 400_000 }).map(interval), expressions.map(cron));

test('the next run is always later, and nothing is between', () => {
  fc.assert(
    fc.property(timings, zones, times, fc.integer({ min: 0, max: 10 ** 10 }), (timing, zone, anchor, since) => {
      const after = anchor + since;
      const next = nextAfter(timing, anchor, after, zone);
      expect(next).toBeGreaterThan(after);
      // From any moment before it, it is the same one.
      const between = after + Math.floor((next - after) / 2);
      if (between < next) expect(nextAfter(timing, anchor, between, zone)).toBe(next);
    }),
  );
});

test('an interval neither drifts nor waits longer than itself', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 400_000 }),
      times,
      fc.integer({ min: -(10 ** 9), max: 10 ** 10 }),
      (seconds, anchor, since) => {
        const next = nextAfter(interval(seconds), anchor, anchor + since);
        expect((next - anchor) % (seconds * 1000)).toBe(0);
        if (since >= 0) expect(next - (anchor + since)).toBeLessThanOrEqual(seconds * 1000);
      },
    ),
  );
});

describe('summer time', () => {
  const at = (text: string) => Date.parse(text);
  test('a time of day that is left out is run once, after the gap', () => {
    // Berlin goes from 2:00 to 3:00 on 29 March 2026, at 1:00 UTC.
    const runs = firstRuns(cron('30 2 * * *'), at('2026-03-28T12:00:00Z'), 'Europe/Berlin');
    expect(iso(runs)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z', '2026-03-31T00:30:00.000Z']);
  });

  test('a time of day that comes twice is run once', () => {
    // Berlin goes from 3:00 back to 2:00 on 25 October 2026, at 1:00 UTC.
    const runs = firstRuns(cron('30 2 * * *'), at('2026-10-24T12:00:00Z'), 'Europe/Berlin');
    expect(iso(runs)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z', '2026-10-27T01:30:00.000Z']);
  });

  test('a daily backup runs once on each day of the year, whatever its time of day', () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(minutes, zones, (minute, zone) => {
        const timing = cron(`${minute % 60} ${Math.floor(minute / 60)} * * *`);
        const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
        const days = new Set<string>();
        let run = at('2025-12-31T12:00:00Z');
        for (let count = 0; count < 366; count++) {
          run = nextAfter(timing, run, run, zone);
          days.add(day.format(run));
        }
        expect(days.size).toBe(366);
        expect(run - at('2026-12-31T12:00:00Z')).toBeLessThan(36 * 3_600_000);
      }),
      { numRuns: 30 },
    );
  });

  test('every quarter of an hour goes on through both', () => {
    for (const start of ['2026-03-29T00:50:00Z', '2026-10-25T00:50:00Z']) {
      const runs = firstRuns(cron('*/15 * * * *'), at(start), 'Europe/Berlin');
      expect(runs.map((run) => (run - at(start)) / 60_000)).toEqual([10, 25, 40]);
    }
  });
});

test.each([
  ['0 3 * * *', null],
  ['@weekly', null],
  ['', 'it has 0 fields instead of five'],
  ['* * * * * *', 'it has 6 fields instead of five'],
  ['61 * * * *', 'Invalid value for minute'],
  ['0 0 31 2 *', 'there is no such day'],
  ['@sometimes', ''],
])('the cron expression "%s"', (expression, fault) => {
  const preview = previewTiming(cron(expression), Date.parse('2026-01-01T00:00:00Z'));
  if (fault === null)
    expect(preview).toMatchObject({ nextRuns: [expect.any(String), expect.any(String), expect.any(String)] });
  else expect(preview).toMatchObject({ error: { code: 'schedule-cron', message: expect.stringContaining(fault) } });
});

test.each([0, -60, 59, 60.5, Number.NaN, Number.POSITIVE_INFINITY, 367 * 86_400])(
  'an interval of %d s is refused',
  (seconds) => {
    expect(() => checkTiming(interval(seconds), 0)).toThrow(expect.objectContaining({ code: 'schedule-interval' }));
  },
);

test('an interval of a minute and one of a year are taken', () => {
  expect(() => checkTiming(interval(60), 0)).not.toThrow();
  expect(() => checkTiming(interval(366 * 86_400), 0)).not.toThrow();
});
