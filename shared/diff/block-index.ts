/** Finds blocks of one text in another: Rabin and Karp's rolling hash over the text that is searched. */
import { type ByteView, commonPrefix } from './byte-compare.ts';

const BLOCK = 32;
/** Beyond this many blocks they get longer, to bound the memory. */
const MAX_BLOCKS = 1 << 20;
/** Blocks of the same hash that are tried. */
const MAX_TRIES = 8;
const FACTOR = 0x01000193;
const EMPTY = -1;

interface Match {
  readonly before: number;
  readonly after: number;
  readonly length: number;
}

/** The blocks of `[start, end)` of a text. */
export class BlockIndex {
  readonly #text: ByteView;
  readonly #end: number;
  readonly #size: number;
  /** Open addressing: offsets of blocks, and their hashes beside them. */
  readonly #offsets: Int32Array;
  readonly #hashes: Int32Array;

  constructor(text: ByteView, start: number, end: number) {
    this.#text = text;
    this.#end = end;
    this.#size = Math.max(BLOCK, Math.ceil((end - start) / MAX_BLOCKS));
    const blocks = Math.floor((end - start) / this.#size);
    let slots = 16;
    while (slots < 2 * blocks) slots *= 2;
    this.#offsets = new Int32Array(slots).fill(EMPTY);
    this.#hashes = new Int32Array(slots);
    for (let at = start; at + this.#size <= end; at += this.#size) this.#add(at, hashOf(text.bytes, at, this.#size));
  }

  /** The next places in `[start, end)` of another text at which a block stands. Ask for ascending offsets. */
  seek(text: ByteView, start: number, end: number): Seeker {
    return new Seeker(text, start, end, this.#size, (at, hash) => this.#longest(text, at, end, hash));
  }

  #add(offset: number, hash: number): void {
    const mask = this.#offsets.length - 1;
    let slot = spread(hash) & mask;
    let tries = 0;
    while (this.#offsets[slot] !== EMPTY) {
      // More of the same would be tried by nobody.
      if (this.#hashes[slot] === hash && ++tries >= MAX_TRIES) return;
      slot = (slot + 1) & mask;
    }
    this.#offsets[slot] = offset;
    this.#hashes[slot] = hash;
  }

  #longest(text: ByteView, at: number, end: number, hash: number): Match | null {
    const mask = this.#offsets.length - 1;
    let best: Match | null = null;
    for (let slot = spread(hash) & mask; this.#offsets[slot] !== EMPTY; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] !== hash) continue;
      const before = this.#offsets[slot] ?? 0;
      const length = commonPrefix(this.#text, before, text, at, Math.min(this.#end - before, end - at));
      if (length >= this.#size && length > (best?.length ?? 0)) best = { before, after: at, length };
    }
    return best;
  }
}

class Seeker {
  readonly #text: ByteView;
  readonly #end: number;
  readonly #size: number;
  readonly #lookUp: (at: number, hash: number) => Match | null;
  /** What a byte counts in the hash when it leaves the window. */
  readonly #leaving: number;
  #at: number;
  #hash = 0;
  #isFresh = true;

  constructor(
    text: ByteView,
    start: number,
    end: number,
    size: number,
    lookUp: (at: number, hash: number) => Match | null,
  ) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#size = size;
    this.#lookUp = lookUp;
    let leaving = 1;
    for (let i = 1; i < size; i++) leaving = Math.imul(leaving, FACTOR);
    this.#leaving = leaving;
  }

  find(from: number): Match | null {
    if (from !== this.#at) {
      this.#at = from;
      this.#isFresh = true;
    }
    const { bytes } = this.#text;
    const size = this.#size;
    for (; this.#at + size <= this.#end; this.#at++) {
      const at = this.#at;
      this.#hash = this.#isFresh
        ? hashOf(bytes, at, size)
        : roll(this.#hash, bytes[at - 1] ?? 0, bytes[at + size - 1] ?? 0, this.#leaving);
      this.#isFresh = false;
      const match = this.#lookUp(at, this.#hash);
      if (match !== null) return match;
    }
    return null;
  }
}

function hashOf(bytes: Uint8Array, start: number, size: number): number {
  let hash = 0;
  for (let at = start; at < start + size; at++) hash = (Math.imul(hash, FACTOR) + (bytes[at] ?? 0) + 1) | 0;
  return hash;
}

function roll(hash: number, leaves: number, enters: number, leaving: number): number {
  return (Math.imul((hash - Math.imul(leaves + 1, leaving)) | 0, FACTOR) + enters + 1) | 0;
}

function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return h ^ (h >>> 13);
}
