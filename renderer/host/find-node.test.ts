import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDot } from '../../shared/json/path.ts';
import { segmentsOf } from './find-node.ts';

test('a path is taken apart into what it was written from, whatever its names are', () => {
  const segment = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('memory', '_x1', 'Ünï'), fc.nat());
  fc.assert(
    fc.property(fc.array(segment), (path) => {
      expect(segmentsOf(toDot(path))).toEqual(path);
    }),
  );
});

test('the whole state has no segments', () => {
  expect(segmentsOf('')).toEqual([]);
});
