import { StateValueError } from './errors.ts';

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d(?:\.\d+)?)?)?)?)?$/;

/**
 * A moment as Python's datetime writes it. The text is kept, because it holds what a Date cannot: microseconds, the zone it
 * was given in, and whether there was any. A time without a zone is naive and is shown without one.
 */
export class DateTime {
  readonly text: string;
  /** No zone: what clock it was read from is not known. */
  readonly naive: boolean;
  /** Milliseconds since 1970 with microseconds as a fraction. A naive time is taken as UTC, which `datetime.utcnow` writes. */
  readonly epochMs: number;

  /** @throws StateValueError for text that is no ISO 8601 date and time (as Python 3.11's `fromisoformat` takes it). */
  constructor(text: string) {
    const epochMs = epochOf(text);
    if (epochMs === undefined)
      throw new StateValueError('invalid-value', `${JSON.stringify(text)} is no date and time`);
    this.text = text;
    this.naive = !/(?:Z|[T ].*[+-][\d:.]+)$/.test(text);
    this.epochMs = epochMs;
    Object.freeze(this);
  }

  /** As Python writes an aware UTC time, `2025-09-10T08:00:00.250000+00:00`, which every version of it reads back. */
  static at(epochMs: number): DateTime {
    const text = new Date(epochMs).toISOString();
    const fraction = text.slice(20, 23);
    return new DateTime(`${text.slice(0, 19)}${fraction === '000' ? '' : `.${fraction}000`}+00:00`);
  }

  toString(): string {
    return this.text;
  }
}

function epochOf(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  if (+hour > 23 || +minute > 59 || +second > 59) return undefined;
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(+year, +month - 1, +day);
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day || +year === 0) return undefined;
  const time = ((+hour * 60 + +minute) * 60 + +second) * 1000 + Number(`0.${fraction || '0'}`) * 1000;
  const offset = offsetOf(zone);
  return offset === undefined ? undefined : date.getTime() + time - offset;
}

function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replaceAll(':', '');
  const [hours, minutes, seconds] = [+digits.slice(0, 2), +digits.slice(2, 4), Number(digits.slice(4) || '0')];
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * (zone.startsWith('-') ? -1000 : 1000);
}
