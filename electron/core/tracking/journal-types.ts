/** What goes into a journal and what comes out of it. Times are microseconds since 1970-01-01T00:00:00Z. */
import type { VersionVector } from '../../../shared/clock/version-vector.ts';
import type { JsonPath } from '../../../shared/json/path.ts';

/**
 * `created` and `removed`: a state that came into sight, or went. `external`: found by comparing two texts of a foreign program.
 * `attribute_change`: told by a module or a probe. `edit`: written by a person in Statescope. Stored by position: only ever added to.
 */
export const CHANGE_TYPES = [
  'attribute_change',
  'snapshot_restore',
  'external',
  'created',
  'removed',
  'edit',
  'undo',
] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** Stored by position: only ever added to. */
export const CHANGE_KINDS = ['added', 'removed', 'changed', 'moved'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One value of a state that went from `old` to `new`, both JSON texts; null where there was, or is, no value. */
export interface JournalChange {
  readonly path: JsonPath;
  readonly kind: ChangeKind;
  readonly old: string | null;
  readonly new: string | null;
}

/** How the state after a commit is kept. */
export type CommitContent =
  /** The whole text. */
  | { readonly form: 'keyframe'; readonly text: Uint8Array }
  /** By `applyDelta` to the text after the key's commit before. */
  | { readonly form: 'delta'; readonly delta: Uint8Array }
  /** The changes, applied to the state before. */
  | { readonly form: 'patch' }
  | { readonly form: 'removed' };

/** A moment that is shown on a timeline. */
export interface MarkInput {
  readonly kind: 'snapshot' | 'restore';
  readonly name: string;
  readonly id: string;
}

export interface JournalCommit {
  readonly key: string;
  readonly time: number;
  readonly type: ChangeType;
  readonly origin: string;
  readonly content: CommitContent;
  readonly changes: readonly JournalChange[];
  /** SHA-256 of the text, where there is one. */
  readonly revision?: Uint8Array | undefined;
  /** There were more changes than are listed. */
  readonly more?: boolean | undefined;
  /** What the state has seen of other writers; only where that changed. */
  readonly vector?: VersionVector | undefined;
  readonly mark?: MarkInput | undefined;
}

/** One change as history lists it. */
export interface ChangeRow {
  readonly seq: number;
  /** Of the commit that it is part of. */
  readonly commit: number;
  readonly time: number;
  readonly key: string;
  /** As `toDot` writes it; empty for the whole state. */
  readonly path: string;
  readonly type: ChangeType;
  readonly origin: string;
  readonly kind: ChangeKind;
  /** At most 120 characters of the JSON text; null where there was no value. Of a moved value, the path it came from. */
  readonly old: string | null;
  readonly new: string | null;
  /** Whether `old` and `new` are cut off; `changeAt` has them whole. */
  readonly oldCut: boolean;
  readonly newCut: boolean;
}

/** The same with values in full, and what the commit had seen. */
export interface FullChange extends ChangeRow {
  readonly segments: JsonPath;
  readonly vector: VersionVector;
}

export interface CommitInfo {
  readonly seq: number;
  readonly time: number;
  readonly type: ChangeType;
  readonly origin: string;
}

export interface Mark extends MarkInput {
  readonly seq: number;
  readonly time: number;
  readonly key: string;
}

/** After the change with this sequence; or after the last change that was recorded at or before this time. */
export type Moment = { readonly seq: number } | { readonly time: number };

/** What `old` and `new` of a row have at most. */
export const SHORT_CHARS = 120;

/** Commits take one sequence for each change, and one when they have none. */
export function slotsOf(commit: JournalCommit): number {
  return Math.max(1, commit.changes.length);
}

export const typeAt = (index: number): ChangeType => CHANGE_TYPES[index] ?? 'external';
export const kindAt = (index: number): ChangeKind => CHANGE_KINDS[index] ?? 'changed';
