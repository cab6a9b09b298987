/** A job that a dialog starts, shows, and ends with itself. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobName } from '../../shared/ipc/channels.ts';
import type { Jobs } from '../../shared/ipc/contract.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { type Job, startJob } from './client.ts';

export interface JobState<K extends JobName> {
  readonly running: boolean;
  readonly cancelling: boolean;
  /** Null until something is told. */
  readonly progress: Jobs[K]['progress'] | null;
  /** Of the last run; null while there is none. */
  readonly report: Jobs[K]['output'] | null;
  /** Why the last run failed; null for one that was cancelled. */
  readonly error: HostError | null;
}

export interface DialogJob<K extends JobName> extends JobState<K> {
  /** Does nothing while it runs. */
  readonly start: (input: Jobs[K]['input']) => Promise<void>;
  readonly cancel: () => void;
  /** What an earlier run told is about something else than what is asked for now. */
  readonly forget: () => void;
}

const IDLE = { running: false, cancelling: false, progress: null, report: null, error: null } as const;

/** It runs for as long as whoever asked is there. */
export function useJob<K extends JobName>(name: K): DialogJob<K> {
  const [state, setState] = useState<JobState<K>>(IDLE);
  const job = useRef<Job<Jobs[K]['output']> | null>(null);
  useEffect(() => () => job.current?.cancel(), []);
  const start = useCallback(
    async (input: Jobs[K]['input']) => {
      if (job.current) return;
      setState({ ...IDLE, running: true });
      const mine = startJob(name, input, (progress) => setState((before) => ({ ...before, progress })));
      job.current = mine;
      const answer = await mine.done;
      job.current = null;
      if (answer.ok) setState({ ...IDLE, report: answer.value });
      else setState({ ...IDLE, error: answer.error.code === 'cancelled' ? null : answer.error });
    },
    [name],
  );
  const cancel = useCallback(() => {
    if (!job.current) return;
    setState((before) => ({ ...before, cancelling: true }));
    job.current.cancel();
  }, []);
  const forget = useCallback(() => setState((before) => (before.running ? before : IDLE)), []);
  return { ...state, start, cancel, forget };
}
