import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANGE_KINDS, CHANGE_TYPES, type ChangeRow } from './journal-types.ts';
import { parseQuery, type Query } from './query.ts';
import { type MatchedChange, matchesQuery } from './query-match.ts';
import { journals, NOW, queryOf } from './test-support.ts';

const bench = journals();

const CHANGE: MatchedChange = {
  key: 'agent:Planner',
  path: 'memory.content[3].status',
  type: 'external',
  kind: 'changed',
  origin: 'probe:1',
  time: NOW * 1000,
  old: '"idle"',
  new: '"Error: no answer"',
};

describe('a query', () => {
  test.each([
    ['', true],
    ['key:agent:*', true],
    ['key:agent:planner', true],
    ['key:agent', false],
    ['path:status', true],
    ['path:content', true],
    ['path:content[3].status', true],
    ['path:stat', false],
    ['path:tent[3]', false],
    ['path:[3]', true],
    ['path:memory.*', true],
    ['path:*.status', true],
    ['path:content.*', false],
    ['type:external', true],
    ['-type:external', false],
    ['NOT type:external', false],
    ['type:created OR type:external', true],
    ['type:created type:external', false],
    ['(type:created OR type:external) kind:changed', true],
    ['origin:probe*', true],
    ['old:idle', true],
    ['old:IDLE', true],
    ['new:error', false],
    ['new:error*', true],
    ['new:"Error: no answer"', true],
    ['answer', true],
    ['"no answer"', true],
    ['planner', true],
    ['-"no answer"', false],
    ['text:answer', true],
    ['after:2026-11-22T12:00:00Z', true],
    ['before:2026-11-22T12:00:00Z', false],
    ['after:2026-11-22T13:00+01:00', true],
    ['time>2026-11-22T12:00:00Z', false],
    ['time<=2026-11-22T12:00:00Z', true],
    ['after:-5m', true],
    ['before:-5m', false],
    ['new>5', false],
    ['-new>5', true],
  ])('%s: %s', (text, fits) => {
    expect(matchesQuery(queryOf(text), CHANGE)).toBe(fits);
  });

  test.each([
    ['5', 'new>4', true],
    ['5', 'new>=5', true],
    ['5.0', 'new=5', true],
    ['5.0', 'new:5', true],
    ['-0.5', 'new<0', true],
    ['"5"', 'new>4', false],
    ['null', 'new:null', true],
    ['[1,2]', 'new:[1,2]', true],
    ['{"a":"needle"}', 'NEEDLE', true],
    ['"a\\u00e9"', 'new:aé', true],
  ])('of the value %s: %s is %s', (value, text, fits) => {
    expect(matchesQuery(queryOf(text), { ...CHANGE, new: value })).toBe(fits);
  });

  test('a value that is not there fits nothing, and so does fit the negation', () => {
    const created = { ...CHANGE, old: null };
    expect(matchesQuery(queryOf('old:*'), created)).toBe(false);
    expect(matchesQuery(queryOf('-old:*'), created)).toBe(true);
  });

  test('times of day are today’s, in the zone of this machine', () => {
    const query = queryOf('after:10:30');
    const half = new Date(NOW);
    half.setHours(10, 30, 0, 0);
    expect(query).toEqual({ is: 'after', time: half.getTime() * 1000 });
  });

  test.each([
    ['status:error', 0, 'unknown-field', 'key:'],
    ['path:', 5, 'missing-value', 'a value'],
    ['new>many', 4, 'no-number', 'a number'],
    ['after:noon', 6, 'no-time', '10:30'],
    ['after:2026-02-30', 6, 'no-time', '10:30'],
    ['(key:a', 6, 'unclosed', ')'],
    ['key:a)', 5, 'unexpected', 'a condition'],
    ['a OR', 4, 'missing-condition', 'a condition'],
    ['OR a', 0, 'missing-condition', 'a condition'],
    ['a "b', 2, 'unclosed', '"'],
    ['key>5', 0, 'no-comparison', 'key:'],
    [`${'('.repeat(150)}a`, 101, 'too-deep', undefined],
  ])('%s is refused at %i: %s', (text, offset, code, expected) => {
    const parsed = parseQuery(text, { now: NOW });
    expect(parsed).toMatchObject({ ok: false, error: { offset, code } });
    if (!parsed.ok && expected !== undefined) expect(parsed.error.expected).toContain(expected);
  });

  test('no text makes the parser throw', () => {
    const word = fc.constantFrom(
      'key:',
      'new>',
      '(',
      ')',
      '-',
      'OR',
      '"',
      'a',
      ' ',
      '5',
      'after:',
      '10:30',
      '\\',
      '*',
      '\ud83d',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          const parsed = parseQuery(text, { now: NOW });
          if (!parsed.ok) expect(parsed.error.offset).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  test('finds in the journal what it fits, and nothing else', () => {
    const { journal, writer, recorder, set, save } = bench.record();
    const long = `${'lorem ipsum '.repeat(30)}needle`;
    const values = ['idle', 'error', 5, 5.5, -1, null, true, long, { text: long }, undefined, 'Ünï', '%_'];
    for (const [at, value] of values.entries()) {
      set(`agent:${at % 3}`, ['status'], value);
      set('session:x', ['metrics', `n%${at % 2}`], value);
      save(`agent:${at % 2}`, { status: value ?? 'gone', list: values.slice(0, at) });
    }
    // As no JSON.stringify writes them; some become ASCII only in lower case.
    const written = [
      '"\\u0065rror"',
      '"ERROR"',
      '"\u212aelv\u0130n"',
      '"a\u0000error"',
      '"\ud83d error"',
      '"a\\/b"',
      '5.0',
      '1e400',
    ];
    const escapes = `"${'\\u0061'.repeat(30)}error"`;
    for (const value of [...written, escapes, `"${'\u4e2d\u6587'.repeat(80)}error"`]) {
      recorder.recordChanges('agent:w', [{ path: ['status'], value }], { origin: 'test', type: 'attribute_change' });
    }
    recorder.recordRemoved('session:x', { origin: 'probe:9' });
    writer.flush();
    const all = pages('');
    const full = all.map(({ seq }) => journal.changeAt(seq)).filter((change) => change !== null);
    expect(full.length).toBeGreaterThan(50);

    function pages(text: string, query: Query = queryOf(text)): ChangeRow[] {
      const rows: ChangeRow[] = [];
      for (let cursor: number | null = null; ; ) {
        const page = journal.page(query, { cursor, direction: 'older', limit: 7 });
        rows.push(...page.rows);
        if (page.next === null) return rows;
        cursor = page.next;
      }
    }

    const pattern = fc.constantFrom(
      'agent:*',
      'agent:1',
      'status',
      'error',
      '5',
      'needle',
      '*needle*',
      'ü*',
      'n%0',
      '%',
      'created',
      'probe:9',
      '?',
      'list',
      'metrics',
      'kelv*n',
      'k*',
      'err*',
      '*rr?r',
      '*error',
      'a/b',
      'aaaa*',
      '\u4e2d*\u6587error',
      '\u4e2d\u6587',
      '1e400',
    );
    const condition: fc.Arbitrary<Query> = fc.oneof(
      fc
        .tuple(fc.constantFrom('key', 'path', 'type', 'kind', 'origin', 'old', 'new'), pattern)
        .map(([field, text]): Query => ({ is: 'match', field: field as 'key', pattern: text })),
      fc
        .tuple(
          fc.constantFrom('old', 'new'),
          fc.constantFrom('>', '>=', '<', '<=', '='),
          fc.constantFrom(5, 0, 5.5, Infinity),
        )
        .map(([field, op, number]): Query => ({ is: 'compare', field: field as 'old', op: op as '>', number })),
      fc
        .tuple(fc.constantFrom('after', 'before'), fc.nat({ max: 90 }))
        .map(([is, seconds]): Query => ({ is: is as 'after', time: (NOW + seconds * 1000) * 1000 })),
      pattern.map((text): Query => ({ is: 'text', text: text.replace(/[*?]/g, '') })),
      fc.constantFrom(...CHANGE_TYPES).map((type): Query => ({ is: 'match', field: 'type', pattern: type })),
      fc.constantFrom(...CHANGE_KINDS).map((kind): Query => ({ is: 'match', field: 'kind', pattern: kind })),
    );
    const { query } = fc.letrec<{ query: Query }>((tie) => ({
      query: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        condition,
        tie('query').map((term): Query => ({ is: 'not', term })),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 1, maxLength: 3 }))
          .map(([is, terms]): Query => ({ is: is as 'and', terms })),
      ),
    }));
    fc.assert(
      fc.property(query, (query) => {
        const wanted = full.filter((change) => matchesQuery(query, change)).map(({ seq }) => seq);
        expect(pages('', query).map(({ seq }) => seq)).toEqual(wanted);
        expect(journal.countSince(0, query)).toEqual({ count: wanted.length, atLeast: false });
        const { counts } = journal.density(NOW * 1000, (NOW + 100_000) * 1000, 13, query);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wanted.length);
      }),
      { numRuns: 300 },
    );
  });
});
