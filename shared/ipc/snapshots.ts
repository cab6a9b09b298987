/** Captures of states that never change: what the window and the command line are told about them. */

import type { Page } from './model.ts';
import type { HostError } from './result.ts';

/** Why a snapshot was taken. Stored by position: only ever added to. */
export const SNAPSHOT_REASONS = [
  'manual',
  'before-edit',
  'before-delete',
  'before-restore',
  'before-undo',
  'imported',
] as const;
export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number];

export interface SnapshotInfo {
  /** Begins with `s`, so that it is never taken for the sequence of a change. */
  readonly id: string;
  /** Empty for one that was taken by itself and not named since. */
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Pinned ones are neither removed nor pruned. */
  readonly pinned: boolean;
  readonly reason: SnapshotReason;
  /** ISO 8601 UTC. */
  readonly takenAt: string;
  readonly states: number;
  /** Of its states, as they are outside of the snapshot. */
  readonly bytes: number;
  /** The newest change of the journal when it was taken; null where nothing was recorded. */
  readonly seq: number | null;
  /** The first of its keys, in order; which one where there is only one. */
  readonly firstKey: string;
}

/** One state in a snapshot. */
export interface SnapshotState {
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  /** The class or the shape as the writer named it; null where unknown. */
  readonly type: string | null;
  readonly status: string | null;
  /** As the source stored it; null where it stores no time. */
  readonly updatedAt: string | null;
  readonly bytes: number;
  /** SHA-256 of the stored bytes, hexadecimal. */
  readonly sha256: string;
}

/** Which snapshots. Empty: all. */
export interface SnapshotFilter {
  /** Each has to be in the name, the description, a tag or the id. Case is ignored. */
  readonly words?: string;
  readonly tag?: string;
  /** They have a state with this key. */
  readonly key?: string;
}

export interface SnapshotRows extends Page<SnapshotInfo> {
  /** Bytes on disk of all of them. */
  readonly stored: number;
  /** Why there are none, or what was done about a damaged database of them. */
  readonly problem: HostError | null;
}

/** What may be forgotten. Pinned ones never are; those that a person took or imported only with `manual`. */
export interface SnapshotPruneRule {
  /** This many of the newest stay. */
  readonly keep: number;
  /** Only those that are older. Null: however old. */
  readonly olderThanDays: number | null;
  readonly manual: boolean;
}

/** What a rule takes away, or took. */
export interface SnapshotPruneReport {
  readonly snapshots: number;
  /** Bytes that are stored for them alone: what others share stays. */
  readonly bytes: number;
  /** Left of all. */
  readonly remaining: number;
}

export interface SnapshotProgress {
  readonly done: number;
  readonly total: number;
}
