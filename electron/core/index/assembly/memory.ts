/**
 * Where everything stands in the memory of the scanner. What has to outlive a chunk lies below SAVED_BYTES, so that a copy of
 * that is a saved scan.
 */

// Phases, also read by scanner.ts: what is expected next.
export const VALUE: i32 = 0;
export const ITEM_OR_CLOSE: i32 = 1;
export const KEY: i32 = 2;
export const KEY_OR_CLOSE: i32 = 3;
export const COLON: i32 = 4;
export const NEXT: i32 = 5;
/** After the root. */
export const DONE: i32 = 6;
/** Just inside of an entry's container. */
export const OPENED: i32 = 7;
/** Up to here white space is passed over. */
export const LAST_BETWEEN: i32 = OPENED;
export const IN_KEY: i32 = 8;
export const IN_STRING: i32 = 9;
export const IN_WORD: i32 = 10;
export const IN_NUMBER: i32 = 11;
/** Inside of an entry's container, at any depth. */
export const IN_CONTAINER: i32 = 12;
/** Inside of an entry that is not written down, or between two such. */
export const IN_GAP: i32 = 13;

// Kinds, as in shared/json/tape.ts.
export const KIND_NULL: u32 = 0;
export const KIND_BOOLEAN: u32 = 1;
export const KIND_NUMBER: u32 = 2;
export const KIND_STRING: u32 = 3;
export const KIND_ARRAY: u32 = 4;
export const KIND_OBJECT: u32 = 5;
/** No entry: a member `states` begins, and entries of its level before this one are of another. */
export const KIND_LIST_BEGINS: u32 = 255;

@unmanaged
export class State {
  /** Of the next byte, in the text. */
  position: u64;
  phase: i32;
  /** Containers that are open and looked at byte by byte: 0 to 2. An entry of level n stands in n of them. */
  level: i32;
  /** Entries that wait in RECORDS. */
  records: i32;
  /** Bytes that wait in KEYS. */
  keyBytes: i32;
  /** Whether a member `states` of the root is looked into. */
  findsStates: i32;
  /** A backslash was the last byte of a key or a string. */
  isEscaped: i32;
  /** What is left of a word, its next letter lowest. */
  word: u64;
  numberState: i32;
  /** Open brackets inside of an entry, its own included. */
  depth: i32;
  /** All bits set inside of a string. */
  inString: u64;
  /** 1 when the next byte is escaped. */
  escaped: u64;
  /** Commas to be passed before the next entry that is written down. */
  gap: u64;
}

/** What is known of the value that is being read at a level. */
@unmanaged
export class Entry {
  keyStart: u64;
  keyEnd: u64;
  start: u64;
  /** Children that are whole. */
  count: u64;
  /** Every so many children are written down; a power of two. */
  stride: u64;
  kind: u32;
  /** FNV-1a of the raw key without quotes. */
  hash: u32;
  /** Of the key with quotes, all of which are kept up to MAX_KEY. */
  keyLength: u32;
  keyHasEscapes: u32;
}

/** As scanner.ts reads it: 64 bytes. */
@unmanaged
export class Record {
  keyStart: f64;
  keyEnd: f64;
  start: f64;
  end: f64;
  ordinal: f64;
  count: f64;
  hash: u32;
  /** In KEYS, with quotes; 0 for an item, and for a key above MAX_KEY. */
  keyBytes: u32;
  kind: u8;
  level: u8;
  keyHasEscapes: u8;
}

export const MAX_KEY: u32 = 4096;
export const RECORD_BYTES: u32 = 64;
export const MAX_RECORDS: u32 = 1024;
export const KEYS_BYTES: u32 = 64 * 1024;

export const STATE: usize = 64;
export const ENTRIES: usize = 256;
export const ENTRY_BYTES: usize = 64;
/** Raw keys of the levels 1 and 2, MAX_KEY each. */
export const PENDING_KEYS: usize = 1024;
export const SAVED_BYTES: u32 = 1024 + 2 * MAX_KEY;
export const RECORDS: usize = 16384;
export const KEYS: usize = RECORDS + MAX_RECORDS * RECORD_BYTES;
export const INPUT: usize = KEYS + KEYS_BYTES;

export const QUOTE: u8 = 0x22;
export const COMMA: u8 = 0x2c;
export const BACKSLASH: u8 = 0x5c;

export function state(): State {
  return changetype<State>(STATE);
}

export function entryAt(level: i32): Entry {
  return changetype<Entry>(ENTRIES + (level as usize) * ENTRY_BYTES);
}

export function pendingKey(level: i32): usize {
  return PENDING_KEYS + ((level as usize) - 1) * MAX_KEY;
}

export function closerOf(kind: u32): u8 {
  return kind == KIND_OBJECT ? 0x7d : 0x5d;
}
