/** What is kept of a source on this machine, to be looked at: its journal and its snapshots, neither made nor set aside here. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckNotRun } from '../../../shared/ipc/consistency.ts';
import { journalFile } from '../live/open-recording.ts';
import { SnapshotStore, snapshotsFile } from '../snapshots/snapshot-store.ts';
import { SourceError } from '../sources/source-error.ts';
import { type Journal, openJournal } from '../tracking/journal.ts';

export interface Recorded {
  readonly journal: Journal | CheckNotRun;
  readonly snapshots: SnapshotStore | CheckNotRun;
  close(): void;
}

/** @param folder Statescope's data folder. @param location of the source, as it says itself */
export async function openRecorded(folder: string, location: string): Promise<Recorded> {
  const journals = journalFile(join(folder, 'journals'), location);
  const snapshotFolder = join(folder, 'snapshots');
  const journal = await opened(journals, 'no-journal', () => openJournal(journals, { source: location, mode: 'read' }));
  const snapshots = await opened(snapshotsFile(snapshotFolder, location), 'no-snapshots', () =>
    SnapshotStore.open(snapshotFolder, location),
  );
  return {
    journal,
    snapshots,
    close: () => {
      if (!('code' in journal)) journal.close();
      if (!('code' in snapshots)) snapshots.close();
    },
  };
}

async function opened<T>(file: string, missing: CheckNotRun['code'], open: () => T): Promise<T | CheckNotRun> {
  if ((await stat(file).catch(() => null)) === null) return { code: missing, details: {} };
  try {
    return open();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { code: 'unreadable', details: { reason: error.message } };
  }
}
