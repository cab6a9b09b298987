/**
 * The rules of when a schedule runs, over every order of events that a computer can come up with: a clock that runs, sleeps, is set
 * forward and back, runs that last, fail, are stopped or killed.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackupSchedule, RUNS_KEPT } from '../../../shared/ipc/backup-schedules.ts';
import {
  afterClockSetBack,
  begunRecord,
  changedRecord,
  clockSetBack,
  dueAt,
  endedRecord,
  interruptedRecord,
  newRecord,
  type RunEnd,
  type ScheduleRecord,
  statusOf,
} from './schedule-record.ts';
import { nextAfter } from './schedule-times.ts';

const START = Date.parse('2026-03-27T10:00:00Z');
const HOUR = 3_600_000;

function schedule(timing: BackupSchedule['timing'] = { by: 'interval', seconds: 3600 }): BackupSchedule {
  return {
    id: 'a',
    source: '/source',
    followLinks: false,
    timing,
    folder: '/backups',
    gzip: false,
    encrypted: false,
    only: null,
    keep: { count: null, days: null },
    skipUnchanged: true,
    enabled: true,
  };
}

const end = (result: RunEnd['result']): RunEnd => ({
  result,
  file: null,
  states: null,
  leftOut: 0,
  removed: [],
  error: null,
});

/** As the scheduler does it: begins when it is due, and ends after a while. */
function runIfDue(record: ScheduleRecord, now: number, lasts: number): { record: ScheduleRecord; ran: boolean } {
  const seen = clockSetBack(record, now) ? afterClockSetBack(record, now) : record;
  const due = dueAt(seen);
  if (due === null || due > now) return { record: seen, ran: false };
  const begun = begunRecord(seen, '/backups/a.json', due, now);
  if (begun.running === null) throw new Error('it has begun');
  const ended = endedRecord(begun, begun.running, end('written'), begun.files, { now: now + lasts, settles: true });
  return { record: ended, ran: true };
}

const timings = fc.constantFrom<BackupSchedule['timing']>(
  { by: 'interval', seconds: 60 },
  { by: 'interval', seconds: 3600 },
  { by: 'interval', seconds: 86_400 },
  { by: 'cron', expression: '0 3 * * *' },
  { by: 'cron', expression: '*/10 * * * *' },
  { by: 'cron', expression: '30 2 * * 0' },
);
/** Milliseconds until somebody looks again: soon, or after days of sleep. */
const pauses = fc.array(fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 20 * 24 * HOUR })), {
  maxLength: 40,
});
const lasting = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * 24 * HOUR }));

test('with a clock that goes forward, one run settles all that was due, and none runs without being due', () => {
  fc.assert(
    fc.property(timings, pauses, lasting, (timing, steps, lasts) => {
      let record = newRecord(schedule(timing), START);
      let now = START;
      for (const step of steps) {
        now += step;
        const before = record;
        const wasDue = nextAfter(timing, Date.parse(before.anchorAt), Date.parse(before.settledAt)) <= now;
        const first = runIfDue(record, now, lasts);
        expect(first.ran).toBe(wasDue);
        if (first.ran) now += lasts;
        // What became due meanwhile is no queue.
        const second = runIfDue(first.record, now, lasts);
        expect(second.ran).toBe(false);
        record = second.record;
      }
    }),
  );
});

test('whatever the clock does, the next run is at most one interval away', () => {
  const jumps = fc.array(fc.integer({ min: -400 * 24 * HOUR, max: 400 * 24 * HOUR }), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 400_000 }), jumps, lasting, (seconds, steps, lasts) => {
      let record = newRecord(schedule({ by: 'interval', seconds }), START);
      let now = START;
      for (const step of steps) {
        now += step;
        const { record: next, ran } = runIfDue(record, now, lasts);
        if (ran) now += lasts;
        record = next;
        const due = dueAt(record) ?? Number.NaN;
        expect(due).toBeGreaterThan(now);
        // The tolerance of a clock that is corrected, at most.
        expect(due - now).toBeLessThanOrEqual(seconds * 1000 + 60_000);
      }
    }),
  );
});

test('a small correction of the clock runs nothing twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 5000 }), (back, lasts) => {
      const timing = { by: 'cron', expression: '* * * * *' } as const;
      const due = nextAfter(timing, START, START);
      const { record, ran } = runIfDue(newRecord(schedule(timing), START), due, lasts);
      expect(ran).toBe(true);
      const corrected = runIfDue(record, due + lasts - back, 0);
      expect(corrected.ran).toBe(false);
      // The same minute comes once more.
      expect(runIfDue(corrected.record, Math.max(due, due + lasts - back), 0).ran).toBe(false);
    }),
  );
});

test('a run that is late says that it catches up; one on time does not', () => {
  const record = newRecord(schedule(), START);
  expect(begunRecord(record, 'f', START + HOUR, START + HOUR + 500).running?.caughtUp).toBe(false);
  expect(begunRecord(record, 'f', START + HOUR, START + 3 * HOUR).running?.caughtUp).toBe(true);
  // Asked for by a person, whenever that is.
  expect(begunRecord(record, 'f', null, START + 3 * HOUR).running).toMatchObject({ caughtUp: false, dueAt: null });
});

test('an interrupted run is caught up once, and not for ever', () => {
  let record = begunRecord(newRecord(schedule(), START), 'f', START + HOUR, START + HOUR);
  const kill = (now: number) => {
    if (record.running === null) throw new Error('it runs');
    record = interruptedRecord(record, record.running, record.files, now);
  };
  kill(START + HOUR + 1000);
  expect(record).toMatchObject({ running: null, interrupted: true, runs: [{ result: 'interrupted' }] });
  const due = dueAt(record);
  expect(due).toBe(START + HOUR);
  record = begunRecord(record, 'g', due, START + HOUR + 2000);
  expect(record.running).toMatchObject({ caughtUp: true, again: true });
  kill(START + HOUR + 3000);
  // Whatever kills it would kill it again: the next one is at its time.
  expect(dueAt(record)).toBe(START + 2 * HOUR + 2000);
  expect(record.interrupted).toBe(false);
});

test('one that a person asked for and that was killed is not caught up', () => {
  const begun = begunRecord(newRecord(schedule(), START), 'f', null, START + 1000);
  if (begun.running === null) throw new Error('it runs');
  const record = interruptedRecord(begun, begun.running, [], START + 2000);
  expect(dueAt(record)).toBe(START + HOUR);
});

test('what is stopped because the program ends stays due; what a person cancels does not', () => {
  const begun = begunRecord(newRecord(schedule(), START), 'f', START + HOUR, START + HOUR);
  if (begun.running === null) throw new Error('it runs');
  const at = { now: START + HOUR + 5000 };
  expect(dueAt(endedRecord(begun, begun.running, end('cancelled'), [], { ...at, settles: false }))).toBe(START + HOUR);
  expect(dueAt(endedRecord(begun, begun.running, end('cancelled'), [], { ...at, settles: true }))).toBe(
    START + 2 * HOUR,
  );
});

test('switching a schedule on, or changing its times, catches up nothing', () => {
  const late = START + 30 * HOUR;
  const record = newRecord({ ...schedule(), enabled: false }, START);
  expect(dueAt(record)).toBeNull();
  expect(dueAt(changedRecord(record, schedule(), late))).toBe(late + HOUR);
  const daily = schedule({ by: 'interval', seconds: 86_400 });
  expect(dueAt(changedRecord(newRecord(schedule(), START), daily, late))).toBe(late + 24 * HOUR);
  // Anything else leaves what was missed.
  const elsewhere = { ...schedule(), folder: '/elsewhere' };
  expect(dueAt(changedRecord(newRecord(schedule(), START), elsewhere, late))).toBe(START + HOUR);
});

test('so many runs are remembered, the latest first', () => {
  let record = newRecord(schedule(), START);
  for (let run = 1; run <= RUNS_KEPT + 5; run++) ({ record } = runIfDue(record, START + run * HOUR, 0));
  expect(record.runs).toHaveLength(RUNS_KEPT);
  expect(record.runs[0]?.startedAt).toBe(new Date(START + (RUNS_KEPT + 5) * HOUR).toISOString());
});

test('the next three runs are told in order; a missed one is the first of them', () => {
  fc.assert(
    fc.property(timings, fc.integer({ min: 0, max: 400 * HOUR }), (timing, since) => {
      const now = START + since;
      const { nextRuns } = statusOf(newRecord(schedule(timing), START), now);
      const [first = 0, second = 0, third = 0] = nextRuns.map((time) => Date.parse(time));
      expect(nextRuns).toHaveLength(3);
      expect(first).toBe(nextAfter(timing, START, START));
      expect(second).toBeGreaterThan(Math.max(first, now));
      expect(third).toBeGreaterThan(second);
    }),
  );
  expect(statusOf(newRecord({ ...schedule(), enabled: false }, START), START).nextRuns).toEqual([]);
});
