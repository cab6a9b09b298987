/**
 * Numbers between JSON text and memory, so that reading and writing again gives the same text.
 *
 * A number in memory is a JavaScript number wherever one writes the text back exactly; an integer that a double cannot be
 * trusted with is a bigint; whatever is left (`553.0`, `1e5`, `1e400`) is a NumberLiteral that keeps its text. So ordinary
 * code meets ordinary numbers, and no number is ever rounded. A bigint that would fit comes back as a number.
 */
import { NumberLiteral } from './values.ts';

/** Python's `repr` of a float: `553.0`, `1e-07`, `1e+16`, `nan` in JSON's spelling `NaN`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  // The shortest digits that read back, as Python's: d.ddde±x.
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0] ?? '0'}${rest}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** An integer that is exact is written as an integer, anything else as Python writes a float. */
export function numberText(value: number): string {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : pythonFloat(value);
}

/** Of a JSON number's text, Python's words included. */
export function numberOf(text: string): number | bigint | NumberLiteral {
  const value = Number(text);
  if (numberText(value) === text) return value;
  return /^-?[1-9]\d*$/.test(text) ? BigInt(text) : new NumberLiteral(text);
}
