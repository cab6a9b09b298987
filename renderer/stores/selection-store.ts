import { create } from 'zustand';
import type { Expansion } from '../../shared/ipc/contract.ts';

export type StateTab = 'tree' | 'conversation' | 'history';
/**
 * What the middle of the window shows: the selected state, what the whole source tells, which states are kept where, how all
 * of it changed, which invariants hold, what is wrong in it, what was captured of it, which backups there are, how quick
 * and how large it is, what the nodes wrote that meet in it, or what differs between two states.
 */
export type MiddleView =
  | 'search'
  | 'snapshots'
  | 'backups'
  | 'performance'
  | 'consistency'
  | 'sync'
  | 'state'
  | 'overview'
  | 'persistence'
  | 'history'
  | 'watches'
  | 'diff';

/** What a person has opened and selected within one state; kept while the source is open. */
export interface StateView {
  readonly expansion: Expansion;
  /** Selected node; 0 is the root. */
  readonly node: number;
  /** Row of the tree on which the selection stands. */
  readonly row: number;
  /** List of messages that the conversation shows; null for the first. */
  readonly conversation: number | null;
  /** The text of the state that these nodes count in; null before it was read. */
  readonly revision: string | null;
}

/** Before the engine has told how deep a state may be opened. */
export const FIRST_VIEW: StateView = {
  expansion: { depth: 1, toggled: [] },
  node: 0,
  row: 0,
  conversation: null,
  revision: null,
};

interface SelectionState {
  readonly key: string | null;
  readonly view: MiddleView;
  readonly tab: StateTab;
  readonly views: Readonly<Record<string, StateView>>;
  /** What another view or a command wants of the tree or the conversation, which take it when they are there. */
  readonly request: ViewRequest | null;
}

/** A list of messages, by its node, and which of them. */
export interface MessagePlace {
  readonly conversation: number;
  readonly index: number;
}

export type ViewRequest =
  | ({ readonly kind: 'message'; readonly key: string } & MessagePlace)
  | { readonly kind: 'node'; readonly key: string; readonly node: number }
  | { readonly kind: 'depth'; readonly key: string; readonly depth: number };

export const useSelection = create<SelectionState>(() => ({
  key: null,
  view: 'state',
  tab: 'tree',
  views: {},
  request: null,
}));

/** Keys come from sources: `__proto__` is one like any other. */
export function viewOf(views: Readonly<Record<string, StateView>>, key: string): StateView {
  return Object.hasOwn(views, key) ? (views[key] ?? FIRST_VIEW) : FIRST_VIEW;
}

/** Shows a state; null when the selected one is gone. */
export function selectState(key: string | null): void {
  useSelection.setState(({ view }) => ({ key, view: key === null ? view : 'state' }));
}

/** Selects a state because none was; what is shown stays. */
export function fillSelection(key: string): void {
  useSelection.setState({ key });
}

export function selectTab(tab: StateTab): void {
  useSelection.setState({ tab, view: 'state' });
}

export function showOverview(): void {
  useSelection.setState({ view: 'overview' });
}

export function showPersistence(): void {
  useSelection.setState({ view: 'persistence' });
}

export function showHistory(): void {
  useSelection.setState({ view: 'history' });
}

export function showDiff(): void {
  useSelection.setState({ view: 'diff' });
}

export function showSnapshots(): void {
  useSelection.setState({ view: 'snapshots' });
}

export function showBackups(): void {
  useSelection.setState({ view: 'backups' });
}

export function showConsistency(): void {
  useSelection.setState({ view: 'consistency' });
}

export function showPerformance(): void {
  useSelection.setState({ view: 'performance' });
}

export function showSync(): void {
  useSelection.setState({ view: 'sync' });
}

export function showSearch(): void {
  useSelection.setState({ view: 'search' });
}

export function showWatches(): void {
  useSelection.setState({ view: 'watches' });
}

export function changeView(key: string, change: Partial<StateView>): void {
  useSelection.setState(({ views }) => {
    const entries = new Map(Object.entries(views));
    entries.set(key, { ...viewOf(views, key), ...change });
    return { views: Object.fromEntries(entries) };
  });
}

export function selectNode(key: string, node: number): void {
  changeView(key, { node });
}

/** Selects a node from outside of the tree and has the tree bring its row into sight. */
export function revealNode(key: string, node: number): void {
  changeView(key, { node });
  useSelection.setState({ request: { kind: 'node', key, node } });
}

/** Shows the conversation that a message is in, and has it bring the message into sight. */
export function revealMessage(key: string, message: MessagePlace, node: number): void {
  changeView(key, { node, conversation: message.conversation });
  useSelection.setState({ request: { kind: 'message', key, ...message } });
}

/** Has the tree open everything down to a depth. */
export function expandTree(key: string, depth: number): void {
  useSelection.setState({ request: { kind: 'depth', key, depth } });
}

export function requestTaken(): void {
  useSelection.setState({ request: null });
}

export function forgetSelection(keepKey: boolean): void {
  useSelection.setState(({ key, view }) => ({
    key: keepKey ? key : null,
    view: keepKey ? view : 'state',
    views: {},
    request: null,
  }));
}
