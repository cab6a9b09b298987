import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DelayMeter } from './delay-meter.ts';

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('tells how long the event loop was kept, since it was last asked; nothing the first time and after a stop', async () => {
  const meter = new DelayMeter();
  expect(meter.take()).toBeUndefined();
  await sleep(120);
  block(200);
  await sleep(120);
  const kept = meter.take();
  expect(kept?.max).toBeGreaterThan(140);
  await sleep(120);
  expect(meter.take()?.max).toBeLessThan(kept?.max ?? 0);
  meter.stop();
  expect(meter.take()).toBeUndefined();
  meter.stop();
});
