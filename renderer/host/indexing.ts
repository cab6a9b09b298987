/** Finding the states of a big file: stopping it, and going on with it. */
import { useWorkspace } from '../stores/workspace-store.ts';
import { tell } from './client.ts';

export function stopIndexing(): void {
  index(false);
}

export function goOnIndexing(): void {
  index(true);
}

export function isIndexing(): boolean {
  return useWorkspace.getState().workspace?.indexing?.status === 'running';
}

function index(go: boolean): void {
  const { workspace } = useWorkspace.getState();
  if (workspace) tell('workspace.index', { workspace: workspace.workspace, go });
}
