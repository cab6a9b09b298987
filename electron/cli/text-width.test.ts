import { expect, test } from 'vitest';
import { padColumns, textWidth } from './text-width.ts';

test.each([
  ['agent:planner', 13],
  ['agent:规划器', 12],
  ['プラン', 6],
  ['플랜', 4],
  ['（全角）', 8],
  ['e\u0301te\u0301', 3],
  ['👩‍👩‍👧', 2],
  ['café', 4],
  ['a\u200bb', 2],
  ['', 0],
])('%s takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('padded texts end at the same column', () => {
  const widths = ['a', '规划器', 'プラン x'].map((text) => textWidth(padColumns(text, 12)));
  expect(widths).toEqual([12, 12, 12]);
  expect(padColumns('规划器', 2)).toBe('规划器');
});
