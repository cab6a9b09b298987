import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SAMPLE_EVERY_MS } from '../core/performance/monitor.ts';
import { PerformanceSampling } from './performance-sampling.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function sampling() {
  const seen = { isWanted: false, samples: 0, pauses: 0 };
  let answer: () => void = () => undefined;
  const made = new PerformanceSampling({
    isWanted: () => seen.isWanted,
    sample: () => {
      seen.samples += 1;
      return new Promise<void>((resolve) => (answer = resolve));
    },
    pause: () => void (seen.pauses += 1),
  });
  return {
    seen,
    answer: async () => {
      answer();
      await vi.advanceTimersByTimeAsync(0);
    },
    want: (isWanted: boolean) => {
      seen.isWanted = isWanted;
      made.update();
    },
  };
}

test('with nothing open, or nobody to see it, no timer runs', () => {
  const { seen, want } = sampling();
  want(false);
  expect(vi.getTimerCount()).toBe(0);
  want(true);
  expect(vi.getTimerCount()).toBe(1);
  want(false);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10 * SAMPLE_EVERY_MS);
  expect(seen).toMatchObject({ samples: 0, pauses: 1 });
});

test('is told once that nothing has to run any more, and measures on when somebody looks again', async () => {
  const { seen, want, answer } = sampling();
  want(true);
  want(true);
  vi.advanceTimersByTime(SAMPLE_EVERY_MS);
  await answer();
  want(false);
  want(false);
  want(true);
  vi.advanceTimersByTime(SAMPLE_EVERY_MS);
  expect(seen).toMatchObject({ samples: 2, pauses: 1 });
});

test('a worker that is busy is not asked again before it has answered', async () => {
  const { seen, want, answer } = sampling();
  want(true);
  vi.advanceTimersByTime(5 * SAMPLE_EVERY_MS);
  expect(seen.samples).toBe(1);
  await answer();
  vi.advanceTimersByTime(SAMPLE_EVERY_MS);
  expect(seen.samples).toBe(2);
});
