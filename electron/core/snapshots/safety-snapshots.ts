/**
 * The snapshots of a source as they are taken by themselves: of what is about to be written, before it is. The window and the
 * command line take them in the same way.
 */
import type {
  SnapshotInfo,
  SnapshotPruneReport,
  SnapshotPruneRule,
  SnapshotReason,
} from '../../../shared/ipc/snapshots.ts';
import { isEncryptedSource } from '../live/encrypted-source.ts';
import type { Source } from '../sources/source.ts';
import type { SourceError } from '../sources/source-error.ts';
import { openSnapshotsOf } from './open-snapshots.ts';
import { capturedStates, type SnapshotStore } from './snapshot-store.ts';

export type AutomaticReason = Exclude<SnapshotReason, 'manual' | 'imported'>;

/** As many of those that were taken by themselves stay. */
const KEPT: SnapshotPruneRule = { keep: 200, olderThanDays: null, manual: false };
/** Packing a larger one would take longer than a person waits; what is replaced is kept by the writer in any case. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What writers and stores answer when they have changed something. */
const WRITTEN: ReadonlySet<string> = new Set(['written', 'saved', 'deleted']);

export class SafetySnapshots {
  readonly store: SnapshotStore | null;
  readonly problem: SourceError | null;
  #isEncrypted: boolean | null = null;

  /** @param folder of the snapshots of all sources. @param location of the source, without a password. */
  constructor(folder: string, location: string) {
    const { snapshots, problem } = openSnapshotsOf(folder, location);
    this.store = snapshots;
    this.problem = problem;
  }

  /** Null where nothing is kept: no such states, too large ones, or those that are encrypted where they lie. @throws SourceError. */
  async take(
    source: Source,
    reason: AutomaticReason,
    keys: readonly string[],
    seq: number | null,
  ): Promise<SnapshotInfo | null> {
    const { store } = this;
    if (store === null) return null;
    const wanted = new Set(keys);
    const entries = source.entries.filter(({ key }) => wanted.has(key));
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (entries.length === 0 || bytes > MOST_BYTES) return null;
    this.#isEncrypted ??= await isEncryptedSource(source);
    if (this.#isEncrypted) return null;
    return store.take(capturedStates(source, keys), { reason, seq });
  }

  /** Takes one of a state, and then has it written. What was taken for a write that did not happen goes again. */
  async around<T extends { readonly status: string }>(
    source: Source,
    reason: AutomaticReason,
    key: string,
    write: () => Promise<T>,
  ): Promise<T> {
    const taken = await this.take(source, reason, [key], null);
    const made = await write();
    if (taken !== null && !WRITTEN.has(made.status)) this.store?.remove(taken.id);
    return made;
  }

  /** Forgets all but the newest of those that were taken by themselves. */
  async tidy(): Promise<SnapshotPruneReport | null> {
    return this.store && this.store.prune(await this.store.prunePlan(KEPT));
  }

  close(): void {
    this.store?.close();
  }
}
