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
/** Counts attempts: what an earlier one still tells is not heard. */
let attempt = 0;

export async function openSource({ location, followLinks }: OpenRequest): Promise<void> {
  current?.cancel();
  attempt += 1;
  const mine = attempt;
  openingStarted({ location, followLinks });
  const job = startJob('workspace.open', { location, followLinks }, (progress) => {
    if (attempt === mine) openingProgressed(progress, performance.now());
  });
  current = job;
  const answer = await job.done;
  if (attempt !== mine) return;
  current = null;
  if (answer.ok) {
    // The event `workspace.opened` shows it, and ends the opening when it is still on its way.
    if (useWorkspace.getState().workspace?.workspace === answer.value.workspace) openingEnded(null);
  } else {
    openingEnded(answer.error.code === 'cancelled' ? null : { location, followLinks, error: answer.error });
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
