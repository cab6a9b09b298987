/** Which way a figure goes: the design document's trend over the last ten samples (8.2). */
import type { SeriesKey, Trend, TrendDirection } from '../../../shared/ipc/performance.ts';

/** Samples that a trend looks at, and how many of them are "now". */
export const TREND_SAMPLES = 10;
const RECENT_SAMPLES = 3;
/** A tenth off is a trend. */
const NOTABLE = 0.1;

/**
 * The mean of the last three values against the mean of those before them, of ten values at most. Each value counts on one side:
 * of three values the last two are recent, of two the last one (the document compares them with themselves).
 * @param values oldest first, at least 0; those that were not measured left out.
 */
export function trendOf(of: SeriesKey, values: readonly number[]): Trend {
  const last = values.slice(-TREND_SAMPLES);
  if (last.length < 2) return { of, direction: 'insufficient-data', samples: last.length };
  const split = last.length - Math.min(RECENT_SAMPLES, last.length - 1);
  const earlier = mean(last.slice(0, split));
  const recent = mean(last.slice(split));
  return { of, direction: directionOf(recent, earlier), recent, earlier, samples: last.length };
}

function directionOf(recent: number, earlier: number): TrendDirection {
  if (recent > earlier * (1 + NOTABLE)) return 'increasing';
  if (recent < earlier * (1 - NOTABLE)) return 'decreasing';
  return 'stable';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
