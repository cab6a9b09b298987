import { create } from 'zustand';
import type { Overview, OverviewProgress } from '../../shared/ipc/model.ts';
import type { HostError } from '../../shared/ipc/result.ts';

/** What the open source tells as a whole, as the engine answered. Written by host/reading-overview.ts only. */
interface OverviewState {
  readonly workspace: string | null;
  /** Reading of the source that it is about, or that is being asked about. */
  readonly generation: number;
  readonly overview: Overview | null;
  readonly progress: OverviewProgress | null;
  /** Null while it is read, `cancelled` when a person stopped it. */
  readonly error: HostError | null;
}

const NONE: OverviewState = { workspace: null, generation: 0, overview: null, progress: null, error: null };

export const useOverview = create<OverviewState>(() => NONE);

/** Figures of an earlier reading stay until the new ones are there. */
export function overviewAsked(workspace: string, generation: number): void {
  useOverview.setState((before) => ({
    ...NONE,
    workspace,
    generation,
    overview: before.workspace === workspace ? before.overview : null,
  }));
}

export function overviewProgressed(progress: OverviewProgress): void {
  useOverview.setState({ progress });
}

export function overviewAnswered(overview: Overview): void {
  useOverview.setState({ overview, error: null });
}

export function overviewFailed(error: HostError): void {
  useOverview.setState({ error });
}
