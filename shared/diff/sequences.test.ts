import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonSubsequence } from './common-subsequence.ts';
import { longestIncreasing } from './increasing.ts';

test('the marked numbers increase, and no longer run of them does', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: -3, max: 60 }), { maxLength: 40 }), (numbers) => {
      const marks = longestIncreasing(Int32Array.from(numbers));
      const marked = numbers.filter((_, at) => marks[at] === 1);
      expect(marked).toEqual(marked.toSorted((a, b) => a - b));
      expect(marked.every((number) => number >= 0)).toBe(true);
      const lengths: number[] = [];
      numbers.forEach((number, at) => {
        const before = lengths.filter((_, i) => (numbers[i] ?? 0) < number && (numbers[i] ?? -1) >= 0);
        lengths[at] = number < 0 ? 0 : 1 + Math.max(0, ...before);
      });
      expect(marked).toHaveLength(Math.max(0, ...lengths));
    }),
  );
});

test('the pairs are equal, in order, and as many as there can be', () => {
  const lists = fc.array(fc.nat(3), { maxLength: 40 });
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const pairs = commonSubsequence(a, b) ?? [];
      expect(pairs.map(([x]) => a[x])).toEqual(pairs.map(([, y]) => b[y]));
      pairs.slice(1).forEach(([x, y], at) => {
        expect(x > (pairs[at]?.[0] ?? x) && y > (pairs[at]?.[1] ?? y)).toBe(true);
      });
      let row = Array.from({ length: b.length + 1 }, () => 0);
      for (const item of a) {
        const next = [0];
        for (let y = 0; y < b.length; y++) {
          next.push(item === b[y] ? (row[y] ?? 0) + 1 : Math.max(row[y + 1] ?? 0, next[y] ?? 0));
        }
        row = next;
      }
      expect(pairs).toHaveLength(row[b.length] ?? 0);
    }),
  );
});

test('two long lists that have little in common are given up', () => {
  const list = (factor: number) => Array.from({ length: 2000 }, (_, at) => (at * factor) % 7);
  expect(commonSubsequence(list(1), list(3))).toBe(null);
});
