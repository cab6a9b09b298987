/** Times as they are typed into a query, and on the command line. */
import { QueryFault } from './query-tokens.ts';

const MICROS = 1000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const EXPECTED = ['10:30', '10:30:15.250', '2026-11-22', '2026-11-22T10:30:00Z', '-5m'];

/**
 * Microseconds. A time of day is today's; a date is its beginning; without a zone both are of this machine's.
 * @throws QueryFault `no-time`.
 */
export function timeOf(text: string, offset: number, { now }: { readonly now: number }): number {
  const relative = /^-(\d{1,9})([smhd])$/.exec(text);
  if (relative) {
    return (now - Number(relative[1]) * (UNIT_MS[relative[2] ?? ''] ?? 0)) * MICROS;
  }
  if (text === 'now') return now * MICROS;
  const found =
    /^(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:^|[T ])(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(
      text,
    );
  const micros = found === null || text === '' ? Number.NaN : fromParts(found, now);
  if (!Number.isNaN(micros)) return micros;
  throw new QueryFault(
    'no-time',
    offset,
    EXPECTED,
    `${JSON.stringify(text)} is no time: write one like 10:30, 2026-11-22T10:30:00Z or -5m`,
    { value: text },
  );
}

function fromParts(found: RegExpExecArray, now: number): number {
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = found;
  if (year === undefined && hour === undefined) return Number.NaN;
  const today = new Date(now);
  const date = [
    year === undefined ? today.getFullYear() : Number(year),
    month === undefined ? today.getMonth() : Number(month) - 1,
    day === undefined ? today.getDate() : Number(day),
  ] as const;
  const clock = [Number(hour ?? 0), Number(minute ?? 0), Number(second)] as const;
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return Number.NaN;
  const asUtc = new Date(Date.UTC(...date, ...clock));
  if (asUtc.getUTCDate() !== date[2] || asUtc.getUTCMonth() !== date[1]) return Number.NaN;
  const micros = Number(fraction.padEnd(6, '0'));
  const milliseconds = zone === undefined ? new Date(...date, ...clock).getTime() : asUtc.getTime() - zoneMs(zone);
  return milliseconds * MICROS + micros;
}

function zoneMs(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
