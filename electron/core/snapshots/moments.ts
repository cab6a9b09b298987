/** A moment as a source: now, after a change of the journal, a snapshot, or what lies elsewhere. All views and comparisons read sources. */
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import type { VersionRef } from '../../../shared/ipc/sync.ts';
import { JournalSource } from '../live/journal-source.ts';
import type { OpenOptions, Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import { snapshotMissing } from './snapshot-missing.ts';
import { SnapshotSource } from './snapshot-source.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export interface MomentContext {
  readonly now: Source;
  /** Null where nothing is recorded. What waits to be written into it is the caller's to flush. */
  readonly journal: Journal | null;
  readonly snapshots: SnapshotStore | null;
  open(location: string, options?: OpenOptions): Promise<Source>;
  /** A version that a node wrote; absent where nodes do not meet. */
  version?(id: VersionRef): Promise<Source>;
}

export interface OpenMoment {
  readonly source: Source;
  /** Closes what was opened for it, and nothing else. Idempotent. */
  release(): Promise<void>;
}

/** @throws SourceError `moment-forgotten`, `snapshot-missing`, and whatever opening another source throws. */
export async function openMoment(ref: MomentRef, context: MomentContext): Promise<OpenMoment> {
  switch (ref.at) {
    case 'now':
      return { source: context.now, release: nothing };
    case 'seq':
      return { source: asOf(ref.seq, context), release: nothing };
    case 'snapshot':
      return { source: ofSnapshot(ref.snapshot, context), release: nothing };
    case 'source': {
      const source = await context.open(ref.location);
      return { source, release: () => source.close() };
    }
    case 'version': {
      if (context.version === undefined) throw noNodes(context.now.location);
      const source = await context.version(ref);
      return { source, release: () => source.close() };
    }
    default:
      return ref satisfies never;
  }
}

function noNodes(location: string): SourceError {
  const message = `Nodes do not meet in ${location}: there are no versions of them.`;
  return new SourceError('sync-missing', message, { location });
}

async function nothing(): Promise<void> {}

function asOf(seq: number, { journal, now }: MomentContext): Source {
  // The journal takes a moment that it has forgotten for the oldest that it knows, and a later one for the last.
  if (journal !== null && seq <= journal.lastSeq && journal.seqAt({ seq }) === seq) {
    return new JournalSource(journal, seq, now);
  }
  const { location } = now;
  const why = journal === null ? 'nothing of this source is recorded' : 'it is forgotten, or has not come yet';
  const message = `There is no change ${seq} in the history of ${location}: ${why}. Look at its history for the changes that are known.`;
  throw new SourceError('moment-forgotten', message, { location, key: String(seq) });
}

function ofSnapshot(id: string, { snapshots, now }: MomentContext): Source {
  if (snapshots === null) throw snapshotMissing(id, now.location);
  return new SnapshotSource(snapshots, id, now);
}
