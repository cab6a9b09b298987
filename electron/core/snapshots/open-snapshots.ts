/** The snapshots of a source, whatever state their database is in: the source opens all the same. */
import { existsSync, renameSync } from 'node:fs';
import { SourceError } from '../sources/source-error.ts';
import { SnapshotStore, snapshotsFile } from './snapshot-store.ts';

export interface OpenedSnapshots {
  /** Null when they could not be opened. */
  readonly snapshots: SnapshotStore | null;
  /** Why they could not be opened, or what was done about it. */
  readonly problem: SourceError | null;
}

/** Those that are damaged are set aside and never deleted. @param folder of the snapshots of all sources. */
export function openSnapshotsOf(folder: string, source: string): OpenedSnapshots {
  try {
    return { snapshots: SnapshotStore.open(folder, source), problem: null };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.code !== 'snapshots-corrupt') return { snapshots: null, problem: error };
    const aside = setAside(snapshotsFile(folder, source));
    const message = `${error.message} It was set aside as ${aside}.`;
    const problem = new SourceError(error.code, message, { ...error.details, location: aside }, { cause: error });
    return { snapshots: SnapshotStore.open(folder, source), problem };
  }
}

function setAside(file: string): string {
  const aside = `${file}.damaged-${Date.now()}`;
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}
