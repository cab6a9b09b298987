import { create } from 'zustand';

interface SnapshotsState {
  /** Counts how often snapshots were taken, changed or removed: what lists them reads anew. */
  readonly changes: number;
  /** What the list is narrowed to. */
  readonly words: string;
  /** A snapshot is being taken: states that are done, of all; null while none is. */
  readonly taking: { readonly done: number; readonly total: number } | null;
}

export const useSnapshots = create<SnapshotsState>(() => ({ changes: 0, words: '', taking: null }));

export function snapshotsChanged(): void {
  useSnapshots.setState(({ changes }) => ({ changes: changes + 1 }));
}

export function searchSnapshots(words: string): void {
  useSnapshots.setState({ words });
}

export function snapshotProgress(taking: SnapshotsState['taking']): void {
  useSnapshots.setState({ taking });
}

/** Another source is open, or none. */
export function forgetSnapshots(): void {
  useSnapshots.setState(({ changes }) => ({ changes: changes + 1, words: '', taking: null }));
}
