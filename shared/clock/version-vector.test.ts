import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compare,
  EMPTY_VECTOR,
  increment,
  merge,
  parseVector,
  type VersionVector,
  vectorText,
} from './version-vector.ts';

const writer = fc.constantFrom('a', 'b', 'c', '__proto__', '键', '1');
const vectors: fc.Arbitrary<VersionVector> = fc
  .array(fc.tuple(writer, fc.integer({ min: 1, max: 3 })), { maxLength: 6 })
  .map((entries) => new Map(entries));

const OPPOSITE = { before: 'after', after: 'before', equal: 'equal', concurrent: 'concurrent' } as const;

describe('version vectors', () => {
  test('a change makes a later version, and leaves the earlier one as it was', () => {
    fc.assert(
      fc.property(vectors, writer, (vector, name) => {
        const text = vectorText(vector);
        expect(compare(vector, increment(vector, name))).toBe('before');
        expect(vectorText(vector)).toBe(text);
      }),
    );
  });

  test('changes by two writers who have not seen each other are concurrent', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        expect(compare(increment(vector, 'a'), increment(vector, 'b'))).toBe('concurrent');
      }),
    );
  });

  test('the order read from the other side is the opposite', () => {
    fc.assert(fc.property(vectors, vectors, (a, b) => compare(a, b) === OPPOSITE[compare(b, a)]));
  });

  test('"before" goes on: what is before something is before all that comes after it', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, writer, (a, x, y, name) => {
        const b = increment(merge(a, x), name);
        const c = increment(merge(b, y), name);
        expect([compare(a, b), compare(b, c), compare(a, c)]).toEqual(['before', 'before', 'before']);
      }),
    );
  });

  test('a merge has seen both, and no more: it comes after nothing that has seen both', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, (a, b, c) => {
        const both = merge(a, b);
        for (const one of [a, b]) expect(['after', 'equal']).toContain(compare(both, one));
        expect(['equal', 'after']).toContain(compare(merge(both, c), both));
        const seesBoth = [a, b].every((one) => ['after', 'equal'].includes(compare(c, one)));
        if (seesBoth) expect(['before', 'equal']).toContain(compare(both, c));
      }),
    );
  });

  test('merging is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, (a, b, c) => {
        expect(vectorText(merge(a, b))).toBe(vectorText(merge(b, a)));
        expect(vectorText(merge(merge(a, b), c))).toBe(vectorText(merge(a, merge(b, c))));
        expect(vectorText(merge(a, a))).toBe(vectorText(a));
      }),
    );
  });

  test('the text is read back equal, and equal vectors have equal texts', () => {
    fc.assert(
      fc.property(vectors, vectors, (a, b) => {
        expect(compare(parseVector(vectorText(a)) ?? EMPTY_VECTOR, a)).toBe('equal');
        expect(vectorText(a) === vectorText(b)).toBe(compare(a, b) === 'equal');
      }),
    );
  });

  test.each(['', '[]', 'null', '{"a":-1}', '{"a":1.5}', '{"a":"1"}', '{"a":1e99}', '3'])('%j is no vector', (text) => {
    expect(parseVector(text)).toBeNull();
  });
});
