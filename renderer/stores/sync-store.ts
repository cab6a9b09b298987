import { create } from 'zustand';
import type { HostError } from '../../shared/ipc/result.ts';
import type { ConflictPage, LanePage, SyncStatus } from '../../shared/ipc/sync.ts';

export type ConflictKind = 'open' | 'settled';

/** Nodes, conflicts and lanes as the engine answered. Written by host/sync.ts only. */
interface SyncState {
  readonly status: SyncStatus | null;
  /** Why the nodes could not be asked the last time; what they said before stays. */
  readonly error: HostError | null;
  readonly kind: ConflictKind;
  readonly conflicts: ConflictPage | null;
  readonly lanes: LanePage | null;
  /** The state whose changes are shown; null for all. */
  readonly key: string | null;
  /** Number of the change that a person looks at. */
  readonly selected: number | null;
}

const NOTHING: SyncState = {
  status: null,
  error: null,
  kind: 'open',
  conflicts: null,
  lanes: null,
  key: null,
  selected: null,
};

export const useSync = create<SyncState>(() => NOTHING);

export function changeSync(change: Partial<SyncState>): void {
  useSync.setState(change);
}

export function forgetSync(): void {
  useSync.setState(NOTHING);
}
