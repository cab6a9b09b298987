/** The timeline's scale: which moments have a label, and what zooming and moving make of a range. Times in microseconds. */
import type { TimeRange } from '../../stores/history-store.ts';

const MS = 1000;
const SECOND = 1000 * MS;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];
const LABEL_WIDTH = 96;
/** Closer than this there is nothing to see. */
const SHORTEST = 10 * MS;

export interface Tick {
  readonly time: number;
  /** Empty where there is no room left for it. */
  readonly label: string;
}

/** Labels that have room, at round times of this machine's clock. */
export function ticksOf({ from, to }: TimeRange, width: number, locale: string): readonly Tick[] {
  const most = Math.max(1, Math.floor(width / LABEL_WIDTH));
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 365 * DAY;
  // Round hours and days are those of this place.
  const zone = new Date(from / MS).getTimezoneOffset() * MINUTE;
  const ticks: Tick[] = [];
  for (let time = Math.ceil((from - zone) / step) * step + zone; time < to; time += step) {
    const hasRoom = ((to - time) / (to - from)) * width >= LABEL_WIDTH;
    ticks.push({ time, label: hasRoom ? labelOf(time, step, locale) : '' });
  }
  return ticks;
}

function labelOf(time: number, step: number, locale: string): string {
  const at = new Date(time / MS);
  if (step >= DAY) return new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }).format(at);
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(step < MINUTE ? { second: '2-digit' } : {}),
    ...(step < SECOND ? { fractionalSecondDigits: 3 } : {}),
  });
  return clock.format(at);
}

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
