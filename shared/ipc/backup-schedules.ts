/** Backups that are made by themselves: what crosses between the engine and whoever shows or edits them. Plain data only. */
import type { BackupProgress } from './backup-model.ts';
import type { HostError } from './result.ts';

/** A backup reads the whole source: more often than this it would do nothing else. */
export const SHORTEST_INTERVAL_S = 60;
/** A year. */
export const LONGEST_INTERVAL_S = 366 * 86_400;
/** Runs that are remembered of each schedule. */
export const RUNS_KEPT = 30;

/** When: every so many seconds after the last run began, or by a cron expression of five fields in this computer's time zone. */
export type ScheduleTiming =
  | { readonly by: 'interval'; readonly seconds: number }
  | { readonly by: 'cron'; readonly expression: string };

/**
 * What a person decides about a schedule. Ranges are checked by the engine (`checkSchedule`), which says what is wrong and how to
 * mend it. Never a password or a passphrase.
 */
export interface ScheduleDraft {
  /** Absolute path, or URL without its password. */
  readonly source: string;
  readonly followLinks: boolean;
  readonly timing: ScheduleTiming;
  /** Absolute path of the folder that backups are written into. */
  readonly folder: string;
  readonly gzip: boolean;
  /** With the passphrase that the window keeps in the system's key store, or that of the environment. */
  readonly encrypted: boolean;
  /** Globs over keys. Null: every state. */
  readonly only: readonly string[] | null;
  /** Which of its own backups stay: at most `count`, and none older than `days`. Null: no such bound. The newest always stays. */
  readonly keep: { readonly count: number | null; readonly days: number | null };
  /** A backup that would hold just what the last one holds is not written. */
  readonly skipUnchanged: boolean;
  readonly enabled: boolean;
}

export interface BackupSchedule extends ScheduleDraft {
  readonly id: string;
}

export const RUN_RESULTS = [
  'written',
  /** The source holds what the last backup holds, which is still there. */
  'unchanged',
  'failed',
  /** By a person, or because the program ended; after the latter it is caught up. */
  'cancelled',
  /** The program or the computer stopped in the middle of it. */
  'interrupted',
] as const;
export type RunResult = (typeof RUN_RESULTS)[number];

/** One run that is over. Times are ISO 8601 UTC. */
export interface ScheduleRun {
  /** When it should have been; null when a person asked for it. */
  readonly dueAt: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: RunResult;
  /** It was due while no program was running, or the computer was asleep. One run stands for all that were missed. */
  readonly caughtUp: boolean;
  /** Of `written` the new backup, of `unchanged` the one that holds the same. */
  readonly file: string | null;
  readonly states: number | null;
  /** Damaged states that are not in the backup. */
  readonly leftOut: number;
  /** Older backups of this schedule that were removed afterwards. */
  readonly removed: readonly string[];
  /** Of `failed`; and of `written`, where an older backup could not be removed. */
  readonly error: HostError | null;
}

/** A schedule as it stands. */
export interface ScheduleStatus {
  readonly schedule: BackupSchedule;
  /** The next three, the soonest first; empty while it is switched off. The first may be past: then it is about to run. */
  readonly nextRuns: readonly string[];
  /** Since when it runs, here or in another program; `progress` is null where that is not known. */
  readonly running: { readonly startedAt: string; readonly progress: BackupProgress | null } | null;
  /** The latest first, at most RUNS_KEPT. */
  readonly runs: readonly ScheduleRun[];
  /** Backups it has written and not removed, the latest first. They may have been moved or deleted since. */
  readonly files: readonly string[];
}

/** What a form is told while it is filled in. */
export type SchedulePreview = { readonly nextRuns: readonly string[] } | { readonly error: HostError };

/** What the window knows about all schedules. */
export interface ScheduleList {
  readonly schedules: readonly ScheduleStatus[];
  /** Whether a passphrase for encrypted ones can be kept here, or comes from the environment. */
  readonly canEncrypt: boolean;
}
