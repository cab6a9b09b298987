/**
 * One text as what is to be done to another, byte for byte: parts that are copied and bytes that are new. For storing a text
 * that was saved again. Works on any bytes, JSON or not, whole or damaged: blocks of the text before are found again wherever
 * they stand in the text after, in the manner of rsync and VCDIFF (RFC 3284), so nothing has to be parsed first.
 *
 * `SD` 1, then as varints (LEB128) the two lengths, then a checksum of each text (4 bytes, little endian), then instructions
 * until the text after is complete. Each begins with length << 1 | copies. A copy goes on with where it begins in the text
 * before, as the zigzag distance from where the last copy ended; new bytes follow themselves.
 */

import { BlockIndex } from './block-index.ts';
import { type ByteView, commonPrefix, commonSuffix, viewOf } from './byte-compare.ts';
import { ByteReader, ByteWriter } from './varint.ts';

export const DELTA_MAGIC = [0x53, 0x44] as const;
export const DELTA_VERSION = 1;
/** A shorter copy costs as much as its bytes. */
const SHORTEST_COPY = 12;
/** As much as one Uint8Array of a file that we read may hold. */
const MAX_LENGTH = 0x7fffffff;

export type DeltaFault =
  /** Not made by `byteDelta`. */
  | 'no-delta'
  /** Made by a later version of this program. */
  | 'newer'
  /** Made for another text. */
  | 'other-text'
  /** Cut off, or changed since. */
  | 'damaged';

export class DeltaError extends Error {
  readonly fault: DeltaFault;

  constructor(fault: DeltaFault, message: string) {
    super(message);
    this.name = 'DeltaError';
    this.fault = fault;
  }
}

/** What makes `after` out of `before`. */
export function byteDelta(before: Uint8Array, after: Uint8Array): Uint8Array<ArrayBuffer> {
  const [a, b] = [viewOf(before), viewOf(after)];
  const out = new ByteWriter();
  for (const byte of DELTA_MAGIC) out.byte(byte);
  out.byte(DELTA_VERSION);
  out.varint(before.length);
  out.varint(after.length);
  out.word(checksum(a));
  out.word(checksum(b));
  new DeltaWriter(a, b, out).write();
  return out.take();
}

/** @throws DeltaError when the delta is none, is damaged, or was made for another text. */
export function applyDelta(before: Uint8Array, delta: Uint8Array): Uint8Array<ArrayBuffer> {
  const input = new ByteReader(delta);
  if (DELTA_MAGIC.some((byte) => input.byte() !== byte)) throw new DeltaError('no-delta', 'these bytes are no delta');
  const version = input.byte();
  if (version !== DELTA_VERSION) {
    throw new DeltaError('newer', `the delta has version ${version}; this program reads version ${DELTA_VERSION}`);
  }
  const [lengthBefore, lengthAfter] = [input.varint(), input.varint()];
  const [sumBefore, sumAfter] = [input.word(), input.word()];
  if (lengthBefore !== before.length || sumBefore !== checksum(viewOf(before))) {
    throw new DeltaError('other-text', `the delta was made for another text, of ${lengthBefore} bytes`);
  }
  const start = input.position;
  // Measured before anything is made room for: a damaged length may be of any size.
  const made = follow(before, delta, start, null, lengthAfter);
  if (made !== lengthAfter || lengthAfter > MAX_LENGTH) throw damaged();
  const after = new Uint8Array(lengthAfter);
  follow(before, delta, start, after, lengthAfter);
  if (checksum(viewOf(after)) !== sumAfter) throw damaged();
  return after;
}

/** Carries out the instructions, or with `out` null only checks them. Returns the bytes that they make. */
function follow(before: Uint8Array, delta: Uint8Array, start: number, out: Uint8Array | null, wanted: number): number {
  const input = new ByteReader(delta, start);
  let made = 0;
  let from = 0;
  while (!input.atEnd) {
    const code = input.varint();
    const length = Math.floor(code / 2);
    if (length === 0 || made + length > wanted) throw damaged();
    if (code % 2 === 0) {
      const bytes = input.bytes(length);
      out?.set(bytes, made);
    } else {
      from += input.signed();
      if (from < 0 || from + length > before.length) throw damaged();
      out?.set(before.subarray(from, from + length), made);
      from += length;
    }
    made += length;
  }
  if (input.failed) throw damaged();
  return made;
}

function damaged(): DeltaError {
  return new DeltaError('damaged', 'the delta is damaged: its instructions do not make the text that it was made for');
}

class DeltaWriter {
  readonly #a: ByteView;
  readonly #b: ByteView;
  readonly #out: ByteWriter;
  /** Bytes of the text after that are written. */
  #done = 0;
  /** Where the last copy ended in the text before. */
  #copied = 0;

  constructor(a: ByteView, b: ByteView, out: ByteWriter) {
    this.#a = a;
    this.#b = b;
    this.#out = out;
  }

  write(): void {
    const [n, m] = [this.#a.bytes.length, this.#b.bytes.length];
    const shorter = Math.min(n, m);
    const head = commonPrefix(this.#a, 0, this.#b, 0, shorter);
    const tail = commonSuffix(this.#a, n, this.#b, m, shorter - head);
    this.#copy(0, 0, head);
    this.#writeMiddle(head, n - tail, m - tail);
    this.#copy(n - tail, m - tail, tail);
    this.#literal(m);
  }

  #writeMiddle(head: number, endA: number, endB: number): void {
    if (endA - head < SHORTEST_COPY || endB - head < SHORTEST_COPY) return;
    const index = new BlockIndex(this.#a, head, endA);
    const seeker = index.seek(this.#b, head, endB);
    for (let at = head; at < endB; ) {
      const found = this.#inPlace(at, endA, endB) ?? seeker.find(at);
      if (found === null) break;
      // What was passed over may belong to it, too.
      const back = commonSuffix(
        this.#a,
        found.before,
        this.#b,
        found.after,
        Math.min(found.before - head, found.after - this.#done),
      );
      this.#copy(found.before - back, found.after - back, found.length + back);
      at = found.after + found.length;
    }
  }

  /** A few bytes replaced by as many others: the copy goes on behind them. */
  #inPlace(at: number, endA: number, endB: number): Match | null {
    for (let skip = 0; skip <= NEAR; skip++) {
      const before = this.#copied + (at - this.#done) + skip;
      const after = at + skip;
      const max = Math.min(endA - before, endB - after);
      if (max < NEAR) return null;
      const length = commonPrefix(this.#a, before, this.#b, after, max);
      if (length >= NEAR) return { before, after, length };
    }
    return null;
  }

  #copy(from: number, to: number, length: number): void {
    if (length < SHORTEST_COPY) return;
    this.#literal(to);
    this.#out.varint(length * 2 + 1);
    this.#out.signed(from - this.#copied);
    this.#copied = from + length;
    this.#done = to + length;
  }

  #literal(end: number): void {
    if (end === this.#done) return;
    this.#out.varint((end - this.#done) * 2);
    this.#out.append(this.#b.bytes.subarray(this.#done, end));
    this.#done = end;
  }
}

/** Equal bytes by which the texts are taken to run on in parallel. */
const NEAR = 32;

interface Match {
  readonly before: number;
  readonly after: number;
  readonly length: number;
}

/** For telling texts apart that are not made to be confused; both are checked against it. */
function checksum({ bytes, view }: ByteView): number {
  let sum = bytes.length | 0;
  let at = 0;
  for (const whole = bytes.length - 3; at < whole; at += 4) {
    sum = Math.imul(sum ^ view.getInt32(at, true), 0x9e3779b1);
    sum = (sum << 15) | (sum >>> 17);
  }
  for (; at < bytes.length; at++) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x85ebca6b);
  sum ^= sum >>> 16;
  return Math.imul(sum, 0xc2b2ae35) >>> 0;
}
