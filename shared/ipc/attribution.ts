/** Where the bytes and the tokens of all states went. Token figures are estimates everywhere. */
import type { MomentRef } from './moments.ts';

export const ATTRIBUTION_VIEWS = ['state', 'attribute', 'message', 'tool'] as const;
export type AttributionView = (typeof ATTRIBUTION_VIEWS)[number];

/**
 * What a part is. `structure`: brackets, commas and white space of the part above. `smaller`: parts that are too small to be told
 * apart. `items`: all items of the lists at a path. `outside`: what is in no message, or of no tool.
 */
export type SizeKind =
  | 'source'
  | 'state'
  | 'object'
  | 'array'
  | 'value'
  | 'items'
  | 'conversation'
  | 'message'
  | 'tool'
  | 'calls'
  | 'results'
  | 'call'
  | 'result'
  | 'outside'
  | 'structure'
  | 'smaller';

/** Bytes now are bytes then, `+ added - removed + grown`. `grown` is below zero for what has shrunk. */
export interface Growth {
  readonly added: number;
  readonly removed: number;
  readonly grown: number;
}

export interface SizePlace {
  readonly key: string;
  readonly segments: readonly (string | number)[];
}

export interface SizeRow {
  /** Names it within its run. */
  readonly node: number;
  readonly kind: SizeKind;
  /** Key of a state, name of an attribute or a tool, label of a message; empty where the kind says it all. */
  readonly name: string;
  /** So many values are counted as this one. */
  readonly count: number;
  readonly bytes: number;
  /** Estimated; null where they were not counted. */
  readonly tokens: number | null;
  /** Null without a moment to compare with, and within states that are too large to be compared. */
  readonly growth: Growth | null;
  /** So many parts it has. */
  readonly parts: number;
  readonly place: SizePlace | null;
}

export interface SizePage {
  /** From the whole source down to the node that was asked for. */
  readonly above: readonly SizeRow[];
  /** Its parts, the largest first. */
  readonly rows: readonly SizeRow[];
  readonly total: number;
}

export interface AttributionProgress {
  /** Names the run in the calls that ask for its rows, which are there once it has ended. */
  readonly run: string;
  /** Bytes gone through, of all. */
  readonly done: number;
  readonly total: number;
}

/** What a person came for: so many things that hold so much of all. */
export interface SizeAnswer {
  readonly what: 'tool-results' | 'messages' | 'states' | 'attribute' | 'nothing';
  readonly count: number;
  readonly bytes: number;
  /** Of the one thing that it is, where it is one. */
  readonly name: string;
}

export interface AttributionSummary {
  readonly run: string;
  readonly states: number;
  /** Of the texts of all states. */
  readonly bytes: number;
  /** Estimated; null where they were not counted. */
  readonly tokens: number | null;
  /** With which moment it is compared. */
  readonly since: MomentRef | null;
  readonly growth: Growth | null;
  readonly answer: SizeAnswer;
  readonly duplicates: { readonly groups: number; readonly saved: number };
  /** States that could not be read, and are counted by their size only. */
  readonly unread: number;
  readonly firstUnread: string | null;
  readonly milliseconds: number;
}

export type DuplicateKind = 'state' | 'message' | 'tool-result' | 'tool-call' | 'text' | 'value';

/** The same content several times, however it is spelled. */
export interface DuplicateRow {
  readonly duplicate: number;
  readonly kind: DuplicateKind;
  /** Of the tool, where it is known. */
  readonly name: string;
  /** Its beginning. */
  readonly preview: string;
  readonly count: number;
  /** Of one of them, on average: spellings differ. */
  readonly bytes: number;
  /** That all but the first take. What is within a larger duplicate is not counted once more. */
  readonly saved: number;
  readonly first: SizePlace;
}
