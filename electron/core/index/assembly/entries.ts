/** How an entry begins and ends, and is written down. */
import {
  DONE,
  Entry,
  entryAt,
  IN_GAP,
  IN_NUMBER,
  IN_STRING,
  IN_WORD,
  ITEM_OR_CLOSE,
  KEY,
  KEY_OR_CLOSE,
  KEYS,
  KEYS_BYTES,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_LIST_BEGINS,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  MAX_KEY,
  MAX_RECORDS,
  NEXT,
  OPENED,
  pendingKey,
  QUOTE,
  RECORD_BYTES,
  RECORDS,
  Record,
  State,
  VALUE,
} from './memory';
import { DIGITS, MINUS, ZERO } from './number';

const FNV_OFFSET: u32 = 0x811c9dc5;

// Words as their letters, the first one lowest.
const TRUE: u64 = 0x65757274;
const FALSE: u64 = 0x65736c6166;
const NULL: u64 = 0x6c6c756e;
const NAN: u64 = 0x4e614e;
export const INFINITY: u64 = 0x7974696e69666e49;

/** Raw `"states"`. */
const STATES_QUOTED_LENGTH: u32 = 8;
const STATES_QUOTED: u64 = 0x2273657461747322;
/** `\u00`, with which a letter begins that is written as an escape. */
const ESCAPE: u32 = 0x3030755c;
const ESCAPE_LENGTH: u32 = 6;

export function isFull(s: State): bool {
  return (s.records as u32) + 2 >= MAX_RECORDS || (s.keyBytes as u32) + 2 * MAX_KEY > KEYS_BYTES;
}

export function afterComma(s: State, container: Entry): i32 {
  const between = container.count & (container.stride - 1);
  if (between == 0) return container.kind == KIND_OBJECT ? KEY : VALUE;
  s.gap = container.stride - between;
  s.depth = 1;
  s.inString = 0;
  s.escaped = 0;
  return IN_GAP;
}

export function beginKey(s: State, position: u64): void {
  const entry = entryAt(s.level);
  entry.keyStart = position;
  entry.hash = FNV_OFFSET;
  entry.keyHasEscapes = 0;
  entry.keyLength = 1;
  store<u8>(pendingKey(s.level), QUOTE);
  s.isEscaped = 0;
}

/** Returns the phase after the first byte of a value, -1 where none begins. */
export function beginValue(s: State, byte: u8, position: u64): i32 {
  const entry = entryAt(s.level);
  entry.start = position;
  entry.count = 0;
  switch (byte) {
    case QUOTE: {
      entry.kind = KIND_STRING;
      s.isEscaped = 0;
      return IN_STRING;
    }
    case 0x7b:
    case 0x5b: {
      entry.kind = byte == 0x7b ? KIND_OBJECT : KIND_ARRAY;
      if (s.level > 0 && !isStates(s)) return OPENED;
      s.level++;
      if (s.level == 2) {
        record(s, 2, KIND_LIST_BEGINS, 0);
        entry.stride = 1;
      }
      return byte == 0x7b ? KEY_OR_CLOSE : ITEM_OR_CLOSE;
    }
    case 0x74:
      return beginWord(s, KIND_BOOLEAN, TRUE);
    case 0x66:
      return beginWord(s, KIND_BOOLEAN, FALSE);
    case 0x6e:
      return beginWord(s, KIND_NULL, NULL);
    case 0x4e:
      return beginWord(s, KIND_NUMBER, NAN);
    case 0x49:
      return beginWord(s, KIND_NUMBER, INFINITY);
    default: {
      entry.kind = KIND_NUMBER;
      if (byte == 0x2d) s.numberState = MINUS;
      else if (byte == 0x30) s.numberState = ZERO;
      else if (byte > 0x30 && byte <= 0x39) s.numberState = DIGITS;
      else return -1;
      return IN_NUMBER;
    }
  }
}

function beginWord(s: State, kind: u32, word: u64): i32 {
  entryAt(s.level).kind = kind;
  s.word = word >> 8;
  return IN_WORD;
}

function isStates(s: State): bool {
  const entry = entryAt(1);
  return (
    s.findsStates != 0 &&
    s.level == 1 &&
    entry.kind == KIND_OBJECT &&
    entryAt(0).kind == KIND_OBJECT &&
    saysStates(entry)
  );
}

/** Any letter of the name may be escaped; the hexadecimal digits of these are all below A. */
function saysStates(entry: Entry): bool {
  const key = pendingKey(1);
  if (entry.keyHasEscapes == 0) return entry.keyLength == STATES_QUOTED_LENGTH && load<u64>(key) == STATES_QUOTED;
  let at: u32 = 1;
  for (let left = STATES_QUOTED >> 8; (left as u8) != QUOTE; left >>= 8) {
    const letter = left as u8;
    if (load<u8>(key + at) == letter) at++;
    else if (isEscaped(key + at, letter)) at += ESCAPE_LENGTH;
    else return false;
  }
  return at + 1 == entry.keyLength;
}

function isEscaped(from: usize, letter: u8): bool {
  return (
    load<u32>(from) == ESCAPE && load<u8>(from, 4) == 0x30 + (letter >> 4) && load<u8>(from, 5) == 0x30 + (letter & 15)
  );
}

/** The container that is open at the highest level ends before `end`. */
export function closeContainer(s: State, end: u64): i32 {
  s.level--;
  return finishEntry(s, end);
}

/** The value that is being read ends before `end`. Returns what comes next. */
export function finishEntry(s: State, end: u64): i32 {
  const level = s.level;
  record(s, level, entryAt(level).kind, end);
  if (level == 0) return DONE;
  entryAt(level - 1).count++;
  return NEXT;
}

/** Writes the entry of a level down, unless it is one of those between. */
function record(s: State, level: i32, kind: u32, end: u64): void {
  const entry = entryAt(level);
  const isBeginning = kind == KIND_LIST_BEGINS;
  const ordinal = level > 0 && !isBeginning ? entryAt(level - 1).count : 0;
  if (level > 0 && !isBeginning && (ordinal & (entryAt(level - 1).stride - 1)) != 0) return;
  const out = changetype<Record>(RECORDS + (s.records as usize) * RECORD_BYTES);
  s.records++;
  const hasKey = level > 0 && !isBeginning && entryAt(level - 1).kind == KIND_OBJECT;
  out.keyStart = hasKey ? (entry.keyStart as f64) : -1;
  out.keyEnd = hasKey ? (entry.keyEnd as f64) : -1;
  out.start = entry.start as f64;
  out.end = end as f64;
  out.ordinal = ordinal as f64;
  out.count = entry.count as f64;
  out.hash = entry.hash;
  out.kind = kind as u8;
  out.level = level as u8;
  out.keyHasEscapes = hasKey ? (entry.keyHasEscapes as u8) : 0;
  out.keyBytes = 0;
  if (!hasKey || entry.keyLength > MAX_KEY) return;
  out.keyBytes = entry.keyLength;
  memory.copy(KEYS + (s.keyBytes as usize), pendingKey(level), entry.keyLength);
  s.keyBytes += entry.keyLength;
}
