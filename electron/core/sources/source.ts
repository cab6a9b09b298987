/**
 * The one port behind which every format is read. A reader tells what it found (`entries`, `problems`) while it opens,
 * and hands out the bytes of one state at a time afterwards; nobody above this file knows a format.
 */
import type { Indexing, OpenProgress, Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { RandomAccess } from '../files/random-access.ts';
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

/** How a source that shows its first states while it is still being read comes to its last one. */
export interface Growth {
  /** Null once all of it has been read. */
  readonly indexing: Indexing | null;
  /**
   * `listener` is told when there are more states, and of progress; whoever shows it coalesces. `replaced`: the source turned out
   * to be something else than its beginning had promised, and its states are others. Returns what ends the telling.
   */
  onGrown(listener: (replaced: boolean) => void): () => void;
  /** Stops reading. What was found so far stays, and is marked as partial. */
  stop(): void;
  /** Reads on from where it was stopped. */
  goOn(): void;
  /** Resolves when all of it has been read. @throws SourceError `cancelled` when it is stopped or closed before that. */
  whole(signal?: AbortSignal): Promise<void>;
}

/** One state of any size, read in parts. Offsets are bytes from the beginning of the state's text. */
export interface StateRange {
  readonly access: RandomAccess;
  /** The text ends before the state does. */
  readonly incomplete: boolean;
  readonly metadata: StateMetadata;
  readonly problems: readonly Problem[];
}

/** A text in which all states of a source stand as they are, so that one pass over it goes through all of them. */
export interface CommonText {
  readonly access: RandomAccess;
  /** Bytes `[start, end)` of it. @throws SourceError `not-found` */
  placeOf(key: string): { readonly start: number; readonly end: number };
}

export interface Source {
  readonly format: SourceFormat;
  /** Absolute path, or a URL without its password. */
  readonly location: string;
  /** Bytes on disk of everything that was opened. */
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  /** All that it reads is as it was when it was opened, whatever others write meanwhile. */
  readonly isOfOneMoment?: boolean;
  /** Only of a source that may still be read: its `entries` and `problems` are longer lists later. */
  readonly growth?: Growth;
  /**
   * The place of one state, to read it in parts; only of sources that have states too large to be read at once.
   * @throws SourceError as `read`
   */
  range?(key: string): Promise<StateRange>;
  /**
   * Only of a backup: where the state lay in the source that it was made of, as an entry's `location` there; null where it does not say.
   * @throws SourceError `not-found`
   */
  keptPlace?(key: string): string | null;
  /** Only of a source of several stores: the name of the one in which a state lies; undefined for a state that is not listed. */
  backendOf?(key: string): string | undefined;
  /** Only of a source that is one text. */
  readonly commonText?: CommonText;
  /**
   * Reads one state.
   * @throws SourceError `not-found` when it is gone, `unreadable` with the reason when it cannot be read any more,
   * `state-too-large` for one that is only read in parts.
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
  /** A big file may be handed over with its first states, and go on growing (`Source.growth`). Otherwise it is whole. */
  readonly growing?: boolean;
  /** JSON files above so many bytes are indexed instead of read whole. Default 64 MiB. */
  readonly indexAbove?: number;
  /** Where Statescope keeps what is its own: indexes of big files for the next time. Without it none are kept. */
  readonly dataFolder?: string | undefined;
  readonly signal?: AbortSignal;
  /** Called often; whoever shows it coalesces. */
  readonly onProgress?: (progress: OpenProgress) => void;
}
