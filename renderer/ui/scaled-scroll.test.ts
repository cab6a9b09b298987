import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_SCROLL_HEIGHT,
  positionFor,
  rowsInSight,
  START,
  scrolled,
  scrollHeight,
  settle,
  topToShow,
} from './scaled-scroll.ts';

const small = { content: 24 * 1000, viewport: 600 };
const huge = { content: 24 * 5_000_000, viewport: 600 };

describe('content that fits', () => {
  test('position and scrollTop are the same', () => {
    expect(scrolled(small, START, 1234)).toEqual({ top: 1234, scroll: 1234 });
    expect(positionFor(small, 1234)).toEqual({ top: 1234, scroll: 1234 });
    expect(scrollHeight(small)).toBe(small.content);
  });

  test('a position beyond the end is clamped to the last page', () => {
    expect(positionFor(small, 1e9).top).toBe(small.content - small.viewport);
  });
});

describe('content taller than an element can be', () => {
  test('the element stays under the limit', () => {
    expect(scrollHeight(huge)).toBe(MAX_SCROLL_HEIGHT);
  });

  test('a small movement goes one to one', () => {
    const before = positionFor(huge, 60_000_000);
    const after = scrolled(huge, before, before.scroll + 100);
    expect(after.top - before.top).toBe(100);
  });

  test('dragging to the end of the scroll bar shows the last row', () => {
    const after = scrolled(huge, START, MAX_SCROLL_HEIGHT - huge.viewport);
    expect(after.top).toBe(huge.content - huge.viewport);
    expect(rowsInSight(huge, after.top, 24, 5_000_000, 0).end).toBe(5_000_000);
  });

  test.each([
    ['the top', -100, 0],
    ['the end', 100, huge.content - huge.viewport],
  ])('the wheel reaches %s, without slowing down', (_name, step, end) => {
    let position = positionFor(huge, end - step * 50);
    for (let turns = 0; turns < 50; turns += 1) {
      const scroll = Math.min(Math.max(0, position.scroll + step), MAX_SCROLL_HEIGHT - huge.viewport);
      position = settle(huge, scrolled(huge, position, scroll));
    }
    expect(position.top).toBe(end);
  });

  test('settling never moves what is seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: huge.content - huge.viewport }), (top) => {
        expect(settle(huge, { top, scroll: 0 }).top).toBe(top);
      }),
    );
  });

  test('every row can be brought into sight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_999_999 }), fc.integer({ min: 0, max: 119_999_400 }), (index, from) => {
        const top = topToShow(huge, from, 24, index) ?? from;
        const { first, end } = rowsInSight(huge, top, 24, 5_000_000, 0);
        expect(index).toBeGreaterThanOrEqual(first);
        expect(index).toBeLessThan(end);
      }),
    );
  });
});

test('no rows, no range', () => {
  expect(rowsInSight({ content: 0, viewport: 600 }, 0, 24, 0, 10)).toEqual({ first: 0, end: 0 });
});
