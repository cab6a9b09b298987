/** Has everything measured every few seconds while somebody can see a source, and nothing at all otherwise. */
import { SAMPLE_EVERY_MS } from '../core/performance/monitor.ts';

export interface PerformanceSamplingOptions {
  /** A source is open in a window that can be seen. */
  readonly isWanted: () => boolean;
  /** Measures, and resolves when the worker has answered. */
  readonly sample: () => Promise<void>;
  /** Until the next sample nothing has to run. */
  readonly pause: () => void;
}

export class PerformanceSampling {
  readonly #options: PerformanceSamplingOptions;
  #timer: NodeJS.Timeout | null = null;
  #isSampling = false;

  constructor(options: PerformanceSamplingOptions) {
    this.#options = options;
  }

  /** After anything that `isWanted` depends on has changed. */
  update(): void {
    const { isWanted, pause } = this.#options;
    if (isWanted()) {
      this.#timer ??= setInterval(() => void this.#sample(), SAMPLE_EVERY_MS);
    } else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
      pause();
    }
  }

  /** A worker that is busy is not asked again before it has answered; its next answer covers the time. */
  async #sample(): Promise<void> {
    if (this.#isSampling) return;
    this.#isSampling = true;
    try {
      await this.#options.sample();
    } finally {
      this.#isSampling = false;
    }
  }
}
