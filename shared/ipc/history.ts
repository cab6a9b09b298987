/** What crosses about changes over time. Plain data only. Times are microseconds since 1970-01-01T00:00:00Z unless said. */
import type { HostError } from './result.ts';

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
  /** The first sequence of what was recorded at once with it. */
  readonly commit: number;
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

/** Why a query or an expression is not understood. Texts under `queryFaults.<code>`, with the fault's params. */
export const QUERY_FAULT_CODES = [
  'unexpected',
  'missing-condition',
  'missing-value',
  'unclosed',
  'unknown-field',
  'no-comparison',
  'no-number',
  'no-time',
  'too-deep',
  'too-many-words',
  'missing-end',
  'missing-mark',
  'missing-operator',
  'missing-operand',
  'meaningless',
  'bad-escape',
  'bad-path',
] as const;
export type QueryFaultCode = (typeof QUERY_FAULT_CODES)[number];

/** What a text is filled in with: `value`, `field`, `mark`, `reason`, …. */
export type FaultParams = Readonly<Record<string, string | number>>;

/** A query or an expression that was not understood. */
export interface QueryFault {
  /** In UTF-16 units. */
  readonly offset: number;
  readonly code: QueryFaultCode;
  readonly params: FaultParams;
  /** English: what was expected. */
  readonly message: string;
}

/** Why a state does not answer an expression. Texts under `unanswered.<code>`. */
export const UNANSWERED_CODES = ['path-failed', 'many-values', 'no-length', 'not-compared', 'no-state'] as const;

export interface Unanswered {
  readonly code: (typeof UNANSWERED_CODES)[number];
  readonly params: FaultParams;
  /** English. */
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
  /** Why the journal could not be opened, or not be written. The source opens all the same. */
  readonly problem: RecordingProblem | null;
}

export interface RecordingProblem extends HostError {
  /** Where a damaged journal was put, when a new one took its place. */
  readonly setAside: string | null;
}

export interface HistoryMark {
  readonly kind: 'snapshot' | 'restore';
  readonly name: string;
  readonly seq: number;
  readonly time: number;
  readonly key: string;
  /** Of a snapshot in the list of snapshots, its id. */
  readonly snapshot?: string;
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
  readonly problem: Unanswered | null;
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
  /** Name of the source in whose place running programs are shown, and which switching off opens again; null where none was open. */
  readonly insteadOf: string | null;
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
