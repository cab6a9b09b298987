/**
 * Reads what is selected: the state when another key is chosen, the node when another row is. Quick changes, as from
 * a held arrow key, are waited out; an answer to an earlier question is dropped.
 */
import type { StateSummary } from '../../shared/ipc/model.ts';
import { useDraft } from '../stores/draft-store.ts';
import { selectState, useSelection, viewOf } from '../stores/selection-store.ts';
import { detailAnswered, stateAnswered, stateAsked, stateFailed, useOpenState } from '../stores/state-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { carry, loseDraft } from './carrying.ts';
import { call } from './client.ts';
import { chooseFirstView } from './first-view.ts';

const DETAIL_DELAY_MS = 30;

/** The last question about a node; answers to others are dropped. */
let asked: string | null = null;
/** Reading of the source in which the shown state was asked for. */
let generation = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** `shown` stays on the screen until the answer is here: the same state, before the source was read anew. */
async function readState(workspace: string, key: string, shown: StateSummary | null): Promise<void> {
  if (!shown) {
    stateAsked(workspace, key);
    asked = null;
  }
  const reading = generation;
  const isCurrent = () => {
    const now = useOpenState.getState();
    return now.workspace === workspace && now.key === key && generation === reading;
  };
  const answer = await call('state.open', { workspace, key });
  if (!isCurrent()) return;
  if (answer.ok) {
    await chooseFirstView(workspace, answer.value);
    const show = await carry(workspace, shown, answer.value);
    if (!isCurrent()) return;
    show();
    stateAnswered(answer.value);
    followNode();
  } else if (answer.error.code === 'not-found') {
    // The state has gone from the source that was read anew: the explorer chooses another.
    const { draft } = useDraft.getState();
    if (draft?.key === key) loseDraft(draft);
    selectState(null);
  } else {
    stateFailed(answer.error);
  }
}

function followState(): void {
  const open = useWorkspace.getState().workspace;
  const workspace = open?.workspace ?? null;
  const key = workspace === null ? null : useSelection.getState().key;
  const shown = useOpenState.getState();
  const same = shown.workspace === workspace && shown.key === key;
  const anew = open !== null && open.generation !== generation;
  if (same && !anew) return;
  generation = open?.generation ?? 0;
  if (workspace === null || key === null) stateAsked(workspace, key);
  else void readState(workspace, key, same ? shown.summary : null);
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
  const question = JSON.stringify([workspace, key, summary.revision, node]);
  if (asked === question) return;
  asked = question;
  clearTimeout(timer);
  timer = setTimeout(() => void readNode(workspace, key, node, question), detail ? DETAIL_DELAY_MS : 0);
}

/** Reads the selected state again, after it could not be read. */
export function retryState(): void {
  const { workspace, key } = useOpenState.getState();
  if (workspace !== null && key !== null) void readState(workspace, key, null);
}

export function followSelection(): void {
  useWorkspace.subscribe(followState);
  useSelection.subscribe(() => {
    followState();
    followNode();
  });
  followState();
}
