/** Positions in a list while items leave it and come to it one by one. */

/** Counts of the slots in use before a slot: a tree after Fenwick (1994), so that each step takes O(log n). */
export class ListOrder {
  readonly #sums: Int32Array;

  /** One slot for every place where an item stands at any time, in order; 1 for those that are in use. */
  constructor(used: Uint8Array) {
    this.#sums = new Int32Array(used.length + 1);
    for (let at = 1; at <= used.length; at++) {
      this.#sums[at] = (this.#sums[at] ?? 0) + (used[at - 1] ?? 0);
      const above = at + (at & -at);
      if (above <= used.length) this.#sums[above] = (this.#sums[above] ?? 0) + (this.#sums[at] ?? 0);
    }
  }

  /** An item comes to a slot. Its position. */
  put(slot: number): number {
    this.#add(slot, 1);
    return this.#before(slot);
  }

  /** The item of a slot leaves. The position it had. */
  take(slot: number): number {
    this.#add(slot, -1);
    return this.#before(slot);
  }

  #add(slot: number, change: number): void {
    for (let at = slot + 1; at < this.#sums.length; at += at & -at) this.#sums[at] = (this.#sums[at] ?? 0) + change;
  }

  #before(slot: number): number {
    let sum = 0;
    for (let at = slot; at > 0; at -= at & -at) sum += this.#sums[at] ?? 0;
    return sum;
  }
}
