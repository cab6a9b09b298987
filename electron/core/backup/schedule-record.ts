/**
 * What is kept about a schedule, and how it changes: decisions without clock, timer, disk or process, so that every order of events
 * can be tried. One rule carries all of them: `settledAt` is the moment up to which everything that was due has been dealt with. A
 * run that ends, however late it began, settles all that was due until its end; so what was missed is caught up by one run, and a
 * run that takes longer than the interval leaves no queue behind it.
 */
import {
  type BackupSchedule,
  RUNS_KEPT,
  type ScheduleRun,
  type ScheduleStatus,
} from '../../../shared/ipc/backup-schedules.ts';
import { firstRuns, nextAfter } from './schedule-times.ts';

/** A backup that the schedule has written. */
export interface OwnBackup {
  readonly file: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly bytes: number;
  /** Equal for backups of equal states; null where it is not known. */
  readonly content: string | null;
}

/** A run that has begun and has not been told the end of. */
export interface BegunRun {
  readonly startedAt: string;
  readonly dueAt: string | null;
  readonly caughtUp: boolean;
  /** That it writes. */
  readonly file: string;
  /** It catches up one that was interrupted; when it is interrupted, too, the next one waits for its time. */
  readonly again: boolean;
}

export interface ScheduleRecord {
  readonly schedule: BackupSchedule;
  /** ISO 8601 UTC, as all times. */
  readonly settledAt: string;
  /** From when intervals are counted: when the last run began. */
  readonly anchorAt: string;
  readonly running: BegunRun | null;
  /** The last run did not come to its end. */
  readonly interrupted: boolean;
  /** The latest first. */
  readonly runs: readonly ScheduleRun[];
  /** The latest first. */
  readonly files: readonly OwnBackup[];
}

/** A run that begins later than this was missed: nobody was there to begin it. */
const LATE_MS = 120_000;
/** What a clock is corrected by from time to time. Going along with it would make a run of this minute due once more. */
const CLOCK_TOLERANCE_MS = 60_000;

const iso = (time: number) => new Date(time).toISOString();

/** As of `now`, nothing is due. */
export function newRecord(schedule: BackupSchedule, now: number): ScheduleRecord {
  const at = iso(now);
  return { schedule, settledAt: at, anchorAt: at, running: null, interrupted: false, runs: [], files: [] };
}

/** With what a person has decided. A schedule that is switched on, or runs at other times, begins anew: nothing has been missed. */
export function changedRecord(record: ScheduleRecord, schedule: BackupSchedule, now: number): ScheduleRecord {
  const before = record.schedule;
  const sameTimes = JSON.stringify(before.timing) === JSON.stringify(schedule.timing);
  if (sameTimes && before.enabled && schedule.enabled) return { ...record, schedule };
  return { ...record, schedule, settledAt: iso(now), anchorAt: iso(now), interrupted: false };
}

/** When the next run is due; it may be past. Null: never, it is switched off. */
export function dueAt({ schedule, anchorAt, settledAt }: ScheduleRecord, timeZone?: string): number | null {
  if (!schedule.enabled) return null;
  return nextAfter(schedule.timing, Date.parse(anchorAt), Date.parse(settledAt), timeZone);
}

/** The clock was set back behind what is settled: without this, nothing would be due until it gets there again. */
export function clockSetBack({ settledAt }: ScheduleRecord, now: number): boolean {
  return Date.parse(settledAt) - now > CLOCK_TOLERANCE_MS;
}

export function afterClockSetBack(record: ScheduleRecord, now: number): ScheduleRecord {
  return { ...record, settledAt: iso(now), anchorAt: iso(Math.min(now, Date.parse(record.anchorAt))) };
}

/** @param due null when a person has asked for it. */
export function begunRecord(record: ScheduleRecord, file: string, due: number | null, now: number): ScheduleRecord {
  const caughtUp = due !== null && (record.interrupted || now - due > LATE_MS);
  const running = {
    startedAt: iso(now),
    dueAt: due === null ? null : iso(due),
    caughtUp,
    file,
    again: record.interrupted,
  };
  return { ...record, running };
}

/** How a run ended, as far as the one who made it knows. */
export type RunEnd = Pick<ScheduleRun, 'result' | 'file' | 'states' | 'leftOut' | 'removed' | 'error'>;

/** @param files that the schedule has now. @param settles false: it is still due, and will be caught up. */
export function endedRecord(
  record: ScheduleRecord,
  begun: BegunRun,
  end: RunEnd,
  files: readonly OwnBackup[],
  { now, settles }: { readonly now: number; readonly settles: boolean },
): ScheduleRecord {
  const { startedAt, dueAt: due, caughtUp } = begun;
  const run: ScheduleRun = { dueAt: due, startedAt, endedAt: iso(now), caughtUp, ...end };
  const ended = { ...record, running: null, files, runs: [run, ...record.runs].slice(0, RUNS_KEPT) };
  if (!settles) return { ...ended, interrupted: end.result === 'interrupted' };
  // A clock that was set back during the run must not put the anchor after the settled time.
  const anchorAt = iso(Math.min(now, Date.parse(startedAt)));
  return { ...ended, interrupted: false, settledAt: iso(now), anchorAt };
}

/**
 * Of a run whose process is gone. It is still due, once: whatever ended it may end the next one, too.
 * @param files with what the run had written after all.
 */
export function interruptedRecord(
  record: ScheduleRecord,
  begun: BegunRun,
  files: readonly OwnBackup[],
  now: number,
): ScheduleRecord {
  const end: RunEnd = { result: 'interrupted', file: null, states: null, leftOut: 0, removed: [], error: null };
  return endedRecord(record, begun, end, files, { now, settles: begun.again });
}

export function statusOf(
  record: ScheduleRecord,
  now: number,
  progress: NonNullable<ScheduleStatus['running']>['progress'] = null,
): ScheduleStatus {
  const { schedule, running, runs, files } = record;
  return {
    schedule,
    nextRuns: comingRuns(record, now).map(iso),
    running: running && { startedAt: running.startedAt, progress },
    runs,
    files: files.map(({ file }) => file),
  };
}

/** The next three. What was missed is one run, after which it goes on from now. */
function comingRuns(record: ScheduleRecord, now: number): readonly number[] {
  const { schedule, anchorAt } = record;
  const first = dueAt(record);
  if (first === null) return [];
  if (first <= now) return [first, ...firstRuns(schedule.timing, now).slice(0, 2)];
  const second = nextAfter(schedule.timing, Date.parse(anchorAt), first);
  return [first, second, nextAfter(schedule.timing, Date.parse(anchorAt), second)];
}
