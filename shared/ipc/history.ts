/** What crosses about changes over time. Plain data only. Times are microseconds since 1970-01-01T00:00:00Z unless said. */

export type HistoryChangeType =
  | 'attribute_change'
  | 'snapshot_restore'
  | 'external'
  | 'created'
  | 'removed'
  | 'edit'
  | 'undo';

export interface HistoryRow {
  readonly seq: number;
  readonly time: number;
  readonly key: string;
  /** Dot notation; empty for the whole state. */
  readonly path: string;
  readonly type: HistoryChangeType;
  readonly origin: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** The beginning of the JSON text; null where there was no value. */
  readonly old: string | null;
  readonly new: string | null;
}

export interface HistoryPage {
  /** Newest first for `older`, oldest first for `newer`. */
  readonly rows: readonly HistoryRow[];
  /** For the next question in the same direction; null at the end. */
  readonly next: number | null;
}

/** A query that was not understood. */
export interface QueryFault {
  /** In UTF-16 units. */
  readonly offset: number;
  /** English: what was expected. */
  readonly message: string;
}

export interface HistoryStatus {
  /** Changes of the open source are being recorded. */
  readonly recording: boolean;
  /** Why recording has not begun by itself; null when it has, or may. */
  readonly waiting: 'large-source' | 'encrypted' | 'no-journal' | null;
  readonly changes: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly lastSeq: number;
  /** Bytes of the journal's file. */
  readonly bytes: number;
  readonly file: string | null;
  /** The recording before this one ended without being closed; microseconds of its last write. */
  readonly uncleanEnd: number | null;
  /** The journal could not be opened; English. The source opens all the same. */
  readonly problem: string | null;
}

export interface HistoryMark {
  readonly kind: 'snapshot' | 'restore';
  readonly name: string;
  readonly seq: number;
  readonly time: number;
  readonly key: string;
}

export interface HistoryDensity {
  /** The first bucket begins there. */
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
  readonly marks: readonly HistoryMark[];
}

export interface HistoryLane {
  readonly path: string;
  /** Oldest first; value is the beginning of the JSON text, null where there is none. */
  readonly values: readonly { readonly seq: number; readonly time: number; readonly value: string | null }[];
}

/** A change with its values, each at most 64 Ki characters. */
export interface HistoryDetail extends HistoryRow {
  readonly oldText: string | null;
  readonly newText: string | null;
  readonly cut: boolean;
}

export interface WatchInfo {
  readonly id: string;
  readonly name: string;
  /** Glob over keys. */
  readonly keys: string;
  readonly expression: string;
  /** Of the last commit it was evaluated on; null before the first, and where it could not be evaluated. */
  readonly value: boolean | number | string | null;
  readonly broken: boolean;
  /** The latest results, oldest first: 1 holds, 0 does not; or numbers. */
  readonly spark: readonly number[];
  readonly problem: string | null;
}

export interface BisectResult {
  /** Null: the expression holds to the end, or never did. */
  readonly change: HistoryRow | null;
  readonly loads: number;
  readonly commits: number;
  readonly note: 'found' | 'always-true' | 'never-true';
  readonly assumed: boolean;
}

export interface ProbeStatus {
  readonly on: boolean;
  /** `http://127.0.0.1:PORT#TOKEN`, what a probe takes; null while off. */
  readonly address: string | null;
  readonly sessions: readonly {
    readonly id: string;
    readonly name: string;
    readonly language: string;
    readonly modules: readonly string[];
    readonly received: number;
    readonly dropped: number;
    readonly paused: boolean;
  }[];
}
