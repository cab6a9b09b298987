import { create } from 'zustand';
import type { StateSummary, ValueDetail } from '../../shared/ipc/model.ts';
import type { HostError } from '../../shared/ipc/result.ts';

/** The selected state and the selected node as the engine answered. Written by host/follow-selection.ts only. */
interface OpenState {
  readonly workspace: string | null;
  readonly key: string | null;
  /** Null while it is read, or when that failed. */
  readonly summary: StateSummary | null;
  readonly error: HostError | null;
  /** The last node that was answered; stays while the next is asked for. */
  readonly detail: ValueDetail | null;
}

const NONE: OpenState = { workspace: null, key: null, summary: null, error: null, detail: null };

export const useOpenState = create<OpenState>(() => NONE);

export function stateAsked(workspace: string | null, key: string | null): void {
  useOpenState.setState({ ...NONE, workspace, key });
}

export function stateAnswered(summary: StateSummary): void {
  useOpenState.setState({ summary, error: null });
}

export function stateFailed(error: HostError): void {
  useOpenState.setState({ summary: null, error });
}

export function detailAnswered(detail: ValueDetail): void {
  useOpenState.setState({ detail });
}
