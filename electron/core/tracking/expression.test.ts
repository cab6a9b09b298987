import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, parseExpression } from './expression.ts';
import { wholeJson } from './state-overlay.ts';

const STATE = {
  status: 'error',
  retries: 3,
  enabled: true,
  parent: null,
  'odd key]': 'it"s',
  memory: {
    content: [
      { id: 1, tokens: 5 },
      { id: 2, tokens: 50 },
    ],
  },
};

function documentOf(value: unknown) {
  const document = wholeJson(Buffer.from(JSON.stringify(value)));
  if (document === null) throw new Error('no JSON');
  return document;
}

function answer(text: string, state: unknown = STATE) {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return evaluate(parsed.expression, documentOf(state));
}

describe('an expression', () => {
  test.each([
    ['$.status == "error"', true],
    ["$.status == 'error'", true],
    ['$.status != "error"', false],
    ['"error" == $.status', true],
    ['$.retries >= 3 and $.retries < 4', true],
    ['$.retries > 3 or $.enabled == true', true],
    ['not $.retries > 3', true],
    ['not not $.retries > 3', false],
    ['not ($.retries == 3 or $.retries == 4)', false],
    ['$.enabled == true or $.enabled == false and $.retries == 9', true],
    ['$.parent == null', true],
    ['$.missing == null', false],
    ['$.missing == $.absent', true],
    ['$.missing > 5', false],
    ['$.status > 5', false],
    ['exists($.parent)', true],
    ['exists($.missing)', false],
    ['count($.memory.content) <= 100', true],
    ['count($.memory.content) == 2', true],
    ['count($.memory.content[?@.tokens > 10]) == 1', true],
    ['count($..tokens) == 2', true],
    ['length($.status) == 5', true],
    ['length($.memory.content) == 2', true],
    [`$['odd key]'] == 'it"s'`, true],
    ['$.memory.content[-1].id == 2', true],
    ['$.retries==3', true],
    ['$.retries == -3', false],
    ['$.retries == 0.3e1', true],
  ])('%s is %s', (text, holds) => {
    expect(answer(text)).toMatchObject({ ok: true, holds });
  });

  test('shows what its first comparison found', () => {
    expect(answer('count($.memory.content) <= 100 and $.retries > 1')).toMatchObject({ observed: 2 });
    expect(answer('$.missing == 1')).toMatchObject({ observed: null });
  });

  test.each([
    ['$.memory.content[*].id == 1', '2 values'],
    ['$.memory == 1', 'object'],
    ['length($.retries) == 1', 'no length'],
  ])('%s is not answered: %s', (text, reason) => {
    expect(answer(text)).toMatchObject({ ok: false, message: expect.stringContaining(reason) as string });
  });

  test.each([
    ['', 0, '$'],
    ['$.a', 3, '=='],
    ['$.a == ', 7, '"text"'],
    ['$.a == error', 7, '"text"'],
    ['$.a == 1 $.b == 2', 9, 'and'],
    ['($.a == 1', 9, ')'],
    ['exists $.a', 7, '('],
    ['count($.a == 1', 10, ')'],
    ['$.a == "open', 7, '"'],
    ['$.a[1 == 2', 3, ']'],
    ['$.a[?] == 2', 5, 'a JSONPath'],
    ['$.a & 1', 4, undefined],
  ])('%s is refused at %i', (text, offset, expected) => {
    const parsed = parseExpression(text);
    expect(parsed).toMatchObject({ ok: false, offset });
    if (!parsed.ok && expected !== undefined) expect(parsed.expected).toContain(expected);
  });

  test('neither a text nor a state makes it throw', () => {
    const word = fc.constantFrom(
      '$',
      '.a',
      '[',
      ']',
      '(',
      ')',
      'and',
      'not ',
      'count',
      '==',
      '<',
      '"',
      '1',
      ' ',
      '*',
      '?',
      '@',
      '..',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(texts, fc.json(), (text, state) => {
        const parsed = parseExpression(text);
        const document = wholeJson(Buffer.from(state));
        if (parsed.ok && document !== null) evaluate(parsed.expression, document);
      }),
    );
    expect(parseExpression('('.repeat(100_000))).toMatchObject({ ok: false });
  });
});
