/** What zooming and moving make of the timeline's range. Times in microseconds. */
import type { TimeRange } from '../../stores/history-store.ts';

const MS = 1000;
const SECOND = 1000 * MS;
/** Closer than this there is nothing to see. */
const SHORTEST = 10 * MS;

/** All that is recorded, with a little room at its end; a recording of one moment is given a second. */
export function wholeRange(first: number, last: number): TimeRange {
  const length = Math.max(last - first, SECOND);
  return { from: first - length * 0.01, to: first + length * 1.02 };
}

/** The range around a moment that stays in its place. @param factor above 1 shows less time. Null: everything. */
export function zoomed(range: TimeRange, whole: TimeRange, factor: number, around: number): TimeRange | null {
  const length = Math.max(SHORTEST, (range.to - range.from) / factor);
  if (length >= whole.to - whole.from) return null;
  const share = (around - range.from) / (range.to - range.from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, whole);
}

/** @param share of what is shown; positive goes to later times */
export function moved(range: TimeRange, whole: TimeRange, share: number): TimeRange {
  const by = (range.to - range.from) * share;
  return within({ from: range.from + by, to: range.to + by }, whole);
}

function within(range: TimeRange, whole: TimeRange): TimeRange {
  const length = range.to - range.from;
  const from = Math.min(Math.max(range.from, whole.from), Math.max(whole.from, whole.to - length));
  return { from, to: from + length };
}
