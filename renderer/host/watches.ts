/** The watches of the open source: read when they are looked at, kept current, and told of when one breaks. */
import type { QueryFault, WatchInfo } from '../../shared/ipc/history.ts';
import { useHistory } from '../stores/history-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useWatches, watchesAnswered, watchesFailed, watchesForgotten } from '../stores/watch-store.ts';
import { call, onEvent } from './client.ts';

/** Changes come in faster than a person reads their values. */
const REFRESH_MS = 500;

let timer: ReturnType<typeof setTimeout> | undefined;

async function readWatches(): Promise<void> {
  const { workspace } = useHistory.getState();
  if (workspace === null) return;
  const answer = await call('watches.list', { workspace });
  if (useHistory.getState().workspace !== workspace) return;
  if (answer.ok) watchesAnswered(answer.value);
  else watchesFailed(answer.error);
}

/** Asked for at most twice a second. */
function refresh(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    void readWatches();
  }, REFRESH_MS);
}

/** Another source is open, or none. */
export function watchesChanged(workspace: string | null): void {
  watchesForgotten();
  if (workspace !== null) void readWatches();
}

export function followWatches(): void {
  onEvent('history.appended', ({ workspace }) => {
    const { watches } = useWatches.getState();
    if (workspace === useHistory.getState().workspace && watches?.length !== 0) refresh();
  });
  onEvent('watch.broken', ({ workspace, watch, key, seq }) => {
    if (workspace !== useHistory.getState().workspace) return;
    refresh();
    showNotice({ kind: 'watch-broken', name: watch.name, key, seq });
  });
}

export interface WatchEdit {
  /** Null for a new one. */
  readonly id: string | null;
  readonly name: string;
  readonly keys: string;
  readonly expression: string;
}

/** Gives where the expression is not understood; null when it was saved, or the person has been told otherwise. */
export async function saveWatch(edit: WatchEdit): Promise<QueryFault | null> {
  const { workspace } = useHistory.getState();
  if (workspace === null) return null;
  const answer = await call('watches.save', { workspace, ...edit });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if ('fault' in answer.value) return answer.value.fault;
  else watchesAnswered(answer.value);
  return null;
}

export async function removeWatch({ id }: WatchInfo): Promise<void> {
  const { workspace } = useHistory.getState();
  if (workspace === null) return;
  const answer = await call('watches.remove', { workspace, id });
  if (answer.ok) watchesAnswered(answer.value);
  else showNotice({ kind: 'write-failed', error: answer.error });
}
