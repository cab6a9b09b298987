import type { RandomAccess } from '../files/random-access.ts';

const BLOCK = 1 << 20;

/** Ranges that are mostly asked for in ascending order, without a read of the file for each. Memory: a MiB, or the range. */
export class SequentialReader {
  readonly #access: RandomAccess;
  #at = 0;
  #block: Uint8Array = new Uint8Array(0);

  constructor(access: RandomAccess) {
    this.#access = access;
  }

  /** Fewer bytes at the end, and before damage. Valid until the next call. @throws as `RandomAccess.read` */
  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (end - start > BLOCK) return this.#access.read(start, end, signal);
    if (start < this.#at || end > this.#at + this.#block.length) {
      this.#block = await this.#access.read(start, start + BLOCK, signal);
      this.#at = start;
    }
    return this.#block.subarray(start - this.#at, end - this.#at);
  }
}
