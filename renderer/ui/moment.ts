/** How moments of a journal are written: microseconds since 1970 as a clock of this machine shows them. */

const MICROS = 1000;

/** `10:31:07.250` */
export function clockText(micros: number): string {
  const at = new Date(micros / MICROS);
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds}`;
}

/** `Nov 22, 2026, 10:31:07.250` */
export function exactText(micros: number, locale: string): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(micros / MICROS));
  return `${day}, ${clockText(micros)}`;
}
