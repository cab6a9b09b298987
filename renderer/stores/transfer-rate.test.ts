import { expect, test } from 'vitest';
import { START_RATE, updateRate } from './transfer-rate.ts';

const at = (done: number, phase: 'copying' | 'reading' = 'reading') => ({ phase, done, total: 1e9, item: 'a' });

test('one measurement has no rate', () => {
  expect(updateRate(START_RATE, at(500), 0).perSecond).toBeNull();
});

test('a steady transfer shows its rate', () => {
  let rate = START_RATE;
  for (let i = 0; i <= 10; i += 1) rate = updateRate(rate, at(i * 1_000_000), i * 500);
  expect(rate.perSecond).toBeCloseTo(2_000_000);
});

test('a new phase starts again', () => {
  const before = updateRate(updateRate(START_RATE, at(0, 'copying'), 0), at(1000, 'copying'), 1000);
  expect(updateRate(before, at(10), 2000).perSecond).toBeNull();
});

test('measurements that are too close are not counted', () => {
  const before = updateRate(START_RATE, at(0), 0);
  expect(updateRate(before, at(1000), 50)).toBe(before);
});
