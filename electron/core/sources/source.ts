/**
 * The one port behind which every format is read. A reader tells what it found (`entries`, `problems`) while it opens,
 * and hands out the bytes of one state at a time afterwards; nobody above this file knows a format.
 */
import type { OpenProgress, Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { Changed } from '../persistence/backend.ts';
import type { StateWriter, WriteContext } from '../writing/state-writer.ts';

/** One state that a source holds. The list of these is the whole of what is kept in memory after opening. */
export interface StateEntry {
  /** `kind:id`, unique within the source; the identity under which everything else refers to the state. */
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  /** The class or the shape as the writer names it, e.g. `state.AgentStateModule`, `JSONSession`; null where unknown. */
  readonly type: string | null;
  /** `idle`, `busy`, `active`, … as found in the data, lower case; null where the state has none. */
  readonly status: string | null;
  /** Size of the state's JSON text in bytes, unpacked. */
  readonly bytes: number;
  /** ISO 8601. Without `Z` or an offset when the source stores naive time. Null where the source stores no time. */
  readonly updatedAt: string | null;
  /** Where it is stored: a path relative to the source, or `table/rowid`. */
  readonly location: string;
  /** Other keys by which a person may name this state on the command line, e.g. a file's stem. */
  readonly aliases: readonly string[];
}

/** The bytes of one state as they are stored, and what the source knows about it beside them. */
export interface StateBytes {
  readonly bytes: Uint8Array;
  readonly metadata: StateMetadata;
  /** Problems met while reading just now, e.g. that the file changed meanwhile. */
  readonly problems: readonly Problem[];
}

export interface Source {
  readonly format: SourceFormat;
  /** Absolute path, or a URL without its password. */
  readonly location: string;
  /** Bytes on disk of everything that was opened. */
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  /**
   * Reads one state.
   * @throws SourceError `not-found` when it is gone, `unreadable` with the reason when it cannot be read any more.
   */
  read(key: string, options?: { signal?: AbortSignal }): Promise<StateBytes>;
  /** How its states are changed, or why they are not. Nothing is opened for writing before something is written. */
  writer(context: WriteContext): StateWriter | NotWritableReason;
  /** Which states others have written, added or removed since the source was opened; empty for none, null where that cannot be said. */
  changed(options?: { signal?: AbortSignal }): Promise<Changed>;
  /** Idempotent. Afterwards nothing is left behind on disk. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Follow symbolic links that lead out of the opened folder. They are reported as problems otherwise. */
  readonly followLinks?: boolean;
  /** The password of a server, or the passphrase of an encrypted store. Never part of a location, a message or a log. */
  readonly secret?: string | undefined;
  readonly signal?: AbortSignal;
  /** Called often; whoever shows it coalesces. */
  readonly onProgress?: (progress: OpenProgress) => void;
}
