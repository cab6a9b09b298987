/**
 * What nodes exchange (docs/SYNC.md). A node is one program with a durable store of its own; the meeting point is a PostgreSQL
 * database with an append-only table of changes. What is read from it is in meeting-point-reader.ts, settling in settle.ts.
 */
import type { VersionVector } from '../../../shared/clock/version-vector.ts';

/**
 * A writer's changes of one key come one after the other, each having seen those before: so a version vector tells exactly what a
 * version has seen. A node is one writer (`laptop~3f9a1c20`: its id and a text made with its store), and another
 * (`laptop~3f9a1c20~2`) when it writes without having seen what it wrote before.
 */
export type WriterName = string;

/** Names one change, whatever its key. `counter` counts the changes of one node, from 1. */
export interface VersionId {
  readonly writer: WriterName;
  readonly counter: number;
}

/** A version without its bytes. */
export interface SyncVersion extends VersionId {
  /** The node's id, as a person gave it. Empty for a settlement. */
  readonly node: string;
  readonly key: string;
  /** All it has seen of this key, itself included: `vector.get(writer) === counter`. */
  readonly vector: VersionVector;
  /** The versions that it was written over, of which it takes the place. */
  readonly parents: readonly VersionId[];
  /** 1 + the greatest of its parents: the longest chain of changes behind it. */
  readonly depth: number;
  /** A deletion: there is no value. */
  readonly deleted: boolean;
  /** SHA-256 of the value's bytes, hex; empty for a deletion. */
  readonly hash: string;
  /** Of the value; 0 for a deletion. */
  readonly bytes: number;
  /** ISO 8601 UTC by the clock of the node: to be shown, and never compared. */
  readonly time: string;
  /** Who settled a conflict with it; `automatic`; null for a plain write. */
  readonly settledBy: string | null;
}

/** As a node keeps it and sends it. */
export interface SyncChange extends SyncVersion {
  /** Any bytes, also none; null for a deletion. */
  readonly value: Uint8Array | null;
}

/** Changes of the same key by one writer that neither saw nor were seen: those from `first` to `last` (both included). */
export interface ConcurrentWith {
  readonly writer: WriterName;
  readonly first: number;
  readonly last: number;
}

/** As it stands in the table of changes. */
export interface LoggedVersion extends SyncVersion {
  /** From 1, without gaps, in the order in which changes were taken in. */
  readonly seq: number;
  /** ISO 8601 UTC by the server's clock. */
  readonly receivedAt: string;
  /** Every concurrent pair is told once, by the one that came later. Empty: it saw all that was there. */
  readonly concurrentWith: readonly ConcurrentWith[];
}

export interface LoggedChange extends LoggedVersion {
  readonly value: Uint8Array | null;
}

/** What is concurrent, and what a person makes of it. */
export interface SyncConflict {
  readonly key: string;
  /** The concurrent versions; the first is the one that all nodes show until it is settled (`compareVersions`). */
  readonly versions: readonly LoggedVersion[];
  readonly status: 'open' | 'settled';
  readonly settled: Settlement | null;
}

export interface Settlement {
  readonly by: string;
  /** ISO 8601 UTC by the server's clock. */
  readonly at: string;
  /** The version that has been written over all others. */
  readonly version: LoggedVersion;
  /** The one whose value was taken; null for another value. */
  readonly chosen: VersionId | null;
}

export type SettlementChoice =
  /** The value (or the deletion) of one of the versions. */
  | { readonly kind: 'version'; readonly version: VersionId }
  /** Another value. */
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'delete' };

export interface NodeStatus {
  readonly id: string;
  readonly writer: WriterName;
  /** Seq of the last change that it has applied. */
  readonly applied: number;
  /** Seq of the newest change there is. */
  readonly newest: number;
  readonly lagChanges: number;
  /** Since the oldest change that it has not applied, by the server's clock; 0 when it has all. */
  readonly lagSeconds: number;
  /** Its own changes that had not been sent when it last told. */
  readonly queued: number;
  /** ISO 8601 UTC by the server's clock. */
  readonly lastSeen: string;
  /** `offline`: it has said goodbye, or nothing for 15 s. */
  readonly state: 'connected' | 'offline';
}

export function sameVersion(a: VersionId, b: VersionId): boolean {
  return a.writer === b.writer && a.counter === b.counter;
}

/** `writer:counter`. */
export function versionName({ writer, counter }: VersionId): string {
  return `${writer}:${counter}`;
}
