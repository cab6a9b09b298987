import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timed } from '../json/test-support.ts';
import { diffWords } from './words.ts';

/** `[-removed-]` and `{+added+}`, as wdiff writes it. */
function told(before: string, after: string): string {
  return diffWords(before, after)
    .pieces.map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');
}

function joined(before: string, after: string, left: 'removed' | 'added'): string {
  return diffWords(before, after)
    .pieces.filter(({ kind }) => kind === left || kind === 'same')
    .map(({ text }) => text)
    .join('');
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Where the characters of a text begin and end. */
function borders(text: string): Set<number> {
  return new Set([0, ...Array.from(characters.segment(text), ({ index, segment }) => index + segment.length)]);
}

const word = fc.constantFrom(
  'the',
  'fox',
  'ran',
  ' ',
  ' ',
  '\n',
  '\r\n',
  '，',
  '火车',
  '票',
  '杭州',
  '😀',
  '👩‍👩‍👧',
  'e\u0301',
  '\u0301',
  '\u0600',
  '🇨🇳',
  'نص',
  '3.14',
  '\ud800',
);
const text = fc.oneof(
  fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);

describe('the pieces', () => {
  test('are both texts, and none but equal ones where they are equal', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(joined(a, b, 'removed')).toBe(a);
        expect(joined(a, b, 'added')).toBe(b);
        expect(diffWords(a, b).pieces.every(({ kind }) => kind === 'same')).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });

  test('never cut a character', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const [before, after] = [`${a}${b}`, `${a}${c}`];
        const [inBefore, inAfter] = [borders(before), borders(after)];
        let [atBefore, atAfter] = [0, 0];
        for (const piece of diffWords(before, after).pieces) {
          if (piece.kind !== 'added') atBefore += piece.text.length;
          if (piece.kind !== 'removed') atAfter += piece.text.length;
          expect(inBefore.has(atBefore) && inAfter.has(atAfter)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what changed is told in words', () => {
  test('of a language with blanks', () => {
    expect(told('the quick brown fox', 'the quick red fox')).toBe('the quick [-brown-]{+red+} fox');
    expect(told("I don't know.", 'I do know.')).toBe("I [-don't-]{+do+} know.");
    expect(told('a tail', 'a longer tail')).toBe('a {+longer +}tail');
    expect(told('took 3.14 s', 'took 3.15 s')).toBe('took [-3.14-]{+3.15+} s');
  });

  test('of Chinese, by its words and not as one', () => {
    expect(told('我想去杭州。', '我想去北京。')).toBe('我想去[-杭州-]{+北京+}。');
  });

  test('as one change where only a blank stayed between two', () => {
    expect(told('we take the train', 'we book a plane')).toBe('we [-take the train-]{+book a plane+}');
  });

  test('two spellings of a character are two characters', () => {
    expect(told('caf\u00e9 au lait', 'cafe\u0301 au lait')).toBe('[-caf\u00e9-]{+cafe\u0301+} au lait');
  });
});

describe('bounds', () => {
  test('a long text that has little in common with another is told coarsely and soon', () => {
    const long = (seed: number) =>
      Array.from({ length: 200_000 }, (_, at) => ((at * 7919 * seed) % 100_003).toString(36)).join(' ');
    const [result, ms] = timed(() => diffWords(long(3), long(5)));
    expect(result.coarse).toBe(true);
    expect(ms).toBeLessThan(5000);
    const middling = (seed: number) =>
      Array.from({ length: 15_000 }, (_, at) => ((at * 7919 * seed) % 503).toString(36)).join(' ');
    const [other, otherMs] = timed(() => diffWords(`火 ${middling(3)}`, `火 ${middling(5)}`));
    expect(other.coarse).toBe(true);
    expect(otherMs).toBeLessThan(5000);
  });

  test('one word in a text of a million is told as one word', () => {
    const long = 'so it goes on and on, '.repeat(50_000);
    const [result] = timed(() => diffWords(`${long}here ${long}`, `${long}there ${long}`));
    expect(result).toMatchObject({ coarse: false, pieces: [{}, { text: 'here' }, { text: 'there' }, {}] });
  });
});
