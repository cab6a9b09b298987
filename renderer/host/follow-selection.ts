/**
 * Reads what is selected: the state when another key is chosen, the node when another row is. Quick changes, as from
 * a held arrow key, are waited out; an answer to an earlier question is dropped.
 */
import { selectState, useSelection, viewOf } from '../stores/selection-store.ts';
import { detailAnswered, stateAnswered, stateAsked, stateFailed, useOpenState } from '../stores/state-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';
import { chooseFirstView } from './first-view.ts';

const DETAIL_DELAY_MS = 30;

/** The last question about a node; answers to others are dropped. */
let asked: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function isCurrent(workspace: string, key: string): boolean {
  const now = useOpenState.getState();
  return now.workspace === workspace && now.key === key;
}

async function readState(workspace: string, key: string): Promise<void> {
  stateAsked(workspace, key);
  asked = null;
  const answer = await call('state.open', { workspace, key });
  if (!isCurrent(workspace, key)) return;
  if (answer.ok) {
    await chooseFirstView(workspace, answer.value);
    if (!isCurrent(workspace, key)) return;
    stateAnswered(answer.value);
    followNode();
  } else if (answer.error.code === 'not-found') {
    // After reloading a source from which the state has gone: the explorer chooses another.
    selectState(null);
  } else {
    stateFailed(answer.error);
  }
}

function followState(): void {
  const workspace = useWorkspace.getState().workspace?.workspace ?? null;
  const key = workspace === null ? null : useSelection.getState().key;
  const shown = useOpenState.getState();
  if (shown.workspace === workspace && shown.key === key) return;
  if (workspace === null || key === null) stateAsked(workspace, key);
  else void readState(workspace, key);
}

async function readNode(workspace: string, key: string, node: number, question: string): Promise<void> {
  const answer = await call('value.get', { workspace, key, node });
  if (asked !== question) return;
  if (answer.ok) detailAnswered(answer.value);
}

function followNode(): void {
  const { workspace, key, summary, detail } = useOpenState.getState();
  if (workspace === null || key === null || !summary) return;
  const { node } = viewOf(useSelection.getState().views, key);
  const question = JSON.stringify([workspace, key, node]);
  if (asked === question) return;
  asked = question;
  clearTimeout(timer);
  timer = setTimeout(() => void readNode(workspace, key, node, question), detail ? DETAIL_DELAY_MS : 0);
}

/** Reads the selected state again, after it could not be read. */
export function retryState(): void {
  const { workspace, key } = useOpenState.getState();
  if (workspace !== null && key !== null) void readState(workspace, key);
}

export function followSelection(): void {
  useWorkspace.subscribe(followState);
  useSelection.subscribe(() => {
    followState();
    followNode();
  });
  followState();
}
