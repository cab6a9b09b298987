import { create } from 'zustand';
import type { OpenProgress, OpenRequest, WorkspaceSummary } from '../../shared/ipc/model.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { START_RATE, type TransferRate, updateRate } from './transfer-rate.ts';

export interface Opening extends OpenRequest {
  readonly progress: OpenProgress | null;
  readonly rate: TransferRate;
  readonly cancelling: boolean;
}

export interface OpenFailure extends OpenRequest {
  readonly error: HostError;
}

interface WorkspaceState {
  /** The open source; stays while another one is being opened. */
  readonly workspace: WorkspaceSummary | null;
  readonly opening: Opening | null;
  /** Why the last attempt failed; null once dismissed or followed by another attempt. */
  readonly failure: OpenFailure | null;
  /** Set when another program has written to the source since it was read. */
  readonly stale: Stale | null;
}

interface Stale {
  /** Null: it cannot be said which. */
  readonly keys: readonly string[] | null;
}

export const useWorkspace = create<WorkspaceState>(() => ({
  workspace: null,
  opening: null,
  failure: null,
  stale: null,
}));

export function openingStarted({ location, followLinks }: OpenRequest): void {
  useWorkspace.setState({
    opening: { location, followLinks, progress: null, rate: START_RATE, cancelling: false },
    failure: null,
  });
}

export function openingProgressed(progress: OpenProgress, atMs: number): void {
  useWorkspace.setState(({ opening }) =>
    opening ? { opening: { ...opening, progress, rate: updateRate(opening.rate, progress, atMs) } } : {},
  );
}

export function openingCancelling(): void {
  useWorkspace.setState(({ opening }) => (opening ? { opening: { ...opening, cancelling: true } } : {}));
}

export function openingEnded(failure: OpenFailure | null): void {
  useWorkspace.setState({ opening: null, failure });
}

export function failureDismissed(): void {
  useWorkspace.setState({ failure: null });
}

export function workspaceOpened(workspace: WorkspaceSummary): void {
  useWorkspace.setState({ workspace, opening: null, failure: null, stale: null });
}

/** The same source, read anew. What an earlier reading still tells is not heard. */
export function workspaceChanged(changed: WorkspaceSummary): void {
  useWorkspace.setState(({ workspace, stale }) => {
    if (workspace?.workspace !== changed.workspace || workspace.generation > changed.generation) return {};
    return { workspace: changed, stale: changed.generation > workspace.generation ? null : stale };
  });
}

export function workspaceArmed(id: string, armed: boolean): void {
  useWorkspace.setState(({ workspace }) => (workspace?.workspace === id ? { workspace: { ...workspace, armed } } : {}));
}

/** No keys: the source is again as it was read. */
export function workspaceStale(id: string, keys: readonly string[] | null): void {
  useWorkspace.setState(({ workspace }) =>
    workspace?.workspace === id ? { stale: keys?.length === 0 ? null : { keys } } : {},
  );
}

export function workspaceClosed(id: string): void {
  useWorkspace.setState(({ workspace }) => (workspace?.workspace === id ? { workspace: null, stale: null } : {}));
}
