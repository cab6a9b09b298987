import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clampToScreens, MINIMUM_SIZE } from './window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };

describe('a window returns to where it was, on the screens there are', () => {
  test('a place on a screen is kept', () => {
    const place = { x: 100, y: 50, width: 1200, height: 800 };
    expect(clampToScreens(place, [screen])).toEqual(place);
  });

  test('a place on a screen that was unplugged is given up', () => {
    expect(clampToScreens({ x: 2500, y: 50, width: 1200, height: 800 }, [screen])).toBeNull();
  });

  test('whatever was saved, the window lies on a screen that is large enough', () => {
    const integer = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(
        integer,
        integer,
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 9000 }),
        (x, y, width, height) => {
          const place = clampToScreens({ x, y, width, height }, [screen]);
          if (!place) return;
          expect(place.width).toBeGreaterThanOrEqual(MINIMUM_SIZE.width);
          expect(place.x).toBeGreaterThanOrEqual(screen.x);
          expect(place.y).toBeGreaterThanOrEqual(screen.y);
          expect(place.x + place.width).toBeLessThanOrEqual(screen.width);
          expect(place.y + place.height).toBeLessThanOrEqual(screen.height);
        },
      ),
    );
  });
});
