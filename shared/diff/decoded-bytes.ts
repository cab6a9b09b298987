/** The content of a string or a name as bytes, whichever way it is escaped. */
import { hexDigit, isHighSurrogate, isLowSurrogate } from '../json/json-string.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
/** `\n` and its like; every other escaped character stands for itself. */
const ESCAPED: Readonly<Record<number, number>> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 };

/**
 * UTF-8 of `bytes[start, end)` with JSON's escapes resolved; a lone surrogate becomes its three WTF-8 bytes, and bytes that
 * are not UTF-8 stay as they are, so that two different texts never read alike. A view of `bytes` where nothing is escaped,
 * else of `scratch`, which is returned bigger when it is too small.
 */
export function decodedBytes(bytes: Uint8Array, start: number, end: number, scratch: Uint8Array): Uint8Array {
  let at = nextEscape(bytes, start, end);
  if (at === end) return bytes.subarray(start, end);
  // An escape is never shorter than what it stands for.
  const out = scratch.length >= end - start ? scratch : new Uint8Array(2 * (end - start));
  out.set(bytes.subarray(start, at));
  let to = at - start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH || at + 1 >= end) {
      out[to++] = byte;
      at++;
      continue;
    }
    const escaped = bytes[at + 1] ?? 0;
    if (escaped !== LOWER_U || at + 6 > end) {
      out[to++] = ESCAPED[escaped] ?? escaped;
      at += 2;
      continue;
    }
    let code = unitAt(bytes, at);
    at += 6;
    if (isHighSurrogate(code) && at + 6 <= end && bytes[at] === BACKSLASH && bytes[at + 1] === LOWER_U) {
      const low = unitAt(bytes, at);
      if (isLowSurrogate(low)) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      }
    }
    to = writeUtf8(out, to, code);
  }
  return out.subarray(0, to);
}

function nextEscape(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return at;
  return end;
}

function unitAt(bytes: Uint8Array, backslash: number): number {
  return (
    (hexDigit(bytes[backslash + 2] ?? 0) << 12) |
    (hexDigit(bytes[backslash + 3] ?? 0) << 8) |
    (hexDigit(bytes[backslash + 4] ?? 0) << 4) |
    hexDigit(bytes[backslash + 5] ?? 0)
  );
}

function writeUtf8(out: Uint8Array, at: number, code: number): number {
  let to = at;
  if (code < 0x80) {
    out[to++] = code;
    return to;
  }
  if (code < 0x800) {
    out[to++] = 0xc0 | (code >> 6);
  } else {
    if (code < 0x10000) {
      out[to++] = 0xe0 | (code >> 12);
    } else {
      out[to++] = 0xf0 | (code >> 18);
      out[to++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (code & 0x3f);
  return to;
}
