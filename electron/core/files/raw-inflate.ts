/** zlib's own inflate, fed piece by piece, with what came out of each piece at hand when it is done. */
import { createInflateRaw, type InflateRaw } from 'node:zlib';

/** What zlib fills before it goes back to its caller: larger ones make fewer rounds. */
const CHUNK = 1 << 20;

export class RawInflate {
  readonly #engine: InflateRaw;
  #out: Uint8Array[] = [];
  #error: Error | null = null;
  #failed: (() => void) | null = null;

  constructor(window: Uint8Array | null) {
    this.#engine = createInflateRaw({ chunkSize: CHUNK, ...(window ? { dictionary: window } : {}) });
    this.#engine.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#engine.on('error', (error) => {
      this.#error = error;
      this.#failed?.();
    });
  }

  /**
   * `used` is less than was given when the packed data ended within it.
   * @throws the error of zlib for broken data; what this piece held before the fault is lost then.
   */
  async push(packed: Uint8Array): Promise<{ readonly out: readonly Uint8Array[]; readonly used: number }> {
    const before = this.#engine.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#failed = resolve;
      this.#engine.write(packed, () => resolve());
    });
    this.#failed = null;
    if (this.#error !== null) throw this.#error;
    const out = this.#out;
    this.#out = [];
    return { out, used: this.#engine.bytesWritten - before };
  }

  close(): void {
    this.#engine.destroy();
  }
}
