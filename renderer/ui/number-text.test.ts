import { expect, test } from 'vitest';
import { isSameNumber } from './number-text.ts';

test.each(['409.0', '553.00', '1E3', '0.10', '-2.50', '1e-7', '0.0', '120'])(
  '%s is only written differently',
  (text) => {
    expect(isSameNumber(text)).toBe(true);
  },
);

test.each([
  '12345678901234567890',
  '-0',
  '-0.0',
  '1e400',
  'NaN',
  'Infinity',
  '0.1000000000000000055511151231257827',
  '9007199254740993',
])('%s is another number as a 64-bit float', (text) => {
  expect(isSameNumber(text)).toBe(false);
});
