/**
 * Cancels work that does not look at its messages: a thread that is busy hears nothing that is sent to it, but it can look at
 * memory that it shares with whoever cancels.
 */
const SLOTS = 64;

export class CancelFlags {
  readonly buffer: SharedArrayBuffer;
  readonly #slots: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#slots = new Int32Array(buffer);
  }

  /** `question`: a positive whole number, as questions to a worker are counted. */
  cancel(question: number): void {
    Atomics.store(this.#slots, question % SLOTS, question);
  }

  isCancelled(question: number): boolean {
    return Atomics.load(this.#slots, question % SLOTS) === question;
  }
}
