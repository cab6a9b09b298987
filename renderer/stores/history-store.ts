import { create } from 'zustand';
import type { HistoryDetail, HistoryLane, HistoryStatus, QueryFault } from '../../shared/ipc/history.ts';
import { type MiddleView, type StateTab, useSelection } from './selection-store.ts';

/** Which history is looked at: that of one state, or of the whole source. */
export type HistoryScope = { readonly of: 'source' } | { readonly of: 'state'; readonly key: string };

/** What is typed into a query field, and what of it is being shown. */
export interface HistoryQuery {
  readonly text: string;
  /** The last text that was understood. */
  readonly applied: string;
  readonly fault: QueryFault | null;
}

/** Microseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A change that is looked at, with the other values of its path. */
export interface ShownChange {
  readonly detail: HistoryDetail;
  readonly lane: HistoryLane | null;
}

interface HistoryState {
  readonly workspace: string | null;
  /** Null before the engine has answered. Written by host/history.ts only. */
  readonly status: HistoryStatus | null;
  readonly sourceQuery: HistoryQuery;
  readonly stateQueries: ReadonlyMap<string, HistoryQuery>;
  /** New changes are not shown as they come. */
  readonly paused: boolean;
  /** Sequence of the selected change. */
  readonly selected: number | null;
  readonly change: ShownChange | null;
  /** The selected change is no longer in the journal. */
  readonly forgotten: boolean;
  /** What the timeline shows; null for all that is recorded. */
  readonly range: TimeRange | null;
  /** Where the playhead is on its way to. */
  readonly travelling: boolean;
}

const EMPTY: HistoryQuery = { text: '', applied: '', fault: null };

const NONE: HistoryState = {
  workspace: null,
  status: null,
  sourceQuery: EMPTY,
  stateQueries: new Map(),
  paused: false,
  selected: null,
  change: null,
  forgotten: false,
  range: null,
  travelling: false,
};

export const useHistory = create<HistoryState>(() => NONE);

export function historyAsked(workspace: string | null): void {
  useHistory.setState({ ...NONE, workspace });
}

export function historyAnswered(workspace: string, status: HistoryStatus): void {
  useHistory.setState((before) => (before.workspace === workspace ? { status } : {}));
}

/** A value in a query, as exactly this text. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

/** A key with `*` or `?` in it stands for others as well; it is found among them. */
function firstQuery(key: string): HistoryQuery {
  const text = `key:${quoted(key)}`;
  return { text, applied: text, fault: null };
}

export function queryOf(state: HistoryState, scope: HistoryScope): HistoryQuery {
  if (scope.of === 'source') return state.sourceQuery;
  return state.stateQueries.get(scope.key) ?? firstQuery(scope.key);
}

export function changeQuery(scope: HistoryScope, change: Partial<HistoryQuery>): void {
  useHistory.setState((state) => {
    const query = { ...queryOf(state, scope), ...change };
    if (scope.of === 'source') return { sourceQuery: query };
    return { stateQueries: new Map(state.stateQueries).set(scope.key, query) };
  });
}

const SOURCE: HistoryScope = { of: 'source' };

function scopeOf(view: MiddleView, tab: StateTab, key: string | null): HistoryScope {
  return view === 'state' && tab === 'history' && key !== null ? { of: 'state', key } : SOURCE;
}

/** The scope that is on the screen; that of the source while no history is. */
export function currentScope(): HistoryScope {
  const { view, tab, key } = useSelection.getState();
  return scopeOf(view, tab, key);
}

/** The query that list and timeline show. */
export function useCurrentQuery(): HistoryQuery {
  const view = useSelection((selection) => selection.view);
  const tab = useSelection((selection) => selection.tab);
  const key = useSelection((selection) => selection.key);
  const state = useHistory();
  const query = queryOf(state, scopeOf(view, tab, key));
  return query;
}

/** A history is on the screen, so that the inspector shows changes. */
export function useHistoryShown(): boolean {
  return useSelection(
    ({ view, tab, key }) => view === 'history' || (view === 'state' && tab === 'history' && key !== null),
  );
}

export function pauseHistory(paused: boolean): void {
  useHistory.setState({ paused });
}

export function changeSelected(seq: number | null): void {
  useHistory.setState(({ change }) => ({
    selected: seq,
    change: seq === null ? null : change,
    forgotten: false,
  }));
}

export function changeAnswered(seq: number, change: ShownChange | null): void {
  useHistory.setState(({ selected }) => (selected === seq ? { change, forgotten: change === null } : {}));
}

export function showRange(range: TimeRange | null): void {
  useHistory.setState({ range });
}

export function travelBegan(travelling: boolean): void {
  useHistory.setState({ travelling });
}
