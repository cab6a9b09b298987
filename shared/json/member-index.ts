/**
 * Member names of objects: looking one up, and telling which occur more than once. Small objects are compared pairwise;
 * for bigger ones a hash table of node ids is built at the first question and kept.
 */
import { decodePrefix } from './json-string.ts';
import { finish, mix } from './murmur.ts';
import {
  FLAG_KEY_ESCAPES,
  KEY_NOT_PLAIN,
  STRIDE_SHIFT,
  WORD_COUNT,
  WORD_INFO,
  WORD_KEY_END,
  WORD_KEY_START,
  WORD_NEXT,
  WORD_PARENT,
} from './tape.ts';

/** Objects with at most this many members are compared pairwise. */
const SMALL = 12;
const EMPTY = -1;

interface Table {
  /** Open addressing; ids of the members that win. A power of two long. */
  readonly slots: Int32Array;
  readonly seed: number;
  readonly duplicates: ReadonlySet<number>;
  readonly shadowed: ReadonlySet<number>;
}

export class MemberIndex {
  readonly #bytes: Uint8Array;
  readonly #tape: Int32Array;
  readonly #tables = new Map<number, Table>();

  constructor(bytes: Uint8Array, tape: Int32Array) {
    this.#bytes = bytes;
    this.#tape = tape;
  }

  /** Id of the last member of that name, -1 if there is none. */
  find(object: number, key: string): number {
    if (this.#isSmall(object)) {
      let found = -1;
      const end = this.#read(object, WORD_NEXT);
      for (let member = object + 1; member < end; member = this.#read(member, WORD_NEXT)) {
        if (this.#hasName(member, key)) found = member;
      }
      return found;
    }
    const { slots, seed } = this.#tableOf(object);
    const mask = slots.length - 1;
    for (let slot = hashText(key, seed) & mask; ; slot = (slot + 1) & mask) {
      const member = slots[slot] ?? EMPTY;
      if (member === EMPTY) return -1;
      if (this.#hasName(member, key)) return member;
    }
  }

  isDuplicate(member: number): boolean {
    const object = this.#read(member, WORD_PARENT);
    return this.#isSmall(object)
      ? this.#sharesName(object + 1, member) || this.isShadowed(member)
      : this.#tableOf(object).duplicates.has(member);
  }

  isShadowed(member: number): boolean {
    const object = this.#read(member, WORD_PARENT);
    return this.#isSmall(object)
      ? this.#sharesNameLater(member, this.#read(object, WORD_NEXT))
      : this.#tableOf(object).shadowed.has(member);
  }

  hasDuplicates(object: number): boolean {
    if (!this.#isSmall(object)) return this.#tableOf(object).duplicates.size > 0;
    const end = this.#read(object, WORD_NEXT);
    for (let member = object + 1; member < end; member = this.#read(member, WORD_NEXT)) {
      if (this.#sharesNameLater(member, end)) return true;
    }
    return false;
  }

  /** Whether one of the members from `first` up to `member`, without it, has its name. */
  #sharesName(first: number, member: number): boolean {
    for (let other = first; other < member; other = this.#read(other, WORD_NEXT)) {
      if (this.#sameName(other, member)) return true;
    }
    return false;
  }

  #sharesNameLater(member: number, end: number): boolean {
    for (let other = this.#read(member, WORD_NEXT); other < end; other = this.#read(other, WORD_NEXT)) {
      if (this.#sameName(other, member)) return true;
    }
    return false;
  }

  #isSmall(object: number): boolean {
    return this.#read(object, WORD_COUNT) <= SMALL;
  }

  #tableOf(object: number): Table {
    const known = this.#tables.get(object);
    if (known) return known;
    const table = this.#build(object);
    this.#tables.set(object, table);
    return table;
  }

  #build(object: number): Table {
    let size = 32;
    while (size < 2 * this.#read(object, WORD_COUNT)) size *= 2;
    const slots = new Int32Array(size).fill(EMPTY);
    // A seed of its own for every table: a file cannot be made to collide on purpose.
    const seed = (Math.random() * 0x7fffffff) | 0;
    const duplicates = new Set<number>();
    const shadowed = new Set<number>();
    const mask = size - 1;
    const end = this.#read(object, WORD_NEXT);
    for (let member = object + 1; member < end; member = this.#read(member, WORD_NEXT)) {
      let slot = this.#hashName(member, seed) & mask;
      for (;;) {
        const other = slots[slot] ?? EMPTY;
        if (other === EMPTY) break;
        if (this.#sameName(other, member)) {
          shadowed.add(other);
          duplicates.add(other).add(member);
          break;
        }
        slot = (slot + 1) & mask;
      }
      slots[slot] = member;
    }
    return { slots, seed, duplicates, shadowed };
  }

  #hashName(member: number, seed: number): number {
    if (!this.#isPlain(member)) return hashText(this.#name(member), seed);
    const end = this.#read(member, WORD_KEY_END) - 1;
    let hash = seed;
    for (let at = this.#read(member, WORD_KEY_START) + 1; at < end; at++) hash = mix(hash, this.#bytes[at] ?? 0);
    return finish(hash);
  }

  #sameName(a: number, b: number): boolean {
    const plain = this.#isPlain(a);
    // A name with an escape may spell the same as one without: only two plain ones differ when their bytes do.
    if (!plain || !this.#isPlain(b)) return this.#name(a) === this.#name(b);
    const startA = this.#read(a, WORD_KEY_START);
    const startB = this.#read(b, WORD_KEY_START);
    const length = this.#read(a, WORD_KEY_END) - startA;
    if (length !== this.#read(b, WORD_KEY_END) - startB) return false;
    for (let i = 1; i < length - 1; i++) {
      if (this.#bytes[startA + i] !== this.#bytes[startB + i]) return false;
    }
    return true;
  }

  #hasName(member: number, key: string): boolean {
    if (!this.#isPlain(member)) return this.#name(member) === key;
    const start = this.#read(member, WORD_KEY_START) + 1;
    if (this.#read(member, WORD_KEY_END) - 1 - start !== key.length) return false;
    for (let i = 0; i < key.length; i++) {
      if (this.#bytes[start + i] !== key.charCodeAt(i)) return false;
    }
    return true;
  }

  #isPlain(member: number): boolean {
    return (this.#read(member, WORD_INFO) & KEY_NOT_PLAIN) === 0;
  }

  #name(member: number): string {
    const start = this.#read(member, WORD_KEY_START) + 1;
    const end = this.#read(member, WORD_KEY_END) - 1;
    const escapes = (this.#read(member, WORD_INFO) & FLAG_KEY_ESCAPES) !== 0;
    return decodePrefix(this.#bytes, start, end, Infinity, escapes).text;
  }

  #read(n: number, word: number): number {
    return this.#tape[(n << STRIDE_SHIFT) + word] ?? 0;
  }
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return finish(hash);
}
