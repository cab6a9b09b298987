import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growingValue } from './growing-value.ts';
import { growsWithoutBound } from './state-growth.ts';

const KB = 1024;
const NINE = Array.from({ length: 9 }, (_none, n) => n);

describe('a size that grows without bound', () => {
  test('rises by much, nearly all the time, and still does', () => {
    expect(growsWithoutBound(NINE.map((n) => 10 * KB * (n + 1)))).toBe(true);
    expect(growsWithoutBound(NINE.map((n) => 10 * KB * 2 ** n))).toBe(true);
  });

  test.each([
    ['a state that stays as it is', NINE.map(() => 100 * KB)],
    ['too little to trouble anybody', NINE.map((n) => KB + 500 * n)],
    ['little of what was there', NINE.map((n) => 1000 * KB + 10 * KB * n)],
    ['a list that is full at last', NINE.map((n) => Math.min(50, 10 * (n + 1)) * KB)],
    ['one that is emptied now and then', NINE.map((n) => 10 * KB + (n % 3) * 50 * KB + n * KB)],
    ['one that shrinks', NINE.map((n) => 100 * KB - 10 * KB * n)],
    ['too few moments to tell', [10 * KB, 100 * KB, 200 * KB, 300 * KB]],
  ])('is not %s', (_what, sizes) => {
    expect(growsWithoutBound(sizes)).toBe(false);
  });

  test('never one that ends no larger than it began', () => {
    const size = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(fc.array(size, { maxLength: 20 }), (sizes) => {
        const ends = Math.min(sizes[0] ?? 0, sizes.at(-1) ?? 0);
        expect(growsWithoutBound([...sizes, ends])).toBe(false);
      }),
    );
  });
});

describe('the value that grows', () => {
  const between = (before: unknown, after: unknown) =>
    growingValue(Buffer.from(JSON.stringify(before)), Buffer.from(JSON.stringify(after)));
  const items = (count: number) => Array.from({ length: count }, (_none, n) => `item ${n}`);

  test('is the list in which the items come, not the last of them', () => {
    const state = (count: number) => ({ name: 'a', memory: { content: items(count), note: 'x' } });
    expect(between(state(2), state(50))?.path).toEqual(['memory', 'content']);
  });

  test('is found in an envelope, too, with its size before and after', () => {
    const state = (log: string) => ({ state_type: 'Agent', state_data: { log } });
    expect(between(state('x'), state('x'.repeat(100)))).toEqual({ path: ['state_data', 'log'], before: 3, after: 102 });
  });

  test('may not have been there before', () => {
    expect(between({ a: 1 }, { a: 1, log: items(9) })).toMatchObject({ path: ['log'], before: 0 });
  });

  test('is what they are in where several share the growth', () => {
    const state = (count: number) => ({ memory: { a: items(count), b: items(count) }, n: 1 });
    expect(between(state(1), state(50))?.path).toEqual(['memory']);
    expect(between({ a: [], b: [] }, { a: items(9), b: items(9) })?.path).toEqual([]);
  });

  test('is none where nothing has grown, or what there is is no JSON', () => {
    expect(between({ a: items(9) }, { a: items(2) })).toBeNull();
    expect(growingValue(Buffer.from(''), Buffer.from('{}'))).toBeNull();
  });
});
