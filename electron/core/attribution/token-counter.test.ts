import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import { Turns } from '../search/turns.ts';
import { TokenCounter } from './token-counter.ts';

let counter: TokenCounter;
const turns = new Turns(() => false);

beforeAll(async () => {
  counter = await TokenCounter.load();
});

describe('the tokens of a text', () => {
  it('1. are those of the tokenizer where words have blanks between them', async () => {
    const text = 'The agent asked for a tool, and it answered: 42 rows. It was done in no time. '.repeat(40);
    expect(await counter.count(text, turns)).toBe(encode(text).length);
  });

  it('2. are at most one more for each cut where there are none', async () => {
    const text = '他们讨论了预算与旅行计划并且决定明天再继续'.repeat(60);
    const exact = encode(text).length;
    const counted = await counter.count(text, turns);
    expect(counted).toBeGreaterThanOrEqual(exact);
    expect(counted).toBeLessThanOrEqual(exact + Math.ceil(text.length / 1000) * 2);
  });

  it('3. are counted of what looks like a sign of the model, too', async () => {
    expect(await counter.count('<|endoftext|>', turns)).toBeGreaterThan(1);
  });

  it('4. take as long for twice the text as for two texts, whatever it says', async () => {
    for (const text of ['a', '-', '\u6587', 'qZ8/']) {
      const time = async (length: number) => {
        const began = performance.now();
        await counter.count(text.repeat(length / text.length), turns);
        return performance.now() - began;
      };
      await time(10_000);
      // Quadratic would be a hundred times as long, and this some seconds.
      expect(await time(200_000)).toBeLessThan(Math.max(1000, 60 * (await time(20_000))));
    }
  });

  it('5. are given up within a second', async () => {
    let cancelled = false;
    const counting = counter.count('\u6587\u5b57'.repeat(2_000_000), new Turns(() => cancelled));
    setTimeout(() => {
      cancelled = true;
    }, 20);
    const began = performance.now();
    await expect(counting).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
