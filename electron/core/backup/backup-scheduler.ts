/**
 * Runs what is due, in the window and on the command line alike. It decides nothing by itself: schedule-record.ts says what is
 * due, the lock of a schedule says whether somebody else is at it, and `perform` makes the backup. The clock is given, because the
 * one of the computer sleeps, jumps and is set back.
 */
import { join } from 'node:path';
import type { BackupProgress } from '../../../shared/ipc/backup-model.ts';
import type {
  BackupSchedule,
  ScheduleDraft,
  ScheduleRun,
  ScheduleStatus,
} from '../../../shared/ipc/backup-schedules.ts';
import { cancelled, errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { toHostError } from '../workspace/host-error.ts';
import { backupEnding, plainName } from './backup-folder.ts';
import { checkSchedule, checkSourceIsThere } from './schedule-check.ts';
import { findInterrupted } from './schedule-leftovers.ts';
import {
  afterClockSetBack,
  type BegunRun,
  begunRecord,
  changedRecord,
  clockSetBack,
  dueAt,
  endedRecord,
  interruptedRecord,
  newRecord,
  type OwnBackup,
  type RunEnd,
  type ScheduleRecord,
  statusOf,
} from './schedule-record.ts';
import { ScheduleStore } from './schedule-store.ts';

export interface SchedulerClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Gives what takes the timer back. A timer may be late by as much as the computer slept. */
  readonly after: (milliseconds: number, work: () => void) => () => void;
}

export const systemClock: SchedulerClock = {
  now: Date.now,
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** One backup to be made. Plain data: it goes to another thread. */
export interface BackupJob {
  readonly schedule: BackupSchedule;
  /** To be written. */
  readonly file: string;
  /** What the schedule has written before, the latest first. */
  readonly files: readonly OwnBackup[];
  readonly now: number;
}

export interface JobOutcome {
  readonly result: 'written' | 'unchanged';
  readonly file: string;
  readonly states: number;
  readonly leftOut: number;
  /** What the schedule has now, the latest first. */
  readonly files: readonly OwnBackup[];
  /** Older backups that were removed by its rule. */
  readonly removed: readonly string[];
  /** Why an older one could not be removed. */
  readonly error: ScheduleRun['error'];
}

export interface JobRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => void;
}

export interface FinishedRun {
  readonly schedule: BackupSchedule;
  readonly run: ScheduleRun;
}

export interface SchedulerOptions {
  readonly store: ScheduleStore;
  readonly clock: SchedulerClock;
  /** Makes the backup and removes old ones; leaves nothing behind when it fails. */
  readonly perform: (job: BackupJob, run: JobRun) => Promise<JobOutcome>;
  /** A run is over, and that is kept. */
  readonly onRun?: (finished: FinishedRun) => void;
  /** Something that `list` tells is another. */
  readonly onChanged?: () => void;
  /** Schedules cannot be read or their results not be kept. Told once, until it is another one or none. */
  readonly onFault?: (error: Error) => void;
}

/** Timers stand still while the computer sleeps, and another program may have changed something: never longer than this. */
const LONGEST_WAIT_MS = 60_000;
/** Two backups read and pack as fast as most disks; one that hangs on a dead network share holds up nobody. */
const MOST_AT_ONCE = 2;

interface ActiveRun {
  readonly abort: AbortController;
  readonly done: Promise<ScheduleRun | null>;
  progress: BackupProgress | null;
}

export class BackupScheduler {
  readonly #options: SchedulerOptions;
  readonly #active = new Map<string, ActiveRun>();
  /** What waits for one of the places. */
  readonly #waiting: (() => void)[] = [];
  #atWork = 0;
  #started = false;
  /** Whatever begins is over at once. */
  #stopped = false;
  #cancelTimer: (() => void) | null = null;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #told: string | null = null;
  /** Schedules as they were read last. */
  #seen: string | null = null;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Runs what was missed, once, and from then on what is due. Idempotent. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#stopped = false;
    void this.look();
  }

  /** No new run begins, until `start`: before the computer sleeps. Running ones go on. */
  pause(): void {
    this.#started = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Ends what is running; it counts as missed and is caught up at the next start, before which nothing runs. Idempotent. */
  async stop(): Promise<void> {
    this.pause();
    this.#stopped = true;
    for (const { abort } of this.#active.values()) abort.abort(STOPPED);
    await this.#looking;
    await this.idle();
  }

  /** When nothing runs any more that has begun until now. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await Promise.all([...this.#active.values()].map(({ done }) => done));
  }

  /** Begins what is due. Resolves when that is known, not when it has run. Never rejects: see `onFault`. */
  look(): Promise<void> {
    // What has changed while it looks may have been passed already.
    this.#lookAgain = this.#looking !== null;
    this.#looking ??= this.#lookUntilSeen();
    return this.#looking;
  }

  /** Runs what is due, and nothing afterwards. @throws SourceError when schedules cannot be read, or results not kept. */
  async runDue(): Promise<readonly FinishedRun[]> {
    const { clock, store } = this.#options;
    const now = clock.now();
    const finished: FinishedRun[] = [];
    const due = (await store.read()).filter((record) => isLookedInto(record, now));
    const ends = await Promise.allSettled(
      due.map(async ({ schedule }) => {
        const run = await this.#begin(schedule.id, 'due');
        if (run !== null) finished.push({ schedule, run });
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return finished;
  }

  /**
   * Runs it at once, also when it is switched off. One that is running already here is waited for.
   * @throws SourceError `schedule-missing`, `locked` while another program runs it; what keeps results from being kept
   */
  async runNow(id: string): Promise<ScheduleRun> {
    for (;;) {
      const active = this.#active.get(id);
      const run = await (active?.done ?? this.#begin(id, 'asked'));
      if (run !== null) return run;
    }
  }

  /** Ends a run, which is not caught up. */
  cancel(id: string): void {
    this.#active.get(id)?.abort.abort();
  }

  /** @param source null: of every source. @throws SourceError as ScheduleStore.read */
  async list(source: string | null = null): Promise<readonly ScheduleStatus[]> {
    const now = this.#options.clock.now();
    return (await this.#options.store.read())
      .filter(({ schedule }) => source === null || schedule.source === source)
      .map((record) => statusOf(record, now, this.#active.get(record.schedule.id)?.progress ?? null));
  }

  /**
   * Keeps a new schedule, or what was changed about one.
   * @param id null: a new one
   * @throws SourceError as checkSchedule and ScheduleStore; `path-missing` for a new source that is not there
   */
  async save(id: string | null, draft: ScheduleDraft): Promise<ScheduleStatus> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const checked = await checkSchedule(draft, now);
    const before = id === null ? null : await store.get(id);
    if (before?.schedule.source !== checked.source) await checkSourceIsThere(checked.source);
    let record: ScheduleRecord;
    if (before === null) {
      record = newRecord({ ...checked, id: ScheduleStore.newId() }, now);
      await store.add(record);
    } else {
      const { id: kept } = before.schedule;
      // Members that this version does not know stay.
      record = await store.change(kept, (was) => changedRecord(was, { ...was.schedule, ...checked, id: kept }, now));
    }
    this.#changed();
    return statusOf(record, now);
  }

  /** Its backups stay where they are. @throws SourceError as ScheduleStore.remove */
  async remove(id: string): Promise<void> {
    await this.#options.store.remove(id);
    this.cancel(id);
    this.#changed();
  }

  #changed(): void {
    this.#options.onChanged?.();
    if (this.#started) void this.look();
  }

  async #lookUntilSeen(): Promise<void> {
    do {
      this.#lookAgain = false;
      await this.#look();
    } while (this.#lookAgain);
    this.#looking = null;
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#options;
    this.#cancelTimer?.();
    let next = LONGEST_WAIT_MS;
    try {
      const records = await store.read();
      this.#tellOthers(records);
      for (const record of records) {
        const now = clock.now();
        if (this.#active.has(record.schedule.id)) continue;
        if (isLookedInto(record, now)) void this.#begin(record.schedule.id, 'due').catch(this.#fault);
        else next = Math.min(next, (dueAt(record) ?? Number.POSITIVE_INFINITY) - now);
      }
      if (this.#active.size === 0) this.#told = null;
    } catch (error) {
      this.#fault(error);
    }
    if (this.#started) this.#cancelTimer = clock.after(Math.max(0, next), () => void this.look());
  }

  /** Another program may have changed something, or have made a backup. */
  #tellOthers(records: readonly ScheduleRecord[]): void {
    const seen = JSON.stringify(records);
    if (this.#seen !== null && this.#seen !== seen) this.#options.onChanged?.();
    this.#seen = seen;
  }

  /** Null when there was nothing to do after all, or another program is at it. */
  #begin(id: string, why: 'due' | 'asked'): Promise<ScheduleRun | null> {
    const abort = new AbortController();
    // What was due has just been read.
    if (this.#stopped) abort.abort(STOPPED);
    const work = async (): Promise<ScheduleRun | null> => {
      let run: ScheduleRun | null = null;
      await this.#place();
      try {
        run = await this.#options.store.runLock(id).run(() => this.#run(id, why, abort.signal));
        return run;
      } catch (error) {
        // It is run elsewhere, and its result will be in the file.
        if (why === 'due' && error instanceof SourceError && NOT_NOW.has(error.code)) return null;
        throw error;
      } finally {
        this.#leave();
        this.#active.delete(id);
        this.#options.onChanged?.();
        // When it is due next depends on when it ended. What did not run waits for the timer, or it would be tried without a pause.
        if (this.#started && run !== null) void this.look();
      }
    };
    const result = work();
    this.#active.set(id, { abort, done: result.catch(() => null), progress: null });
    return result;
  }

  /** Alone with this schedule, here and in other programs. */
  async #run(id: string, why: 'due' | 'asked', signal: AbortSignal): Promise<ScheduleRun | null> {
    const { store, clock, perform, onRun, onChanged } = this.#options;
    let record = await store.get(id);
    if (record.running !== null) record = await this.#recover(record, record.running);
    if (clockSetBack(record, clock.now()))
      record = await store.change(id, (was) => afterClockSetBack(was, clock.now()));
    const now = clock.now();
    const due = why === 'asked' ? null : dueAt(record);
    if (signal.aborted) throw cancelled(record.schedule.source);
    if (why === 'due' && (due === null || due > now)) return null;
    record = await store.change(id, (was) => begunRecord(was, backupFile(was.schedule, now), due, now));
    const { schedule, running: begun, files } = record;
    if (begun === null) return null;
    onChanged?.();
    let end: RunEnd;
    let after: readonly OwnBackup[] = files;
    try {
      signal.throwIfAborted();
      const outcome = await perform(
        { schedule, file: begun.file, files, now },
        { signal, onProgress: (progress) => this.#progress(id, progress) },
      );
      ({ files: after, ...end } = outcome);
    } catch (error) {
      const result = signal.aborted ? 'cancelled' : 'failed';
      end = {
        result,
        file: null,
        states: null,
        leftOut: 0,
        removed: [],
        error: signal.aborted ? null : toHostError(error),
      };
      // It may have failed after the backup was put in its place: unknown here, no rule would ever remove it.
      const found = await findInterrupted(begun.file);
      if (found !== null) after = [found, ...files];
    }
    const settles = !(end.result === 'cancelled' && signal.reason === STOPPED);
    try {
      const ended = await store.change(id, (was) => endedRecord(was, begun, end, after, { now: clock.now(), settles }));
      const [run = null] = ended.runs;
      if (run !== null) onRun?.({ schedule, run });
      return run;
    } catch (error) {
      // Removed meanwhile.
      if (error instanceof SourceError && error.code === 'schedule-missing') return null;
      throw error;
    }
  }

  /** Its process is gone: it would hold the lock. */
  async #recover(record: ScheduleRecord, begun: BegunRun): Promise<ScheduleRecord> {
    const { store, clock } = this.#options;
    const found = await findInterrupted(begun.file);
    return store.change(record.schedule.id, (was) =>
      interruptedRecord(was, begun, found === null ? was.files : [found, ...was.files], clock.now()),
    );
  }

  #progress(id: string, progress: BackupProgress): void {
    const active = this.#active.get(id);
    if (!active) return;
    active.progress = progress;
    this.#options.onChanged?.();
  }

  async #place(): Promise<void> {
    if (this.#atWork >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#atWork++;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#atWork--;
  }

  readonly #fault = (error: unknown): void => {
    const text = errorCode(error) + (error instanceof Error ? error.message : '');
    if (this.#told === text) return;
    this.#told = text;
    this.#options.onFault?.(error instanceof Error ? error : new Error(String(error)));
  };
}

/** Somebody else runs it, or nobody is to. */
const NOT_NOW: ReadonlySet<string> = new Set(['locked', 'cancelled']);

/** Why a run ended that is caught up at the next start. */
const STOPPED = 'stopped';

/** It is due, its clock was set back, or somebody has begun it: whether they still run, the lock tells. */
function isLookedInto(record: ScheduleRecord, now: number): boolean {
  if (record.running !== null || clockSetBack(record, now)) return true;
  const due = dueAt(record);
  return due !== null && due <= now;
}

/** Sorts by time, and is told from those of other schedules in the same folder. */
function backupFile(schedule: BackupSchedule, now: number): string {
  const { id, source, folder } = schedule;
  const time = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
  return join(folder, `${plainName(source)}-${time}-${id}${backupEnding(schedule)}`);
}
