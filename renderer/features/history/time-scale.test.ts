import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { moved, wholeRange, zoomed } from './time-scale.ts';

const SECOND = 1_000_000;
const moment = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => seconds * SECOND);
const length = fc.integer({ min: 1, max: 400 * 86_400 }).map((seconds) => seconds * SECOND);

test('zooming keeps the moment under the pointer where it is, stays within the recording, and ends at all of it', () => {
  fc.assert(
    fc.property(moment, length, fc.double({ min: 0.2, max: 0.8, noNaN: true }), (first, span, share) => {
      const whole = wholeRange(first, first + span);
      const around = whole.from + share * (whole.to - whole.from);
      const near = zoomed(whole, whole, 2, around);
      if (near === null) throw new Error('half of it is not all of it');
      expect((around - near.from) / (near.to - near.from)).toBeCloseTo(share, 3);
      expect(near.from).toBeGreaterThanOrEqual(whole.from);
      expect(near.to).toBeLessThanOrEqual(whole.to + 1);
      expect(zoomed(near, whole, 0.4, around)).toBeNull();
      const far = moved(near, whole, 100);
      expect(far.to).toBeCloseTo(whole.to, -2);
    }),
  );
});
