/**
 * What crosses between the engine and whoever shows it: window and command line. Plain data only.
 */
import type { Message } from '../messages/message.ts';
import type { FieldFinding, NotWritableReason, TypeInfo } from './writing.ts';

export const SOURCE_FORMATS = [
  'agentscope-json-session',
  'agentscope-sqlite-session',
  'agentscope-sqlalchemy-memory',
  'agentscope-2-sql',
  'agentscope-2-state',
  'agentscope-redis-dump',
  'statescope-directory',
  'agent-states-sqlite',
  'agent-states-postgresql',
  'synced-postgresql',
  /** A persistence.yaml with all its backends. */
  'persistence',
  'backup',
  'pickle',
  'json',
  /** Running programs that a probe has attached. */
  'probe',
] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

/**
 * Something that could not be read, or not fully. The rest of the source stays open.
 * `message` is English; a window translates by `code` and `details` (texts under `problems.<code>`).
 */
export interface Problem {
  /** File relative to the source, or `table/rowid`; the source itself is `.`. */
  readonly location: string;
  readonly code: ProblemCode;
  readonly message: string;
  /** Byte offset in the (unpacked) file or value at which reading failed; null where that has no meaning. */
  readonly offset: number | null;
  /** The state it concerns, when what could be read of it is listed. */
  readonly key: string | null;
  readonly severity: 'error' | 'warning';
  readonly details: Readonly<Record<string, string | number>>;
}

export const PROBLEM_CODES = [
  /** No bytes, or white space only. */
  'empty',
  /** The first token is no JSON. */
  'not-json',
  /** JSON up to `offset`, then something that JSON does not allow there. What stands before is shown. */
  'syntax',
  /** The text ends inside a value. What stands before is shown. */
  'truncated',
  /** A whole value, then more bytes. */
  'trailing-garbage',
  /** Bytes that are not UTF-8, lone surrogates among them. Kept as they are. */
  'invalid-utf8',
  /** A raw control character inside a string, which strict JSON forbids. Kept as it is. */
  'control-character',
  'permission-denied',
  'unreadable',
  'gzip-invalid',
  'gzip-truncated',
  /** Unpacks to more than the limit. */
  'gzip-too-large',
  /** A file of a store that is encrypted. */
  'encrypted',
  /** A pickle that is damaged, or was cut off. */
  'pickle-invalid',
  /** A pickle that is too large or too deep to be shown. */
  'pickle-too-large',
  'sqlite-corrupt',
  'sqlite-unknown-tables',
  'changed-while-read',
  /** Of a meeting point of nodes: versions of a state stand that have not seen each other. */
  'sync-conflict',
  /** A symbolic link that leads out of the opened folder and was not followed. */
  'symlink-outside',
  'symlink-broken',
  /** Both `x.json` and `x.json.gz` are there, and the newer one is shown; or two backends hold the key, and the one that its rule names is. */
  'duplicate-state',
  /** A value of another kind than this place in the format asks for. */
  'unexpected-value',
  /** Something in a persistence.yaml that works, and is not what its writer meant. */
  'config-warning',
  /** A backend of a persistence.yaml that cannot be opened. */
  'backend-closed',
  /** A backend of a persistence.yaml that keeps nothing, or nothing yet. */
  'backend-empty',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** What a source knows about a state beside its value. Absent is null, never a guess. */
export interface StateMetadata {
  /** Absolute path of the file that holds it. */
  readonly file: string | null;
  /** Name of the table for a database. */
  readonly table: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly type: string | null;
  readonly version: string | null;
  /** Further columns and envelope fields, as text, in the source's order. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

export interface Page<T> {
  /** Rows from the asked offset on; fewer than asked at the end. */
  readonly rows: readonly T[];
  readonly total: number;
}

export interface OpenProgress {
  readonly phase: 'detecting' | 'copying' | 'reading' | 'indexing';
  /** Bytes done and in all; total is 0 while it is not known. */
  readonly done: number;
  readonly total: number;
  /** The file or table at work, relative to the source. */
  readonly item: string;
}

/** How far a big file has been gone through. Its states are listed as they are found. */
export interface Indexing {
  readonly status: 'running' | 'stopped';
  /** Bytes of the unpacked text. */
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

export interface OpenRequest {
  readonly location: string;
  readonly followLinks: boolean;
  /** A password or passphrase that a person has just entered; otherwise the main process uses what it knows. */
  readonly secret?: { readonly text: string; readonly keep: boolean } | undefined;
}

export interface WorkspaceSummary {
  /** Identifies the open workspace in every call; not kept beyond the process. */
  readonly workspace: string;
  readonly format: SourceFormat;
  /** Absolute path, or a URL without its password. */
  readonly location: string;
  /** Last part of the location, for titles. */
  readonly name: string;
  readonly states: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly problems: number;
  /** Links that lead out of the folder and were not followed; a person may ask to. */
  readonly unfollowedLinks: number;
  /** ISO 8601 UTC: what is shown is the state of then. */
  readonly openedAt: string;
  /** Counts how often the source has been read anew. Rows and nodes of another count are others. */
  readonly generation: number;
  /** Whether a person has allowed writing, until the source is closed. */
  readonly armed: boolean;
  /** Null: states of this source can be changed. */
  readonly notWritable: NotWritableReason | null;
  /** What is shown is as of this moment; null for what is stored now. */
  readonly asOf: AsOf | null;
  /** What is listed is only a part, as long as this is not null. */
  readonly indexing: Indexing | null;
}

/** A moment of the journal, or a snapshot. */
export interface AsOf {
  /** Of the journal; null for a snapshot. */
  readonly seq: number | null;
  /** Microseconds. */
  readonly time: number;
  readonly snapshot: { readonly id: string; readonly name: string } | null;
}

export type ExplorerGrouping = 'kind' | 'class';

export type ExplorerRow =
  | {
      readonly row: 'group';
      readonly by: ExplorerGrouping;
      /** A kind, or the class `core`, `extended` or `runtime` (1.3 of the state-management design). */
      readonly group: string;
      readonly count: number;
      readonly collapsed: boolean;
    }
  | {
      readonly row: 'state';
      readonly key: string;
      readonly kind: string;
      readonly id: string;
      readonly type: string | null;
      readonly status: string | null;
      readonly bytes: number;
      readonly updatedAt: string | null;
      readonly problem: 'error' | 'warning' | null;
    };

export interface ConversationSummary {
  /** Node of the list of messages. */
  readonly node: number;
  /** The module or attribute that holds it, e.g. `friday`; may be empty. */
  readonly label: string;
  readonly count: number;
  /** What an agent kept of messages it dropped. */
  readonly summary: string | null;
}

export interface StateSummary {
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  readonly status: string | null;
  readonly bytes: number;
  /** Null where they are not counted, because it is read in parts. */
  readonly nodes: number | null;
  readonly rootKind: NodeKind;
  readonly metadata: StateMetadata;
  readonly conversations: readonly ConversationSummary[];
  /** Problems of this state, those found when it was read just now among them. */
  readonly problems: readonly Problem[];
  /** Too large to be read at once: it is shown in parts, and only the views that work in parts show it. */
  readonly paged: boolean;
  /** Names the text that is shown; edits say which one they mean. */
  readonly revision: string;
  /** Null: this state can be changed once writing is allowed. */
  readonly notWritable: NotWritableReason | null;
  /** Where rules say how long it lives; null where none does. */
  readonly expiry: { readonly expiresAt: string; readonly ttlSeconds: number } | null;
  /** What the registry knows about its type; null for a type that it does not know. */
  readonly type: TypeInfo | null;
  /** Rules of its type that it breaks. */
  readonly findings: readonly FieldFinding[];
}

export type NodeKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export interface TreeRow {
  readonly node: number;
  /** 0 for the root. */
  readonly depth: number;
  /** Member name, decoded; null for items of an array and for the root. */
  readonly name: string | null;
  /** Position among its siblings, from 0. */
  readonly index: number;
  readonly siblings: number;
  readonly kind: NodeKind;
  readonly children: number;
  readonly expanded: boolean;
  /** A scalar as it stands in the file (strings decoded), cut to 200 characters; empty for containers. */
  readonly preview: string;
  readonly previewCut: boolean;
  /** `role · name · id` when the node is a message, else null. */
  readonly label: string | null;
  /** Another member of the same object has the same name. */
  readonly duplicate: boolean;
  /** A later member of the same name wins over this one in most programs. */
  readonly shadowed: boolean;
  /** The file ends, or stops being JSON, inside this value. */
  readonly incomplete: boolean;
  /** A number that a 64-bit float cannot hold as it is written: a big integer, `553.0`, `NaN`, `1e400`, `-0`. */
  readonly inexact: boolean;
  /** An attribute that the state's type declares. */
  readonly declared: boolean;
  /** The first rule of its type that the value breaks; null for none. */
  readonly finding: FieldFinding | null;
}

export interface PathStep {
  readonly node: number;
  readonly label: string;
}

export interface ValueDetail {
  readonly node: number;
  readonly kind: NodeKind;
  readonly name: string | null;
  /** Bytes of the value's JSON text. */
  readonly bytes: number;
  readonly children: number;
  /** The way from the root, without the root; of a deep one the first and the last steps. */
  readonly steps: readonly PathStep[];
  /** How many steps are left out in the middle, after the eighth. */
  readonly stepsLeft: number;
  /** For display: a very long path is cut, ending in `…`. Copying (`value.copy`) gives all of it. */
  readonly paths: {
    readonly dot: string;
    readonly bracket: string;
    readonly pointer: string;
    readonly jsonpath: string;
  };
  readonly number: { readonly text: string; readonly value: number; readonly exact: boolean } | null;
  /** Set when the string is itself JSON text, as tool inputs and outputs often are. */
  readonly stringIsJson: boolean;
  readonly message: boolean;
  readonly incomplete: boolean;
  readonly duplicate: boolean;
}

export interface ConversationPage {
  readonly total: number;
  readonly messages: readonly Message[];
}

/** The states behind a figure: how many, and how the explorer is told to show them. */
export interface StatesBehind {
  readonly count: number;
  /** Set when it is a single one. */
  readonly key: string | null;
  /** For the explorer. Very many states that share nothing else are asked for by their kind. */
  readonly filter: string;
}

export interface OverviewGroup {
  readonly all: StatesBehind;
  /** The most frequent first. Status null: states without one. */
  readonly statuses: readonly { readonly status: string | null; readonly states: StatesBehind }[];
}

export interface OverviewRank {
  readonly key: string;
  readonly status: string | null;
  readonly amount: number;
  /** `average_response_time` of an agent, in seconds. */
  readonly responseSeconds: number | null;
}

export interface OverviewExpiry {
  readonly key: string;
  readonly status: string | null;
  /** ISO 8601; without `Z` or an offset when the source stores naive time. */
  readonly expiresAt: string;
  /** Against the moment at which the source was read; null when a time without a zone may be either. */
  readonly past: boolean | null;
  /** Past, and still called active. */
  readonly overdue: boolean;
}

/** What the agents and sessions of a source tell together. What no state holds is null or empty, never 0. */
export interface Overview {
  readonly states: StatesBehind;
  readonly agents: OverviewGroup | null;
  readonly sessions: OverviewGroup | null;
  /** Of the sessions: as they count them, or as they hold them. */
  readonly messages: { readonly count: number; readonly states: StatesBehind } | null;
  readonly tasks: {
    readonly successful: number;
    readonly failed: number;
    /** successful / (successful + failed), 0 to 1; null before the first task. */
    readonly successRate: number | null;
    /** Agents that report tasks, that have finished one, that have failed at one. */
    readonly agents: StatesBehind;
    readonly succeeding: StatesBehind;
    readonly failing: StatesBehind;
  } | null;
  /** By messages. */
  readonly busiestAgents: readonly OverviewRank[];
  readonly busiestSessions: readonly OverviewRank[];
  /** By bytes. */
  readonly largest: readonly OverviewRank[];
  readonly expiry: {
    readonly all: StatesBehind;
    readonly past: StatesBehind;
    readonly overdue: StatesBehind;
    /** Those past first, then what expires next; the first of `all`. */
    readonly next: readonly OverviewExpiry[];
  } | null;
  /** Agents and sessions that could not be read and are missing from every sum. */
  readonly unread: StatesBehind;
}

export interface OverviewProgress {
  readonly done: number;
  readonly total: number;
}

export interface RecentSource {
  readonly location: string;
  /** ISO 8601 UTC. */
  readonly openedAt: string;
  readonly missing: boolean;
}

export type ThemeChoice = 'light' | 'dark' | 'system';
export type Locale = 'en' | 'zh-CN';

export interface Appearance {
  readonly theme: ThemeChoice;
  readonly dark: boolean;
  readonly highContrast: boolean;
  readonly localeChoice: Locale | 'system';
  readonly locale: Locale;
}

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly platform: string;
  readonly appearance: Appearance;
  readonly recents: readonly RecentSource[];
  /** What to open first, from the command line or the sample workspace of a first run; null for the empty view. */
  readonly initial: OpenRequest | null;
  /** A workspace that is already open, after the window was reloaded. */
  readonly open: WorkspaceSummary | null;
  /** Whether the system has a key store in which a password can be kept. */
  readonly canKeepSecrets: boolean;
  /** Absolute path of the sample workspace that comes with Statescope. */
  readonly sampleWorkspace: string;
}

/** Menu items and their shortcuts; the window acts on them. */
export type WindowCommand =
  | 'open-file'
  | 'open-folder'
  | 'open-address'
  | 'open-sample'
  | 'reload-source'
  | 'close-source'
  | 'copy-states'
  | 'export-states'
  | 'allow-writing'
  | 'forbid-writing'
  | 'undo-write'
  | 'redo-write'
  | 'undo-restore'
  | 'show-trash'
  | 'focus-filter'
  | 'toggle-problems'
  | 'toggle-explorer'
  | 'toggle-inspector'
  | 'show-overview'
  | 'show-persistence'
  | 'show-tree'
  | 'show-conversation'
  | 'show-state-history'
  | 'show-history'
  | 'search'
  | 'next-hit'
  | 'previous-hit'
  | 'show-watches'
  | 'show-sync'
  | 'show-backups'
  | 'show-consistency'
  | 'create-backup'
  | 'compare-with'
  | 'mark-for-compare'
  | 'show-comparison'
  | 'show-snapshots'
  | 'take-snapshot'
  | 'show-performance'
  | 'toggle-timeline'
  | 'previous-change'
  | 'next-change'
  | 'back-to-now'
  | 'bisect-state'
  | 'show-probes'
  | 'start-demo'
  | 'stop-demo'
  | 'expand-all'
  | 'collapse-all'
  | 'command-palette'
  | 'show-shortcuts';
