import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, pythonJson, timed } from '../json/test-support.ts';
import { describeDiff } from './describe.ts';
import { diffDocuments } from './diff.ts';
import { sameInstant, sameNumber } from './same-meaning.ts';

/** `note {params}` and the paths that it is about. */
function told(before: unknown, after: unknown): string[] {
  return toldTexts(JSON.stringify(before), JSON.stringify(after));
}

function toldTexts(before: string, after: string): string[] {
  const [a, b] = [documentOf(before), documentOf(after)];
  const diff = diffDocuments(a, b);
  return describeDiff(a, b, diff).map(({ note, params, operations }) => {
    const paths = operations.map((at) => `/${diff.operations[at]?.path.join('/')}`).join(' ');
    const named = Object.entries(params).map(([name, value]) => `${name}=${value}`);
    return [note, ...named, paths].join(' ');
  });
}

const say = (id: string, content: string, more: object = {}) => ({
  id,
  role: 'user',
  name: 'bob',
  content,
  timestamp: 't',
  ...more,
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
const SENTENCE = 'It was the best of times, it was the worst of times.';

describe('a text', () => {
  test('that lost its end, its beginning or its middle is truncated, with a mark and without', () => {
    const cut = SENTENCE.slice(0, 30);
    expect(told({ a: SENTENCE }, { a: cut })).toEqual([`truncated context=textEnd by=${SENTENCE.length - 30} /a`]);
    expect(told({ a: SENTENCE }, { a: SENTENCE.slice(20) })).toEqual(['truncated context=textStart by=20 /a']);
    expect(told({ a: SENTENCE }, { a: `${cut}… [truncated]` })).toEqual([
      `truncated context=textEnd by=${SENTENCE.length - 30} /a`,
    ]);
    expect(told({ a: SENTENCE }, { a: `${SENTENCE.slice(0, 15)}<22 omitted>${SENTENCE.slice(37)}` })).toEqual([
      'truncated context=textMiddle by=22 /a',
    ]);
  });

  test('that goes on is extended; one that says something else is neither', () => {
    expect(told({ a: SENTENCE }, { a: `${SENTENCE} More.` })).toEqual(['extended by=6 /a']);
    expect(told({ a: SENTENCE }, { a: 'It was the best of times, it was fine.' })).toEqual([]);
    expect(told({ a: 'yes, please' }, { a: 'yes' })).toEqual([]);
  });

  test('in another normalisation form looks alike and is told as such, as a value and as a name', () => {
    const [nfc, nfd] = ['caf\u00e9', 'cafe\u0301'];
    expect(told({ a: nfc }, { a: nfd })).toEqual(['normalization context=text before=NFC after=NFD /a']);
    expect(told({ [nfd]: 1 }, { [nfc]: 1 })).toEqual([
      `normalization context=name before=NFD after=NFC /${nfd} /${nfc}`,
    ]);
    expect(told({ a: 'cafe' }, { a: nfc })).toEqual([]);
  });
});

describe('the same value, written another way,', () => {
  test.each([
    ['1', '1.0', true],
    ['1000', '1e3', true],
    ['-0.0', '0', true],
    ['12345678901234567890', '12345678901234567890.0', true],
    ['12345678901234567890', '12345678901234567891', false],
    ['0.1', '0.10000000000000001', false],
    ['1e400', '10e399', true],
    ['1', '-1', false],
    ['NaN', 'NaN', false],
  ])('numbers: %s and %s: %s', (a, b, same) => {
    expect(sameNumber(a, b)).toBe(same);
    expect(toldTexts(`{"a":${a}}`, `{"a":${b}}`)).toEqual(
      same ? [`notation context=number before=${a} after=${b} /a`] : [],
    );
  });

  test('numbers are the same as JavaScript finds them, where it can tell', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (a, b) => {
          expect(sameNumber(String(a), a.toExponential())).toBe(true);
          expect(sameNumber(String(a), String(b))).toBe(a === b);
        },
      ),
    );
  });

  test('dates: the same instant in two zones; not one with a zone and one without', () => {
    const [a, b] = ['2026-11-22T10:00:00+00:00', '2026-11-22T18:00:00+08:00'];
    expect(told({ a }, { a: b })).toEqual([`notation context=date before=${a} after=${b} /a`]);
    expect(sameInstant('2026-11-22T10:00:00', '2026-11-22 10:00:00.000')).toBe(true);
    expect(sameInstant('2026-11-22T10:00:00', a)).toBe(false);
    const tagged = (data: string) => ({ at: { __custom_type__: 'datetime', __data__: data } });
    expect(told(tagged(a), tagged(b))).toEqual([`notation context=date before=${a} after=${b} /at/__data__`]);
  });

  test('ids: a number on one side, a text on the other', () => {
    expect(told([{ id: 17, a: 1 }], [{ id: '17', a: 1 }])).toEqual(['notation context=id before=17 after="17" /0/id']);
    expect(told({ count: 17 }, { count: '17' })).toEqual([]);
  });
});

describe('a set', () => {
  const set = (items: unknown[], type = 'set') => ({ tags: { __custom_type__: type, __data__: items } });

  test('has no order', () => {
    expect(told(set(['a', 'b', 'c']), set(['c', 'a', 'b']))).toEqual(['set-order /tags/__data__/0']);
    expect(told(set([1, 2], 'frozenset'), set([2, 1], 'frozenset'))[0]).toMatch(/^set-order/);
  });

  test('loses and gets items, wherever they stand', () => {
    expect(told(set(['a', 'b', 'c']), set(['c', 'x', 'a']))[0]).toMatch(/^set added=1 removed=1 /);
    expect(told(set(['a']), set(['a', 'b', 'c']))).toEqual(['set added=2 removed=0 /tags/__data__/1 /tags/__data__/2']);
  });

  test('is none without its tag', () => {
    expect(told({ tags: ['a', 'b'] }, { tags: ['b', 'a'] })).toEqual([]);
  });
});

describe('a conversation', () => {
  const many = range(0, 12).map((n) => say(`m${n}`, `message ${n}`));

  test('of which a run became a summary, in the field of AgentScope 2.x and 1.x', () => {
    expect(
      told(
        { session_id: 's', summary: '', context: many },
        { session_id: 's', summary: 'They met.', context: many.slice(9) },
      ),
    ).toEqual([
      `summarised count=9 /summary ${range(0, 9)
        .map((n) => `/context/${n}`)
        .join(' ')}`,
    ]);
    const pairs = (marked: number) => many.slice(0, 4).map((message, n) => [message, n < marked ? ['compressed'] : []]);
    expect(
      told(
        { memory: { content: pairs(0), _compressed_summary: '' } },
        { memory: { content: pairs(2), _compressed_summary: 'They met.' } },
      ),
    ).toEqual(['summarised count=2 /memory/content/0/1/0 /memory/content/1/1/0 /memory/_compressed_summary']);
  });

  test('of which a run became a message that says what it is', () => {
    const summary = say('s', 'Summary of what was said so far: they met.');
    expect(told(many, [summary, ...many.slice(9)])[0]).toMatch(/^summarised count=9 /);
    expect(told(many, [say('s', 'What else?'), ...many.slice(9)]).join()).not.toContain('summarised');
  });

  test('that dropped its beginning while it went on, or its end, is truncated', () => {
    expect(told(many, [...many.slice(3), say('new', 'and on')])).toEqual(['truncated context=listStart by=3 /0 /1 /2']);
    expect(told(many, many.slice(0, 10))).toEqual(['truncated context=listEnd by=2 /10 /11']);
    expect(told(many, many.toSpliced(5, 1))).toEqual([]);
    expect(told(many, [say('new', 'another one')])).toEqual([]);
  });

  test('tells which message was edited, by role, name and id', () => {
    const after = many.with(4, say('m4', 'something else', { name: 'eve' }));
    expect(told({ many }, { many: after })).toEqual([
      'edited label=user · eve · m4 count=2 /many/4/name /many/4/content',
    ]);
  });

  test('tells that an id is not unique', () => {
    const twins = [say('same', 'a'), say('same', 'b'), say('other', 'c')];
    expect(told(twins, twins.slice(1))).toContain('repeated-id id=same count=2 /0');
    expect(told(twins, twins.with(1, say('same', 'd'))).some((note) => note.startsWith('repeated-id'))).toBe(true);
    expect(told(twins, twins.slice(0, 2)).join()).not.toContain('repeated-id');
  });
});

describe('any diff', () => {
  test('is described by notes that are about its operations, in their order', () => {
    fc.assert(
      fc.property(pythonJson, pythonJson, (before, after) => {
        const [a, b] = [documentOf(before), documentOf(after)];
        const diff = diffDocuments(a, b);
        const firsts = describeDiff(a, b, diff).map(({ operations }) => {
          expect(operations.every((at) => at < diff.operations.length)).toBe(true);
          return operations[0] ?? -1;
        });
        expect(firsts).toEqual(firsts.toSorted((x, y) => x - y));
        expect(firsts).not.toContain(-1);
      }),
      { numRuns: 300 },
    );
  });

  test('is described no further once that is to stop', () => {
    const [a, b] = [range(0, 1000), range(0, 1000).map((n) => `${n}.0`)].map((list) => documentOf(`[${list.join()}]`));
    if (a === undefined || b === undefined) throw new Error('two documents');
    const notes = describeDiff(a, b, diffDocuments(a, b), { shouldStop: () => true });
    expect(notes.length).toBeLessThan(1000);
  });

  test('of 100,000 levels, and of 10,000 edited messages, is described soon', () => {
    const deep = (leaf: string) => documentOf(`${'[{"id":"x","a":'.repeat(50_000)}${leaf}${'}]'.repeat(50_000)}`);
    const [a, b] = [deep('1'), deep('1.0')];
    const [notes, ms] = timed(() => describeDiff(a, b, diffDocuments(a, b)));
    expect(notes[0]).toMatchObject({ note: 'notation' });
    expect(ms).toBeLessThan(5000);
    const list = (text: string) =>
      documentOf(JSON.stringify(range(0, 10_000).map((n) => say(`m${n}`, `${text} ${n}`))));
    const [c, d] = [list('before'), list('after')];
    const [edited, editedMs] = timed(() => describeDiff(c, d, diffDocuments(c, d)));
    expect(edited).toHaveLength(10_000);
    expect(editedMs).toBeLessThan(5000);
  });
});
