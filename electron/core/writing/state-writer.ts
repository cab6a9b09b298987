/**
 * How the states of a source are changed. A writer opens nothing before it is told to write, and lets go afterwards. Every
 * write keeps what it replaces, is compare-and-swap on the text that a person saw, and is read back.
 */
import { createHash } from 'node:crypto';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import {
  type CallOptions,
  type Conflict,
  type Expected,
  type Missing,
  meets,
  type Revision,
  type TrashEntry,
  type TrashId,
} from '../persistence/backend.ts';
import { SourceError } from '../sources/source-error.ts';

export interface Written {
  readonly status: 'written';
  /** The text that is stored now; null when nothing is. */
  readonly revision: Revision | null;
  /** What was replaced or removed; null when there was nothing. */
  readonly trash: TrashId | null;
}

/** What an envelope would say of a state, for stores that keep it in columns of their own. */
export interface WriteOptions extends CallOptions {
  /** What the store has stays where nothing is said. */
  readonly labels?: { readonly type: string; readonly version: string } | undefined;
  /** The text mends one that is damaged. `tail`: what stands behind it in its file or cell goes, up to white space. */
  readonly mends?: Mending | undefined;
}

export type Mending = 'text' | 'tail';

/**
 * All reject with a SourceError as StateBackend does; then nothing has changed. Revisions are those of `textRevision`. Whoever
 * calls has one call at a time under way.
 */
export interface StateWriter {
  /** Null: the state can be changed, or removed. */
  refusal(key: string, what?: 'replace' | 'remove' | 'mend'): NotWritableReason | null;
  /** `text` is the whole JSON text of the state, as `Source.read` gives it. */
  replace(key: string, text: Uint8Array, expected: Expected, options?: WriteOptions): Promise<Written | Conflict>;
  /** Why a state that is not there cannot be made; null: it can. @param place as an entry's `location`; null where it is not known. */
  createRefusal(key: string, place: string | null): NotWritableReason | null;
  /** A state that is not there: a conflict when it is. */
  create(key: string, text: Uint8Array, place: string | null, options?: WriteOptions): Promise<Written | Conflict>;
  remove(key: string, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing>;
  /** The latest first. */
  trash(options?: CallOptions): Promise<readonly TrashEntry[]>;
  restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing>;
  /**
   * What is opened for writing stays open for all the writes in `work`: for many of them at once. Nothing may read the source
   * meanwhile, since on POSIX closing a file drops the locks that the process holds on it.
   */
  together?<T>(work: () => Promise<T>): Promise<T>;
}

export interface WriteContext {
  /** Where copies of what is replaced in foreign sources are kept; never inside of the source. */
  readonly safetyFolder: string;
}

/** Names a text of a state: equal exactly for equal bytes. */
export function textRevision(text: Uint8Array): Revision {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether what is stored (null: nothing) is what the caller expects. */
export function isExpected(expected: Expected, stored: Uint8Array | null): boolean {
  return meets(expected, stored === null ? null : textRevision(stored));
}

export function conflictWith(stored: Uint8Array | null): Conflict {
  return { status: 'conflict', current: stored === null ? null : textRevision(stored) };
}

/** For a write that was read back and found to be something else. */
export function notVerified(location: string): SourceError {
  const message = `What was written to ${location} is not what is there now: another program writes at the same time. What was there before is in the trash.`;
  return new SourceError('unreadable', message, { location });
}

export function notWritable(location: string, reason: NotWritableReason): SourceError {
  const message = `States in ${location} can only be read (${reason}). Copy them to a store of their own and change them there.`;
  return new SourceError('not-writable', message, { location, reason });
}
