import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, strictJson } from '../json/test-support.ts';
import { describeDiff } from './describe.ts';
import { diffDocuments } from './diff.ts';
import { diffToJson } from './export-json.ts';
import { diffToText } from './export-text.ts';

function exports(before: string, after: string) {
  const [a, b] = [documentOf(before), documentOf(after)];
  const diff = diffDocuments(a, b);
  const notes = describeDiff(a, b, diff);
  const noteText = ({ note, params }: (typeof notes)[number]) => [note, ...Object.values(params)].join(' ');
  return {
    json: [...diffToJson(a, b, diff, notes, { key: 'alice' })].join(''),
    text: [...diffToText(a, b, diff, notes, { before: 'old', after: 'new', noteText })].join(''),
  };
}

const message = (id: string, text: string) => ({
  id,
  name: 'Friday',
  role: 'assistant',
  content: [{ type: 'text', text }],
});
const STORY = 'It was the best of times, it was the worst of times, it was the age of wisdom';

describe('as JSON', () => {
  test('every operation has its place as a JSON Pointer and its values as they are written', () => {
    const { json } = exports('{"a/b":[1,2],"c":0}', '{"a/b":[1,12345678901234567890],"d":553.0}');
    expect(json).toContain('{"kind":"changed","path":"/a~1b/1","before":2,"after":12345678901234567890}');
    expect(json).toContain('{"kind":"added","path":"/d","after":553.0}');
    expect(JSON.parse(json)).toMatchObject({
      key: 'alice',
      equal: false,
      coarse: false,
      counts: { added: 1, removed: 1, changed: 1 },
    });
  });

  test('what moved says from where, and notes name their operations', () => {
    const { json } = exports(
      JSON.stringify([message('1', 'a'), message('2', 'b')]),
      JSON.stringify([message('2', 'c'), message('1', 'a')]),
    );
    const { operations, notes } = JSON.parse(json) as { operations: object[]; notes: object[] };
    expect(operations[0]).toEqual({ kind: 'moved', path: '/0', from: '/1' });
    expect(notes).toContainEqual({
      note: 'edited',
      operations: [1],
      params: { label: 'assistant · Friday · 2', count: 1 },
    });
  });

  test('it is JSON for any two texts', () => {
    fc.assert(
      fc.property(strictJson, strictJson, (a, b) => {
        const { operations, equal } = JSON.parse(exports(a, b).json) as { operations: unknown[]; equal: boolean };
        expect(equal).toBe(operations.length === 0);
      }),
    );
  });

  test('also for a value that is cut off, which stands in it as text', () => {
    const { operations } = JSON.parse(exports('{"a":1}', '{"a":[1,2').json) as { operations: object[] };
    expect(operations).toEqual([{ kind: 'changed', path: '/a', before: 1, afterText: '[1,2' }]);
  });
});

describe('as text', () => {
  test('a line with a sign for each value, messages by role, name and id, words within long texts', () => {
    const before = { n: 1, list: [message('m1', STORY), message('m2', 'two')] };
    const after = { n: 2, list: [message('m1', STORY.replace('worst', 'second best')), message('m3', 'three')] };
    expect(exports(JSON.stringify(before), JSON.stringify(after)).text).toBe(
      [
        '--- old',
        '+++ new',
        '- n: 1',
        '+ n: 2',
        '',
        '@ list[0]  assistant · Friday · m1',
        '~ content[0].text: …s the best of times, it was the [-worst-]{+second best+} of times, it was the age of wis…',
        '',
        '- list[1]  assistant · Friday · m2: "two"',
        '+ list[1]  assistant · Friday · m3: "three"',
        '',
      ].join('\n'),
    );
  });

  test('what moved says from where', () => {
    const list = [1, 2, 3, 4].map((n) => message(`m${n}`, `${n}`));
    const [first, ...rest] = list;
    expect(exports(JSON.stringify(list), JSON.stringify([...rest, first])).text).toContain(
      '> [3]  assistant · Friday · m1  ← [0]\n',
    );
  });

  test('a path of 100,000 levels is cut in its middle', () => {
    const deep = (leaf: string) => `${'{"a":'.repeat(100_000)}${leaf}${'}'.repeat(100_000)}`;
    expect(exports(deep('1'), deep('2')).text).toMatch(
      /^--- old\n\+\+\+ new\n- a\.a\.[a.]{100,400}…[a.]{100,400}: 1\n\+ .{300,500}: 2\n$/,
    );
  });

  test('is empty where nothing differs', () => {
    expect(exports('{"a":1}', '{ "a": 1 }').text).toBe('');
  });

  test('has no sign that a terminal would obey, and no half characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const { text } = exports(
          JSON.stringify({ [a]: `${STORY}${a}` }),
          JSON.stringify({ [a]: `${STORY}${b}`, [b]: a }),
        );
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]|\p{Surrogate}/u);
      }),
    );
  });
});
