import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationParts, SECONDS_OF, wholeUnit } from './duration.ts';

const told = (seconds: number) => durationParts(seconds).map(({ unit, amount }) => `${amount} ${unit}`);

test.each([
  [11_543, ['3 hours', '12 minutes']],
  [86_400, ['1 days']],
  [90_059, ['1 days', '1 hours']],
  // A unit that is 0 is not told, and what is below it is not of interest.
  [86_459, ['1 days']],
  [59.9, ['59 seconds']],
  [0, ['0 seconds']],
  [-5, ['0 seconds']],
])('%d seconds are %j', (seconds, parts) => expect(told(seconds)).toEqual(parts));

test('what is told is never more than there is, and short of it by less than its smallest unit', () => {
  fc.assert(
    fc.property(fc.nat(1e9), (seconds) => {
      const sum = durationParts(seconds).reduce((all, { unit, amount }) => all + amount * SECONDS_OF[unit], 0);
      expect(sum).toBeLessThanOrEqual(seconds);
      expect(seconds - sum).toBeLessThan(seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1);
    }),
  );
});

test('a number of seconds comes back from its whole unit', () => {
  fc.assert(
    fc.property(fc.nat(1e9), (seconds) => {
      const { unit, amount } = wholeUnit(seconds);
      expect(amount * SECONDS_OF[unit]).toBe(seconds);
      expect(Number.isInteger(amount)).toBe(true);
    }),
  );
});
