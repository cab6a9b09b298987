/**
 * Many measured values as few points of a line. In each of equal parts of the time its lowest and its highest value stay, so that a
 * spike is seen at every zoom; LTTB, which draws smoother lines, may leave out the highest of them all.
 */
import type { SeriesPoint } from '../../../shared/ipc/performance.ts';

/** What a point of the line is chosen from: a value, or many of them that are kept as one. */
export interface MeasuredValue {
  readonly time: number;
  readonly value: number;
  /** Of the values that this one stands for; absent where it stands for itself. */
  readonly min?: number;
  readonly max?: number;
  /** Milliseconds until the next one, where nothing is missing. */
  readonly step: number;
}

export const LEAST_POINTS = 4;
/** A value that comes later than this many steps has a time before it in which nothing was measured. */
const GAP_STEPS = 2.5;
/** Of all points, for interruptions. */
const GAP_SHARE = 0.25;

/**
 * The first and the last value stay, and so do the lowest and the highest of all. Longer times in which nothing was measured are
 * points without a value.
 * @param values in order of time. @param most at least `LEAST_POINTS`; never more points than this.
 */
export function downsample(values: readonly MeasuredValue[], most: number): readonly SeriesPoint[] {
  const limit = Math.max(LEAST_POINTS, Math.floor(most));
  const gaps = longestGaps(values, Math.min(limit - LEAST_POINTS, Math.floor(limit * GAP_SHARE)));
  const chosen = choose(values, limit - gaps.size);
  const points: SeriesPoint[] = [];
  let seen = 0;
  for (const at of chosen) {
    const gap = gapWithin(gaps, seen, at);
    const before = gap === null ? undefined : values[gap - 1];
    if (before !== undefined) points.push({ time: before.time + before.step, value: null });
    seen = at + 1;
    const value = values[at];
    if (value !== undefined) points.push(pointOf(value));
  }
  return points;
}

function pointOf({ time, value, min, max }: MeasuredValue): SeriesPoint {
  return { time, value, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

/** Positions, in order. */
function choose(values: readonly MeasuredValue[], most: number): readonly number[] {
  const last = values.length - 1;
  if (values.length <= most) return values.map((_value, at) => at);
  const first = values[0]?.time ?? 0;
  const parts = Math.floor((most - 2) / 2);
  const width = ((values[last]?.time ?? first) - first) / parts;
  const chosen = new Set<number>([0, last]);
  let part = -1;
  let low = 0;
  let high = 0;
  const keep = () => {
    if (part >= 0) chosen.add(low).add(high);
  };
  for (const [at, value] of values.entries()) {
    const now = width > 0 ? Math.min(parts - 1, Math.floor((value.time - first) / width)) : 0;
    if (now !== part) {
      keep();
      part = now;
      low = at;
      high = at;
    }
    if (lowestOf(value) < lowestOf(values[low])) low = at;
    if (highestOf(value) > highestOf(values[high])) high = at;
  }
  keep();
  return [...chosen].toSorted((a, b) => a - b);
}

const lowestOf = (value: MeasuredValue | undefined): number => value?.min ?? value?.value ?? Infinity;
const highestOf = (value: MeasuredValue | undefined): number => value?.max ?? value?.value ?? -Infinity;

/** Positions of the values that come after them. */
function longestGaps(values: readonly MeasuredValue[], most: number): ReadonlySet<number> {
  const gaps: { readonly at: number; readonly length: number }[] = [];
  for (let at = 1; at < values.length; at += 1) {
    const before = values[at - 1];
    const after = values[at];
    if (before === undefined || after === undefined) continue;
    const length = after.time - before.time;
    if (length > GAP_STEPS * Math.max(before.step, after.step)) gaps.push({ at, length });
  }
  return new Set(
    gaps
      .toSorted((a, b) => b.length - a.length)
      .slice(0, most)
      .map(({ at }) => at),
  );
}

/** The first gap before a position that no chosen one has passed. */
function gapWithin(gaps: ReadonlySet<number>, from: number, to: number): number | null {
  for (let at = Math.max(1, from); at <= to; at += 1) if (gaps.has(at)) return at;
  return null;
}
