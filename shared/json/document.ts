/**
 * A JSON text as a tape over its own bytes. Numbers, key order, escapes and white space survive because nothing is
 * converted before somebody asks for it.
 */
import { ChildIndex } from './child-index.ts';
import type { JsonIssue } from './issue.ts';
import { decodeAscii, decodePrefix, decodeUtf8 } from './json-string.ts';
import { MemberIndex } from './member-index.ts';
import {
  FLAG_ESCAPES,
  FLAG_INCOMPLETE,
  FLAG_KEY_ESCAPES,
  FLAG_OPAQUE,
  KEY_NOT_PLAIN,
  KIND_MASK,
  NOT_PLAIN,
  STRIDE_SHIFT,
  WORD_COUNT,
  WORD_END,
  WORD_INFO,
  WORD_KEY_END,
  WORD_KEY_START,
  WORD_NEXT,
  WORD_PARENT,
  WORD_START,
} from './tape.ts';

export type { JsonIssue, JsonIssueCode } from './issue.ts';

/** 0 is the root; ids are in document order; a subtree is a contiguous range of ids. */
export type NodeId = number;
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export interface JsonNumber {
  /** The nearest double. */
  readonly value: number;
  readonly text: string;
  /** Whether JavaScript would write `value` back as `text`. False for 553.0, -0, 1e400, NaN, 12345678901234567890. */
  readonly exact: boolean;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** In the order of the tape's kind codes. */
const KINDS = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;

/** Every method that takes a node throws a RangeError for an id that is not on the tape. */
export class JsonDocument {
  readonly bytes: Uint8Array;
  readonly issues: readonly JsonIssue[];
  readonly nodeCount: number;
  readonly #tape: Int32Array;
  readonly #childIndex: ChildIndex;
  readonly #memberIndex: MemberIndex;

  /** For `parseJson` only. */
  constructor(bytes: Uint8Array, tape: Int32Array, nodeCount: number, issues: readonly JsonIssue[]) {
    this.bytes = bytes;
    this.issues = issues;
    this.nodeCount = nodeCount;
    this.#tape = tape;
    this.#childIndex = new ChildIndex(tape);
    this.#memberIndex = new MemberIndex(bytes, tape);
  }

  kind(n: NodeId): JsonKind {
    const kind = KINDS[this.#word(n, WORD_INFO) & KIND_MASK];
    if (kind === undefined) throw new RangeError(`node ${n} has no kind`);
    return kind;
  }

  /** Offset of the first byte of the value, without its key. */
  start(n: NodeId): number {
    return this.#word(n, WORD_START);
  }

  /** Offset after the last byte of the value and all that is below it. */
  end(n: NodeId): number {
    return this.#word(n, WORD_END);
  }

  /** -1 for the root. */
  parent(n: NodeId): NodeId {
    return this.#word(n, WORD_PARENT);
  }

  /** Items of an array, members of an object (duplicates included), 0 for anything else. */
  childCount(n: NodeId): number {
    return this.#word(n, WORD_COUNT);
  }

  /** Undefined out of range, and for the children of an opaque container. */
  child(n: NodeId, index: number): NodeId | undefined {
    if (index < 0 || index >= this.childCount(n) || this.isOpaque(n)) return undefined;
    return this.#childIndex.child(n, index);
  }

  /** 0 for the root. */
  indexInParent(n: NodeId): number {
    const parent = this.parent(n);
    return parent < 0 ? 0 : this.#childIndex.indexOf(parent, n);
  }

  /** The recorded children in document order, duplicates included. */
  *children(n: NodeId): IterableIterator<NodeId> {
    const end = this.next(n);
    for (let child = n + 1; child < end; child = this.next(child)) yield child;
  }

  /** First id after the subtree. `for (c = n + 1; c < next(n); c = next(c))` walks the children without a generator. */
  next(n: NodeId): NodeId {
    return this.#word(n, WORD_NEXT);
  }

  /** Levels below the root. */
  depth(n: NodeId): number {
    let depth = 0;
    for (let at = this.parent(n); at >= 0; at = this.parent(at)) depth++;
    return depth;
  }

  /** The decoded member name; undefined for array items and the root. */
  key(n: NodeId): string | undefined {
    const start = this.#word(n, WORD_KEY_START);
    if (start < 0) return undefined;
    const info = this.#word(n, WORD_INFO);
    const end = this.#word(n, WORD_KEY_END) - 1;
    if ((info & KEY_NOT_PLAIN) === 0) return decodeAscii(this.bytes, start + 1, end);
    return decodePrefix(this.bytes, start + 1, end, Infinity, (info & FLAG_KEY_ESCAPES) !== 0).text;
  }

  /** Where the member name stands, with its quotes. */
  keyRange(n: NodeId): ByteRange | undefined {
    const start = this.#word(n, WORD_KEY_START);
    return start < 0 ? undefined : { start, end: this.#word(n, WORD_KEY_END) };
  }

  /** The last member with this name, as Python and JSON.parse choose; undefined for anything but an object. */
  member(n: NodeId, key: string): NodeId | undefined {
    if (this.kind(n) !== 'object') return undefined;
    const found = this.#memberIndex.find(n, key);
    return found < 0 ? undefined : found;
  }

  /** Another member of the same object has the same decoded name. */
  isDuplicateKey(n: NodeId): boolean {
    return this.keyRange(n) !== undefined && this.#memberIndex.isDuplicate(n);
  }

  /** A later member of the same object has the same decoded name and wins over this one. */
  isShadowed(n: NodeId): boolean {
    return this.keyRange(n) !== undefined && this.#memberIndex.isShadowed(n);
  }

  /** `n` is an object in which two members share a decoded name. */
  hasDuplicateKeys(n: NodeId): boolean {
    return this.kind(n) === 'object' && this.#memberIndex.hasDuplicates(n);
  }

  /** Cut off by the end of the input or by a syntax error; a number that the end of the input touches may be cut off. */
  isIncomplete(n: NodeId): boolean {
    return (this.#word(n, WORD_INFO) & FLAG_INCOMPLETE) !== 0;
  }

  /** A container whose children are not on the tape because it lies too deep; `childCount` is still exact. */
  isOpaque(n: NodeId): boolean {
    return (this.#word(n, WORD_INFO) & FLAG_OPAQUE) !== 0;
  }

  /** A view, not a copy. */
  rawBytes(n: NodeId): Uint8Array {
    return this.bytes.subarray(this.start(n), this.end(n));
  }

  /** The value as it is written, escapes and white space included. */
  rawText(n: NodeId): string {
    return decodeUtf8(this.bytes, this.start(n), this.end(n));
  }

  /**
   * The value of a string, at most `maxChars` UTF-16 units of it. Lone surrogates, escaped or as raw bytes, become lone
   * units; other bytes that are not UTF-8 become U+FFFD.
   */
  string(n: NodeId, maxChars = Infinity): string {
    return this.stringPrefix(n, maxChars).text;
  }

  /** Like `string`, and tells whether `maxChars` cut something off. */
  stringPrefix(n: NodeId, maxChars: number): { readonly text: string; readonly truncated: boolean } {
    const { start, end } = this.stringRange(n);
    const info = this.#word(n, WORD_INFO);
    if ((info & NOT_PLAIN) === 0) {
      const truncated = end - start > maxChars;
      return { text: decodeAscii(this.bytes, start, truncated ? start + maxChars : end), truncated };
    }
    return decodePrefix(this.bytes, start, end, maxChars, (info & FLAG_ESCAPES) !== 0);
  }

  /** Where a string's content stands, without the quotes. */
  stringRange(n: NodeId): ByteRange {
    if (this.kind(n) !== 'string') throw new TypeError(`node ${n} is no string`);
    const end = this.end(n);
    // An incomplete string has no closing quote.
    return { start: this.start(n) + 1, end: this.isIncomplete(n) ? end : end - 1 };
  }

  /** Bytes between the quotes as they are stored: an upper bound of the characters, known without decoding. */
  stringByteLength(n: NodeId): number {
    const { start, end } = this.stringRange(n);
    return end - start;
  }

  /** ASCII without escapes, so that the bytes between the quotes are the characters. */
  isPlainString(n: NodeId): boolean {
    return this.kind(n) === 'string' && (this.#word(n, WORD_INFO) & NOT_PLAIN) === 0;
  }

  number(n: NodeId): JsonNumber {
    if (this.kind(n) !== 'number') throw new TypeError(`node ${n} is no number`);
    const text = decodeAscii(this.bytes, this.start(n), this.end(n));
    const value = Number(text);
    // JSON.stringify, not String: it writes NaN and the infinities as null.
    return { value, text, exact: JSON.stringify(value) === text };
  }

  boolean(n: NodeId): boolean {
    if (this.kind(n) !== 'boolean') throw new TypeError(`node ${n} is no boolean`);
    return this.bytes[this.start(n)] === 0x74;
  }

  #word(n: NodeId, word: number): number {
    const value = n >= 0 && n < this.nodeCount ? this.#tape[(n << STRIDE_SHIFT) + word] : undefined;
    if (value === undefined) throw new RangeError(`there is no node ${n} among ${this.nodeCount}`);
    return value;
  }
}
