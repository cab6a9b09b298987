/** How late the event loop of this thread is. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DelayFigures } from '../../../shared/ipc/performance.ts';

/**
 * Between two looks at the clock, milliseconds. Twenty a second cost no processor time that could be measured, fifty did; what keeps
 * the loop for longer than this, which is what a person notices, is seen for sure.
 */
const RESOLUTION_MS = 50;
const NANOSECONDS = 1e6;

/** Costs nothing while it is off. */
export class DelayMeter {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | null = null;

  /** Since it was last asked; undefined the first time, which switches it on, and where it has not looked since. */
  take(): DelayFigures | undefined {
    if (this.#histogram === null) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      return undefined;
    }
    const { count, max } = this.#histogram;
    if (count === 0) return undefined;
    const figures = {
      p50: lateness(this.#histogram.percentile(50)),
      p99: lateness(this.#histogram.percentile(99)),
      max: lateness(max),
    };
    this.#histogram.reset();
    return figures;
  }

  stop(): void {
    this.#histogram?.disable();
    this.#histogram = null;
  }
}

/** The histogram has whole intervals, the resolution in. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS);
}
