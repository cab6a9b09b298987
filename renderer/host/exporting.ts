/** States leave the window as files. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Jobs } from '../../shared/ipc/contract.ts';
import type { ExportProgress, ExportReport } from '../../shared/ipc/exporting.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';

/** Asks where to with the system's dialog. */
export async function saveState(key: string): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  const answer = await call('state.save', { workspace: workspace.workspace, key });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value !== null) showNotice({ kind: 'exported', location: answer.value.location });
}

/** Goes on with a drag that has begun in the window as one of a file. */
export async function dragStateOut(key: string): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  const answer = await call('state.drag', { workspace: workspace.workspace, key });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
}

export interface ExportState {
  readonly running: boolean;
  /** Null until the place has been chosen. */
  readonly progress: ExportProgress | null;
  readonly report: ExportReport | null;
  readonly error: HostError | null;
}

export interface Exporting extends ExportState {
  readonly start: (request: Omit<Jobs['states.export']['input'], 'workspace'>) => Promise<void>;
  readonly cancel: () => void;
  /** What an earlier run told is about something else than what is asked for now. */
  readonly forget: () => void;
}

const IDLE: ExportState = { running: false, progress: null, report: null, error: null };

export function useExporting(workspace: string): Exporting {
  const [state, setState] = useState(IDLE);
  const job = useRef<Job<ExportReport | null> | null>(null);
  useEffect(() => () => job.current?.cancel(), []);
  const start = useCallback<Exporting['start']>(
    async (request) => {
      if (job.current) return;
      setState({ ...IDLE, running: true });
      job.current = startJob('states.export', { workspace, ...request }, (progress) =>
        setState((before) => ({ ...before, progress })),
      );
      const answer = await job.current.done;
      job.current = null;
      if (answer.ok) setState({ ...IDLE, report: answer.value });
      else setState({ ...IDLE, error: answer.error.code === 'cancelled' ? null : answer.error });
    },
    [workspace],
  );
  const cancel = useCallback(() => job.current?.cancel(), []);
  const forget = useCallback(() => setState((before) => (before.running ? before : IDLE)), []);
  return { ...state, start, cancel, forget };
}
