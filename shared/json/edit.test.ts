import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EditResult, editJson, type JsonEdit } from './edit.ts';
import { decodeUtf8 } from './json-string.ts';
import { documentOf, nodeAt, strictJson } from './test-support.ts';

function edited(text: string, edit: (doc: ReturnType<typeof documentOf>) => JsonEdit): string | EditResult {
  const doc = documentOf(text);
  const result = editJson(doc, edit(doc));
  return result.ok ? decodeUtf8(result.bytes, 0, result.bytes.length) : result;
}

const text = '{ "a" : 553.0,\n "b":[1,  2, 3], "c": {}, "e": [ ], "big":12345678901234567890 }';

describe('set', () => {
  test('changes the bytes of the value only', () => {
    expect(edited(text, (doc) => ({ op: 'set', node: nodeAt(doc, 'a'), text: '554' }))).toBe(
      text.replace('553.0', '554'),
    );
    expect(edited(text, (doc) => ({ op: 'set', node: nodeAt(doc, 'b', 1), text: ' "x" ' }))).toBe(
      text.replace('2', '"x"'),
    );
  });

  test('writes a container that was typed in lines in the style of the line that it replaces', () => {
    const set = (json: string) =>
      edited(json, (doc) => ({
        op: 'set',
        node: nodeAt(doc, 'v'),
        text: '{\n  "x": [\n    1.0,\n    {}\n  ],\n  "y": []\n}',
      }));
    expect(set('{"v": {"a": 1, "b": 2}}')).toBe('{"v": {"x": [1.0, {}], "y": []}}');
    expect(set('{"v":{"a":1,"b":2}}')).toBe('{"v":{"x":[1.0,{}],"y":[]}}');
    expect(set('{"v":{\n"a":1}}')).toBe('{"v":{\n  "x": [\n    1.0,\n    {}\n  ],\n  "y": []\n}}');
  });

  test.each(['', ' ', '{', '[1,]', 'tru', '"a', '1 2', "'a'"])('refuses %j, which is no JSON', (wrong) => {
    expect(edited(text, (doc) => ({ op: 'set', node: nodeAt(doc, 'a'), text: wrong }))).toMatchObject({
      ok: false,
      reason: 'not-json',
    });
  });

  test('tells the character at which the text stops being JSON', () => {
    expect(edited(text, (doc) => ({ op: 'set', node: nodeAt(doc, 'a'), text: '"é火" x' }))).toMatchObject({
      offset: 5,
    });
  });
});

describe('rename', () => {
  test('changes the bytes of the name only', () => {
    expect(edited(text, (doc) => ({ op: 'rename', node: nodeAt(doc, 'a'), name: 'ä"' }))).toBe(
      text.replace('"a"', '"ä\\""'),
    );
  });
  test('refuses a name that is taken, and what has no name', () => {
    expect(edited(text, (doc) => ({ op: 'rename', node: nodeAt(doc, 'a'), name: 'b' }))).toEqual({
      ok: false,
      reason: 'name-taken',
    });
    expect(edited(text, (doc) => ({ op: 'rename', node: nodeAt(doc, 'b', 0), name: 'x' }))).toEqual({
      ok: false,
      reason: 'impossible',
    });
  });
});

describe('insert', () => {
  test.each<[number, string]>([
    [0, '[9,  1,  2, 3]'],
    [1, '[1,  9,  2, 3]'],
    [3, '[1,  2, 3,  9]'],
  ])('an item at %i', (index, list) => {
    expect(edited(text, (doc) => ({ op: 'insert', parent: nodeAt(doc, 'b'), index, name: null, text: '9' }))).toBe(
      text.replace('[1,  2, 3]', list),
    );
  });
  test('a member, in the style of the others', () => {
    expect(edited('{"a": 1, "b": 2}', () => ({ op: 'insert', parent: 0, index: 2, name: 'c', text: 'null' }))).toBe(
      '{"a": 1, "b": 2, "c": null}',
    );
    expect(edited('{\n  "a": 1\n}', () => ({ op: 'insert', parent: 0, index: 1, name: 'c', text: '2' }))).toBe(
      '{\n  "a": 1,\n  "c": 2\n}',
    );
    expect(edited('{"a":1}', () => ({ op: 'insert', parent: 0, index: 0, name: 'c', text: '2' }))).toBe(
      '{"c":2, "a":1}',
    );
  });
  test('into an empty container', () => {
    expect(edited(text, (doc) => ({ op: 'insert', parent: nodeAt(doc, 'c'), index: 0, name: 'x', text: '1' }))).toBe(
      text.replace('{}', '{"x": 1}'),
    );
    expect(edited(text, (doc) => ({ op: 'insert', parent: nodeAt(doc, 'e'), index: 0, name: null, text: '1' }))).toBe(
      text.replace('[ ]', '[1]'),
    );
  });
  test('refuses a member of a list, an item of an object, a taken name, a place that is not there', () => {
    const refusal = (edit: Omit<JsonEdit & { op: 'insert' }, 'op' | 'text'>) =>
      edited(text, () => ({ op: 'insert', text: '1', ...edit }));
    const list = nodeAt(documentOf(text), 'b');
    expect(refusal({ parent: list, index: 0, name: 'x' })).toEqual({ ok: false, reason: 'impossible' });
    expect(refusal({ parent: 0, index: 0, name: null })).toEqual({ ok: false, reason: 'impossible' });
    expect(refusal({ parent: 0, index: 0, name: 'a' })).toEqual({ ok: false, reason: 'name-taken' });
    expect(refusal({ parent: list, index: 4, name: null })).toEqual({ ok: false, reason: 'impossible' });
  });
});

describe('remove', () => {
  test('takes one separator along', () => {
    const without = (...path: (string | number)[]) =>
      edited(text, (doc) => ({ op: 'remove', node: nodeAt(doc, ...path) }));
    expect(without('b', 0)).toBe(text.replace('1,  ', ''));
    expect(without('b', 2)).toBe(text.replace(', 3', ''));
    expect(without('big')).toBe(text.replace(', "big":12345678901234567890', ''));
    expect(edited('{ "a" : 1 }', () => ({ op: 'remove', node: 1 }))).toBe('{}');
  });
  test('refuses the root', () => {
    expect(edited(text, () => ({ op: 'remove', node: 0 }))).toEqual({ ok: false, reason: 'impossible' });
  });
});

test('any edit of any text leaves JSON, with every other byte as it was', () => {
  fc.assert(
    fc.property(
      strictJson,
      strictJson,
      fc.nat(),
      fc.constantFrom('set', 'remove', 'insert' as const),
      (json, value, at, op) => {
        const doc = documentOf(json);
        const node = at % doc.nodeCount;
        const kind = doc.kind(node);
        const edit: JsonEdit =
          op === 'insert'
            ? {
                op,
                parent: node,
                index: at % (doc.childCount(node) + 1),
                name: kind === 'object' ? 'new name' : null,
                text: value,
              }
            : op === 'set'
              ? { op, node, text: value }
              : { op: 'remove', node };
        const result = editJson(doc, edit);
        if (!result.ok) {
          expect(result.reason).toBe('impossible');
          return;
        }
        const after = documentOf(result.bytes);
        expect(after.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
        if (op === 'set') {
          expect(after.kind(node)).toBe(documentOf(value).kind(0));
          expect(result.bytes.subarray(0, doc.start(node))).toEqual(doc.bytes.subarray(0, doc.start(node)));
          const rest = doc.bytes.length - doc.end(node);
          expect(result.bytes.subarray(result.bytes.length - rest)).toEqual(doc.bytes.subarray(doc.end(node)));
        }
        const parent = op === 'insert' ? node : op === 'remove' ? doc.parent(node) : -1;
        if (parent >= 0) expect(after.childCount(parent)).toBe(doc.childCount(parent) + (op === 'insert' ? 1 : -1));
      },
    ),
    { numRuns: 500 },
  );
});
