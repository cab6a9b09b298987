/** Opens sources: one at a time, the last request wins, and what was open stays until the new one is there. */
import type { OpenRequest, WorkspaceSummary } from '../../shared/ipc/model.ts';
import {
  openingCancelling,
  openingEnded,
  openingProgressed,
  openingStarted,
  useWorkspace,
} from '../stores/workspace-store.ts';
import { call, type Job, startJob, tell } from './client.ts';

let current: Job<WorkspaceSummary> | null = null;

export async function openSource(request: OpenRequest): Promise<void> {
  current?.cancel();
  openingStarted(request);
  const job = startJob(
    'workspace.open',
    { location: request.location, followLinks: request.followLinks },
    (progress) => {
      if (current === job) openingProgressed(progress, performance.now());
    },
  );
  current = job;
  const answer = await job.done;
  if (current !== job) return;
  current = null;
  if (answer.ok) {
    // The event `workspace.opened` shows it, and ends the opening when it is still on its way.
    if (useWorkspace.getState().workspace?.workspace === answer.value.workspace) openingEnded(null);
  } else {
    openingEnded(answer.error.code === 'cancelled' ? null : { ...request, error: answer.error });
  }
}

export function cancelOpening(): void {
  if (!current) return;
  openingCancelling();
  current.cancel();
}

/** Asks with the system's dialog what to open. */
export async function pickSource(what: 'file' | 'folder'): Promise<void> {
  const answer = await call('workspace.pick', { what });
  if (answer.ok && answer.value) await openSource({ location: answer.value.location, followLinks: false });
}

export async function reloadSource(followLinks: boolean): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace) await openSource({ location: workspace.location, followLinks });
}

export function closeSource(): void {
  const { workspace } = useWorkspace.getState();
  if (workspace) tell('workspace.close', { workspace: workspace.workspace });
}
