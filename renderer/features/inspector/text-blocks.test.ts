import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendText, BLOCK_CHARS } from './text-blocks.ts';

describe('blocks of a streamed text', () => {
  test('together they are the text, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50_000 }), { maxLength: 6 }), (chunks) => {
        const blocks = chunks.reduce<string[]>((all, chunk) => appendText(all, chunk), []);
        expect(blocks.join('')).toBe(chunks.join(''));
        expect(blocks.every((block) => block.length > 0 && block.length <= BLOCK_CHARS)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('they end where lines end', () => {
    const text = 'a line of text\n'.repeat(5000);
    const blocks = appendText([], text);
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true);
  });

  test('a line longer than a block is broken, but no character is', () => {
    const blocks = appendText([], `x${'😀'.repeat(BLOCK_CHARS)}`);
    expect(blocks.some((block) => /\p{Surrogate}/u.test(block))).toBe(false);
  });

  test('full blocks keep their identity', () => {
    const before = appendText([], 'line\n'.repeat(10_000));
    const after = appendText(before, 'more\n'.repeat(10_000));
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  });
});
