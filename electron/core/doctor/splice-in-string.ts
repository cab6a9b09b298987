/** Edits of a text that stands in a JSON string, such as a state in a dump of Redis: escapes outside of the edits stay as they are. */
import { encodeUtf8, quoteJson, utf8SequenceLength } from '../../../shared/json/json-string.ts';
import { spliceAll } from './edit-all.ts';
import type { Splice } from './model.ts';

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/**
 * @param content between the quotes
 * @param base bytes of the decoded text before the one that the splices are about
 * @param splices in order, and apart from each other
 */
export function spliceInString(content: Uint8Array, base: number, splices: readonly Splice[]): Uint8Array {
  const wanted = [...new Set(splices.flatMap(({ start, end }) => [start + base, end + base]))].toSorted(
    (a, b) => a - b,
  );
  const places = placesOf(content, wanted);
  const at = (offset: number): number => {
    const place = places.get(offset + base);
    if (place === undefined) throw new RangeError(`byte ${offset} is inside of a character`);
    return place;
  };
  return spliceAll(
    content,
    splices.map(({ start, end, text }) => ({ start: at(start), end: at(end), text: escaped(text) })),
  );
}

/** Where decoded bytes begin. @param wanted offsets in the decoded text, in order */
function placesOf(content: Uint8Array, wanted: readonly number[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  let decoded = 0;
  let next = 0;
  for (let at = 0; next < wanted.length; ) {
    while (wanted[next] === decoded) {
      places.set(decoded, at);
      next++;
    }
    if (at >= content.length) break;
    const { length, bytes } = unitAt(content, at);
    decoded += bytes;
    at += length;
  }
  return places;
}

/** `length` of what is written, and `bytes` that it stands for in WTF-8. */
function unitAt(content: Uint8Array, at: number): { readonly length: number; readonly bytes: number } {
  const byte = content[at] ?? 0;
  if (byte === BACKSLASH) {
    const unit = hexUnit(content, at);
    if (unit === null) return { length: 2, bytes: 1 };
    const low = unit >= 0xd800 && unit < 0xdc00 ? hexUnit(content, at + 6) : null;
    if (low !== null && low >= 0xdc00 && low <= 0xdfff) return { length: 12, bytes: 4 };
    return { length: 6, bytes: unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3 };
  }
  if (byte < 0x80) return { length: 1, bytes: 1 };
  const length = utf8SequenceLength(content, at, content.length);
  // What is not UTF-8 reads as U+FFFD, except for half of a pair.
  return length > 0 ? { length, bytes: length } : { length: -length, bytes: 3 };
}

function hexUnit(content: Uint8Array, at: number): number | null {
  if (content[at] !== BACKSLASH || content[at + 1] !== LETTER_U) return null;
  const unit = Number.parseInt(Buffer.from(content.subarray(at + 2, at + 6)).toString('latin1'), 16);
  return Number.isNaN(unit) ? null : unit;
}

function escaped(text: Uint8Array): Uint8Array {
  return encodeUtf8(quoteJson(Buffer.from(text).toString('utf8')).slice(1, -1));
}
