/** Follows what is recorded of the open source, and answers what the history views ask. */
import type { HistoryRow, HistoryStatus } from '../../shared/ipc/history.ts';
import {
  changeAnswered,
  changeQuery,
  changeSelected,
  currentScope,
  type HistoryScope,
  historyAnswered,
  historyAsked,
  queryOf,
  useHistory,
} from '../stores/history-store.ts';
import { changeLayout } from '../stores/layout-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { showHistory } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, onEvent } from './client.ts';
import { followProbes } from './probes.ts';
import { firstFound, forgetTravel, travel } from './time-travel.ts';
import { followWatches, watchesChanged } from './watches.ts';

const QUERY_DELAY_MS = 150;
/** A held arrow key runs over changes without reading each of them. */
const CHANGE_DELAY_MS = 40;
const LANE_LIMIT = 300;

/** Ends of recordings of which a person has been told. */
const told = new Set<string>();
let queryTimer: ReturnType<typeof setTimeout> | undefined;
let changeTimer: ReturnType<typeof setTimeout> | undefined;

function answered(workspace: string, status: HistoryStatus): void {
  historyAnswered(workspace, status);
  const { uncleanEnd, file } = status;
  const end = `${file ?? ''} ${uncleanEnd}`;
  if (uncleanEnd === null || told.has(end)) return;
  told.add(end);
  showNotice({ kind: 'unclean-end', time: uncleanEnd });
}

async function readStatus(workspace: string): Promise<void> {
  const answer = await call('history.status', { workspace });
  if (answer.ok) answered(workspace, answer.value);
}

function followSource(): void {
  const workspace = useWorkspace.getState().workspace?.workspace ?? null;
  if (useHistory.getState().workspace === workspace) return;
  historyAsked(workspace);
  forgetTravel();
  watchesChanged(workspace);
  if (workspace !== null) void readStatus(workspace);
}

/** Call it once, before the stores are filled. */
export function followHistory(): void {
  useWorkspace.subscribe(followSource);
  onEvent('history.appended', ({ workspace, status }) => answered(workspace, status));
  onEvent('change.requested', ({ workspace, seq }) => {
    if (workspace === useHistory.getState().workspace) showChange(seq);
  });
  followWatches();
  followProbes();
  followSource();
}

export async function record(on: boolean): Promise<void> {
  const { workspace } = useHistory.getState();
  if (workspace === null) return;
  const answer = await call('history.record', { workspace, on });
  if (answer.ok) answered(workspace, answer.value);
  else showNotice({ kind: 'write-failed', error: answer.error });
}

/** Shows what is typed as soon as it rests, and where it is not understood says so; what was shown stays then. */
export function typeQuery(scope: HistoryScope, text: string): void {
  changeQuery(scope, { text });
  clearTimeout(queryTimer);
  queryTimer = setTimeout(() => void applyQuery(scope, text), QUERY_DELAY_MS);
}

/** The same at once, for a query that was put together by a click. */
export function setQuery(scope: HistoryScope, text: string): void {
  clearTimeout(queryTimer);
  changeQuery(scope, { text });
  void applyQuery(scope, text);
}

async function applyQuery(scope: HistoryScope, text: string): Promise<void> {
  const { workspace, status } = useHistory.getState();
  if (workspace === null) return;
  // Counting after the last change costs nothing, and tells whether the query is understood.
  const answer = await call('history.count', { workspace, query: text, seq: status?.lastSeq ?? 0 });
  if (queryOf(useHistory.getState(), scope).text !== text) return;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if ('fault' in answer.value) changeQuery(scope, { fault: answer.value.fault });
  else changeQuery(scope, { applied: text, fault: null });
}

/** Takes a person to a change of the source, with its values beside it. */
export function showChange(seq: number): void {
  showHistory();
  changeLayout({ inspector: true });
  selectChange(seq);
}

/** Selects a change and reads its values and those of its path. Null: none. */
export function selectChange(seq: number | null): void {
  if (useHistory.getState().selected === seq) return;
  changeSelected(seq);
  clearTimeout(changeTimer);
  if (seq !== null) changeTimer = setTimeout(() => void readChange(seq), CHANGE_DELAY_MS);
}

async function readChange(seq: number): Promise<void> {
  const { workspace, change } = useHistory.getState();
  if (workspace === null) return;
  const answer = await call('history.change', { workspace, seq });
  if (!answer.ok || !answer.value) {
    changeAnswered(seq, null);
    return;
  }
  const detail = answer.value;
  const { key, path } = detail;
  // Until the lane is here, one of the same path that was shown stays.
  const same = change?.detail.key === key && change.detail.path === path ? change.lane : null;
  changeAnswered(seq, { detail, lane: same });
  const lane = await call('history.lane', { workspace, key, path, limit: LANE_LIMIT });
  changeAnswered(seq, { detail, lane: lane.ok ? lane.value : same });
}

/** Takes the window to the change before or after the moment that it shows, among those that the current query finds. */
export async function stepChange(direction: 'older' | 'newer'): Promise<void> {
  const { status } = useHistory.getState();
  const asOf = useWorkspace.getState().workspace?.asOf ?? null;
  if (!status || (asOf === null && direction === 'newer')) return;
  const { applied } = queryOf(useHistory.getState(), currentScope());
  const found = await neighbour(applied, asOf?.seq ?? status.lastSeq, direction);
  if (found) {
    travel({ seq: found.seq });
    selectChange(found.seq);
  } else if (direction === 'newer') travel(null);
}

/** The next change that the query finds from a sequence on; null when there is none. */
async function neighbour(query: string, seq: number, direction: 'older' | 'newer'): Promise<HistoryRow | null> {
  const { workspace } = useHistory.getState();
  if (workspace === null) return null;
  return firstFound({ workspace, query, cursor: seq, direction });
}
