/** What crosses between the engine and the window when states are changed. Plain data only. */
import type { JsonEdit } from '../json/edit.ts';
import type { NodeKind } from './model.ts';

/** Why states of a source, or one of them, can only be read. Texts under `notWritable.<reason>`. */
export const NOT_WRITABLE_REASONS = [
  /** One of many states in a backup or a dump. */
  'part-of-file',
  /** Put together from several rows of a database. */
  'assembled',
  /** A running program: it is changed by loading a state into it. */
  'running',
  /** A moment of the journal. */
  'past',
  /** A format that Statescope never writes, such as pickle. */
  'format',
  /** The text is damaged: an edit could not keep what follows the damage. */
  'damaged',
  /** Its value can be changed; the row itself belongs to the program that made the table. */
  'foreign-row',
  /** A file of more bytes than can be rewritten. */
  'too-large',
  /** Nodes wrote it without knowing of each other; that is settled first. */
  'in-conflict',
] as const;
export type NotWritableReason = (typeof NOT_WRITABLE_REASONS)[number];

/** A rule that the state's type declares and that a value breaks. */
export interface FieldFinding {
  /** From the root of what is shown. */
  readonly path: readonly (string | number)[];
  /** The same as JSONPath. */
  readonly pathText: string;
  /** The node that it is about; for what is missing, the one that should hold it. */
  readonly node: number;
  readonly rule: string;
  /** English. */
  readonly message: string;
  /** For the text of its rule, `findings.<rule>`. */
  readonly details: Readonly<Record<string, string>>;
}

/** A state whose type is known to the registry. */
export interface TypeInfo {
  readonly name: string;
  readonly stateClass: 'core' | 'extended' | 'runtime';
  /** Version that the state says it has; the type's first where it says none. */
  readonly version: string;
  /** What this program writes. */
  readonly schemaVersion: string;
  readonly migration: 'none-needed' | 'possible' | 'no-path';
  readonly attributes: readonly {
    readonly key: string;
    readonly description: string | null;
    readonly required: boolean;
    readonly rules: readonly string[];
    /** Null where the state does not have it. */
    readonly node: number | null;
  }[];
}

/** Longest JSON text that a person edits at once, in characters. */
export const LONGEST_EDIT = 4 * 1024 * 1024;

/** One edit; nodes are those of the revision that is sent along. `text` is JSON. */
export type StateEdit = JsonEdit;

/** What an edit would do, without doing it. */
export type EditCheck =
  | { readonly status: 'fine' }
  /** The text is no JSON; `offset` counts its characters. */
  | { readonly status: 'not-json'; readonly message: string; readonly offset: number }
  | { readonly status: 'name-taken' }
  | { readonly status: 'impossible' }
  /** Rules that the state would break and does not break now. */
  | { readonly status: 'findings'; readonly findings: readonly FieldFinding[] };

/** Somebody else has changed the state meanwhile; nothing was written. */
export interface WriteConflict {
  readonly status: 'conflict';
  readonly gone: boolean;
}

export type WriteOutcome =
  /** Written, read back and found equal. `undo` takes it back; null where nothing was replaced. */
  | { readonly status: 'written'; readonly undo: string | null }
  | WriteConflict
  /** There is no such entry in the trash. */
  | { readonly status: 'missing' };

export type EditOutcome = Exclude<EditCheck, { status: 'fine' }> | WriteOutcome;

export interface TrashRow {
  readonly id: string;
  readonly key: string;
  readonly reason: 'deleted' | 'overwritten';
  /** ISO 8601 UTC. */
  readonly trashedAt: string;
  readonly bytes: number;
}

/** One place at which what is shown and what is stored now differ. */
export interface StoredDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** JSONPath. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly valueKind: NodeKind;
}

export type StoredComparison =
  | { readonly status: 'same' }
  | { readonly status: 'gone' }
  /** In document order; `more` counts those left out. */
  | { readonly status: 'changed'; readonly differences: readonly StoredDifference[]; readonly more: number };
