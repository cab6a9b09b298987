/** How long operations on states took, by operation, store and kind of state: histograms, so that no single time is kept. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { LatencyFigures, StateOperation } from '../../../shared/ipc/performance.ts';

/** `cached-load`: answered from the cache after the store had said that nothing changed. These are not among the loads. */
export type MeasuredOperation = StateOperation | 'cached-load';

/** Milliseconds. Percentiles are right within 1 %: what a histogram of two figures tells apart. */
export interface OperationFigures extends Omit<LatencyFigures, 'operation'> {
  readonly operation: MeasuredOperation;
  readonly min: number;
  readonly mean: number;
  /** Of the texts of the states together. */
  readonly bytes: number;
}

export interface Measured {
  readonly operation: MeasuredOperation;
  /** Name of the store. */
  readonly backend: string;
  readonly kind: string;
  readonly milliseconds: number;
  /** Of the state's text. */
  readonly bytes: number;
}

/** Histograms are of nanoseconds, each some 35 kB: an hour and two figures are enough. */
const NANOSECONDS = 1e6;
const HIGHEST = 3_600_000 * NANOSECONDS;
const FIGURES = 2;
/** A source may have any number of kinds; those that come later are counted as one. */
const MOST_LINES = 100;
/** A folder may have any number of databases; those that come later are counted as one, too. */
const MOST_LINES_WITH_OTHERS = 200;
const OTHERS = '…';

interface Line {
  readonly operation: MeasuredOperation;
  readonly backend: string;
  readonly kind: string;
  readonly total: RecordableHistogram;
  readonly recent: RecordableHistogram;
  bytes: number;
  recentBytes: number;
}

export class LatencyBook {
  readonly #lines = new Map<string, Line>();

  record({ operation, backend, kind, milliseconds, bytes }: Measured): void {
    const line = this.#line(operation, backend, kind);
    const time = Math.min(HIGHEST, Math.max(1, Math.round(milliseconds * NANOSECONDS)));
    line.total.record(time);
    line.recent.record(time);
    line.bytes += bytes;
    line.recentBytes += bytes;
  }

  /** Since the book was begun. */
  total(): readonly OperationFigures[] {
    return [...this.#lines.values()].map((line) => figuresOf(line, line.total, line.bytes));
  }

  /** Since this was called last; only what was measured in that time. */
  takeRecent(): readonly OperationFigures[] {
    const recent: OperationFigures[] = [];
    for (const line of this.#lines.values()) {
      if (line.recent.count === 0) continue;
      recent.push(figuresOf(line, line.recent, line.recentBytes));
      line.recent.reset();
      line.recentBytes = 0;
    }
    return recent;
  }

  #line(operation: MeasuredOperation, backend: string, kind: string): Line {
    const name = JSON.stringify([operation, backend, kind]);
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const { size } = this.#lines;
    if (size >= MOST_LINES && kind !== OTHERS) return this.#line(operation, backend, OTHERS);
    if (size >= MOST_LINES_WITH_OTHERS && backend !== OTHERS) return this.#line(operation, OTHERS, OTHERS);
    const line: Line = { operation, backend, kind, total: histogram(), recent: histogram(), bytes: 0, recentBytes: 0 };
    this.#lines.set(name, line);
    return line;
  }
}

function histogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: HIGHEST, figures: FIGURES });
}

function figuresOf({ operation, backend, kind }: Line, times: RecordableHistogram, bytes: number): OperationFigures {
  const { count, min, max, mean } = times;
  // The nearest rank. A histogram would round 10.45 of 11 down; a quarter below a rank, that rank is what it gives.
  const part = (percent: number) => {
    const rank = Math.ceil((percent / 100) * count);
    return Math.min(max, times.percentile((100 * (rank - 0.25)) / count)) / NANOSECONDS;
  };
  return {
    operation,
    backend,
    kind,
    count,
    p50: part(50),
    p95: part(95),
    p99: part(99),
    max: max / NANOSECONDS,
    min: min / NANOSECONDS,
    mean: mean / NANOSECONDS,
    bytes,
  };
}
