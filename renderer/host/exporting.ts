/** States leave the window as files. */
import { showNotice } from '../stores/notice-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';

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
