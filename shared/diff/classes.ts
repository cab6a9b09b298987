/** Items of two lists told apart by a key. */

/** A position before and one after, where items that stayed stand or the lists end. */
export interface Anchor {
  readonly before: number;
  readonly after: number;
}

/** Numbered classes of the items between two anchors, and how often each occurs on either side. */
export class Classes {
  /** Open addressing; a Map would box every key. */
  readonly #keys: Float64Array;
  readonly #numbers: Int32Array;
  readonly #from: Anchor;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #countBefore: number[] = [];
  readonly #countAfter: number[] = [];

  constructor(from: Anchor, to: Anchor) {
    this.#from = from;
    this.#before = new Int32Array(to.before - from.before).fill(-1);
    this.#after = new Int32Array(to.after - from.after).fill(-1);
    let slots = 16;
    while (slots < 2 * (this.#before.length + this.#after.length)) slots *= 2;
    this.#keys = new Float64Array(slots);
    this.#numbers = new Int32Array(slots).fill(-1);
  }

  /** Null: of no class. */
  addBefore(i: number, key: number | null): void {
    if (key === null) return;
    const number = this.#number(key);
    this.#before[i - this.#from.before] = number;
    this.#countBefore[number] = (this.#countBefore[number] ?? 0) + 1;
  }

  addAfter(j: number, key: number | null): void {
    if (key === null) return;
    const number = this.#number(key);
    this.#after[j - this.#from.after] = number;
    this.#countAfter[number] = (this.#countAfter[number] ?? 0) + 1;
  }

  ofBefore(i: number): number {
    return this.#before[i - this.#from.before] ?? -1;
  }

  ofAfter(j: number): number {
    return this.#after[j - this.#from.after] ?? -1;
  }

  /** At most once on each side; not for what is of no class. */
  isSingle(number: number): boolean {
    return number >= 0 && (this.#countBefore[number] ?? 0) <= 1 && (this.#countAfter[number] ?? 0) <= 1;
  }

  /** At least once on each side. */
  isShared(number: number): boolean {
    return number >= 0 && (this.#countBefore[number] ?? 0) > 0 && (this.#countAfter[number] ?? 0) > 0;
  }

  /** Something occurs on both sides, and more than once on one of them. */
  get repeated(): boolean {
    return this.#countBefore.some((_, number) => this.isShared(number) && !this.isSingle(number));
  }

  /** Pairs of positions of what occurs exactly once on each side. */
  *singles(): Generator<[number, number]> {
    const places = new Int32Array(this.#countBefore.length).fill(-1);
    this.#before.forEach((number, at) => {
      if (number >= 0) places[number] = at;
    });
    for (let at = 0; at < this.#after.length; at++) {
      const number = this.#after[at] ?? -1;
      const place = number >= 0 && this.isSingle(number) ? (places[number] ?? -1) : -1;
      if (place >= 0) yield [place + this.#from.before, at + this.#from.after];
    }
  }

  #number(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = key & mask;
    for (; this.#numbers[slot] !== -1; slot = (slot + 1) & mask) {
      if (this.#keys[slot] === key) return this.#numbers[slot] ?? 0;
    }
    const number = this.#countBefore.length;
    this.#keys[slot] = key;
    this.#numbers[slot] = number;
    this.#countBefore.push(0);
    this.#countAfter.push(0);
    return number;
  }
}
