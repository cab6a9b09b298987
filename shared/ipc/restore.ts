/** Putting an earlier moment back: what crosses between the engine and whoever asks for it. Plain data only. */
import type { JsonPath } from '../json/path.ts';
import type { MomentRef } from './moments.ts';

/**
 * `replace`: states become what they were, byte for byte. `merge`: what only the present has stays, be it members of objects or
 * whole states.
 */
export type RestoreMode = 'replace' | 'merge';

/** A change that a person has ticked; with all that is below its path. */
export interface RestorePath {
  readonly path: JsonPath;
  /** In the state as it was, or, for what only the present has, as it is now. Null: both. */
  readonly side: 'then' | 'now' | null;
}

export interface RestorePick {
  readonly key: string;
  /** Null: the whole state. */
  readonly paths: readonly RestorePath[] | null;
}

export interface RestoreRequest {
  readonly from: MomentRef;
  /** Null: every state of the moment. Empty: none. */
  readonly picks: readonly RestorePick[] | null;
  readonly mode: RestoreMode;
  /** With all states and `replace`: states that the moment did not have are taken away. */
  readonly removeOthers: boolean;
  /** States of a type that has been migrated since are put back in the form of today. */
  readonly migrate: boolean;
}

export const RESTORE_CHECK_CODES = [
  /** The state, or all of the source, can only be read; `reason` says why. */
  'not-writable',
  /** It is not there any more, and where it was kept is not known. */
  'no-place',
  /** Nothing of this key is known at the moment. */
  'not-then',
  /** It cannot be read at the moment, or now; `reason`. */
  'unreadable',
  /** There is no change at the path, or it can only be put back with what is around it (`nearest`). */
  'no-change',
  /** What would be written is no whole JSON text. */
  'not-json',
  /** A rule of its type is broken that is not broken now; `rule`, `message`. */
  'rule',
  /** It has another layout than the state that is there now, such as an envelope. */
  'other-layout',
  /** It has an older schema version than the type; `from`, `to`. */
  'older-version',
  /** And no migrations lead from there to today's. */
  'no-migration',
  /** It was migrated for this restore; `from`, `to`. */
  'migrated',
  /** A tool result without its call; `id`. Programs refuse such a conversation. */
  'orphan-tool-result',
  /** A tool call without its result; `id`. */
  'open-tool-call',
  /** A session names a participant that will not be there; `participant`. */
  'no-participant',
  /** What the backup holds is not what its checksum says. */
  'damaged-copy',
  /** The backup is cut off or lacks states: what it does not hold would be removed, and may have been in it. */
  'incomplete-copy',
] as const;
export type RestoreCheckCode = (typeof RESTORE_CHECK_CODES)[number];

export interface RestoreCheck {
  readonly code: RestoreCheckCode;
  /** An error is in the way; a person may accept those that are `acceptable`, by their code. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly acceptable: boolean;
  /** Null: about all of the source. */
  readonly key: string | null;
  /** As a JSON path like `friday.memory`; null: about the whole state. */
  readonly path: string | null;
  /** What the text is filled in with: `reason`, `from`, `to`, `id`, …. */
  readonly details: Readonly<Record<string, string>>;
}

/** One value that would go from `before` to `after`. */
export interface RestoreChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** In the state as it was; of what is removed, as it is now. */
  readonly path: JsonPath;
  /** The same as text; empty for the whole state. */
  readonly pathText: string;
  /** Beginnings of their JSON texts; null where there is no value. */
  readonly before: string | null;
  readonly after: string | null;
  /** It is part of what would be written. */
  readonly chosen: boolean;
}

export interface RestoreRow {
  readonly key: string;
  readonly type: string | null;
  readonly action: 'same' | 'write' | 'create' | 'remove';
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Those that are chosen, by kind. */
  readonly counts: Readonly<Record<RestoreChange['kind'], number>>;
  readonly changes: readonly RestoreChange[];
  /** Changes that are not listed. They are part of the whole state, and of a path above them. */
  readonly more: number;
}

export interface RestorePlan {
  /** For applying it; forgotten when another is made. */
  readonly plan: string;
  readonly from: MomentRef;
  readonly location: string;
  readonly mode: RestoreMode;
  /** States that would change come first. */
  readonly rows: readonly RestoreRow[];
  readonly checks: readonly RestoreCheck[];
  /** States that would be written, created or removed. */
  readonly states: number;
  /** Nothing that cannot be accepted is in the way. */
  readonly possible: boolean;
}

export interface RestoreProgress {
  readonly phase: 'reading' | 'copying' | 'saving' | 'writing' | 'verifying' | 'rolling-back';
  /** States; while a copy is made bytes, and then its files. */
  readonly done: number;
  readonly total: number;
  /** The state's; of a copy the file. */
  readonly key: string;
}

/** A state that could not be put back as it was before, and where its earlier text is kept. */
export interface NotRolledBack {
  readonly key: string;
  /** English. */
  readonly reason: string;
  /** Id of the copy in the trash; null where there was none. */
  readonly trash: string | null;
}

export type RestoreOutcome =
  | {
      readonly status: 'restored';
      readonly undo: string;
      readonly keys: readonly string[];
      readonly snapshot: string | null;
    }
  /** Others have written these since the plan was made. Nothing has changed: make another plan. */
  | { readonly status: 'stale'; readonly keys: readonly string[] }
  /** Errors that were not accepted, or cannot be. Nothing has changed. */
  | { readonly status: 'blocked'; readonly checks: readonly RestoreCheck[] }
  /** It was stopped, or writing failed; what had been written is as it was before, except `left`. */
  | {
      readonly status: 'rolled-back';
      readonly key: string;
      /** Null: a person stopped it. English otherwise. */
      readonly reason: string | null;
      readonly left: readonly NotRolledBack[];
    }
  /** The plan is forgotten, or every state is as it was already. */
  | { readonly status: 'nothing' };

/** A restore that can be taken back. */
export interface UndoableRestore {
  readonly undo: string;
  /** ISO 8601 UTC. */
  readonly restoredAt: string;
  readonly from: MomentRef;
  readonly keys: readonly string[];
  /** It was cut off, by a crash or by a failure: some of its states may have been written. */
  readonly unfinished: boolean;
}

export type UndoRestoreOutcome =
  | { readonly status: 'undone'; readonly keys: readonly string[] }
  /** Others have written these since; nothing has changed. */
  | { readonly status: 'changed'; readonly keys: readonly string[] }
  | Extract<RestoreOutcome, { status: 'rolled-back' }>
  | { readonly status: 'missing' };
