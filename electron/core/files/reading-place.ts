/** A place at which a stream is read on from, with a little of what it gave before, for readers that step back. */

/** Bytes that are kept. */
const KEPT = 4 << 20;

type Pieces = readonly Uint8Array[];

export interface Stepping {
  /** The next bytes; null at the end. */
  step(): Promise<Pieces | null>;
  close(): void;
}

type Step = { readonly pieces: Pieces | null } | { readonly error: unknown };

export class ReadingPlace {
  /** `[start, end)` is at hand; reading from `end` on goes on with the stream. */
  start: number;
  end: number;
  readonly #stream: Stepping;
  readonly #readsAhead: boolean;
  readonly #pieces: Uint8Array[] = [];
  #ahead: Promise<Step> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #retired = false;
  #failure: { readonly error: unknown } | null = null;

  /** @param options `ahead`: unpack the next bytes while the caller works on those it got. */
  constructor(start: number, stream: Stepping, options: { readonly ahead?: boolean } = {}) {
    this.start = start;
    this.end = start;
    this.#stream = stream;
    this.#readsAhead = options.ahead ?? false;
  }

  /** False after a failed read: the stream stands nobody knows where. */
  get usable(): boolean {
    return this.#failure === null && !this.#retired;
  }

  /** Readers take turns. Null when `start` has gone by. @throws what the stream throws, then and ever after; the signal's reason. */
  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    this.#waiting += 1;
    const turn = this.#turn.then(() => this.#read(start, end, signal));
    this.#turn = turn.then(
      () => null,
      () => null,
    );
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      this.#closeWhenDone();
    }
  }

  /** Nobody new comes here: closed when the last reader is through. */
  retire(): void {
    this.#retired = true;
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (this.#retired && this.#waiting === 0) this.#stream.close();
  }

  async #read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    if (start < this.start) return null;
    const found: Uint8Array[] = [];
    let offset = this.start;
    for (const piece of this.#pieces) offset = cut(piece, offset, start, end, found);
    while (this.end < end) {
      signal?.throwIfAborted();
      const pieces = await this.#step();
      if (pieces === null) break;
      for (const piece of pieces) {
        this.end = cut(piece, this.end, start, end, found);
        this.#pieces.push(piece);
      }
      this.#forget();
    }
    if (this.#readsAhead && !this.#retired) this.#ahead ??= this.#begin();
    return Buffer.concat(found);
  }

  async #step(): Promise<Pieces | null> {
    if (this.#failure !== null) throw this.#failure.error;
    const step = await (this.#ahead ?? this.#begin());
    this.#ahead = this.#readsAhead ? this.#begin() : null;
    if ('error' in step) {
      this.#failure = step;
      throw step.error;
    }
    return step.pieces;
  }

  async #begin(): Promise<Step> {
    try {
      return { pieces: await this.#stream.step() };
    } catch (error) {
      return { error };
    }
  }

  #forget(): void {
    for (;;) {
      const [first] = this.#pieces;
      if (first === undefined || this.end - this.start - first.length < KEPT) return;
      this.#pieces.shift();
      this.start += first.length;
    }
  }
}

/** Adds the part of a piece at `offset` that is in `[start, end)`. Returns where the piece ends. */
function cut(piece: Uint8Array, offset: number, start: number, end: number, into: Uint8Array[]): number {
  const from = Math.max(0, start - offset);
  const to = Math.min(piece.length, end - offset);
  if (from < to) into.push(piece.subarray(from, to));
  return offset + piece.length;
}
