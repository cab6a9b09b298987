/** Two texts of one value: numbers, dates, and characters that look alike. */
import { DateTime } from '../state/date-time.ts';
import { StateValueError } from '../state/errors.ts';

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,15}))?$/;

/** Longer numbers, in characters, are only what they are written. */
const MAX_NUMBER = 1000;

/** By value, exactly, however many digits: 1, 1.0 and 1e0 are the same number; 0 and -0, too. False for what is no number. */
export function sameNumber(a: string, b: string): boolean {
  const [valueA, valueB] = [decimalOf(a), decimalOf(b)];
  return valueA !== null && valueA === valueB;
}

/** The digits without zeros at either end, and the power of ten of the last of them. */
function decimalOf(text: string): string | null {
  const match = text.length > MAX_NUMBER ? null : NUMBER.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(power) - fraction.length + digits.length - significant.length}`;
}

/** The same instant; two naive times by what their clock shows. */
export function sameInstant(a: string, b: string): boolean {
  const [dateA, dateB] = [dateOf(a), dateOf(b)];
  return dateA !== null && dateB !== null && dateA.naive === dateB.naive && dateA.epochMs === dateB.epochMs;
}

function dateOf(text: string): DateTime | null {
  if (!/^\d{4}-\d\d-\d\d/.test(text) || text.length > 64) return null;
  try {
    return new DateTime(text);
  } catch (error) {
    if (error instanceof StateValueError) return null;
    throw error;
  }
}

/** The normalisation forms of two texts that are canonically equivalent and not the same; null for any others. */
export function forms(a: string, b: string): readonly [string, string] | null {
  if (a === b || a.normalize('NFC') !== b.normalize('NFC')) return null;
  return [formOf(a), formOf(b)];
}

function formOf(text: string): string {
  if (text === text.normalize('NFC')) return 'NFC';
  return text === text.normalize('NFD') ? 'NFD' : '—';
}
