/**
 * Hashes of values, computed where somebody asks and then kept. The same for two spellings of a value: white space, escapes
 * and the order of members do not count; the text of a number does. Equal hashes only suggest which values to compare.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { finish, mix } from '../json/murmur.ts';
import { type ByteView, viewOf } from './byte-compare.ts';
import { decodedBytes } from './decoded-bytes.ts';

const KIND_SEEDS = { null: 1, boolean: 2, number: 3, string: 4, array: 5, object: 6 } as const;
const NAME_SEED = 7;
const TEXT_SEED = 8;
const SKETCH_SEED = 9;
/** Of a long value so many parts of so many bytes are looked at, from its first to its last. */
const SAMPLES = 4;
const SAMPLE = 32;

export class NodeHashes {
  readonly #doc: JsonDocument;
  readonly #view: ByteView;
  readonly #seed: number;
  #scratch: Uint8Array = new Uint8Array(0);
  #scratchView = viewOf(this.#scratch);
  /** Two halves of a node's hash; both 0 where it is not known yet. */
  #low = new Int32Array(0);
  #high = new Int32Array(0);
  /** The result of the last `#hash`, which cannot return two numbers without making garbage. */
  #h = 0;
  #g = 0;

  /** `seed`: any number, the same for both documents, so that a file cannot be made to collide on purpose. */
  constructor(doc: JsonDocument, view: ByteView, seed: number) {
    this.#doc = doc;
    this.#view = view;
    this.#seed = seed | 0;
  }

  /** Of all of a value, a whole number below 2^53, as are the others. */
  of(node: NodeId): number {
    if (this.#low.length === 0) {
      this.#low = new Int32Array(this.#doc.nodeCount);
      this.#high = new Int32Array(this.#doc.nodeCount);
    }
    if (!this.#isKnown(node)) this.#compute(node);
    return combined(this.#low[node] ?? 0, this.#high[node] ?? 0);
  }

  /** Of what two strings or numbers say, whichever of the two they are. */
  ofTexts(first: NodeId | null, second: NodeId): number {
    if (first === null) this.#h = this.#g = 0;
    else this.#hashText(first);
    const [h, g] = [this.#h, this.#g];
    this.#hashText(second);
    return combined(mix(h, this.#h), mix(g, this.#g));
  }

  /**
   * Of a value as it is written, of a long one only of some of its bytes: quickly told, and not the same for two spellings.
   */
  sketch(node: NodeId): number {
    const start = this.#doc.start(node);
    const end = this.#doc.end(node);
    const length = end - start;
    if (length <= SAMPLES * SAMPLE) {
      this.#hash(this.#view, start, end, SKETCH_SEED);
      return combined(this.#h, this.#g);
    }
    let h = length;
    let g = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const at = start + Math.floor(((length - SAMPLE) * i) / (SAMPLES - 1));
      this.#hash(this.#view, at, at + SAMPLE, SKETCH_SEED);
      h = mix(h, this.#h);
      g = mix(g, this.#g);
    }
    return combined(finish(h), finish(g));
  }

  #hashText(node: NodeId): void {
    const doc = this.#doc;
    if (doc.kind(node) !== 'string') {
      this.#hash(this.#view, doc.start(node), doc.end(node), TEXT_SEED);
      return;
    }
    const { start, end } = doc.stringRange(node);
    if (doc.isPlainString(node)) this.#hash(this.#view, start, end, TEXT_SEED);
    else this.#hashDecoded(start, end, TEXT_SEED);
  }

  #isKnown(node: NodeId): boolean {
    return this.#low[node] !== 0 || this.#high[node] !== 0;
  }

  /** From the last node of the subtree to the first: what is below a node comes after it. */
  #compute(root: NodeId): void {
    const doc = this.#doc;
    for (let node = doc.next(root) - 1; node >= root; node--) {
      if (this.#isKnown(node)) continue;
      const kind = doc.kind(node);
      const seed = KIND_SEEDS[kind];
      if (kind === 'string') {
        const { start, end } = doc.stringRange(node);
        if (doc.isPlainString(node)) this.#hash(this.#view, start, end, seed);
        else this.#hashDecoded(start, end, seed);
      } else if (doc.isOpaque(node) || (kind !== 'array' && kind !== 'object')) {
        this.#hash(this.#view, doc.start(node), doc.end(node), seed);
      } else if (kind === 'array') this.#hashItems(node, seed);
      else this.#hashMembers(node, seed);
      this.#low[node] = this.#h === 0 && this.#g === 0 ? 1 : this.#h;
      this.#high[node] = this.#g;
    }
  }

  #hashItems(node: NodeId, seed: number): void {
    const end = this.#doc.next(node);
    let h = this.#seed ^ seed;
    let g = seed;
    for (let child = node + 1; child < end; child = this.#doc.next(child)) {
      h = mix(h, this.#low[child] ?? 0);
      g = mix(g, this.#high[child] ?? 0);
    }
    this.#h = finish(h);
    this.#g = finish(g ^ h);
  }

  /** A sum, because the order of members does not count. */
  #hashMembers(node: NodeId, seed: number): void {
    const doc = this.#doc;
    const end = doc.next(node);
    let h = this.#seed ^ seed;
    let g = seed;
    for (let child = node + 1; child < end; child = doc.next(child)) {
      const name = doc.keyRange(child);
      if (name === undefined) continue;
      this.#hashDecoded(name.start + 1, name.end - 1, NAME_SEED);
      h = (h + finish(mix(this.#h, this.#low[child] ?? 0))) | 0;
      g = (g + finish(mix(this.#g, this.#high[child] ?? 0))) | 0;
    }
    this.#h = finish(h);
    this.#g = finish(g ^ h);
  }

  #hashDecoded(start: number, end: number, seed: number): void {
    const decoded = decodedBytes(this.#view.bytes, start, end, this.#scratch);
    if (decoded.buffer === this.#view.bytes.buffer) {
      this.#hash(this.#view, start, end, seed);
      return;
    }
    if (decoded.buffer !== this.#scratch.buffer) {
      this.#scratch = new Uint8Array(decoded.buffer);
      this.#scratchView = viewOf(this.#scratch);
    }
    this.#hash(this.#scratchView, 0, decoded.length, seed);
  }

  #hash({ bytes, view }: ByteView, start: number, end: number, seed: number): void {
    let h = this.#seed ^ seed;
    let g = seed ^ (end - start);
    let at = start;
    for (const whole = end - 3; at < whole; at += 4) {
      const word = view.getInt32(at, true);
      h = Math.imul(h ^ word, 0x9e3779b1);
      h ^= h >>> 15;
      g = Math.imul(((g << 13) | (g >>> 19)) ^ word, 0x85ebca6b);
    }
    let rest = 0;
    for (; at < end; at++) rest = (rest << 8) | (bytes[at] ?? 0);
    this.#h = finish(mix(h, rest));
    this.#g = finish(mix(g, rest) ^ h);
  }
}

/** A whole number below 2^53. */
function combined(low: number, high: number): number {
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}
