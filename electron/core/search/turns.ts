import { setImmediate as nextTurn } from 'node:timers/promises';
import { SourceError } from '../sources/source-error.ts';

/** So long others of the same thread wait at most, but for a single value or state that takes longer. */
const TURN_MS = 8;

/** Long work that lets others have their turn, and ends when the person gives up. */
export class Turns {
  readonly #isCancelled: () => boolean;
  #began = performance.now();

  /** @param isCancelled told also while this thread is busy. */
  constructor(isCancelled: () => boolean) {
    this.#isCancelled = isCancelled;
  }

  /** @throws SourceError `cancelled` */
  check(): void {
    if (this.#isCancelled()) throw new SourceError('cancelled', 'This was stopped before it was done.', {});
  }

  /** To be called often. @throws SourceError `cancelled` */
  async breathe(): Promise<void> {
    this.check();
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
    this.check();
  }
}
