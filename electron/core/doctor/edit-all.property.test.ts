/** Several edits at once are what they would be one by one on the values, and leave every other byte where it was. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { differing, spliceAll, splicesOf } from './edit-all.ts';
import type { TextEdit } from './model.ts';
import { spliceInString } from './splice-in-string.ts';

const value = fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.constant([1, { a: [] }]), fc.constant({}));
const indent = fc.constantFrom(undefined, 2);

function documentOf(text: string) {
  const { document } = parseJson(encodeUtf8(text));
  if (document === null) throw new Error(text);
  return document;
}

it('of a list: removing, replacing and inserting', () => {
  const item = fc.record({
    value,
    fate: fc.constantFrom('keep', 'keep', 'remove', 'set'),
    before: fc.array(value, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 7 }), fc.array(value, { maxLength: 2 }), indent, (items, atEnd, space) => {
      const document = documentOf(JSON.stringify({ x: 1, list: items.map((each) => each.value), y: '2' }, null, space));
      const list = document.member(0, 'list') ?? 0;
      const edits: TextEdit[] = [];
      const expected: unknown[] = [];
      const insert = (index: number, values: readonly unknown[]) => {
        for (const each of values)
          edits.push({ op: 'insert', parent: list, index, name: null, text: JSON.stringify(each) });
        expected.push(...values);
      };
      for (const [index, { value: old, fate, before }] of items.entries()) {
        const node = document.child(list, index) ?? 0;
        insert(index, before);
        if (fate === 'remove') edits.push({ op: 'remove', node });
        else if (fate === 'set') edits.push({ op: 'set', node, text: '"new"' });
        if (fate !== 'remove') expected.push(fate === 'set' ? 'new' : old);
      }
      insert(items.length, atEnd);
      const after = Buffer.from(spliceAll(document.bytes, splicesOf(document, edits))).toString();
      expect(JSON.parse(after)).toEqual({ x: 1, list: expected, y: '2' });
      if (edits.length === 0) expect(encodeUtf8(after)).toEqual(document.bytes);
    }),
  );
});

it('of an object: removing, renaming and inserting', () => {
  const fates = fc.array(fc.constantFrom('keep', 'remove', 'rename'), { maxLength: 6 });
  fc.assert(
    fc.property(fates, fc.integer({ min: 0, max: 2 }), indent, (members, added, space) => {
      const document = documentOf(
        JSON.stringify(Object.fromEntries(members.map((_, at) => [`k${at}`, at])), null, space),
      );
      const edits: TextEdit[] = [];
      const expected: Record<string, unknown> = {};
      for (const [at, fate] of members.entries()) {
        const node = document.member(0, `k${at}`) ?? 0;
        if (fate === 'remove') edits.push({ op: 'remove', node });
        else if (fate === 'rename') edits.push({ op: 'rename', node, name: `"${at}` });
        if (fate !== 'remove') expected[fate === 'rename' ? `"${at}` : `k${at}`] = at;
      }
      for (let at = 0; at < added; at++) {
        edits.push({ op: 'insert', parent: 0, index: members.length, name: `new${at}`, text: '[]' });
        expected[`new${at}`] = [];
      }
      expect(JSON.parse(Buffer.from(spliceAll(document.bytes, splicesOf(document, edits))).toString())).toEqual(
        expected,
      );
    }),
  );
});

it('what is within a value that goes is not edited', () => {
  const document = documentOf('{"a": [1, 2, {"b": NaN}], "c": 3}');
  const [a, b] = [
    document.member(0, 'a') ?? 0,
    document.member(document.child(document.member(0, 'a') ?? 0, 2) ?? 0, 'b') ?? 0,
  ];
  const splices = splicesOf(document, [
    { op: 'set', node: b, text: 'null' },
    { op: 'remove', node: a },
  ]);
  expect(Buffer.from(spliceAll(document.bytes, splices)).toString()).toBe('{"c": 3}');
});

it('the difference of two texts, put into the first, is the second, and cuts no character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      (start, middle, end) => {
        const [before, after] = [Buffer.from(start + end), Buffer.from(start + middle + end)];
        for (const [a, b] of [
          [before, after],
          [after, before],
        ] as const) {
          const splice = differing(a, b);
          expect(Buffer.from(spliceAll(a, [splice])).equals(b)).toBe(true);
          expect(() => new TextDecoder('utf-8', { fatal: true }).decode(splice.text)).not.toThrow();
        }
      },
    ),
  );
});

it('in a string the same is edited as in what it stands for, however it is escaped', () => {
  const unit = fc.constantFrom('a', '"', '\\', '\n', 'é', '喂', '🚄', '\u0001');
  const asEscapes = (text: string) =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(unit, fc.boolean(), fc.constantFrom('keep', 'cut', 'add'))),
      fc.nat(3),
      (units, base) => {
        const lead = ' '.repeat(base);
        const content =
          lead +
          units.map(([text, isEscaped]) => (isEscaped ? asEscapes(text) : JSON.stringify(text).slice(1, -1))).join('');
        const splices = [];
        let at = 0;
        for (const [text, , fate] of units) {
          const length = Buffer.byteLength(text);
          if (fate === 'cut') splices.push({ start: at, end: at + length, text: new Uint8Array() });
          if (fate === 'add') splices.push({ start: at, end: at, text: Buffer.from('"new"\n') });
          at += length;
        }
        const edited = Buffer.from(spliceInString(Buffer.from(content), base, splices)).toString();
        const meant = Buffer.from(spliceAll(Buffer.from(units.map(([text]) => text).join('')), splices)).toString();
        expect(JSON.parse(`"${edited}"`)).toBe(lead + meant);
      },
    ),
  );
});
