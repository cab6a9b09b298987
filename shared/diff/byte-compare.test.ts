import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonPrefix, commonSuffix, EqualRanges, viewOf } from './byte-compare.ts';

/** Long runs that are the same, so that what is found does not end at once. */
const alike = fc
  .tuple(fc.uint8Array({ maxLength: 100 }), fc.array(fc.tuple(fc.nat(99), fc.nat(255)), { maxLength: 3 }))
  .map(([bytes, edits]) => {
    const other = bytes.slice();
    for (const [at, byte] of edits) if (at < other.length) other[at] = byte;
    return [bytes, other] as const;
  });

test('what two texts begin and end with alike ends at the first difference', () => {
  fc.assert(
    fc.property(alike, fc.nat(20), ([a, b], skip) => {
      const max = Math.max(a.length - skip, 0);
      const from = a.length - max;
      let head = 0;
      while (head < max && a[from + head] === b[from + head]) head++;
      expect(commonPrefix(viewOf(a), from, viewOf(b), from, max)).toBe(head);
      let tail = 0;
      while (tail < max && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
      expect(commonSuffix(viewOf(a), a.length, viewOf(b), b.length, max)).toBe(tail);
    }),
  );
});

test('whether ranges are the same does not depend on what was asked before', () => {
  const questions = fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.nat(40)), { maxLength: 40 });
  fc.assert(
    fc.property(alike, questions, ([a, b], questions) => {
      const ranges = new EqualRanges(viewOf(a), viewOf(b));
      for (const [atA, atB, length] of questions) {
        if (atA + length > a.length || atB + length > b.length) continue;
        // Mostly at the same place in both, where the texts are alike.
        for (const at of [atA, atB]) {
          const wanted = a.slice(atA, atA + length).every((byte, i) => byte === b[at + i]);
          if (at + length <= b.length) expect(ranges.same(atA, at, length)).toBe(wanted);
        }
      }
    }),
    { numRuns: 500 },
  );
});
