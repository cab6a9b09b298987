/** Search over the keys, values and paths of all states, and over what they were. */
import type { JsonKind } from '../json/document.ts';

export const SEARCH_MODES = ['text', 'regex', 'jsonpath'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];

/** Names of members and of states; what strings, numbers and words say; where a value stands. */
export const SEARCH_PLACES = ['keys', 'values', 'paths'] as const;
export type SearchPlace = (typeof SEARCH_PLACES)[number];

export const SEARCH_SCOPES = ['now', 'history'] as const;
export type SearchScope = (typeof SEARCH_SCOPES)[number];

export interface SearchQuery {
  readonly mode: SearchMode;
  readonly text: string;
  readonly caseSensitive: boolean;
  /** Letters, digits and `_` neither before nor behind what is found. */
  readonly wholeWord: boolean;
  /** A JSONPath selects values and does not ask. */
  readonly in: readonly SearchPlace[];
}

/** Why a pattern cannot be searched for. */
export interface SearchFault {
  /** English, from whoever reads patterns. */
  readonly message: string;
  /** Where in the pattern, in UTF-16 units; null where that is not known. */
  readonly offset: number | null;
}

/** What of a node it is: the name of the state, that of a member, a value, or the way to it. A JSONPath finds nodes. */
export type SearchWhere = 'state' | 'key' | 'value' | 'path' | 'node';

/** A moment at which a past value was there. */
export interface SearchMoment {
  /** After the change with this sequence. */
  readonly seq: number;
  /** Microseconds, of the change that made it; of the one that replaced it where it was there before all changes. */
  readonly time: number;
  readonly replaced: boolean;
}

/** One value or name in which it stands, however often it stands there. */
export interface SearchHit {
  readonly where: SearchWhere;
  readonly kind: JsonKind;
  /** `$.memory.content[12][0].content`, cut off where it is very long. */
  readonly path: string;
  /** The same, to be looked up. */
  readonly segments: readonly (string | number)[];
  /** Where the value begins in the state's text, in bytes; null for a past one. */
  readonly offset: number | null;
  readonly before: string;
  /** Empty for a JSONPath. */
  readonly match: string;
  readonly after: string;
  /** The text goes on before `before`, or behind `after`. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
  readonly moment: SearchMoment | null;
}

/** What a list of results shows in a line. */
export type SearchRow =
  | {
      readonly row: 'state';
      readonly key: string;
      /** All that was found in it. */
      readonly hits: number;
      readonly open: boolean;
    }
  | { readonly row: 'hit'; readonly key: string; readonly hit: SearchHit }
  /** So many hits of the state are not shown; opening all of it shows none of them where `kept` is false. */
  | { readonly row: 'more'; readonly key: string; readonly left: number; readonly kept: boolean };

export interface SearchProgress {
  /** Names the search in the calls that ask for its rows. */
  readonly search: string;
  /** States gone through, of all that are searched; changes, for the history. */
  readonly done: number;
  readonly total: number;
  readonly hits: number;
  /** States in which something was found. */
  readonly states: number;
  /** States that could not be read, and so were not searched. */
  readonly unread: number;
}

/** `first`: the reason of the first state that was not searched. */
export type SearchOutcome =
  | ({ readonly fault: null; readonly milliseconds: number; readonly firstUnread: string | null } & SearchProgress)
  | { readonly fault: SearchFault };
