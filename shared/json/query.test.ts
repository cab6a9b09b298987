import * as fc from 'fast-check';
import { query } from 'json-p3';
import { describe, expect, test } from 'vitest';
import { pathOf, toJsonPath } from './path.ts';
import { type QueryResult, queryJsonPath, singularPath } from './query.ts';
import { documentOf } from './test-support.ts';

/** The matches as they are written, or the message. */
function matches(text: string, expression: string): string[] | string {
  const doc = documentOf(text);
  const result = queryJsonPath(doc, expression);
  return result.ok ? result.nodes.map((n) => doc.rawText(n)) : result.message;
}

function problem(text: string, expression: string): QueryResult {
  return queryJsonPath(documentOf(text), expression);
}

const STORE =
  '{"m":[{"role":"user","n":1,"c":"hi"},{"role":"assistant","n":2.0,"c":["x",{"n":9}]},{"role":"user","n":3}],"max":2}';

describe('a query finds', () => {
  test.each([
    ['$', [STORE]],
    ['$.max', ['2']],
    ["$['m'][0].c", ['"hi"']],
    ['$.m[-1].n', ['3']],
    ['$.m[5].n', []],
    ['$.max.n', []],
    ['$.m[*].n', ['1', '2.0', '3']],
    ['$.m[1:].n', ['2.0', '3']],
    ['$.m[::-1].n', ['3', '2.0', '1']],
    ['$.m[-2:-1].n', ['2.0']],
    ['$.m[::0].n', []],
    ['$.m[0, 0, 2].n', ['1', '1', '3']],
    ['$..n', ['1', '2.0', '9', '3']],
    ["$.m[?@.role == 'user'].n", ['1', '3']],
    ['$.m[?@.n == 2].role', ['"assistant"']],
    ['$.m[?@.n >= $.max].n', ['2.0', '3']],
    ['$.m[?@.c].n', ['1', '2.0']],
    ['$.m[?!@.c].n', ['3']],
    ["$.m[?@.role == 'user' && @.n > 1 || @.n == 2].n", ['2.0', '3']],
    ['$.m[?length(@.c) == 2].n', ['1', '2.0']],
    ['$.m[?count(@.*) == 2].n', ['3']],
    ["$.m[?match(@.role, 'us.r')].n", ['1', '3']],
    ["$.m[?search(@.role, 'ist')].n", ['2.0']],
    ['$.m[?value(@..n) == 3].n', ['3']],
    ['$.m[?@.absent == @.nothing].n', ['1', '2.0', '3']],
    ["$.m[?@.c == 'h\\u0069'].n", ['1']],
  ])('%s', (expression, expected) => expect(matches(STORE, expression)).toEqual(expected));

  test('members named like parts of JavaScript objects as plain data', () => {
    const text = '{"__proto__": {"x": 1}, "constructor": {"x": 2}, "b": {}}';
    expect(matches(text, '$.__proto__.x')).toEqual(['1']);
    expect(matches(text, '$..x')).toEqual(['1', '2']);
    expect(matches(text, '$.b.constructor')).toEqual([]);
    expect(matches(text, '$.b.__proto__')).toEqual([]);
    expect(matches(text, '$[?@.x == 1]')).toEqual(['{"x": 1}']);
  });

  test('members in the order of the document, also those named like numbers', () => {
    expect(matches('{"b": 1, "1": 2, "0": 3}', '$.*')).toEqual(['1', '2', '3']);
  });

  test('of duplicate members only the last', () => {
    const text = '{"a": {"x": 1}, "a": {"x": 2}}';
    expect(matches(text, '$.a.x')).toEqual(['2']);
    expect(matches(text, '$.*')).toEqual(['{"x": 2}']);
    expect(matches(text, '$..x')).toEqual(['2']);
    expect(matches(`[${text}]`, '$[?length(@) == 1]')).toEqual([text]);
  });

  test('numbers by their nearest double, and nothing by comparing with NaN', () => {
    expect(matches('[12345678901234567890, 553.0, NaN]', '$[?@ == 12345678901234567000]')).toEqual([
      '12345678901234567890',
    ]);
    expect(matches('[12345678901234567890, 553.0, NaN]', '$[?@ == 553]')).toEqual(['553.0']);
    expect(matches('[NaN, 1]', '$[?@ < 2 || @ >= 2]')).toEqual(['1']);
    expect(matches('[NaN, Infinity]', '$[?@ == @]')).toEqual(['Infinity']);
  });

  test('containers that are equal whatever the order of their members is', () => {
    const text =
      '{"want": {"a": [1, {"b": null}], "c": "é"}, "list": [{"c": "\\u00e9", "a": [1.0, {"b": null}]}, {"c": "é", "a": [1]}, {"a": [1, {"b": null}], "d": "é"}]}';
    expect(matches(text, '$.list[?@ == $.want]')).toHaveLength(1);
    expect(matches('[[1, 2], [2, 1]]', '$[?@ == $[0]]')).toEqual(['[1, 2]']);
    expect(matches('[[], {}]', '$[?@ == $[0]]')).toEqual(['[]']);
  });

  test('the length of a text in characters, not in UTF-16 units', () => {
    expect(matches('["🚄", "ab"]', '$[?length(@) == 1]')).toEqual(['"🚄"']);
  });

  test('the same as json-p3 does, where that has no limits', () => {
    const expressions = [
      '$.*',
      '$..*',
      '$..a',
      '$..[0]',
      '$..[-1]',
      '$[::2]',
      '$..[1:3]',
      '$..[?@.a]',
      '$..[?@ > 0]',
      '$..[?@.a == $.b]',
      '$..[?length(@) > 1]',
      '$..[?@.a || @.b != @.a]',
      '$..[?count(@.*) > 1]',
      '$..["a", 0, *]',
      '$..[2:0:-1]',
    ];
    const key = fc.constantFrom('a', 'b', 'c', '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(fc.integer({ min: -2, max: 3 }), fc.boolean(), fc.constant(null), fc.string({ maxLength: 2 })),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(...expressions), (json, expression) => {
        const text = JSON.stringify(json);
        const doc = documentOf(text);
        const ours = queryJsonPath(doc, expression);
        const theirs = query(expression, JSON.parse(text)).nodes.map((node) => toJsonPath(node.location));
        expect(ours.ok && ours.nodes.map((n) => toJsonPath(pathOf(doc, n)))).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });
});

test('a query tells whether it can match one node at most', () => {
  expect(['$', '$.m[0].n', "$['m'][-1]"].map(singular)).toEqual([true, true, true]);
  expect(['$..n', '$.m[*]', '$.m[0:1]', '$.m[0,1]', '$.m[?@.n]'].map(singular)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

describe('an expression that is no JSONPath', () => {
  test.each([
    ['', 0],
    ['m', 0],
    ['$.m[', 4],
    ['$.m[?@.n ==]', 11],
    ['$.m[?nonsense(@)]', 5],
    ['$.m[?@.* == 1]', 5],
    ['$["a]', 5],
  ])('%j is a message with a place, not an exception', (expression, offset) => {
    const result = problem(STORE, expression);
    expect(result).toMatchObject({ ok: false, offset });
    expect(!result.ok && result.message).not.toMatch(/^$|:\d+\)$/);
  });

  test('is a message as well when it is nested beyond the stack', () => {
    expect(problem('1', `$[?${'('.repeat(100_000)}@${')'.repeat(100_000)}]`)).toMatchObject({ ok: false });
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      '$',
      '@',
      '.',
      '..',
      '[',
      ']',
      '?',
      '(',
      ')',
      "'a'",
      '"',
      '*',
      ':',
      '-1',
      '1e9',
      ',',
      '==',
      '&&',
      '!',
      'a',
      'length(',
      ' ',
      '\\',
      '火',
      '\ud83d',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(typeof problem(STORE, `$${pieces.join('')}`).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a document of a hundred thousand levels', () => {
  const levels = 100_000;
  const doc = documentOf('[1,'.repeat(levels) + '{"x":7}' + ']'.repeat(levels));

  test('is searched to its bottom', () => {
    const result = queryJsonPath(doc, '$..x');
    expect(result.ok && result.nodes.map((n) => doc.rawText(n))).toEqual(['7']);
    expect(queryJsonPath(doc, '$[?@ == @]')).toMatchObject({ ok: true });
  });

  test('is compared with itself level by level', () => {
    const twice = documentOf(`[${doc.rawText(0)},${doc.rawText(0)}]`);
    const result = queryJsonPath(twice, '$[?@ == $[1]]');
    expect(result.ok && result.nodes).toHaveLength(2);
  });

  test('is given up with a message when a query would look at too much', () => {
    expect(queryJsonPath(doc, '$..*..*', { maxSteps: 1_000_000 })).toEqual({
      ok: false,
      message: 'the expression looks at too many values; make it more specific',
      offset: 0,
    });
  });
});

test('a list of half a million items is selected without overflowing the stack', () => {
  const doc = documentOf(`[${'0,'.repeat(499_999)}1]`);
  const result = queryJsonPath(doc, '$[*]');
  expect(result.ok && result.nodes).toHaveLength(500_000);
});

function singular(expression: string): boolean {
  const result = problem(STORE, expression);
  return result.ok && result.singular;
}

test.each([
  ['$', []],
  ["$.a[0]['b c'][-1]", ['a', 0, 'b c', -1]],
  ['$..a', null],
  ['$.a[*]', null],
  ['$[0, 1]', null],
  ['$[?@.a]', null],
  ['a[', null],
])('%s is the path %j', (expression, path) => {
  expect(singularPath(expression)).toEqual(path);
});
