/** When a schedule's runs are due. Pure: the time is always given. All times are milliseconds since 1970. */
import { Cron } from 'croner';
import {
  LONGEST_INTERVAL_S,
  type SchedulePreview,
  type ScheduleTiming,
  SHORTEST_INTERVAL_S,
} from '../../../shared/ipc/backup-schedules.ts';
import { SourceError } from '../sources/source-error.ts';
import { toHostError } from '../workspace/host-error.ts';

const SHOWN_RUNS = 3;

/**
 * The first run after `after`. An interval's runs are counted from `anchor`, so that they do not drift by the time that a run takes.
 * A cron expression is read in local time: a time of day that summer time leaves out is run at the first moment after the gap, and
 * one that comes twice is run once (croner's rule for expressions with one fixed time; those with `*` follow the clock).
 * @param timeZone an IANA name; this computer's when absent
 * @throws SourceError `schedule-cron` for an expression that was never checked
 */
export function nextAfter(timing: ScheduleTiming, anchor: number, after: number, timeZone?: string): number {
  if (timing.by === 'interval') {
    const interval = timing.seconds * 1000;
    return anchor + Math.max(1, Math.floor((after - anchor) / interval) + 1) * interval;
  }
  const next = parsed(timing.expression, timeZone).nextRun(new Date(after));
  if (next === null) throw wrongCron(timing.expression, NEVER);
  return next.getTime();
}

/** The next three runs of a schedule that begins `now`. */
export function firstRuns(timing: ScheduleTiming, now: number, timeZone?: string): number[] {
  const runs: number[] = [];
  for (let last = now; runs.length < SHOWN_RUNS; runs.push(last)) last = nextAfter(timing, now, last, timeZone);
  return runs;
}

/** @throws SourceError `schedule-interval`, `schedule-cron` */
export function checkTiming(timing: ScheduleTiming, now: number): void {
  if (timing.by === 'interval') {
    const { seconds } = timing;
    if (Number.isSafeInteger(seconds) && seconds >= SHORTEST_INTERVAL_S && seconds <= LONGEST_INTERVAL_S) return;
    const least = SHORTEST_INTERVAL_S;
    const days = LONGEST_INTERVAL_S / 86_400;
    const message = `Automatic backups cannot be made every ${seconds} seconds. Choose a whole number from ${least} seconds up to ${days} days.`;
    throw new SourceError('schedule-interval', message, { seconds: String(seconds), least, days });
  }
  if (parsed(timing.expression).nextRun(new Date(now)) === null) throw wrongCron(timing.expression, NEVER);
}

/** For a form that is being filled in: when it would run, or what is wrong. */
export function previewTiming(timing: ScheduleTiming, now: number): SchedulePreview {
  try {
    checkTiming(timing, now);
    return { nextRuns: firstRuns(timing, now).map((time) => new Date(time).toISOString()) };
  } catch (error) {
    return { error: toHostError(error) };
  }
}

const NEVER = 'there is no such day';

function parsed(expression: string, timezone?: string): Cron {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 && !expression.trim().startsWith('@')) {
    throw wrongCron(expression, `it has ${expression.trim() === '' ? 0 : fields.length} fields instead of five`);
  }
  try {
    // Five fields: with seconds, a backup could be asked for more often than one is made.
    return new Cron(expression, { mode: '5-part', paused: true, ...(timezone === undefined ? {} : { timezone }) });
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : String(error);
    throw wrongCron(expression, reason);
  }
}

function wrongCron(expression: string, reason: string): SourceError {
  const message =
    `"${expression}" is no time for backups: ${reason}. ` +
    'Write five fields: minute, hour, day of the month, month, day of the week; for instance "0 3 * * *" for every day at 3:00.';
  return new SourceError('schedule-cron', message, { expression, reason });
}
