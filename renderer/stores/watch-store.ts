import { create } from 'zustand';
import type { WatchInfo } from '../../shared/ipc/history.ts';
import type { HostError } from '../../shared/ipc/result.ts';

/** The watches of the open source, as the engine answered. Written by host/watches.ts only. */
interface WatchState {
  readonly watches: readonly WatchInfo[] | null;
  readonly error: HostError | null;
}

const NONE: WatchState = { watches: null, error: null };

export const useWatches = create<WatchState>(() => NONE);

export function watchesForgotten(): void {
  useWatches.setState(NONE);
}

export function watchesAnswered(watches: readonly WatchInfo[]): void {
  useWatches.setState({ watches, error: null });
}

export function watchesFailed(error: HostError): void {
  useWatches.setState({ error });
}
