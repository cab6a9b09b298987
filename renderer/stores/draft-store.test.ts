import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Draft, editOf, isChanged, otherForm } from './draft-store.ts';

const START = { text: '1', asText: false, name: '' };

function draft(change: Partial<Draft>): Draft {
  const at = { key: 'agent:a', revision: 'r', node: 3, path: '$.a', kind: 'number', children: 0 } as const;
  return { place: 'row', ...at, typed: START, original: START, ...change };
}

test('what is typed as text is sent as the JSON string that holds it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const edit = editOf(draft({ kind: 'string', typed: { ...START, text, asText: true } }));
      expect(edit.op === 'set' && JSON.parse(edit.text)).toBe(text);
    }),
  );
});

test('JSON is sent as it was typed, digits that no float can hold among it', () => {
  expect(editOf(draft({ typed: { ...START, text: '12345678901234567890.50' } }))).toEqual({
    op: 'set',
    node: 3,
    text: '12345678901234567890.50',
  });
});

test('additions go to the end, with a name in objects only', () => {
  const typed = { text: 'null', asText: false, name: 'n' };
  const object = draft({ place: 'add', kind: 'object', children: 4, typed });
  expect(editOf(object)).toEqual({ op: 'insert', parent: 3, index: 4, name: 'n', text: 'null' });
  expect(editOf({ ...object, kind: 'array' })).toMatchObject({ name: null });
});

test('turning text into JSON and back is as before', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const typed = { text, asText: true, name: '' };
      expect(otherForm({ ...typed, ...otherForm(typed) })).toEqual({ text, asText: true });
    }),
  );
});

test('what is no JSON string becomes the text as it stands', () => {
  for (const text of ['12', '{"a": 1}', '"half', '']) {
    expect(otherForm({ text, asText: false, name: '' })).toEqual({ text, asText: true });
  }
});

test('a draft is changed when any part of it is', () => {
  expect(isChanged(draft({}))).toBe(false);
  expect(isChanged(draft({ typed: { ...START, asText: true } }))).toBe(true);
  expect(isChanged(draft({ typed: { ...START, name: 'b' } }))).toBe(true);
});
