/**
 * What is known of a JSON text that is too large to be parsed: where its members stand. Offsets are bytes from the
 * beginning of the (unpacked, decrypted) text, a byte order mark included, and are exact up to 2^53.
 */

import type { JsonKind } from '../../../shared/json/document.ts';
import type { JsonIssueCode } from '../../../shared/json/issue.ts';

export type { JsonKind } from '../../../shared/json/document.ts';

/** A member of an object, or an item of an array. */
export interface IndexEntry {
  /** The name with its quotes: `[keyStart, keyEnd)`; both -1 for items of an array. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The value: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly kind: JsonKind;
  /** Members or items of the value; 0 for what is no container. Never more than 2^32 - 1 is told. */
  readonly count: number;
}

/** The root's own children, or the members of its member `states`. */
export type ListLevel = 'top' | 'states';

/** Children of one container, in the order of the text, duplicates included. It grows while the index is built. */
export interface EntryList {
  readonly level: ListLevel;
  /** Of the container: what holds the entries. */
  readonly kind: 'object' | 'array';
  /** How many whole children were found; all of them once the index is complete. */
  readonly count: number;
  /**
   * Every so many children are recorded: 1 unless there are more than half a million. `entriesOf` finds those between, by
   * scanning from the one before.
   */
  readonly stride: number;
  /**
   * Number `ordinal`, which must be below `count` and a multiple of `stride`.
   * @throws RangeError for any other.
   */
  at(ordinal: number): IndexEntry;
  /** The raw name with its quotes, when it is in memory; null for one that is to be read from the file, and in arrays. */
  keyBytes(ordinal: number): Uint8Array | null;
}

export type IndexFaultCode = Extract<JsonIssueCode, 'empty' | 'not-json' | 'syntax' | 'truncated' | 'trailing-garbage'>;

/** What is wrong at the indexed levels. Inside of their values nothing but the balance of brackets is checked. */
export interface IndexFault {
  readonly code: IndexFaultCode;
  /** Where it was seen; the end of the text for one that was cut off. */
  readonly offset: number;
  /** English: what was expected, what was found, and which entry was being read. */
  readonly message: string;
  /** The entry that was being read, which is not in its list; its `end` is the fault's offset. Null between two of them. */
  readonly unfinished: UnfinishedEntry | null;
}

export interface UnfinishedEntry {
  readonly level: ListLevel;
  /** As it would have been counted. */
  readonly ordinal: number;
  readonly entry: IndexEntry;
  /** Decoded; null in arrays, and for a name of more than 4 kB. */
  readonly key: string | null;
}

/** A name that one object holds more than once; the last one is what other programs see. */
export interface DuplicateKey {
  readonly level: ListLevel;
  readonly key: string;
  /** Ascending, two at least. */
  readonly ordinals: readonly number[];
}

/** The whole value of the text. */
export interface IndexRoot {
  readonly start: number;
  /** Where it was cut off, for one that is not whole. */
  readonly end: number;
  readonly kind: JsonKind;
}

export interface OffsetIndex {
  /** Null while nothing has been found, and for a text without any value. */
  readonly root: IndexRoot | null;
  /** The root's children. Empty when it is no container. */
  readonly top: EntryList;
  /** Members of the root's member `states`, when that is an object; of the last one where it stands twice. */
  readonly states: EntryList | null;
  /** At most one: the first ends the scan. */
  readonly fault: IndexFault | null;
  /** Known once the index is complete. Not looked for in lists of more than half a million. At most 1,000 names are told. */
  readonly duplicates: readonly DuplicateKey[];
  /** Bytes that were looked at: all of the text, or up to the fault. */
  readonly scanned: number;
  /** Bytes of the text; null when that is not known before its end has been read. */
  readonly size: number | null;
  /** It was read to its end, or to a fault. Otherwise it was stopped, and `buildIndex` goes on from there. */
  readonly complete: boolean;
  /** Hexadecimal, of the whole text; null unless asked for, or when the text was not read to its end. */
  readonly sha256: string | null;
}

/** Entries `[from, to)` of a list that is still growing have been found. */
export interface FoundEntries {
  readonly list: EntryList;
  readonly from: number;
  readonly to: number;
}

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  /** At most some twenty times a second. `total` is null while the size of the text is not known. */
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
  /** Called between chunks, the first time as soon as there is anything. */
  readonly onStates?: ((found: FoundEntries) => void) | undefined;
  /** Checksum of the whole text in the same pass. */
  readonly sha256?: boolean | undefined;
  /** One that was stopped, of the same text: it goes on from there, and is used up by that. */
  readonly resume?: OffsetIndex | undefined;
  /** Bytes that are read at once, at most and by default half a megabyte. */
  readonly chunkBytes?: number | undefined;
  /** How many entries of a list are recorded before only every eighth one stays: half a million. */
  readonly mostRecorded?: number | undefined;
  /** Told before it rejects because of `signal` or of a failed read, so that what was found can be kept. */
  readonly onStopped?: ((partial: OffsetIndex) => void) | undefined;
}
