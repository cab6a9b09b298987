/**
 * Strings that other programs refuse: lone surrogates, as bytes or as escapes, other bytes that are not UTF-8, and bare control
 * characters. Two halves that stand one after the other as bytes are the character that was meant.
 */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8, utf8SequenceLength } from '../../../shared/json/json-string.ts';
import type { Splice } from './model.ts';

export interface StringSplice extends Splice {
  readonly mends: 'character' | 'control';
}

const REPLACEMENT = encodeUtf8('\u{fffd}');
const REPLACEMENT_ESCAPE = encodeUtf8(String.raw`\ufffd`);
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const SURROGATE_LEAD = 0xed;
const HALF = -3;

/** Of a value that is a string, and of its name. */
export function mendStrings(document: JsonDocument, node: NodeId): readonly StringSplice[] {
  const key = document.keyRange(node);
  const inKey = key === undefined ? [] : mendRange(document.bytes, key.start + 1, key.end - 1);
  if (document.kind(node) !== 'string') return inKey;
  const { start, end } = document.stringRange(node);
  return [...inKey, ...mendRange(document.bytes, start, end)];
}

function mendRange(bytes: Uint8Array, start: number, end: number): readonly StringSplice[] {
  const splices: StringSplice[] = [];
  for (let at = start; at < end; ) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH) {
      const { length, isLone } = escapeAt(bytes, at, end);
      if (isLone) splices.push({ start: at, end: at + length, text: REPLACEMENT_ESCAPE, mends: 'character' });
      at += length;
    } else if (byte < SPACE) {
      splices.push({ start: at, end: at + 1, text: encodeUtf8(controlEscape(byte)), mends: 'control' });
      at++;
    } else if (byte < 0x80) at++;
    else {
      const length = utf8SequenceLength(bytes, at, end);
      if (length > 0) {
        at += length;
        continue;
      }
      const pair = byte === SURROGATE_LEAD && length === HALF ? pairAt(bytes, at, end) : null;
      const stop = at + (pair === null ? -length : 6);
      splices.push({ start: at, end: stop, text: pair ?? REPLACEMENT, mends: 'character' });
      at = stop;
    }
  }
  return splices;
}

function escapeAt(bytes: Uint8Array, at: number, end: number): { readonly length: number; readonly isLone: boolean } {
  const unit = unitAt(bytes, at, end);
  if (unit === null) return { length: 2, isLone: false };
  if (unit < 0xd800 || unit > 0xdfff) return { length: 6, isLone: false };
  const next = unitAt(bytes, at + 6, end);
  const isPair = unit < 0xdc00 && next !== null && next >= 0xdc00 && next <= 0xdfff;
  return isPair ? { length: 12, isLone: false } : { length: 6, isLone: true };
}

/** The unit of a `\uXXXX`; null for anything else. */
function unitAt(bytes: Uint8Array, at: number, end: number): number | null {
  if (at + 6 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) return null;
  const unit = Number.parseInt(Buffer.from(bytes.subarray(at + 2, at + 6)).toString('latin1'), 16);
  return Number.isNaN(unit) ? null : unit;
}

/** Null unless a high half stands here and a low one behind it. */
function pairAt(bytes: Uint8Array, at: number, end: number): Uint8Array | null {
  if (at + 6 > end || bytes[at + 3] !== SURROGATE_LEAD || utf8SequenceLength(bytes, at + 3, end) !== HALF) return null;
  const [high, low] = [surrogateAt(bytes, at), surrogateAt(bytes, at + 3)];
  return high < 0xdc00 && low >= 0xdc00 ? encodeUtf8(String.fromCharCode(high, low)) : null;
}

function surrogateAt(bytes: Uint8Array, at: number): number {
  return 0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f);
}

function controlEscape(byte: number): string {
  return JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
}
