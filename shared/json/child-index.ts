import { STRIDE_SHIFT, WORD_COUNT, WORD_NEXT } from './tape.ts';

/** Every how many children of a big container the id is kept. */
const STEP = 64;

/**
 * Finds the k-th child of a container and a child's position. Nothing is built for a container of leaves, where the id
 * follows from the position; for a container with many subtrees every 64th id is kept from the first question on.
 */
export class ChildIndex {
  readonly #tape: Int32Array;
  readonly #sparse = new Map<number, Int32Array>();
  /** The last answer, so that asking for one child after the other walks one step each. */
  #lastParent = -1;
  #lastIndex = 0;
  #lastChild = 0;

  constructor(tape: Int32Array) {
    this.#tape = tape;
  }

  /** `index` is within the container's recorded children. */
  child(parent: number, index: number): number {
    if (this.#hasOnlyLeaves(parent)) return parent + 1 + index;
    let at = 0;
    let child = parent + 1;
    const sparse = this.#sparseOf(parent);
    if (sparse) {
      at = index - (index % STEP);
      child = sparse[(index / STEP) | 0] ?? child;
    }
    if (this.#lastParent === parent && this.#lastIndex <= index && this.#lastIndex > at) {
      at = this.#lastIndex;
      child = this.#lastChild;
    }
    for (; at < index; at++) child = this.#next(child);
    this.#lastParent = parent;
    this.#lastIndex = index;
    this.#lastChild = child;
    return child;
  }

  /** Position of a recorded child. */
  indexOf(parent: number, child: number): number {
    if (this.#hasOnlyLeaves(parent)) return child - parent - 1;
    let index = 0;
    let at = parent + 1;
    const sparse = this.#sparseOf(parent);
    if (sparse) {
      let low = 0;
      let high = sparse.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((sparse[middle] ?? 0) <= child) low = middle;
        else high = middle - 1;
      }
      index = low * STEP;
      at = sparse[low] ?? at;
    }
    for (; at < child; at = this.#next(at)) index++;
    return index;
  }

  #sparseOf(parent: number): Int32Array | undefined {
    const count = this.#read(parent, WORD_COUNT);
    if (count <= 2 * STEP) return undefined;
    const known = this.#sparse.get(parent);
    if (known) return known;
    const sparse = new Int32Array(Math.ceil(count / STEP));
    let child = parent + 1;
    for (let index = 0; index < count; index++) {
      if (index % STEP === 0) sparse[index / STEP] = child;
      child = this.#next(child);
    }
    this.#sparse.set(parent, sparse);
    return sparse;
  }

  #hasOnlyLeaves(parent: number): boolean {
    return this.#next(parent) - parent - 1 === this.#read(parent, WORD_COUNT);
  }

  #next(n: number): number {
    return this.#read(n, WORD_NEXT);
  }

  #read(n: number, word: typeof WORD_COUNT | typeof WORD_NEXT): number {
    return this.#tape[(n << STRIDE_SHIFT) + word] ?? 0;
  }
}
