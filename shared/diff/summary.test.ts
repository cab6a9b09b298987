import { expect, test } from 'vitest';
import { documentOf } from '../json/test-support.ts';
import { diffDocuments } from './diff.ts';
import { summarizeDiff } from './summary.ts';

function summary(before: unknown, after: unknown) {
  const [a, b] = [documentOf(JSON.stringify(before)), documentOf(JSON.stringify(after))];
  return summarizeDiff(a, b, diffDocuments(a, b));
}

const message = (id: string, text: string, extra: object = {}) => ({
  id,
  name: 'Friday',
  role: 'assistant',
  content: [{ type: 'text', text }],
  timestamp: '2026-01-01',
  ...extra,
});

test('counts operations by kind, and the messages that came, went, moved and were edited', () => {
  const before = { n: 1, content: [message('a', 'one'), message('b', 'two', { old: 1 }), message('c', 'three')] };
  const after = { n: 2, content: [message('c', 'three'), message('b', 'other', { new: 1 }), message('d', 'four')] };
  expect(summary(before, after)).toEqual({
    added: 2,
    removed: 2,
    changed: 2,
    moved: 1,
    messages: { added: 1, removed: 1, changed: 1, moved: 1 },
  });
});

test('a message in a pair is one message, whether its text or its marks changed', () => {
  const pairs = (text: string, marks: string[]) => ({
    content: [
      [message('a', text), marks],
      [message('b', 'x'), []],
    ],
  });
  expect(summary(pairs('one', []), pairs('two', ['compressed'])).messages).toEqual({
    added: 0,
    removed: 0,
    changed: 1,
    moved: 0,
  });
});

test('the messages of a list that came or went whole count one by one', () => {
  const list = [message('a', 'one'), message('b', 'two')];
  expect(summary({}, { content: list })).toMatchObject({ added: 1, messages: { added: 2 } });
  expect(summary({ content: list }, {})).toMatchObject({ removed: 1, messages: { removed: 2 } });
});
