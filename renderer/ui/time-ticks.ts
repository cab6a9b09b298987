/** Which moments of a stretch of time have a label. Times in microseconds since 1970. */

const MS = 1000;
const SECOND = 1000 * MS;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90].map((count) => count * DAY),
];
const LABEL_WIDTH = 96;

export interface Tick {
  readonly time: number;
  /** Empty where there is no room left for it. */
  readonly label: string;
}

/** Labels that have room, at round times of this machine's clock. */
export function ticksOf(
  { from, to }: { readonly from: number; readonly to: number },
  width: number,
  locale: string,
): readonly Tick[] {
  const most = Math.max(1, Math.floor(width / LABEL_WIDTH));
  const step = STEPS.find((each) => (to - from) / each <= most) ?? YEAR * Math.ceil((to - from) / YEAR / most);
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
  if (step >= YEAR) return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short' }).format(at);
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
