/** Which bytes of a text make way for which, for a person who wants to see exactly what a repair does. */
import type { ByteChange } from '../../../shared/ipc/consistency-view.ts';
import { isInside } from '../doctor/edit-all.ts';
import type { Splice } from '../doctor/model.ts';

const AROUND_BYTES = 48;
const SHOWN_BYTES = 400;
/** A word or a number that is changed in its middle is shown whole, up to so many bytes. */
const LONGEST_WORD = 40;

/** Bytes `[start, end)` of the text as it was, or new ones. */
type Piece = { readonly start: number; readonly end: number } | { readonly bytes: Uint8Array };

interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly added: Uint8Array;
}

/**
 * In the order of the text.
 * @param stages one after the other, each on the text that the one before left
 * @param most further ones are counted only
 */
export function byteChanges(
  before: Uint8Array,
  stages: readonly (readonly Splice[])[],
  most: number,
): { readonly changes: readonly ByteChange[]; readonly more: number } {
  let pieces: readonly Piece[] = [{ start: 0, end: before.length }];
  for (const splices of stages) pieces = spliced(pieces, splices);
  const hunks = hunksOf(pieces, before);
  return { changes: hunks.slice(0, most).map((hunk) => told(before, hunk)), more: Math.max(0, hunks.length - most) };
}

function spliced(pieces: readonly Piece[], splices: readonly Splice[]): Piece[] {
  const made: Piece[] = [];
  let done = 0;
  for (const { start, end, text } of splices.toSorted((a, b) => a.start - b.start)) {
    made.push(...cut(pieces, done, start), { bytes: text });
    done = end;
  }
  return [...made, ...cut(pieces, done, Infinity)];
}

/** What stands at `[from, to)` of the text that the pieces make. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const length = 'bytes' in piece ? piece.bytes.length : piece.end - piece.start;
    const [first, last] = [Math.max(0, from - at), Math.min(length, to - at)];
    at += length;
    if (first >= last) continue;
    found.push(
      'bytes' in piece
        ? { bytes: piece.bytes.subarray(first, last) }
        : { start: piece.start + first, end: piece.start + last },
    );
  }
  return found;
}

function hunksOf(pieces: readonly Piece[], before: Uint8Array): Hunk[] {
  const hunks: Hunk[] = [];
  let start = 0;
  let added: Uint8Array[] = [];
  const flush = (end: number) => {
    const hunk = onlyWhatDiffers(before, { start, end, added: Buffer.concat(added) });
    if (hunk.end > hunk.start || hunk.added.length > 0) hunks.push(hunk);
    added = [];
  };
  for (const piece of pieces) {
    if ('bytes' in piece) added.push(piece.bytes);
    else {
      flush(piece.start);
      start = piece.end;
    }
  }
  flush(before.length);
  return hunks;
}

/** An edit that writes a value again with most of it as it was. */
function onlyWhatDiffers(text: Uint8Array, { start, end, added }: Hunk): Hunk {
  const most = Math.min(end - start, added.length);
  let front = 0;
  while (front < most && text[start + front] === added[front]) front += 1;
  let back = 0;
  while (back < most - front && text[end - back - 1] === added[added.length - back - 1]) back += 1;
  return { start: start + front, end: end - back, added: added.subarray(front, added.length - back) };
}

function told(text: Uint8Array, { start, end, added }: Hunk): ByteChange {
  const from = edgeOf(text, start, -1);
  const to = edgeOf(text, end, 1);
  const [front, back] = [text.subarray(from, start), text.subarray(end, to)];
  return {
    offset: start,
    removed: shown(text.subarray(from, to), end - start),
    removedBytes: end - start,
    added: shown(Buffer.concat([front, added, back]), added.length),
    addedBytes: added.length,
    before: decode(text.subarray(Math.max(0, from - AROUND_BYTES), from)).replace(/^\uFFFD+/, ''),
    after: decode(text.subarray(to, to + AROUND_BYTES)).replace(/\uFFFD+$/, ''),
  };
}

/** Nothing where nothing goes or comes: the rest of the word is there on the other side. */
function shown(bytes: Uint8Array, changed: number): string {
  if (changed === 0 && bytes.length === 0) return '';
  return bytes.length <= SHOWN_BYTES
    ? decode(bytes)
    : `${decode(bytes.subarray(0, SHOWN_BYTES)).replace(/\uFFFD+$/, '')}…`;
}

/** From a place within a word to its end in a direction; the place itself where there is no word, or a long one. */
function edgeOf(text: Uint8Array, place: number, direction: 1 | -1): number {
  const next = (at: number) => text[direction === 1 ? at : at - 1] ?? 0;
  let at = place;
  while (isOfWord(next(at)) && Math.abs(at - place) < LONGEST_WORD) at += direction;
  if (Math.abs(at - place) < LONGEST_WORD) return at;
  // Never within a character.
  at = place;
  while (isInside(text[at])) at += direction;
  return at;
}

/** Letters, digits, and what times and ids are written with; all of other scripts. */
function isOfWord(byte: number): boolean {
  return byte >= 0x80 || /[\w.:+-]/.test(String.fromCodePoint(byte));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
