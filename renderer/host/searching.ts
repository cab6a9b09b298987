/** Has the engine search, and leads to what was found. */
import { SEARCH_PLACES, type SearchOutcome, type SearchRow } from '../../shared/ipc/search.ts';
import { showNotice } from '../stores/notice-store.ts';
import {
  changeWish,
  forgetResults,
  type HitAt,
  type SearchWish,
  searchBegan,
  searchEnded,
  searchFailed,
  searchProgressed,
  standOn,
  useSearch,
} from '../stores/search-store.ts';
import { revealNode, selectState, selectTab } from '../stores/selection-store.ts';
import { useUi } from '../stores/ui-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';
import { travelTo } from './time-travel.ts';

/** Typing pauses so long before what was typed is searched for. */
const PAUSE_MS = 300;
const ROWS_AT_ONCE = 100;

let current: Job<SearchOutcome> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Searches after a pause in typing, at once for a click. */
export function changeSearch(change: Partial<SearchWish>): void {
  changeWish(change);
  clearTimeout(timer);
  if ('text' in change) timer = setTimeout(searchNow, PAUSE_MS);
  else searchNow();
}

export function searchNow(): void {
  clearTimeout(timer);
  current?.cancel();
  current = null;
  const { wish } = useSearch.getState();
  const { workspace } = useWorkspace.getState();
  if (workspace === null || wish.text === '') {
    forgetResults();
    return;
  }
  searchBegan();
  const filter = wish.filtered ? useUi.getState().filter : '';
  const { mode, text, caseSensitive, wholeWord, scope } = wish;
  const places = SEARCH_PLACES.filter((place) => wish.places[place]);
  const query = { mode, text, caseSensitive, wholeWord, in: places };
  const job = startJob('search.run', { workspace: workspace.workspace, scope, query, filter }, (progress) => {
    if (current === job) searchProgressed(progress);
  });
  current = job;
  const receive = async () => {
    const answer = await job.done;
    if (current !== job) return;
    current = null;
    if (answer.ok) searchEnded(answer.value);
    else searchFailed(answer.error);
  };
  void receive();
}

/** What was found so far stays. */
export function stopSearch(): void {
  clearTimeout(timer);
  current?.cancel();
}

/** What was found belongs to one opening of a source. */
export function followSearch(): void {
  let shown = useWorkspace.getState().workspace?.workspace;
  useWorkspace.subscribe(({ workspace }) => {
    if (workspace?.workspace === shown) return;
    shown = workspace?.workspace;
    stopSearch();
    current = null;
    forgetResults();
  });
}

/** Shows a hit in its state, at the moment at which it was there. */
export async function openHit({ key, hit }: HitAt): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  // What is there now is opened as it is now, also while the window shows the past.
  if (!(await travelTo(hit.moment && { seq: hit.moment.seq }))) return;
  const place = { segments: [...hit.segments], offset: hit.offset };
  const answer = await call('search.locate', { workspace: workspace.workspace, key, ...place });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return;
  }
  selectState(key);
  selectTab('tree');
  revealNode(key, answer.value.node);
}

/** Opens the next hit, or the one before, wherever the window is. */
export async function stepHit(direction: 1 | -1): Promise<void> {
  const { progress, collapsed, expanded, active } = useSearch.getState();
  const { workspace } = useWorkspace.getState();
  if (progress === null || workspace === null) return;
  const ask = (offset: number) =>
    call('search.rows', {
      workspace: workspace.workspace,
      search: progress.search,
      collapsed: [...collapsed],
      expanded: [...expanded],
      offset,
      limit: ROWS_AT_ONCE,
    });
  for (let at = active + direction; at >= 0; ) {
    const offset = direction === 1 ? at : Math.max(0, at - ROWS_AT_ONCE + 1);
    const answer = await ask(offset);
    if (!answer.ok || answer.value.rows.length === 0) return;
    const found = nextHit(answer.value.rows, at - offset, direction);
    if (found !== null) {
      standOn(offset + found.row);
      await openHit(found.at);
      return;
    }
    at = direction === 1 ? offset + answer.value.rows.length : offset - 1;
  }
}

function nextHit(rows: readonly SearchRow[], from: number, direction: 1 | -1) {
  for (let row = from; row >= 0 && row < rows.length; row += direction) {
    const each = rows[row];
    if (each?.row === 'hit') return { row, at: each };
  }
  return null;
}
