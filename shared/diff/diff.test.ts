import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJsonChunks } from '../json/print.ts';
import { documentOf, nodeAt, pythonJson, strictJson, timed } from '../json/test-support.ts';
import { type DiffOptions, type DiffResult, diffDocuments } from './diff.ts';
import { applied, canonical, valueOf } from './test-support.ts';

function diff(before: unknown, after: unknown, options?: DiffOptions): DiffResult {
  return diffTexts(JSON.stringify(before), JSON.stringify(after), options);
}

function diffTexts(before: string, after: string, options?: DiffOptions): DiffResult {
  const [a, b] = [documentOf(before), documentOf(after)];
  const result = diffDocuments(a, b, options);
  if (options === undefined) expect(canonical(applied(a, b, result))).toBe(canonical(valueOf(b)));
  return result;
}

/** `kind /path`, and for a move where it came from. */
function told({ operations }: DiffResult): string[] {
  return operations.map(({ kind, path, from }) =>
    [kind, `/${path.join('/')}`, ...(from === null ? [] : [`from /${from.join('/')}`])].join(' '),
  );
}

interface Message {
  id?: string;
  role: string;
  content: { type: string; text: string }[];
  n: number;
}

function message(n: number, withId: boolean): Message {
  const content = [{ type: 'text', text: `message ${n} says ${(n * 7919) % 1009} things about ${n % 13} matters` }];
  return { ...(withId ? { id: `id-${n}` } : {}), role: n % 2 === 0 ? 'user' : 'assistant', content, n };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('any two texts', () => {
  test('the operations, carried out on the one, make the other', () => {
    fc.assert(
      fc.property(pythonJson, pythonJson, (a, b) => {
        diffTexts(a, b);
      }),
      { numRuns: 500 },
    );
  });

  const small = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(0, 1, 2, 'a', 'b', true, null),
      fc.array(tie('value'), { maxLength: 8 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'id', 'role', '__proto__', 'constructor'), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  test('the same for values out of a few words, which are alike in many places', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        diff(a, b);
      }),
      { numRuns: 1000 },
    );
  });

  test('the same for a list of which items were dropped, doubled, edited and moved', () => {
    const item = fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.record({ id: fc.integer({ min: 0, max: 9 }), text: fc.string({ maxLength: 3 }) }),
      fc.record({ role: fc.constantFrom('user', 'assistant'), text: fc.string({ maxLength: 3 }), n: fc.nat(3) }),
    );
    const lists = fc
      .array(item, { maxLength: 30 })
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.array(fc.oneof(fc.nat({ max: Math.max(list.length - 1, 0) }), item), { maxLength: 30 }),
        ),
      );
    fc.assert(
      fc.property(lists, ([list, picks]) => {
        const after = picks.map((pick) => (typeof pick === 'number' ? (list[pick] ?? pick) : pick));
        diff(list, after);
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing differs exactly when the values are the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(small, small),
          small.map((value) => [value, value] as const),
        ),
        ([a, b]) => {
          const [before, after] = [documentOf(JSON.stringify(a)), documentOf(JSON.stringify(b, null, 1))];
          const result = diffDocuments(before, after);
          expect(result.equal).toBe(canonical(valueOf(before)) === canonical(valueOf(after)));
          expect(result.equal).toBe(result.operations.length === 0);
        },
      ),
    );
  });

  test('a text does not differ from itself, nor from itself indented', () => {
    fc.assert(
      fc.property(strictJson, (text) => {
        expect(told(diffTexts(text, text))).toEqual([]);
        expect(told(diffTexts(text, [...formatJsonChunks(documentOf(text), 0)].join('')))).toEqual([]);
      }),
      { examples: [['[[{},[]]]'], ['[[{"a":1,"a":2,"a":3},[]]]']] },
    );
  });
});

describe('no difference', () => {
  test('is white space, an escape, or the order of members', () => {
    expect(told(diffTexts('{"a":"\\u706b","b":[1,2]}', '{ "b" : [1, 2],\n "\\u0061": "火" }'))).toEqual([]);
    expect(told(diffTexts('[{"a":"\\ud83d\\ude00\\n"},{"a":1,"b":2}]', '[{"a":"😀\\u000a"}, {"b":2, "a":1}]'))).toEqual(
      [],
    );
  });

  test('but a number is its text', () => {
    expect(told(diffTexts('{"a":553.0}', '{"a":553}'))).toEqual(['changed /a']);
    expect(told(diffTexts('12345678901234567890', '12345678901234567891'))).toEqual(['changed /']);
  });

  test('two texts that are broken in different ways differ', () => {
    const [a, b] = [
      documentOf(Uint8Array.of(0x22, 0xff, 0x5c, 0x6e, 0x22)),
      documentOf(Uint8Array.of(0x22, 0xfe, 0x5c, 0x6e, 0x22)),
    ];
    expect(diffDocuments(a, b).equal).toBe(false);
  });
});

describe('as few operations as it takes', () => {
  test('one for a message appended, put at the head, removed or edited, with ids and without', () => {
    for (const withId of [true, false]) {
      const list = range(0, 200).map((n) => message(n, withId));
      const added = message(999, withId);
      expect(told(diff({ list }, { list: [...list, added] }))).toEqual(['added /list/200']);
      expect(told(diff({ list }, { list: [added, ...list] }))).toEqual(['added /list/0']);
      expect(told(diff({ list }, { list: list.toSpliced(70, 1) }))).toEqual(['removed /list/70']);
      const edited = list.with(70, { ...message(70, withId), content: [{ type: 'text', text: 'something else' }] });
      expect(told(diff({ list }, { list: edited }))).toEqual(['changed /list/70/content/0/text']);
    }
  });

  test('one for an item that moved, in either direction', () => {
    for (const withId of [true, false]) {
      const list = range(0, 50).map((n) => message(n, withId));
      const [first, ...rest] = list;
      expect(told(diff(list, [...rest, first]))).toEqual(['moved /49 from /0']);
      expect(told(diff([...rest, first], list))).toEqual(['moved /0 from /49']);
    }
    expect(told(diff([1, 2, 3, 4, 5], [1, 4, 2, 3, 5]))).toEqual(['moved /1 from /3']);
  });

  test('a message that moved and was edited is told as both', () => {
    const list = range(0, 20).map((n) => message(n, true));
    const edited = { ...message(3, true), n: -1 };
    expect(told(diff(list, [...list.toSpliced(3, 1), edited]))).toEqual(['moved /19 from /3', 'changed /19/n']);
  });

  test('one for a whole value that came or went', () => {
    expect(told(diff({ a: 1 }, { a: 1, b: { c: [1, 2, { d: 3 }] } }))).toEqual(['added /b']);
    expect(told(diff({ a: [{ b: 1 }], c: 2 }, { c: 2 }))).toEqual(['removed /a']);
    expect(told(diff({ a: [1] }, { a: { 0: 1 } }))).toEqual(['changed /a']);
  });

  test.each([true, false])('140 for a window that slides over 10,000 messages (with ids: %s)', (withId) => {
    const list = range(0, 10_000).map((n) => message(n, withId));
    const slid = list.slice(50).concat(range(10_000, 10_050).map((n) => message(n, withId)));
    for (let at = 100; at < 10_000; at += 500) {
      slid[at] = { ...message(at + 50, withId), content: [{ type: 'text', text: `edited ${at}` }] };
    }
    const { counts } = diff(list, slid);
    expect(counts).toEqual({ added: 50, removed: 50, changed: 20, moved: 0 });
  });

  test('one for each of a few flags in a long list of them', () => {
    const flags = range(0, 3000).map((n) => (n * 7919) % 11 < 5);
    const flipped = flags.map((flag, at) => (at === 300 || at === 1500 || at === 2900 ? !flag : flag));
    expect(diff(flags, flipped).operations).toHaveLength(3);
  });

  test('one for each part of a tuple that changed, although the numbers in it trade places', () => {
    expect(told(diff([0, { a: 1 }, 1, 2], [1, { a: 2 }, 0, 2]))).toEqual(['changed /0', 'changed /1/a', 'changed /2']);
  });

  test('one for a message without an id that got metadata or a mark', () => {
    const list = range(0, 30).map((n) => message(n, false));
    const marked = list.map((item, n) => (n % 3 === 0 ? { ...item, tokens: n } : item));
    expect(diff(list, marked).counts).toEqual({ added: 10, removed: 0, changed: 0, moved: 0 });
    const pairs = range(0, 10).map((n) => [{ ...message(n, true), name: 'a', timestamp: 't' }, []]);
    const compressed = pairs.map(([item]) => [item, ['compressed']]);
    expect(diff(pairs, compressed).counts).toEqual({ added: 10, removed: 0, changed: 0, moved: 0 });
  });
});

describe('items are told apart', () => {
  test('by the id of the message, also where it stands in a pair with its marks', () => {
    const pair = (n: number, text: string) => [
      { id: `m${n}`, name: 'Friday', role: 'assistant', content: text, timestamp: 't' },
      [],
    ];
    const before = [pair(0, 'a'), pair(1, 'b'), pair(2, 'c')];
    expect(told(diff(before, [pair(1, 'something quite different'), pair(2, 'c')]))).toEqual([
      'removed /0',
      'changed /0/0/content',
    ]);
  });

  test('by tool call ids; a call and its result are two', () => {
    const call = (text: string) => ({ type: 'tool_use', id: 'x', name: 'search', input: { text } });
    const result = (text: string) => ({ type: 'tool_result', id: 'x', name: 'search', output: text });
    expect(told(diff([call('a'), result('b')], [result('a much longer result'), call('a')]))).toEqual([
      'moved /0 from /1',
      'changed /0/output',
    ]);
    const answer = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });
    expect(
      told(diff([answer('a', 'x'), answer('b', 'y')], [answer('b', 'long, long, long'), answer('c', 'z')])),
    ).toEqual(['removed /0', 'changed /0/content', 'added /1']);
  });

  test('two messages with one id by their content, and then by their order', () => {
    const twin = (text: string) => ({ id: 'same', role: 'user', content: text });
    expect(told(diff([twin('a'), twin('b')], [twin('b')]))).toEqual(['removed /0']);
    expect(told(diff([twin('a'), twin('b')], [twin('a'), twin('c')]))).toEqual(['changed /1/content']);
  });

  test('an id that is a number on one side and a text on the other is the same', () => {
    expect(
      told(
        diff(
          [
            { id: 1, a: 1 },
            { id: 2, a: 2 },
          ],
          [{ id: '2', a: 5 }],
        ),
      ),
    ).toEqual(['removed /0', 'changed /0/id', 'changed /0/a']);
  });

  test('messages with different ids are different messages', () => {
    expect(told(diff([message(1, true)], [message(2, true)]))).toEqual(['removed /0', 'added /0']);
  });
});

describe('members', () => {
  test('with hostile names are members like any other', () => {
    const [before, after] = [
      '{"__proto__":1,"constructor":{"prototype":2}}',
      '{"__proto__":3,"constructor":{"prototype":4}}',
    ];
    expect(told(diffTexts(before, after))).toEqual(['changed /__proto__', 'changed /constructor/prototype']);
  });

  test('that a later one of the same name hides are compared with each other and said to be hidden', () => {
    const { operations } = diffTexts('{"a":1,"b":0,"a":2}', '{"b":0,"a":2}');
    expect(operations).toMatchObject([{ kind: 'removed', path: ['a'], shadowed: true }]);
    const other = diffTexts('{"a":1,"a":2}', '{"a":3,"a":2}').operations;
    expect(other).toMatchObject([{ kind: 'changed', path: ['a'], shadowed: true }]);
    const winner = diffTexts('{"a":1,"a":2,"c":0}', '{"a":2}').operations;
    expect(winner.filter(({ shadowed }) => !shadowed)).toMatchObject([{ kind: 'removed', path: ['c'] }]);
  });

  test('are told in the order of the object after, and removed ones where they stood', () => {
    expect(told(diff({ a: 1, b: 2, c: 3 }, { a: 9, c: 9, d: 9 }))).toEqual([
      'changed /a',
      'removed /b',
      'changed /c',
      'added /d',
    ]);
  });
});

describe('bounds', () => {
  test('operations beyond the limit are counted', () => {
    const result = diff(range(0, 50), range(100, 150), { limit: 10 });
    expect(result.operations).toHaveLength(10);
    expect(result.more).toBe(40);
    expect(result.counts.changed).toBe(50);
    expect(result.equal).toBe(false);
  });

  test('100,000 levels do not overflow', () => {
    const deep = (leaf: string) => `${'['.repeat(100_000)}${leaf}${']'.repeat(100_000)}`;
    const [result, ms] = timed(() => diffDocuments(documentOf(deep('1')), documentOf(deep('23'))));
    expect(result.operations).toHaveLength(1);
    expect(result.operations[0]?.path).toHaveLength(100_000);
    const objects = (leaf: string) => `${'{"a":0,"b":'.repeat(100_000)}${leaf}${'}'.repeat(100_000)}`;
    expect(diffDocuments(documentOf(objects('1')), documentOf(objects('[2]'))).counts.changed).toBe(1);
    const uneven = (leaf: string) => `${'[0,{"a":'.repeat(50_000)}${leaf}${'},0]'.repeat(50_000)}`;
    expect(diffDocuments(documentOf(uneven('1')), documentOf(uneven(' 2'))).counts.changed).toBe(1);
    expect(ms).toBeLessThan(5000);
  });

  test('20,000 items without ids, all of them other ones', () => {
    const items = (from: number) => JSON.stringify(range(from, from + 20_000).map((n) => message(n, false)));
    const [result, ms] = timed(() => diffDocuments(documentOf(items(0)), documentOf(items(50_000))));
    expect(result.equal).toBe(false);
    expect(ms).toBeLessThan(10_000);
    const reversed = JSON.stringify(
      range(0, 20_000)
        .map((n) => message(n, false))
        .toReversed(),
    );
    expect(diffDocuments(documentOf(items(0)), documentOf(reversed)).counts).toMatchObject({
      moved: 19_999,
      changed: 0,
    });
  });

  test('a comparison that is stopped tells the rest as changed whole and says that it is coarse', () => {
    const many = (n: number) => JSON.stringify(range(0, 2000).map((at) => ({ at: [at, { n }] })));
    const result = diffTexts(many(1), many(2), { shouldStop: () => true });
    expect(result.coarse).toBe(true);
    expect(result.equal).toBe(false);
    expect(result.counts.changed).toBe(2000);
    expect(diffTexts(many(1), many(2)).coarse).toBe(false);
  });

  test('a long list that is stopped while it is aligned is told exactly, too, and as coarse', () => {
    const items = (from: number) => JSON.stringify(range(from, from + 2000).map((n) => message(n, false)));
    let asked = 0;
    const [a, b] = [documentOf(items(0)), documentOf(items(50_000))];
    const result = diffDocuments(a, b, { shouldStop: () => ++asked > 5 });
    expect(result.coarse).toBe(true);
    expect(canonical(applied(a, b, result))).toBe(canonical(valueOf(b)));
    expect(diffDocuments(a, b).coarse).toBe(false);
  });

  test('a budget of values bounds what is looked at: the rest is told as changed whole', () => {
    const many = (n: number) => JSON.stringify(range(0, 2000).map((at) => ({ at: [at, { n }] })));
    const result = diffTexts(many(1), many(2), { budget: 4100 });
    expect(result).toMatchObject({ coarse: true, more: 0, counts: { changed: 2000 } });
    expect(result.operations.filter(({ path }) => path.length > 1).length).toBeLessThan(100);
    expect(diffTexts(many(1), many(2), { budget: 1e6 }).coarse).toBe(false);
  });

  test('what is not on the tape is compared by its bytes', () => {
    const [a, b] = ['{"a":[1,[2]],"b":[3]}', '{"a":[1,[4]],"b":[3]}'].map((text) =>
      documentOf(text, { recordDepth: 1 }),
    );
    expect(a && b && told(diffDocuments(a, b))).toEqual(['changed /a']);
  });

  test('two parts of documents can be compared', () => {
    const [a, b] = [documentOf('{"x":{"n":1}}'), documentOf('[{"n":2}]')];
    const result = diffDocuments(a, b, { beforeNode: nodeAt(a, 'x'), afterNode: nodeAt(b, 0) });
    expect(told(result)).toEqual(['changed /0/n']);
  });
});
