/** How many chunks the receiver of a stream still wants. The sender waits while there is no credit. */
export class Credit {
  #available = 0;
  #closed = false;
  #waiter: ((allowed: boolean) => void) | null = null;

  /** Bounded, so that no sum of grants grows beyond what a number holds exactly. */
  grant(chunks: number): void {
    if (chunks <= 0) return;
    this.#available = Math.min(this.#available + chunks, 1_000_000);
    const waiter = this.#waiter;
    if (!waiter) return;
    this.#waiter = null;
    this.#available -= 1;
    waiter(true);
  }

  /** Resolves to true when one more chunk may be sent, to false once closed. One taker at a time. */
  take(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (this.#available > 0) {
      this.#available -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }

  close(): void {
    this.#closed = true;
    this.#waiter?.(false);
    this.#waiter = null;
  }
}
