/** Copies states of the open source, with progress, and stops when a person says so. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Jobs } from '../../shared/ipc/contract.ts';
import type { CopyStatesProgress, CopyStatesReport } from '../../shared/ipc/persistence.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { type Job, startJob } from './client.ts';

export type CopyRequest = Jobs['states.copy']['input'];

export interface CopyState {
  readonly running: boolean;
  readonly cancelling: boolean;
  readonly progress: CopyStatesProgress | null;
  readonly report: CopyStatesReport | null;
  readonly error: HostError | null;
}

const IDLE: CopyState = { running: false, cancelling: false, progress: null, report: null, error: null };

export interface Copying extends CopyState {
  readonly start: (request: CopyRequest) => Promise<void>;
  readonly cancel: () => void;
  /** What an earlier run told is about something else than what is asked for now. */
  readonly forget: () => void;
}

export function useCopying(): Copying {
  const [state, setState] = useState(IDLE);
  const job = useRef<Job<CopyStatesReport> | null>(null);
  useEffect(() => () => job.current?.cancel(), []);
  const start = useCallback(async (request: CopyRequest) => {
    if (job.current) return;
    setState({ ...IDLE, running: true });
    const mine = startJob('states.copy', request, (progress) => setState((before) => ({ ...before, progress })));
    job.current = mine;
    const answer = await mine.done;
    job.current = null;
    if (answer.ok) setState({ ...IDLE, report: answer.value });
    else setState({ ...IDLE, error: answer.error.code === 'cancelled' ? null : answer.error });
  }, []);
  const cancel = useCallback(() => {
    if (!job.current) return;
    setState((before) => ({ ...before, cancelling: true }));
    job.current.cancel();
  }, []);
  const forget = useCallback(() => setState((before) => (before.running ? before : IDLE)), []);
  return { ...state, start, cancel, forget };
}
