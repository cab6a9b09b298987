import {
  FLAG_INCOMPLETE,
  FLAG_OPAQUE,
  STRIDE,
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

/** A tape while it is being filled, and which of its containers is open. */
export class TapeWriter {
  /** Nodes so far. */
  count = 0;
  /** The innermost open container, -1 if there is none. */
  #container = -1;
  #tape: Int32Array;
  readonly #inputBytes: number;

  constructor(inputBytes: number) {
    this.#inputBytes = inputBytes;
    // A guess of one node in 64 bytes; the tape grows when that is not enough.
    this.#tape = new Int32Array(STRIDE * (64 + (inputBytes >> 6)));
  }

  /** A node in the open container. A container that is added ends where it begins until it is closed. */
  add(info: number, start: number, end: number, keyStart: number, keyEnd: number): number {
    const node = this.count++;
    const base = node << STRIDE_SHIFT;
    if (base >= this.#tape.length) this.#grow(start);
    const tape = this.#tape;
    tape[base + WORD_INFO] = info;
    tape[base + WORD_START] = start;
    tape[base + WORD_END] = end;
    tape[base + WORD_PARENT] = this.#container;
    tape[base + WORD_NEXT] = node + 1;
    tape[base + WORD_COUNT] = 0;
    tape[base + WORD_KEY_START] = keyStart;
    tape[base + WORD_KEY_END] = keyEnd;
    return node;
  }

  /** One more child of the open container, on the tape or not. */
  countChild(): void {
    const word = (this.#container << STRIDE_SHIFT) + WORD_COUNT;
    this.#tape[word] = (this.#tape[word] as number) + 1;
  }

  mark(node: number, flag: number): void {
    const word = (node << STRIDE_SHIFT) + WORD_INFO;
    this.#tape[word] = (this.#tape[word] as number) | flag;
  }

  open(node: number): void {
    this.#container = node;
  }

  /** The innermost open container ends at `end`. */
  close(end: number): void {
    const base = this.#container << STRIDE_SHIFT;
    const tape = this.#tape;
    tape[base + WORD_END] = end;
    tape[base + WORD_NEXT] = this.count;
    // An opaque container without children hides nothing.
    if (tape[base + WORD_COUNT] === 0) tape[base + WORD_INFO] = (tape[base + WORD_INFO] as number) & ~FLAG_OPAQUE;
    this.#container = tape[base + WORD_PARENT] as number;
  }

  /** Everything that is open ends here, incomplete. */
  closeAll(end: number): void {
    while (this.#container >= 0) {
      this.mark(this.#container, FLAG_INCOMPLETE);
      this.close(end);
    }
  }

  clear(): void {
    this.count = 0;
    this.#container = -1;
  }

  /** The words that are used. A tape is kept for long, so it does not hold on to much more than that. */
  take(): Int32Array {
    const used = this.count << STRIDE_SHIFT;
    return this.#tape.length > used * 1.25 ? this.#tape.slice(0, used) : this.#tape.subarray(0, used);
  }

  /** As many nodes as the part up to `at` lets expect for the whole, within reason. */
  #grow(at: number): void {
    const now = this.#tape.length;
    const expected = Math.ceil((now / STRIDE) * (this.#inputBytes / (at + 1)) * 1.05) * STRIDE;
    const bigger = new Int32Array(Math.min(8 * now, Math.max(2 * now, expected)));
    bigger.set(this.#tape);
    this.#tape = bigger;
  }
}
