/** How sizes, counts and times are written. Pure: the caller gives the locale and the present moment. */
import { perLocale } from './per-locale.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

const fixedTo = (digits: number) =>
  perLocale(
    (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
const whole = fixedTo(0);
const tenths = fixedTo(1);
const counts = perLocale((locale) => new Intl.NumberFormat(locale));
const percents = perLocale((locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }));
const seconds = perLocale(
  (locale) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'narrow',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }),
);
const relatives = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' }));
const exacts = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }));
const minutes = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }));
const clocks = perLocale(
  (locale) =>
    new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
);

/** Decimal units, three significant digits at most: `0 B`, `999 B`, `1.2 kB`, `34 MB`. */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be written as 1,000 of the smaller unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const number = unit > 0 && value < 9.95 ? tenths : whole;
  return `${number(locale).format(value)} ${UNITS[unit] ?? ''}`;
}

export function formatCount(count: number, locale: string): string {
  return counts(locale).format(count);
}

/** 0 to 1 as `93.5%`. */
export function formatPercent(fraction: number, locale: string): string {
  return percents(locale).format(fraction);
}

/** `5.8s`, `5.0s` */
export function formatSeconds(value: number, locale: string): string {
  return seconds(locale).format(value);
}

/** A time as it is stored: a moment, a clock reading whose zone nobody noted, or something that is no ISO time. */
export type StoredTime =
  | { readonly kind: 'instant'; readonly moment: Date }
  | { readonly kind: 'naive'; readonly text: string }
  | { readonly kind: 'opaque'; readonly text: string };

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

export function readTime(stored: string): StoredTime {
  const match = ISO.exec(stored.trim());
  const day = match?.[1];
  if (!match || day === undefined) return { kind: 'opaque', text: stored };
  const clock = match[2];
  const zone = match[4];
  if (clock === undefined || zone === undefined) {
    return { kind: 'naive', text: clock === undefined ? day : `${day} ${clock}${match[3] ?? ''}` };
  }
  const moment = new Date(`${day}T${clock}${(match[3] ?? '').slice(0, 4)}${isoZone(zone)}`);
  return Number.isNaN(moment.getTime()) ? { kind: 'opaque', text: stored } : { kind: 'instant', moment };
}

function isoZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

const STEPS: readonly {
  readonly unit: Intl.RelativeTimeFormatUnit;
  readonly seconds: number;
  readonly below: number;
}[] = [
  { unit: 'minute', seconds: 60, below: 3600 },
  { unit: 'hour', seconds: 3600, below: 86_400 },
  { unit: 'day', seconds: 86_400, below: 86_400 * 30 },
  { unit: 'month', seconds: 86_400 * 30.44, below: 86_400 * 365 },
  { unit: 'year', seconds: 86_400 * 365.25, below: Number.POSITIVE_INFINITY },
];

/** `3min ago`; null within 45 seconds of `now`, for which each language has a word. */
export function formatRelative(moment: Date, now: Date, locale: string): string | null {
  const since = (moment.getTime() - now.getTime()) / 1000;
  if (Math.abs(since) < 45) return null;
  const step = STEPS.find(({ below }) => Math.abs(since) < below) ?? STEPS.at(-1);
  if (!step) return null;
  const amount = Math.round(since / step.seconds);
  return relatives(locale).format(amount === 0 ? Math.sign(since) : amount, step.unit);
}

/** Date, time and zone of this machine, to the second. */
export function formatExact(moment: Date, locale: string): string {
  return exacts(locale).format(moment);
}

/** As a clock of this machine shows it: `Nov 23, 2026, 5:42 AM`. */
export function formatMinute(moment: Date, locale: string): string {
  return minutes(locale).format(moment);
}

/** Clock of this machine, to the second: `10:31:02`. */
export function formatClock(moment: Date, locale: string): string {
  return clocks(locale).format(moment);
}

/** A naive time without the fraction of its seconds, for dense places. */
export function shortNaive(text: string): string {
  return text.replace(/\.\d+$/, '');
}
