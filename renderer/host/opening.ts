/** Opens sources: one at a time, the last request wins, and what was open stays until the new one is there. */
import { splitPassword } from '../../shared/ipc/address.ts';
import type { OpenProgress, OpenRequest, WorkspaceSummary } from '../../shared/ipc/model.ts';
import {
  openingCancelling,
  openingEnded,
  openingProgressed,
  openingStarted,
  useWorkspace,
  workspaceChanged,
} from '../stores/workspace-store.ts';
import { call, type Job, startJob, tell } from './client.ts';

let current: Job<WorkspaceSummary> | null = null;
/** Counts attempts: what an earlier one still tells is not heard. */
let attempt = 0;

/** A password in the address goes to the main process apart from it, and into no store. */
export async function openSource(request: OpenRequest): Promise<void> {
  const { followLinks } = request;
  const { location, password } = splitPassword(request.location);
  const secret = request.secret ?? (password === null ? undefined : { text: password, keep: false });
  // The event `workspace.opened` shows it, and ends the opening when it is still on its way.
  await run({ location, followLinks }, (progress) =>
    startJob('workspace.open', { location, followLinks, secret }, progress),
  );
}

/** Reads the open source again, with its links out of the folder if a person has agreed to these. */
export async function reloadSource(followLinks: boolean): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const request = { location: workspace.location, followLinks };
  if (followLinks) {
    await openSource(request);
    return;
  }
  await run(request, (progress) => startJob('workspace.reload', { workspace: workspace.workspace }, progress));
}

async function run(
  { location, followLinks }: OpenRequest,
  start: (onProgress: (progress: OpenProgress) => void) => Job<WorkspaceSummary>,
): Promise<void> {
  current?.cancel();
  attempt += 1;
  const mine = attempt;
  openingStarted({ location, followLinks });
  const job = start((progress) => {
    if (attempt === mine) openingProgressed(progress, performance.now());
  });
  current = job;
  const answer = await job.done;
  if (attempt !== mine) return;
  current = null;
  if (answer.ok) {
    workspaceChanged(answer.value);
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

export function closeSource(): void {
  const { workspace } = useWorkspace.getState();
  if (workspace) tell('workspace.close', { workspace: workspace.workspace });
}
