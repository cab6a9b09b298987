import type { RandomAccess } from '../files/random-access.ts';

/** A part of other bytes, which stay open when it is closed. */
export class AccessSlice implements RandomAccess {
  readonly size: number;
  readonly readInto?: (into: Uint8Array, start: number) => Promise<number>;
  readonly #whole: RandomAccess;
  readonly #start: number;

  constructor(whole: RandomAccess, start: number, end: number) {
    this.#whole = whole;
    this.#start = start;
    this.size = end - start;
    if (whole.readInto)
      this.readInto = async (into, from) => {
        const length = Math.min(into.length, Math.max(0, this.size - from));
        return (await whole.readInto?.(into.subarray(0, length), start + from)) ?? 0;
      };
  }

  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#whole.read(this.#start + start, this.#start + Math.min(end, this.size), signal);
  }

  async close(): Promise<void> {}
}
