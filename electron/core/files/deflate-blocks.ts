/**
 * Where blocks of deflate begin (RFC 1951), found by what their first bits must look like: nothing is unpacked for it.
 * A find can be wrong in about one of 10^9 places; who uses it unpacks a little from there and compares.
 */

/** Bytes that have to follow a place before it can be told whether a block begins there. */
export const LONGEST_HEADER = 600;

/** Code lengths of the code lengths stand in this order: RFC 1951, 3.2.7. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
const WHOLE_CODE = 1 << 15;
const END_OF_BLOCK = 256;

/**
 * For the next 16 bits: at which of the first 8 a block with its own codes, not the last one, could begin. That is
 * one place in eight, so that the dear check is made for these only.
 */
const STARTS = Uint8Array.from({ length: 1 << 16 }, (_, bits) => {
  let starts = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    if (((bits >> bit) & 7) === 4 && ((bits >> (bit + 3)) & 31) < 30) starts |= 1 << bit;
  }
  return starts;
});

/** For 12 bits, four code lengths: the share of the code that they take, of 128. */
const SHARES = Uint16Array.from({ length: 1 << 12 }, (_, bits) => {
  let share = 0;
  for (let at = 0; at < 12; at += 3) {
    const length = (bits >> at) & 7;
    if (length > 0) share += 128 >> length;
  }
  return share;
});

/**
 * The first bit at or after `fromBit` at which a block can begin, as long as its byte is before `endByte`; null for
 * none. Found are blocks with codes of their own, stored ones, and whatever follows a flush; not the last block of a
 * member and no block with the fixed codes, of which nothing but three bits is known.
 */
export function findBlock(bytes: Uint8Array, fromBit: number, endByte: number): number | null {
  const last = Math.min(endByte, bytes.length - LONGEST_HEADER);
  for (let at = fromBit >> 3; at < last; at += 1) {
    let starts = STARTS[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? 0;
    for (let bit = 0; starts !== 0; bit += 1, starts >>= 1) {
      const place = at * 8 + bit;
      if ((starts & 1) === 1 && place >= fromBit && beginsCodes(bytes, place)) return place;
    }
    const stored = beginsStored(bytes, at);
    if (stored !== null && stored >= fromBit) return stored;
  }
  return null;
}

/** A stored block whose length stands behind byte `at`; behind an empty one, which is a flush, begins any other. */
function beginsStored(bytes: Uint8Array, at: number): number | null {
  if (((bytes[at] ?? 0xff) & 0xe0) !== 0) return null;
  const length = (bytes[at + 1] ?? 0) | ((bytes[at + 2] ?? 0) << 8);
  const check = (bytes[at + 3] ?? 0) | ((bytes[at + 4] ?? 0) << 8);
  if ((length ^ check) !== 0xffff) return null;
  return length === 0 ? (at + 5) * 8 : at * 8 + 5;
}

function beginsCodes(bytes: Uint8Array, bit: number): boolean {
  const distances = bits(bytes, bit + 8, 5) + 1;
  if (distances > 30) return false;
  const lengths = bits(bytes, bit + 13, 4) + 4;
  let at = bit + 17;
  let share = 0;
  let left = lengths;
  for (; left >= 4; left -= 4, at += 12) share += SHARES[bits(bytes, at, 12)] ?? 0;
  if (left > 0) share += SHARES[bits(bytes, at, left * 3)] ?? 0;
  return share === 128 && hasWholeCodes(bytes, bit, lengths);
}

/** Decodes the code lengths and adds up their shares: a code without room for more and without a gap is no accident. */
function hasWholeCodes(bytes: Uint8Array, bit: number, lengthsGiven: number): boolean {
  const literals = bits(bytes, bit + 3, 5) + 257;
  const total = literals + bits(bytes, bit + 8, 5) + 1;
  const table = lengthTable(bytes, bit + 17, lengthsGiven);
  let at = bit + 17 + lengthsGiven * 3;
  let before = 0;
  let literalShare = 0;
  let distanceShare = 0;
  let distancesUsed = 0;
  for (let symbol = 0; symbol < total; ) {
    const entry = table[bits(bytes, at, 7)] ?? 0;
    at += entry >> 8;
    const code = entry & 0xff;
    let repeat = 1;
    let length = code;
    if (code === 16) {
      if (symbol === 0) return false;
      length = before;
      repeat = 3 + bits(bytes, at, 2);
      at += 2;
    } else if (code === 17) {
      length = 0;
      repeat = 3 + bits(bytes, at, 3);
      at += 3;
    } else if (code === 18) {
      length = 0;
      repeat = 11 + bits(bytes, at, 7);
      at += 7;
    }
    if (symbol + repeat > total) return false;
    if (length === 0 && symbol <= END_OF_BLOCK && END_OF_BLOCK < symbol + repeat) return false;
    before = length;
    if (length > 0) {
      const inLiterals = Math.max(0, Math.min(repeat, literals - symbol));
      literalShare += inLiterals * (WHOLE_CODE >> length);
      distanceShare += (repeat - inLiterals) * (WHOLE_CODE >> length);
      distancesUsed += repeat - inLiterals;
    }
    symbol += repeat;
  }
  return literalShare === WHOLE_CODE && (distanceShare === WHOLE_CODE || distancesUsed <= 1);
}

/** For the next 7 bits: the symbol, and the length of its code in bits above 8. */
function lengthTable(bytes: Uint8Array, at: number, given: number): Uint16Array {
  const lengths = new Uint8Array(19);
  for (let i = 0; i < given; i += 1) lengths[ORDER[i] ?? 0] = bits(bytes, at + i * 3, 3);
  const table = new Uint16Array(128);
  let code = 0;
  for (let length = 1; length <= 7; length += 1) {
    for (let symbol = 0; symbol < 19; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit += 1) if ((code >> bit) & 1) reversed |= 1 << (length - 1 - bit);
      for (let i = reversed; i < 128; i += 1 << length) table[i] = (length << 8) | symbol;
      code += 1;
    }
    code <<= 1;
  }
  return table;
}

/** Up to 16 bits, the lowest first. */
function bits(bytes: Uint8Array, at: number, count: number): number {
  const i = at >> 3;
  const three = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16);
  return (three >> (at & 7)) & ((1 << count) - 1);
}

/**
 * What to hand zlib before the byte that `bit` is in, so that it begins in the middle of that byte: empty blocks that
 * end where the block begins. The last byte is the byte itself, with what stands before the bit replaced.
 */
export function leadIn(bit: number, byte: number): Uint8Array {
  const inside = bit & 7;
  if (inside === 0) return Uint8Array.of(byte);
  const lead = LEADS[inside] ?? [];
  const bytes = new Uint8Array((lead.length + 7) >> 3);
  lead.forEach((one, i) => {
    bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (one << (i & 7));
  });
  const end = bytes.length - 1;
  bytes[end] = (bytes[end] ?? 0) | (byte & (0xff << inside) & 0xff);
  return bytes;
}

/** An empty block with the fixed codes: 10 bits. */
const EMPTY_FIXED = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
/** An empty block with codes of its own: an odd number of bits, which fixed ones alone never add up to. */
const EMPTY_CODES = emptyCodes();
/** Bits whose number leaves the remainder 0 to 7. */
const LEADS = Array.from({ length: 8 }, (_, remainder) => {
  const lead = remainder % 2 === 1 ? [...EMPTY_CODES] : [];
  while (lead.length % 8 !== remainder) lead.push(...EMPTY_FIXED);
  return lead;
});

function emptyCodes(): number[] {
  const out: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i += 1) out.push((value >> i) & 1);
  };
  put(4, 3);
  put(0, 5); // 257 literals,
  put(0, 5); // one distance,
  put(15, 4); // 19 code lengths: 1 bit for 18 (zeros) and for 1.
  for (const symbol of ORDER) put(symbol === 18 || symbol === 1 ? 1 : 0, 3);
  put(1, 1); // 138 zeros: of the two codes, 18 has the higher one.
  put(138 - 11, 7);
  put(1, 1); // 118 zeros
  put(118 - 11, 7);
  put(0, 1); // end of block: length 1
  put(0, 1); // the distance: length 1
  put(0, 1); // end of block
  return out;
}
