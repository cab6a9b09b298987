import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Coalescer } from './coalescer.ts';
import { Credit } from './credit.ts';

describe('progress is coalesced', () => {
  test('the first value at once, the newest later, and the last always', async () => {
    const delivered: number[] = [];
    const coalescer = new Coalescer<number>(20, (value) => delivered.push(value));
    for (let i = 0; i < 1000; i += 1) coalescer.offer(i);
    expect(delivered).toEqual([0]);
    await wait(60);
    expect(delivered).toEqual([0, 999]);
    coalescer.offer(1000);
    coalescer.offer(1001);
    coalescer.stop();
    expect(delivered.at(-1)).toBe(1001);
  });
});

describe('a stream sends no more than it was allowed', () => {
  test('a taker without credit waits for a grant', async () => {
    const credit = new Credit();
    let taken = 0;
    const taking = (async () => {
      while (await credit.take()) taken += 1;
    })();
    await wait(5);
    expect(taken).toBe(0);
    credit.grant(3);
    await wait(5);
    expect(taken).toBe(3);
    credit.grant(-5);
    credit.grant(1);
    await wait(5);
    expect(taken).toBe(4);
    credit.close();
    await taking;
    expect(await credit.take()).toBe(false);
  });
});
