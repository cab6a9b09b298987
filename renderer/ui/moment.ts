/** How moments of a journal are written: microseconds since 1970 as a clock of this machine shows them. */
import { perLocale } from './per-locale.ts';

const MICROS = 1000;
const days = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));

/** `10:31:07.250` */
export function clockText(micros: number): string {
  const at = new Date(micros / MICROS);
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds}`;
}

/** `Nov 22, 2026, 10:31:07.250` */
export function exactText(micros: number, locale: string): string {
  return `${days(locale).format(new Date(micros / MICROS))}, ${clockText(micros)}`;
}
