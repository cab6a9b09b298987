/** Comparing bytes without node's Buffer: sixteen at a time. */

export interface ByteView {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function viewOf(bytes: Uint8Array): ByteView {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** How many of at most `max` bytes from these offsets on are the same. The caller sees to it that there are as many. */
export function commonPrefix(a: ByteView, atA: number, b: ByteView, atB: number, max: number): number {
  const [viewA, viewB] = [a.view, b.view];
  let length = 0;
  for (const whole = max - 15; length < whole; length += 16) {
    if (differ16(viewA, atA + length, viewB, atB + length)) break;
  }
  while (length < max && a.bytes[atA + length] === b.bytes[atB + length]) length++;
  return length;
}

/** The same for the bytes that end before these offsets. */
export function commonSuffix(a: ByteView, endA: number, b: ByteView, endB: number, max: number): number {
  const [viewA, viewB] = [a.view, b.view];
  let length = 0;
  for (const whole = max - 15; length < whole; length += 16) {
    if (differ16(viewA, endA - length - 16, viewB, endB - length - 16)) break;
  }
  while (length < max && a.bytes[endA - length - 1] === b.bytes[endB - length - 1]) length++;
  return length;
}

/** Three times as fast as a loop over single words. */
function differ16(a: DataView, atA: number, b: DataView, atB: number): boolean {
  return (
    ((a.getInt32(atA, true) ^ b.getInt32(atB, true)) |
      (a.getInt32(atA + 4, true) ^ b.getInt32(atB + 4, true)) |
      (a.getInt32(atA + 8, true) ^ b.getInt32(atB + 8, true)) |
      (a.getInt32(atA + 12, true) ^ b.getInt32(atB + 12, true))) !==
    0
  );
}

/** Bytes beyond the question that are compared at once, because the next question is mostly about them. */
const AHEAD = 4096;
const MAX_RUNS = 1000;

interface Run {
  from: number;
  /** All bytes before it are the same. */
  to: number;
  /** At `to` they differ, or one text ends. Otherwise nobody has looked. */
  ends: boolean;
}

/**
 * Whether two ranges are the same bytes. Remembers for each distance between the ranges which bytes it has compared, so
 * that asking for a container and then for what is in it, level by level, reads every byte once.
 */
export class EqualRanges {
  readonly #a: ByteView;
  readonly #b: ByteView;
  readonly #runs = new Map<number, Run>();
  #lastDistance = Number.NaN;
  #last: Run = { from: 0, to: 0, ends: true };

  constructor(a: ByteView, b: ByteView) {
    this.#a = a;
    this.#b = b;
  }

  same(atA: number, atB: number, length: number): boolean {
    const distance = atB - atA;
    const run = distance === this.#lastDistance ? this.#last : this.#find(distance, atA);
    if (atA < run.from) this.#extendBack(run, atA, distance);
    else if (atA > run.to) this.#restart(run, atA);
    if (atA + length > run.to && !run.ends) this.#extend(run, distance, atA + length - run.to);
    return atA + length <= run.to;
  }

  #find(distance: number, atA: number): Run {
    let run = this.#runs.get(distance);
    if (run === undefined) {
      if (this.#runs.size >= MAX_RUNS) this.#runs.clear();
      run = { from: atA, to: atA, ends: false };
      this.#runs.set(distance, run);
    }
    this.#lastDistance = distance;
    this.#last = run;
    return run;
  }

  #restart(run: Run, atA: number): void {
    run.from = atA;
    run.to = atA;
    run.ends = false;
  }

  #extendBack(run: Run, atA: number, distance: number): void {
    const gap = run.from - atA;
    const common = commonPrefix(this.#a, atA, this.#b, atA + distance, gap);
    run.from = atA;
    if (common === gap) return;
    run.to = atA + common;
    run.ends = true;
  }

  #extend(run: Run, distance: number, wanted: number): void {
    const atB = run.to + distance;
    const available = Math.min(this.#a.bytes.length - run.to, this.#b.bytes.length - atB);
    const max = Math.min(available, wanted + AHEAD);
    const common = commonPrefix(this.#a, run.to, this.#b, atB, max);
    run.to += common;
    run.ends = common < max || max === available;
  }
}
