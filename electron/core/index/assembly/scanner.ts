/**
 * The scanner of the offset index, in AssemblyScript: TypeScript's syntax for WebAssembly with SIMD. It is compiled by
 * `node scripts/build-wasm.mjs` into `../scanner-wasm.ts`; `../scanner.ts` is what calls it and says what it is for.
 *
 * Two levels of containers at most are looked at byte by byte and checked: the root, and its member `states`. What stands
 * inside of their entries' values is only passed over, 64 bytes at a time: where strings begin and end (the method of
 * Langdale and Lemire, Parsing Gigabytes of JSON per Second, VLDB Journal 2019), how deep the brackets are, and how many
 * commas stand directly in the value.
 */

import { afterComma, beginKey, beginValue, closeContainer, finishEntry, INFINITY, isFull } from './entries';
import {
  COLON,
  COMMA,
  closerOf,
  DONE,
  entryAt,
  IN_CONTAINER,
  IN_GAP,
  IN_KEY,
  IN_NUMBER,
  IN_STRING,
  IN_WORD,
  ITEM_OR_CLOSE,
  KEY,
  KEY_OR_CLOSE,
  KIND_ARRAY,
  KIND_OBJECT,
  LAST_BETWEEN,
  MAX_KEY,
  NEXT,
  OPENED,
  pendingKey,
  QUOTE,
  SAVED_BYTES,
  state,
  VALUE,
} from './memory';
import { DIGITS, isWholeNumber, MINUS, numberAfter } from './number';
import { passContainer, passKey, passString } from './pass';

export { INPUT, KEYS, RECORDS, SAVED_BYTES } from './memory';

// Answers of scan().
const ALL_READ: i32 = 0;
const OUTPUT_FULL: i32 = 1;
const FAULT: i32 = 2;

/** A whole text from `position` on. */
export function begin(position: f64, findsStates: i32): void {
  memory.fill(0, 0, SAVED_BYTES);
  const s = state();
  s.position = position as u64;
  s.findsStates = findsStates;
  for (let level = 0; level < 3; level++) entryAt(level).stride = 1;
}

/** In the middle of a container: at the beginning of child number `ordinal`, which is at `position`. */
export function beginInside(position: f64, isObject: i32, ordinal: f64): void {
  begin(position, 0);
  const s = state();
  s.level = 1;
  s.phase = isObject ? KEY : VALUE;
  const root = entryAt(0);
  root.kind = isObject ? KIND_OBJECT : KIND_ARRAY;
  root.count = ordinal as u64;
}

export function setStride(level: i32, stride: f64): void {
  entryAt(level - 1).stride = stride as u64;
}

/** What was written down is no longer needed. */
export function drained(): void {
  const s = state();
  s.records = 0;
  s.keyBytes = 0;
}

export function position(): f64 {
  return state().position as f64;
}

export function phase(): i32 {
  return state().phase;
}

export function level(): i32 {
  return state().level;
}

export function records(): i32 {
  return state().records;
}

/** Of the value that is being read at this level. */
export function pendingStart(level: i32): f64 {
  return entryAt(level).start as f64;
}

export function pendingKeyStart(level: i32): f64 {
  return entryAt(level).keyStart as f64;
}

export function pendingKeyEnd(level: i32): f64 {
  return entryAt(level).keyEnd as f64;
}

export function pendingKind(level: i32): u32 {
  return entryAt(level).kind;
}

export function pendingCount(level: i32): f64 {
  const inside = state().phase == IN_CONTAINER && level == state().level;
  return (entryAt(level).count + (inside ? 1 : 0)) as f64;
}

/** 0 for one that was too long to be kept. */
export function pendingKeyLength(level: i32): u32 {
  const length = entryAt(level).keyLength;
  return length > MAX_KEY ? 0 : length;
}

export function pendingKeyAt(level: i32): usize {
  return pendingKey(level);
}

/** Reads on. `position()` then is that of the first byte not read, or of the fault. */
export function scan(from: usize, length: usize): i32 {
  const s = state();
  const end = from + length;
  const base = s.position - (from as u64);
  let at = from;
  let answer = ALL_READ;
  let phase = s.phase;
  while (at < end) {
    if (phase == IN_CONTAINER) {
      const entry = entryAt(s.level);
      at = passContainer(s, entry, at, end, u64.MAX_VALUE);
      if (at >= end) break;
      // At the bracket that closes the entry's value.
      entry.count++;
      if (load<u8>(at) != closerOf(entry.kind)) {
        answer = FAULT;
        break;
      }
      at++;
      phase = finishEntry(s, base + (at as u64));
      if (isFull(s)) {
        answer = OUTPUT_FULL;
        break;
      }
      continue;
    }
    if (phase == IN_GAP) {
      const container = entryAt(s.level - 1);
      const before = container.count;
      at = passContainer(s, container, at, end, s.gap);
      s.gap -= container.count - before;
      if (at >= end) break;
      if (s.gap == 0) {
        phase = container.kind == KIND_OBJECT ? KEY : VALUE;
      } else {
        container.count++;
        if (load<u8>(at) != closerOf(container.kind)) {
          answer = FAULT;
          break;
        }
        phase = closeContainer(s, base + (at as u64) + 1);
      }
      at++;
      if (isFull(s)) {
        answer = OUTPUT_FULL;
        break;
      }
      continue;
    }
    if (phase == IN_STRING) {
      at = passString(s, at, end);
      if (at >= end) break;
      at++;
      phase = finishEntry(s, base + (at as u64));
      if (isFull(s)) {
        answer = OUTPUT_FULL;
        break;
      }
      continue;
    }
    if (phase == IN_KEY) {
      at = passKey(s, at, end);
      if (at >= end) break;
      at++;
      entryAt(s.level).keyEnd = base + (at as u64);
      phase = COLON;
      continue;
    }
    const byte = load<u8>(at);
    if (phase <= LAST_BETWEEN && (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09)) {
      at++;
      continue;
    }
    let next = -1;
    switch (phase) {
      case NEXT: {
        const container = entryAt(s.level - 1);
        if (byte == COMMA) {
          next = afterComma(s, container);
          at++;
        } else if (byte == closerOf(container.kind)) {
          at++;
          next = closeContainer(s, base + (at as u64));
        }
        break;
      }
      case KEY_OR_CLOSE:
      case KEY: {
        if (byte == QUOTE) {
          beginKey(s, base + (at as u64));
          at++;
          next = IN_KEY;
        } else if (byte == 0x7d && phase == KEY_OR_CLOSE) {
          at++;
          next = closeContainer(s, base + (at as u64));
        }
        break;
      }
      case COLON: {
        if (byte == 0x3a) {
          at++;
          next = VALUE;
        }
        break;
      }
      case ITEM_OR_CLOSE:
      case VALUE: {
        if (byte == 0x5d && phase == ITEM_OR_CLOSE) {
          at++;
          next = closeContainer(s, base + (at as u64));
        } else {
          next = beginValue(s, byte, base + (at as u64));
          at++;
        }
        break;
      }
      case OPENED: {
        if (byte == closerOf(entryAt(s.level).kind)) {
          at++;
          next = finishEntry(s, base + (at as u64));
        } else {
          s.depth = 1;
          s.inString = 0;
          s.escaped = 0;
          next = IN_CONTAINER;
        }
        break;
      }
      case IN_WORD: {
        if (byte == ((s.word & 0xff) as u8)) {
          at++;
          s.word >>= 8;
          next = s.word == 0 ? finishEntry(s, base + (at as u64)) : IN_WORD;
        }
        break;
      }
      case IN_NUMBER: {
        let number = s.numberState;
        let digit = byte;
        let after = numberAfter(number, digit);
        while (after >= 0) {
          number = after;
          at++;
          if (at >= end) break;
          digit = load<u8>(at);
          after = number == DIGITS && digit - 0x30 < 10 ? DIGITS : numberAfter(number, digit);
        }
        s.numberState = number;
        if (at >= end) {
          next = IN_NUMBER;
        } else if (isWholeNumber(number)) {
          next = finishEntry(s, base + (at as u64));
        } else if (number == MINUS && digit == 0x49) {
          s.word = INFINITY;
          next = IN_WORD;
        }
        break;
      }
      default: {
        break;
      }
    }
    if (next < 0) {
      // A value that cannot begin was passed over by one byte.
      if (phase == VALUE || phase == ITEM_OR_CLOSE) at--;
      answer = FAULT;
      break;
    }
    phase = next;
    if (isFull(s)) {
      answer = OUTPUT_FULL;
      break;
    }
  }
  s.phase = phase;
  s.position = base + (at as u64);
  return answer;
}

/** There is no more. Whether the text is whole. */
export function finish(): bool {
  const s = state();
  if (s.phase == IN_NUMBER && s.level == 0 && isWholeNumber(s.numberState)) s.phase = finishEntry(s, s.position);
  return s.phase == DONE;
}
