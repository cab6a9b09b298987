/**
 * AssemblyScript: the first place where one of a few byte patterns stands. A pattern has a set of bytes for each of its
 * positions. Two of the positions, which the caller picks, are compared for 16 places at a time; where both fit, the whole
 * pattern is looked at.
 *
 * Memory: the number of patterns at 0; from `PATTERNS` on 32 bytes for each (offsets of the two probes, byte and mask of the
 * one and of the other, length, address of the sets); then the sets, 32 bytes for each position; the text from `INPUT` on. What lies up to 64 bytes
 * behind the text is read, but never found.
 */
const PATTERNS: usize = 64;
const PATTERN_BYTES: usize = 32;

function fits(pattern: usize, at: usize, end: usize): bool {
  const length = load<i32>(pattern, 24);
  if (at + <usize>length > end) return false;
  let set = <usize>load<i32>(pattern, 28);
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (((load<u8>(set + (byte >> 3)) >> (byte & 7)) & 1) == 0) return false;
    set += 32;
  }
  return true;
}

function anyFits(count: i32, at: usize, end: usize): bool {
  let pattern = PATTERNS;
  for (let i = 0; i < count; i++) {
    if (fits(pattern, at, end)) return true;
    pattern += PATTERN_BYTES;
  }
  return false;
}

/** Places, of the next 16, at which both probes fit. A probe fits where its byte does, without the bits of its mask. */
function probe(pattern: usize, at: usize): v128 {
  const a = v128.or(v128.load(at + <usize>load<i32>(pattern, 0)), v128.load8_splat(pattern, 12));
  const b = v128.or(v128.load(at + <usize>load<i32>(pattern, 4)), v128.load8_splat(pattern, 20));
  return v128.and(i8x16.eq(a, v128.load8_splat(pattern, 8)), i8x16.eq(b, v128.load8_splat(pattern, 16)));
}

/** Address of the first place in [at, end) where a pattern stands as a whole; -1 where none does. */
export function find(at: usize, end: usize): i32 {
  const count = load<i32>(0);
  if (count == 2 && load<u8>(PATTERNS + PATTERN_BYTES, 12) == 0 && load<u8>(PATTERNS + PATTERN_BYTES, 20) == 0) {
    return findTwo(at, end);
  }
  for (; at < end; at += 16) {
    let some = i8x16.splat(0);
    let pattern = PATTERNS;
    for (let i = 0; i < count; i++) {
      some = v128.or(some, probe(pattern, at));
      pattern += PATTERN_BYTES;
    }
    if (!v128.any_true(some)) continue;
    for (let bits: u32 = <u32>i8x16.bitmask(some); bits != 0; bits &= bits - 1) {
      const place = at + <usize>ctz(bits);
      if (anyFits(count, place, end)) return <i32>place;
    }
  }
  return -1;
}

/** A text, and the escapes that may stand for a part of it: what nearly every search is. The second has no masks. */
function findTwo(at: usize, end: usize): i32 {
  const p = PATTERNS;
  const q = PATTERNS + PATTERN_BYTES;
  const pa = <usize>load<i32>(p, 0);
  const pb = <usize>load<i32>(p, 4);
  const qa = <usize>load<i32>(q, 0);
  const qb = <usize>load<i32>(q, 4);
  const pByteA = v128.load8_splat(p, 8);
  const pMaskA = v128.load8_splat(p, 12);
  const pByteB = v128.load8_splat(p, 16);
  const pMaskB = v128.load8_splat(p, 20);
  const qByteA = v128.load8_splat(q, 8);
  const qByteB = v128.load8_splat(q, 16);
  for (; at < end; at += 32) {
    const low = v128.or(
      v128.and(
        i8x16.eq(v128.or(v128.load(at + pa), pMaskA), pByteA),
        i8x16.eq(v128.or(v128.load(at + pb), pMaskB), pByteB),
      ),
      v128.and(i8x16.eq(v128.load(at + qa), qByteA), i8x16.eq(v128.load(at + qb), qByteB)),
    );
    const high = v128.or(
      v128.and(
        i8x16.eq(v128.or(v128.load(at + pa, 16), pMaskA), pByteA),
        i8x16.eq(v128.or(v128.load(at + pb, 16), pMaskB), pByteB),
      ),
      v128.and(i8x16.eq(v128.load(at + qa, 16), qByteA), i8x16.eq(v128.load(at + qb, 16), qByteB)),
    );
    if (!v128.any_true(v128.or(low, high))) continue;
    let bits: u32 = <u32>i8x16.bitmask(low) | ((<u32>i8x16.bitmask(high)) << 16);
    for (; bits != 0; bits &= bits - 1) {
      const place = at + <usize>ctz(bits);
      if (anyFits(2, place, end)) return <i32>place;
    }
  }
  return -1;
}
