/**
 * Whether a number's text and the 64-bit float it is read as are the same number, so that only the way of writing
 * would be lost: `409.0`, `1E3`, `0.10`; but not `12345678901234567890`, `-0`, `1e400` or `NaN`.
 */
export function isSameNumber(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  return decimal(text) === decimal(String(value));
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** One way of writing for every decimal number: its digits without zeros around them, and where the point is. */
function decimal(text: string): string {
  const match = NUMBER.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
