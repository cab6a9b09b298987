import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchHit, SearchQuery } from '../../../shared/ipc/search.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { compileSearch, type Search } from './compile.ts';
import { findIn, hitOf } from './document-hits.ts';
import { RegexMatcher } from './matcher.ts';
import { compileRegex } from './regex.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const QUERY: SearchQuery = { mode: 'text', text: '', caseSensitive: false, wholeWord: false, in: ['keys', 'values'] };

function compiled(query: Partial<SearchQuery>): Search {
  const search = compileSearch({ ...QUERY, ...query });
  if ('message' in search) throw new Error(search.message);
  return search;
}

/** `key $.a.b`, `value $.a[0]`, … as they are found with all that saves time. */
const found = (text: string, query: Partial<SearchQuery>) =>
  foundHits(text, query).map(({ where, path }) => `${where} ${path}`);

function foundHits(text: string, query: Partial<SearchQuery>): SearchHit[] {
  const bytes = encodeUtf8(text);
  const { document } = parseJson(bytes);
  if (document === null) throw new Error('no JSON');
  const search = compiled(query);
  if (search.finder !== null && !mayHold(search, bytes)) return [];
  const places = search.finder?.places(bytes) ?? null;
  return [...findIn(document, search, { places })].flatMap((each) => (each === null ? [] : [hitOf(document, each)]));
}

/** What is told before parsing must not miss anything. */
function mayHold({ finder, tokens }: Search, bytes: Uint8Array): boolean {
  const places = [...(finder?.places(bytes) ?? [])];
  return places.some((place) => tokens?.endWithoutHit(bytes, place, bytes.length) == null);
}

interface Place {
  readonly where: string;
  readonly segments: readonly (string | number)[];
}

/** By looking at every decoded name and value. */
function naive(value: Json, matches: (text: string) => boolean, segments: Place['segments'] = []): Place[] {
  const name = segments.at(-1);
  const own = typeof name === 'string' && matches(name) ? [{ where: 'key', segments }] : [];
  if (typeof value === 'object' && value !== null) {
    const items = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    return [...own, ...items.flatMap(([each, item]) => naive(item, matches, [...segments, each]))];
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return matches(text) ? [...own, { where: 'value', segments }] : own;
}

const placesOf = (hits: readonly SearchHit[]): Place[] => hits.map(({ where, segments }) => ({ where, segments }));

const LETTERS = [
  'a',
  'b',
  'k',
  's',
  'S',
  'K',
  'i',
  'I',
  ' ',
  '\n',
  '"',
  '\\',
  '/',
  '1',
  'é',
  'É',
  'ß',
  'ſ',
  'K',
  'ı',
  'İ',
  'σ',
  'ς',
  'Σ',
  'ж',
  'Ж',
  '你',
  '好',
  '😀',
  '𐐨',
  '𐐀',
  'µ',
  'μ',
];
const text = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 12 });
const needle = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 4 });
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
  ),
}));

/** Any character of a string may be written as an escape: here one in so many is. */
function escapedAtWill(value: Json, pick: () => number): string {
  const quoted = (each: string) =>
    `"${Array.from({ length: each.length }, (_, at) => {
      const unit = each.charAt(at);
      const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
      const isHalf = /[\ud800-\udfff]/.test(unit);
      if (pick() % 4 === 0 || (isHalf && pick() % 2 === 0)) return `\\u${pick() % 2 === 0 ? hex : hex.toUpperCase()}`;
      return isHalf || (unit >= ' ' && unit !== '"' && unit !== '\\') ? unit : JSON.stringify(unit).slice(1, -1);
    }).join('')}"`;
  if (Array.isArray(value)) return `[${value.map((item) => escapedAtWill(item, pick)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${quoted(name)} : ${escapedAtWill(item, pick)}`);
    return `{${members.join(',')}}`;
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

const RUNS = { numRuns: 200 };

describe('a text', () => {
  it('is found where a naive search over the decoded names and values finds it, however they are written', () => {
    const picks = fc.infiniteStream(fc.nat(1000));
    fc.assert(
      fc.property(tree, needle, picks, fc.boolean(), (value, wanted, stream, caseSensitive) => {
        const written = escapedAtWill(value, () => stream.next().value);
        const fold = (each: string) => (caseSensitive ? each : folded(each));
        const expected = naive(value, (each) => fold(each).includes(fold(wanted)));
        expect(placesOf(foundHits(written, { text: wanted, caseSensitive }))).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('is found in raw and escaped spelling alike', () => {
    expect(found('{"a": "na\\u00efve", "b": "naïve", "c": "NA\\u00cfVE"}', { text: 'naïve' })).toHaveLength(3);
    expect(found('["one\\ntwo", "one\\u000Atwo", "one two"]', { text: 'one\ntwo' })).toEqual([
      'value $[0]',
      'value $[1]',
    ]);
    expect(found('["a\\/b", "a/b"]', { text: 'a/b' })).toHaveLength(2);
  });

  it('of one case is found in that case only when asked for', () => {
    expect(found('["Planner", "planner"]', { text: 'planner', caseSensitive: true })).toEqual(['value $[1]']);
  });

  it('as a whole word stands alone', () => {
    const texts = '["plan", "planner", "a plan.", "x_plan", "plan2", "replan plan", "计划 plan 计划", "计plan"]';
    expect(found(texts, { text: 'plan', wholeWord: true })).toEqual([
      'value $[0]',
      'value $[2]',
      'value $[5]',
      'value $[6]',
    ]);
  });

  it('that is refused a hundred thousand times takes no longer for that', () => {
    const { matcher } = compiled({ text: 'a', wholeWord: true });
    const began = performance.now();
    expect(matcher?.find(`${'é'.repeat(10)}${'a'.repeat(100_000)}`)).toBeNull();
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('is looked for where it was asked for', () => {
    const state = '{"memory": {"content": ["content"]}}';
    expect(found(state, { text: 'content', in: ['keys'] })).toEqual(['key $.memory.content']);
    expect(found(state, { text: 'content', in: ['values'] })).toEqual(['value $.memory.content[0]']);
    expect(found(state, { text: 'memory.con', in: ['paths'] })).toEqual(['path $.memory.content']);
    expect(found(state, { text: 'content[0]', in: ['keys', 'values', 'paths'] })).toEqual(['path $.memory.content[0]']);
  });

  it('is found in numbers and words as they are written', () => {
    expect(found('[553.0, 12345678901234567890, true, null, "true"]', { text: '0' })).toEqual([
      'value $[0]',
      'value $[1]',
    ]);
    expect(found('[553.0, true, null, "true"]', { text: 'true' })).toEqual(['value $[1]', 'value $[3]']);
  });

  it('is shown with what stands around it', () => {
    const { document } = parseJson(encodeUtf8(JSON.stringify([`${'x'.repeat(50)} the needle ${'y'.repeat(500)}`])));
    if (document === null) throw new Error('no JSON');
    const [first] = findIn(document, compiled({ text: 'NEEDLE' }));
    if (!first) throw new Error('nothing was found');
    const hit = hitOf(document, first);
    expect(hit.match).toBe('needle');
    expect(`${hit.before}${hit.match}`).toMatch(/^x{35} the needle$/);
    expect(hit.after).toMatch(/^ y+$/);
    expect([hit.cutBefore, hit.cutAfter]).toEqual([true, true]);
  });
});

describe('a regular expression', () => {
  const PATTERNS = [
    'a+b',
    '[ks]1',
    '(?:ab|ba)',
    'é',
    '^a',
    'S$',
    '\\bk',
    'a.b',
    'aaa?b*',
    '你|ab',
    '(?i)ks',
    'k{1,2}s',
    '\\n',
    '[^ab]{3}',
    'sk',
  ];

  it('is found where it is found in the decoded names and values', () => {
    const picks = fc.infiniteStream(fc.nat(1000));
    fc.assert(
      fc.property(tree, fc.constantFrom(...PATTERNS), picks, fc.boolean(), (value, pattern, stream, caseSensitive) => {
        const written = escapedAtWill(value, () => stream.next().value);
        const { matcher } = compiled({ mode: 'regex', text: pattern, caseSensitive });
        const expected = naive(value, (each) => matcher?.find(each) != null);
        expect(placesOf(foundHits(written, { mode: 'regex', text: pattern, caseSensitive }))).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('as a whole word stands alone', () => {
    const texts = '["plan9", "a plan.", "planner", "xplan plan", "计plan", "plan\\nb"]';
    const query = { mode: 'regex', text: 'pl[a]n', wholeWord: true } as const;
    expect(found(texts, query)).toEqual(['value $[1]', 'value $[3]', 'value $[5]']);
    const { matcher } = compiled(query);
    expect(matcher?.find('xplan plan')).toEqual({ start: 6, end: 10 });
    expect(matcher?.find('plan plan', 1)).toEqual({ start: 5, end: 9 });
  });

  it('takes ^ and $ for the ends of lines', () => {
    expect(found('["one\\ntwo", "two one"]', { mode: 'regex', text: '^two$' })).toEqual(['value $[0]']);
  });

  it.each([
    ['a(b', 'missing closing )', null],
    ['ab[c', 'missing closing ]', 2],
    ['x{2,1}', 'invalid repeat count', 1],
    ['a**', 'invalid nested repetition operator', 1],
  ])('that is wrong says where: %s', (pattern, message, offset) => {
    expect(compileSearch({ ...QUERY, mode: 'regex', text: pattern })).toEqual({ message, offset });
  });

  it.each([false, true])('is found in a long text as in a short one (whole words: %s)', (wholeWord) => {
    const options = { caseSensitive: true, wholeWord };
    const regex = compileRegex('^b+$|\\bneedle\\b|needle', options);
    if ('message' in regex) throw new Error(regex.message);
    const window = 131_072;
    const inWindows = new RegexMatcher(regex, () => undefined, window);
    const atOnce = new RegexMatcher(regex, () => undefined, Infinity);
    for (const at of [65_530, 131_060, 131_072]) {
      for (const middle of ['needle', '\nbbb\n', 'xneedle', ' needlex', '']) {
        const text = `${'ab '.repeat(at / 3)}${middle}${' xy'.repeat(40_000)}`;
        expect(inWindows.find(text)).toEqual(atOnce.find(text));
      }
    }
  });

  it('in a long text ends when it is to end', () => {
    const search = compileSearch({ ...QUERY, mode: 'regex', text: '[a-z]{3}[0-9]' }, () => {
      throw new Error('stopped');
    });
    if ('message' in search) throw new Error(search.message);
    expect(() => search.matcher?.find('a'.repeat(5_000_000))).toThrow('stopped');
  });

  it('that is hostile ends in time in proportion to the text', () => {
    const { matcher } = compiled({ mode: 'regex', text: '(a+)+$|(.*)*b!' });
    const began = performance.now();
    matcher?.find(`${'a'.repeat(20_000)}c`);
    const whole = compiled({ mode: 'regex', text: 'a+', wholeWord: true });
    expect(whole.matcher?.find(`é${'a'.repeat(200_000)}é`)).toBeNull();
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('a JSONPath', () => {
  it('finds nodes, in any spelling of the names it needs', () => {
    const state = '{"tasks": [{"title": "a", "d\\u006fne": true}, {"title": "b", "done": false}]}';
    expect(found(state, { mode: 'jsonpath', text: '$.tasks[?@.done == true].title' })).toEqual([
      'node $.tasks[0].title',
    ]);
    expect(found(state, { mode: 'jsonpath', text: '$..done' })).toHaveLength(2);
  });

  it('that is wrong says where', () => {
    expect(compileSearch({ ...QUERY, mode: 'jsonpath', text: '$.a[' })).toMatchObject({ offset: expect.any(Number) });
  });
});

/** Character by character. Letters of ASCII are equal to letters of ASCII only. */
function folded(each: string): string {
  const fold = (char: string) => {
    const upper = char.toUpperCase().length === char.length ? char.toUpperCase() : char;
    const lower = upper.toLowerCase().length === char.length ? upper.toLowerCase() : char;
    return char > '\x7f' && lower <= '\x7f' ? char : lower;
  };
  return Array.from(each, fold).join('');
}
