/**
 * Text <-> bytes without TextDecoder, because TextDecoder loses lone surrogates. Python writes them as three bytes
 * (`ED A0 BD`, the form called WTF-8, https://simonsapin.github.io/wtf-8/); JavaScript holds them as one UTF-16 unit.
 * Any other byte that is not UTF-8 reads as U+FFFD, one for each maximal subpart as in the WHATWG Encoding standard.
 */

/** Units turned into one string piece at a time; below the argument limit of every engine. */
const PIECE = 8192;
const units = new Uint16Array(PIECE);
const REPLACEMENT = 0xfffd;

/** Text of `bytes[start, end)`, at most `maxChars` UTF-16 units of it. A pair of surrogates is never split. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length, maxChars = Infinity): string {
  return decodePrefix(bytes, start, end, maxChars, false).text;
}

/** Like `decodeUtf8`, and tells whether `maxChars` cut something off. `escapes`: JSON's backslash escapes are resolved. */
export function decodePrefix(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxChars: number,
  escapes: boolean,
): { readonly text: string; readonly truncated: boolean } {
  // One more than asked for, to know whether anything is cut off and whether the cut would split a pair.
  return textPrefix(decode(bytes, start, end, maxChars + 1, escapes), maxChars);
}

/** The first `maxChars` UTF-16 units of a text, one less where that would split a pair of surrogates. */
export function textPrefix(text: string, maxChars: number): { readonly text: string; readonly truncated: boolean } {
  if (text.length <= maxChars) return { text, truncated: false };
  const splitsPair = isHighSurrogate(text.charCodeAt(maxChars - 1)) && isLowSurrogate(text.charCodeAt(maxChars));
  return { text: text.slice(0, splitsPair ? maxChars - 1 : maxChars), truncated: true };
}

/** Text of bytes that are known to be ASCII without anything to resolve. */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= PIECE) return fromUnits(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at += PIECE) text += fromUnits(bytes.subarray(at, Math.min(end, at + PIECE)));
  return text;
}

/** UTF-8 of a text; a lone surrogate becomes its three WTF-8 bytes, so that `decodeUtf8` gives it back. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(utf8Length(text));
  let to = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[to++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[to++] = 0xc0 | (code >> 6);
      bytes[to++] = 0x80 | (code & 0x3f);
      continue;
    }
    const low = text.charCodeAt(i + 1);
    if (isHighSurrogate(code) && isLowSurrogate(low)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i++;
      bytes[to++] = 0xf0 | (code >> 18);
      bytes[to++] = 0x80 | ((code >> 12) & 0x3f);
    } else {
      bytes[to++] = 0xe0 | (code >> 12);
    }
    bytes[to++] = 0x80 | ((code >> 6) & 0x3f);
    bytes[to++] = 0x80 | (code & 0x3f);
  }
  return bytes;
}

/** Bytes that `encodeUtf8` makes of a text. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(i + 1))) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** A JSON string token. Lone surrogates are written as escapes (ECMAScript's well-formed JSON.stringify). */
export function quoteJson(text: string): string {
  return JSON.stringify(text);
}

export function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

export function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** Value of a hexadecimal digit, -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * Length of the well-formed sequence at `at`, or minus the length of the maximal subpart that is not well-formed.
 * A surrogate in three bytes is -3. `at` holds a byte above 0x7f.
 */
export function utf8SequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const second = at + 1 < end ? (bytes[at + 1] ?? 0) : 0;
  if (lead < 0xe0) return (second & 0xc0) === 0x80 ? 2 : -1;
  const third = at + 2 < end ? (bytes[at + 2] ?? 0) : 0;
  if (lead < 0xf0) {
    if ((second & 0xc0) !== 0x80 || (lead === 0xe0 && second < 0xa0)) return -1;
    const surrogate = lead === 0xed && second >= 0xa0;
    if ((third & 0xc0) !== 0x80) return surrogate ? -1 : -2;
    return surrogate ? -3 : 3;
  }
  if ((second & 0xc0) !== 0x80 || (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return -1;
  if ((third & 0xc0) !== 0x80) return -2;
  const fourth = at + 3 < end ? (bytes[at + 3] ?? 0) : 0;
  return (fourth & 0xc0) === 0x80 ? 4 : -3;
}

/** At least `limit` units if there are as many; it may be one more. */
function decode(bytes: Uint8Array, start: number, end: number, limit: number, escapes: boolean): string {
  let text = '';
  let length = 0;
  let filled = 0;
  let at = start;
  while (at < end && length + filled < limit) {
    if (filled >= PIECE - 1) {
      text += fromUnits(units.subarray(0, filled));
      length += filled;
      filled = 0;
    }
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      if (byte !== 0x5c || !escapes) {
        units[filled++] = byte;
        at++;
        continue;
      }
      const escaped = at + 1 < end ? (bytes[at + 1] ?? 0) : 0;
      if (escaped !== 0x75) {
        // Nothing after the backslash: the token was cut off there.
        if (at + 1 < end) units[filled++] = ESCAPED[escaped] ?? escaped;
        at += 2;
        continue;
      }
      if (at + 6 > end) break;
      units[filled++] =
        (hexDigit(bytes[at + 2] ?? 0) << 12) |
        (hexDigit(bytes[at + 3] ?? 0) << 8) |
        (hexDigit(bytes[at + 4] ?? 0) << 4) |
        hexDigit(bytes[at + 5] ?? 0);
      at += 6;
      continue;
    }
    const size = utf8SequenceLength(bytes, at, end);
    const second = (bytes[at + 1] ?? 0) & 0x3f;
    const third = (bytes[at + 2] ?? 0) & 0x3f;
    if (size === 2) {
      units[filled++] = ((byte & 0x1f) << 6) | second;
    } else if (size === 3 || (size === -3 && byte === 0xed)) {
      units[filled++] = ((byte & 0x0f) << 12) | (second << 6) | third;
    } else if (size === 4) {
      const code = ((byte & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] ?? 0) & 0x3f);
      units[filled++] = 0xd7c0 + (code >> 10);
      units[filled++] = 0xdc00 | (code & 0x3ff);
    } else {
      units[filled++] = REPLACEMENT;
    }
    at += Math.abs(size);
  }
  return text + fromUnits(units.subarray(0, filled));
}

/** `\n` and its like; every other escaped character stands for itself. */
const ESCAPED: Readonly<Record<number, number>> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 };

function fromUnits(codes: Uint8Array | Uint16Array): string {
  return Reflect.apply(String.fromCharCode, undefined, codes);
}
