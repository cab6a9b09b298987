import { create } from 'zustand';
import type { HostError } from '../../shared/ipc/result.ts';
import type {
  SearchFault,
  SearchHit,
  SearchMode,
  SearchOutcome,
  SearchPlace,
  SearchProgress,
  SearchScope,
} from '../../shared/ipc/search.ts';

/** What a person asks for; kept when another source is opened. */
export interface SearchWish {
  readonly text: string;
  readonly mode: SearchMode;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
  readonly places: Readonly<Record<SearchPlace, boolean>>;
  readonly scope: SearchScope;
  /** Only the states that the explorer's filter shows. */
  readonly filtered: boolean;
}

export type SearchEnd = Exclude<SearchOutcome, { readonly fault: SearchFault }>;

interface SearchState {
  readonly wish: SearchWish;
  readonly running: boolean;
  /** A person has ended it before its end. */
  readonly stopped: boolean;
  /** Of the search whose rows are shown; null before the first one. */
  readonly progress: SearchProgress | null;
  readonly end: SearchEnd | null;
  readonly fault: SearchFault | null;
  readonly error: HostError | null;
  readonly collapsed: readonly string[];
  readonly expanded: readonly string[];
  /** Row on which the list stands. */
  readonly active: number;
  /** Counts requests to focus the field. */
  readonly focus: number;
}

const NOTHING = {
  running: false,
  stopped: false,
  progress: null,
  end: null,
  fault: null,
  error: null,
  collapsed: [],
  expanded: [],
  active: 0,
} as const;

export const useSearch = create<SearchState>(() => ({
  wish: {
    text: '',
    mode: 'text',
    caseSensitive: false,
    wholeWord: false,
    places: { keys: true, values: true, paths: false },
    scope: 'now',
    filtered: false,
  },
  ...NOTHING,
  focus: 0,
}));

export function changeWish(change: Partial<SearchWish>): void {
  useSearch.setState(({ wish }) => ({ wish: { ...wish, ...change } }));
}

/** Another source is open, or the field is empty. */
export function forgetResults(): void {
  useSearch.setState(NOTHING);
}

/** The rows of the search before stay until the new one has some. */
export function searchBegan(): void {
  useSearch.setState({ running: true, stopped: false, end: null, fault: null, error: null });
}

export function searchProgressed(progress: SearchProgress): void {
  useSearch.setState((before) => {
    const isNew = before.progress?.search !== progress.search;
    return isNew ? { progress, collapsed: [], expanded: [], active: 0 } : { progress };
  });
}

export function searchEnded(outcome: SearchOutcome): void {
  if (outcome.fault !== null) useSearch.setState({ ...NOTHING, fault: outcome.fault });
  else useSearch.setState({ running: false, end: outcome, progress: outcome });
}

export function searchFailed(error: HostError): void {
  if (error.code === 'cancelled') useSearch.setState({ running: false, stopped: true });
  else useSearch.setState({ ...NOTHING, error });
}

export function standOn(row: number): void {
  useSearch.setState({ active: row });
}

export function toggleState(key: string): void {
  useSearch.setState(({ collapsed }) => ({ collapsed: toggled(collapsed, key) }));
}

export function showAllOf(key: string): void {
  useSearch.setState(({ expanded }) => ({ expanded: toggled(expanded, key) }));
}

export function askForSearch(): void {
  useSearch.setState(({ focus }) => ({ focus: focus + 1 }));
}

function toggled(keys: readonly string[], key: string): readonly string[] {
  return keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key];
}

/** A hit in its state. */
export interface HitAt {
  readonly key: string;
  readonly hit: SearchHit;
}
