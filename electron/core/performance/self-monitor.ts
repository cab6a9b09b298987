/** A program without a window that measures itself while it works. */
import type { PerformanceReport } from '../../../shared/ipc/performance.ts';
import type { Journal } from '../tracking/journal.ts';
import { DelayMeter } from './delay-meter.ts';
import { type Measured, StatePerformanceMonitor } from './monitor.ts';
import { memoryShare, processMemory } from './process-figures.ts';
import { generatePerformanceReport } from './report.ts';
import { StateSizes } from './state-growth.ts';

/** What this process takes, and how late its event loop was since the meter was last asked. */
export function measuredSelf(meter: DelayMeter): Measured {
  const delay = meter.take();
  const memory = processMemory();
  return {
    memory: { process: memory },
    ...(memory.rss !== undefined && { memoryTotal: memory.rss, memoryShare: memoryShare(memory.rss) }),
    delay: delay === undefined ? {} : { process: delay },
  };
}

/** Of long work, such as recording: a sample every ten seconds tells its trends. */
const SAMPLE_EVERY_MS = 10_000;

export class SelfMonitor {
  readonly #meter = new DelayMeter();
  readonly #monitor = new StatePerformanceMonitor({ store: null });
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#meter.take();
    this.#timer = setInterval(() => this.#monitor.collect(measuredSelf(this.#meter)), SAMPLE_EVERY_MS);
    // Measuring keeps no program from ending.
    this.#timer.unref();
  }

  /** With a last sample. @param journal that was recorded into; what its states do is part of the report */
  report(journal: Journal): Promise<PerformanceReport> {
    this.#monitor.collect({ ...measuredSelf(this.#meter), journalBytes: journal.bytes });
    return generatePerformanceReport(this.#monitor, {
      journal,
      statesBytes: null,
      sizes: new StateSizes(),
      now: Date.now(),
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#meter.stop();
  }
}
