/** What is passed over: names, strings, and whole values, 64 bytes at a time. */
import { BACKSLASH, COMMA, Entry, entryAt, MAX_KEY, pendingKey, QUOTE, State } from './memory';

const FNV_PRIME: u32 = 0x01000193;

/** `{` and `[` with the bit that tells them apart set; the same for `}` and `]`. */
const OPENING: u8 = 0x7b;
const CLOSING: u8 = 0x7d;
const CASE_BIT: u8 = 0x20;

const BLOCK: usize = 64;
const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

/** Returns where the closing quote is, or `end`. */
export function passKey(s: State, from: usize, end: usize): usize {
  const entry = entryAt(s.level);
  const key = pendingKey(s.level);
  let hash = entry.hash;
  let length = entry.keyLength;
  let isEscaped = s.isEscaped;
  let at = from;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (length < MAX_KEY) store<u8>(key + length, byte);
    length++;
    if (isEscaped) {
      isEscaped = 0;
    } else if (byte == BACKSLASH) {
      isEscaped = 1;
      entry.keyHasEscapes = 1;
    } else if (byte == QUOTE) {
      break;
    }
    hash = (hash ^ (byte as u32)) * FNV_PRIME;
  }
  entry.hash = hash;
  entry.keyLength = length;
  s.isEscaped = isEscaped;
  return at;
}

/** Returns where the closing quote of an entry's own string is, or `end`. Reads up to 15 bytes beyond `end`. */
export function passString(s: State, from: usize, end: usize): usize {
  let at = from;
  if (s.isEscaped) {
    at++;
    s.isEscaped = 0;
  }
  while (at < end) {
    const bytes = v128.load(at);
    const found = v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
    if (!v128.any_true(found)) {
      at += 16;
      continue;
    }
    at += ctz(i8x16.bitmask(found)) as usize;
    if (at >= end) return end;
    if (load<u8>(at) == QUOTE) return at;
    if (at + 1 >= end) {
      s.isEscaped = 1;
      return end;
    }
    at += 2;
  }
  return end;
}

function maskOf(a: v128, b: v128, c: v128, d: v128, byte: u8): u64 {
  const wanted = i8x16.splat(byte);
  return (
    (i8x16.bitmask(i8x16.eq(a, wanted)) as u64) |
    ((i8x16.bitmask(i8x16.eq(b, wanted)) as u64) << 16) |
    ((i8x16.bitmask(i8x16.eq(c, wanted)) as u64) << 32) |
    ((i8x16.bitmask(i8x16.eq(d, wanted)) as u64) << 48)
  );
}

/** The number of the highest bit that is set but for `after` higher ones. */
function bitBefore(bits: u64, after: u64): usize {
  let x = bits;
  for (let i: u64 = 0; i < after; i++) x ^= (1 as u64) << (63 - clz(x));
  return (63 - clz(x)) as usize;
}

/** Bit n of the result is the parity of the bits 0 to n. */
function prefixXor(bits: u64): u64 {
  let x = bits;
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  x ^= x << 32;
  return x;
}

/**
 * Returns where the bracket is that closes the container, or its own comma number `most`, or `end`. Counts the commas.
 * Reads up to 63 bytes beyond `end`.
 */
export function passContainer(s: State, container: Entry, from: usize, end: usize, most: u64): usize {
  let depth = s.depth;
  let inString = s.inString;
  let escaped = s.escaped;
  let commas: u64 = 0;
  let at = from;
  let stop: usize = 0;
  while (at < end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const left = end - at;
    if (inString != 0 && left >= BLOCK) {
      const quote = i8x16.splat(QUOTE);
      const slash = i8x16.splat(BACKSLASH);
      const ab = v128.or(
        v128.or(i8x16.eq(a, quote), i8x16.eq(a, slash)),
        v128.or(i8x16.eq(b, quote), i8x16.eq(b, slash)),
      );
      const cd = v128.or(
        v128.or(i8x16.eq(c, quote), i8x16.eq(c, slash)),
        v128.or(i8x16.eq(d, quote), i8x16.eq(d, slash)),
      );
      if (!v128.any_true(v128.or(ab, cd))) {
        escaped = 0;
        at += BLOCK;
        continue;
      }
    }
    const valid: u64 = left >= BLOCK ? ~(0 as u64) : ((1 as u64) << (left as u64)) - 1;
    const slashes = maskOf(a, b, c, d, BACKSLASH) & valid;
    let escapedBits = escaped;
    if (slashes == 0) {
      escaped = 0;
    } else {
      // Of a run of backslashes every other one escapes what follows (simdjson's json_escape_scanner.h).
      const starts = slashes & ~escaped;
      const codes = (((starts << 1) | ODD_BITS) - starts) ^ ODD_BITS;
      escapedBits = codes ^ (slashes | escaped);
      const last = left >= BLOCK ? 63 : (left as u64) - 1;
      escaped = ((codes & slashes) >> last) & 1;
    }
    const quotes = maskOf(a, b, c, d, QUOTE) & valid & ~escapedBits;
    const strings = prefixXor(quotes) ^ inString;
    inString = ((strings as i64) >> 63) as u64;
    const outside = ~strings & valid;
    if (outside != 0) {
      const bit = i8x16.splat(CASE_BIT);
      const a1 = v128.or(a, bit);
      const b1 = v128.or(b, bit);
      const c1 = v128.or(c, bit);
      const d1 = v128.or(d, bit);
      const opens = maskOf(a1, b1, c1, d1, OPENING) & outside;
      const closes = maskOf(a1, b1, c1, d1, CLOSING) & outside;
      const closing = popcnt(closes) as i32;
      if (depth - closing > 1) {
        depth += (popcnt(opens) as i32) - closing;
      } else {
        // It may come up to the entry's own level, where commas count.
        const separators = maskOf(a, b, c, d, COMMA) & outside;
        let brackets = opens | closes;
        let seen: u64 = 0;
        while (brackets != 0) {
          const bracket = brackets & (0 - brackets);
          brackets ^= bracket;
          if (depth == 1) {
            const own = separators & (bracket - 1) & ~seen;
            commas += popcnt(own);
            if (commas >= most) {
              stop = at + bitBefore(own, commas - most);
              commas = most;
              break;
            }
          }
          seen = bracket - 1;
          if ((opens & bracket) != 0) {
            depth++;
          } else {
            depth--;
            if (depth == 0) {
              stop = at + (ctz(bracket) as usize);
              break;
            }
          }
        }
        if (stop != 0) break;
        if (depth == 1) {
          const own = separators & ~seen;
          commas += popcnt(own);
          if (commas >= most) {
            stop = at + bitBefore(own, commas - most);
            commas = most;
            break;
          }
        }
      }
    }
    at += BLOCK;
  }
  container.count += commas;
  s.depth = depth;
  s.inString = inString;
  s.escaped = escaped;
  return stop != 0 ? stop : end;
}
