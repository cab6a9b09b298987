/** The design document's StatePerformanceMonitor (8.2): the last hundred samples in memory, longer ones in a store. */
import type { ManagerStats, PerformanceReport, PerformanceSample, SeriesKey } from '../../../shared/ipc/performance.ts';
import type { SourceError } from '../sources/source-error.ts';
import type { MeasuredValue } from './downsample.ts';
import { type NamedValue, seriesId, valuesOf } from './sample-values.ts';
import type { SamplesStore } from './samples-store.ts';
import { TREND_SAMPLES, trendOf } from './trends.ts';

/** As the document has it. */
const HISTORY_SAMPLES = 100;
/** Milliseconds between samples while somebody looks; what the history's figures stand for. */
export const SAMPLE_EVERY_MS = 2000;
/** Milliseconds between writes. */
const FLUSH_EVERY_MS = 30_000;

export interface MonitorOptions {
  /** What the manager in front of the backends has measured; absent where there is none. */
  readonly manager?: (() => ManagerStats | undefined) | undefined;
  /** Null: figures stay in memory. */
  readonly store: SamplesStore | null;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** What is measured outside of the monitor. */
export type Measured = Omit<PerformanceSample, 'time' | 'manager'>;

interface Kept {
  readonly sample: PerformanceSample;
  readonly values: ReadonlyMap<string, NamedValue>;
}

/** Trends that a report has: the document's two, and whether everything is answered in time. */
const TRENDS: readonly SeriesKey[] = [
  { metric: 'cache.hitRate' },
  { metric: 'memory.share' },
  { metric: 'delay.p99', process: 'main' },
];

export class StatePerformanceMonitor {
  readonly #options: MonitorOptions;
  readonly #now: () => number;
  #history: Kept[] = [];
  #flushedAt: number;
  #problem: SourceError | null = null;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#flushedAt = this.#now();
  }

  /** Takes a sample in. Written to the store in batches; a store that cannot be written is tried again, and told by `problem`. */
  collect(measured: Measured): PerformanceSample {
    const manager = this.#options.manager?.();
    const sample = { time: this.#now(), ...measured, ...(manager !== undefined && { manager }) };
    const values = valuesOf(sample);
    this.#history.push({ sample, values: new Map(values.map((value) => [seriesId(value.of), value])) });
    if (this.#history.length > HISTORY_SAMPLES) this.#history.shift();
    this.#options.store?.add(sample.time, values);
    if (sample.time - this.#flushedAt >= FLUSH_EVERY_MS) this.flush();
    return sample;
  }

  /** Oldest first, at most a hundred. */
  get history(): readonly PerformanceSample[] {
    return this.#history.map(({ sample }) => sample);
  }

  get current(): PerformanceSample | undefined {
    return this.#history.at(-1)?.sample;
  }

  /** Why the last batch could not be written; null when it was. */
  get problem(): SourceError | null {
    return this.#problem;
  }

  /** The last hundred samples of one series; those that did not measure it left out. */
  recent(of: SeriesKey): readonly MeasuredValue[] {
    const id = seriesId(of);
    return this.#history.flatMap(({ sample, values }) => {
      const found = values.get(id);
      return found === undefined ? [] : [{ time: sample.time, value: found.value, step: SAMPLE_EVERY_MS }];
    });
  }

  /** Which series the last hundred samples have. */
  series(): readonly SeriesKey[] {
    const found = new Map<string, SeriesKey>();
    for (const { values } of this.#history) for (const [id, { of }] of values) found.set(id, of);
    return [...found.values()];
  }

  /** Of the last ten samples. */
  trends(): PerformanceReport['trends'] {
    const last = this.#history.slice(-TREND_SAMPLES);
    return TRENDS.map((of) => {
      const id = seriesId(of);
      return trendOf(
        of,
        last.flatMap(({ values }) => values.get(id)?.value ?? []),
      );
    });
  }

  flush(): void {
    this.#flushedAt = this.#now();
    try {
      this.#options.store?.flush(this.#flushedAt);
      this.#problem = null;
    } catch (error) {
      // Figures are not worth disturbing anybody for; the view says that they are not kept.
      this.#problem = error as SourceError;
    }
  }
}
