/** Passes on the newest of many values, at most once per interval, the first at once and the last always. */
export class Coalescer<T> {
  readonly #intervalMs: number;
  readonly #deliver: (value: T) => void;
  #timer: NodeJS.Timeout | null = null;
  #waiting: { value: T } | null = null;

  constructor(intervalMs: number, deliver: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#deliver = deliver;
  }

  offer(value: T): void {
    if (this.#timer) {
      this.#waiting = { value };
      return;
    }
    this.#deliver(value);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) this.offer(waiting.value);
    }, this.#intervalMs);
  }

  /** Delivers what waits, and nothing afterwards by itself. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting) this.#deliver(this.#waiting.value);
    this.#waiting = null;
  }
}
