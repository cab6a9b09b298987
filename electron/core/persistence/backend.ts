/**
 * The one port behind which states are kept and changed. Four backends stand behind it (filesystem, sqlite, postgresql,
 * memory), and one suite states what they all do: behaviour-suite.ts.
 */

export const BACKEND_KINDS = ['memory', 'filesystem', 'sqlite', 'postgresql', 'routed'] as const;
export type BackendKind = (typeof BACKEND_KINDS)[number];

/** A state as it is stored. JSON texts are kept as they are handed in, byte for byte where the backend can. */
export interface StateRecord {
  /** The envelope's `__type__`, e.g. `agents.AgentStateModule`; empty where the writer named none. */
  readonly type: string;
  /** The envelope's `__version__`. */
  readonly version: string;
  /** The envelope's `__timestamp__`: ISO 8601; without a zone it is naive. Null: the backend writes its own time. */
  readonly timestamp: string | null;
  /** One whole JSON value. */
  readonly stateData: Uint8Array;
  /** The stored StateMetadata (2.2.3), a JSON object; null for none. */
  readonly metadata: Uint8Array | null;
}

/** Opaque, and equal only for what is stored alike: what a compare-and-swap compares. */
export type Revision = string;

export type Expected =
  /** Whatever is there now is replaced. */
  | { readonly kind: 'any' }
  /** Nothing may be stored under the key. */
  | { readonly kind: 'absent' }
  /** What was read must still be there. */
  | { readonly kind: 'revision'; readonly revision: Revision };

export const ANY: Expected = { kind: 'any' };

/** Whether what is stored (null: nothing) is what the caller expects. */
export function meets(expected: Expected, current: Revision | null): boolean {
  switch (expected.kind) {
    case 'any':
      return true;
    case 'absent':
      return current === null;
    case 'revision':
      return current === expected.revision;
    default:
      return expected satisfies never;
  }
}
export const ABSENT: Expected = { kind: 'absent' };
export const revisionOf = (revision: Revision): Expected => ({ kind: 'revision', revision });

export interface Found {
  readonly status: 'found';
  readonly record: StateRecord;
  readonly revision: Revision;
  readonly info: StateInfo;
}
export interface Missing {
  readonly status: 'missing';
}
/** Something is stored under the key and cannot be read as a state. It is left as it is. */
export interface Corrupt {
  readonly status: 'corrupt';
  /** English: what is wrong, where. */
  readonly reason: string;
  /** What is there, for whoever wants to look at it or to replace exactly this. */
  readonly bytes: Uint8Array;
  readonly revision: Revision;
}
/** Somebody else has written meanwhile; nothing was changed. */
export interface Conflict {
  readonly status: 'conflict';
  /** What is there now; null when nothing is. */
  readonly current: Revision | null;
}

export interface Saved {
  readonly status: 'saved';
  readonly revision: Revision;
  /** The trash entry of what was overwritten; null when nothing was. */
  readonly replaced: TrashId | null;
}
export interface Deleted {
  readonly status: 'deleted';
  readonly trash: TrashId;
}

export type LoadResult = Found | Missing | Corrupt;
export type SaveResult = Saved | Conflict;
export type DeleteResult = Deleted | Missing | Conflict;

export interface StateInfo {
  readonly key: string;
  readonly type: string;
  readonly version: string;
  /** Bytes of the state data's JSON text. */
  readonly bytes: number;
  /** ISO 8601 UTC; null where the backend cannot know (a file system has no creation time that can be trusted). */
  readonly createdAt: string | null;
  /** ISO 8601 UTC. */
  readonly updatedAt: string;
  readonly revision: Revision;
  /** Absolute path, or `table/key`. */
  readonly location: string;
}

export type TrashId = string;

export interface TrashEntry {
  readonly id: TrashId;
  readonly key: string;
  readonly reason: 'deleted' | 'overwritten';
  /** ISO 8601 UTC. */
  readonly trashedAt: string;
  readonly bytes: number;
}

export interface PageRequest {
  /** States of this kind only: `agent`. */
  readonly kind?: string | undefined;
  /** The cursor of the page before; null or absent for the first. */
  readonly after?: string | null | undefined;
  /** At least 1. */
  readonly limit: number;
}

export interface InfoPage {
  /** In the order of keys, by code points. */
  readonly states: readonly StateInfo[];
  /** Keyset cursor; null at the end. */
  readonly next: string | null;
}

/** Keys that were written or deleted, by whomever. `null`: something changed, look at everything. */
export type Changed = ReadonlySet<string> | null;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * All methods reject with a SourceError: `read-only`, `disk-full`, `locked`, `unreachable`, `auth-failed`, `connection-lost`, `pool-exhausted`,
 * `timeout`, `unsupported-value`, `invalid-key`, `secret-needed`, `secret-wrong`, `cancelled`, `unreadable`, …
 * After a rejected write the key holds its old value whole, or its new one whole when the connection was lost while committing.
 */
export interface StateBackend {
  readonly kind: BackendKind;
  /** Absolute path, `memory`, or a URL without its password. */
  readonly location: string;
  /** Writes are durable when this resolves. What is overwritten goes to the trash first. Metadata null keeps what is stored. */
  save(key: string, record: StateRecord, expected: Expected, options?: CallOptions): Promise<SaveResult>;
  load(key: string, options?: CallOptions): Promise<LoadResult>;
  /**
   * As `load` of the same key. Where what is stored at this moment has the revision of `known`, the record handed back is that of
   * `known` itself, and whatever need not be done for it is left out (performance/cached-backend.ts rests on this).
   */
  loadAgain(known: Found, options?: CallOptions): Promise<LoadResult>;
  /** Into the trash. `missing` when there is nothing, whatever was expected. */
  delete(key: string, expected: Expected, options?: CallOptions): Promise<DeleteResult>;
  exists(key: string, options?: CallOptions): Promise<boolean>;
  /** Keys in the order of code points. */
  list(kind?: string, options?: CallOptions): Promise<readonly string[]>;
  /** Null for a missing key and for one that is corrupt. */
  info(key: string, options?: CallOptions): Promise<StateInfo | null>;
  /** What is corrupt has no info and is passed over; `list` has its key. */
  page(request: PageRequest, options?: CallOptions): Promise<InfoPage>;
  /** Tells of changes, by this process or any other, within about a second, until the returned function is called. */
  watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>>;
  /** The latest first. */
  trash(options?: CallOptions): Promise<readonly TrashEntry[]>;
  /**
   * Puts what an entry holds back under its key, as it was. What is there now goes to the trash itself.
   * `missing`: there is no such entry.
   */
  restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<SaveResult | Missing>;
  /** Idempotent. */
  close(): Promise<void>;
}
