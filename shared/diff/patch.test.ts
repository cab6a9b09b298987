import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import type { JsonDocument, NodeId } from '../json/document.ts';
import { parseJson } from '../json/parse.ts';
import { documentOf, nodeAt, pythonJson, timed } from '../json/test-support.ts';
import { type DiffOptions, diffDocuments } from './diff.ts';
import { reversePatch, toJsonPatch } from './patch.ts';

/** Values for a library that knows only JavaScript's: numbers and texts by their text, and no name means a prototype. */
function plainOf(doc: JsonDocument, node: NodeId = 0): unknown {
  const kind = doc.kind(node);
  if (kind === 'array') return Array.from(doc.children(node), (child) => plainOf(doc, child));
  if (kind === 'object') {
    const members = Array.from(doc.children(node), (child) => [doc.key(child) ?? '', plainOf(doc, child)] as const);
    return Object.fromEntries(members);
  }
  return kind === 'string' ? `"${doc.string(node)}` : doc.rawText(node);
}

/** The operations of a patch, its values plain. */
function operationsOf(patch: Iterable<string>): Operation[] {
  const doc = documentOf([...patch].join(''));
  return Array.from(doc.children(0), (operation) => {
    const text = (name: string): string | undefined => {
      const node = doc.member(operation, name);
      return node === undefined ? undefined : doc.string(node);
    };
    const value = doc.member(operation, 'value');
    return {
      op: text('op'),
      path: text('path'),
      ...(doc.member(operation, 'from') === undefined ? {} : { from: text('from') }),
      ...(value === undefined ? {} : { value: plainOf(doc, value) }),
    } as Operation;
  });
}

function patched(value: unknown, operations: Operation[]): unknown {
  return fastJsonPatch.applyPatch(value, operations, true, true, false).newDocument;
}

/** Both patches, carried out by fast-json-patch, are exact. The operations of the first. */
function expectExact(before: string | Uint8Array, after: string | Uint8Array, options?: DiffOptions): Operation[] {
  const [a, b] = [documentOf(before), documentOf(after)];
  const diff = diffDocuments(a, b, options);
  const there = operationsOf(toJsonPatch(a, b, diff));
  expect(patched(plainOf(a), structuredClone(there))).toEqual(plainOf(b));
  expect(patched(plainOf(b), operationsOf(reversePatch(a, b, diff)))).toEqual(plainOf(a));
  return there;
}

/** The library has members of JavaScript's objects only. */
const hasNoPrototype = (text: string): boolean => !/__proto__|\\u00[57]/i.test(text);

/** Out of a few words, so that two of them are alike in many places. */
const small = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(0, 1, 2, 'a', 'b', true, null),
    fc.array(tie('value'), { maxLength: 8 }),
    fc.dictionary(fc.constantFrom('a', 'b/~', 'id', 'role', ''), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const item = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.record({ id: fc.integer({ min: 0, max: 9 }), text: fc.string({ maxLength: 3 }), parts: fc.array(fc.nat(4)) }),
  fc.record({ role: fc.constantFrom('user', 'assistant'), text: fc.string({ maxLength: 3 }), n: fc.nat(3) }),
);

/** A list, and one made of some of its items in any order and of others. */
const lists = fc
  .array(item, { maxLength: 30 })
  .chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.array(fc.oneof(fc.nat({ max: Math.max(list.length - 1, 0) }), item), { maxLength: 30 }),
    ),
  )
  .map(
    ([list, picks]) => [list, picks.map((pick) => (typeof pick === 'number' ? (list[pick] ?? pick) : pick))] as const,
  );

const json = (value: unknown): string => JSON.stringify(value);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('the patch makes the value after, and the reverse patch the value before', () => {
  test('for any two texts', () => {
    fc.assert(
      fc.property(pythonJson.filter(hasNoPrototype), pythonJson.filter(hasNoPrototype), (a, b) => {
        expectExact(a, b);
      }),
      { numRuns: 200 },
    );
  });

  test('for values that are alike in many places', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expectExact(json(a), json(b));
      }),
      { numRuns: 500 },
    );
  });

  test('for lists within lists of which items were dropped, doubled, edited and moved', () => {
    fc.assert(
      fc.property(lists, lists, fc.boolean(), ([a, b], [c, d], turned) => {
        const inner = { id: 'inner', list: c };
        expectExact(
          json({ list: [...a, inner] }),
          json({ list: turned ? [{ ...inner, list: d }, ...b] : [...b, { ...inner, list: d }] }),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('also when the comparison was stopped and is coarse', () => {
    fc.assert(
      fc.property(lists, ([a, b]) => {
        expectExact(json(a), json(b), { shouldStop: () => true });
      }),
    );
  });

  const FIXTURES = new URL('../../electron/core/sources/fixtures/', import.meta.url);
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const real = files.flatMap((name) => {
    const { document, issues } = parseJson(readFileSync(new URL(name, FIXTURES)));
    return document === null || issues.length > 0 ? [] : [document];
  });

  test('for what AgentScope wrote: each file into each other, and with some of its values gone, elsewhere, and other ones', () => {
    expect(real.length).toBeGreaterThan(3);
    for (const a of real) for (const b of real) expectExact(a.bytes, b.bytes);
    fc.assert(
      fc.property(
        fc.constantFrom(...real),
        fc.array(fc.tuple(fc.nat(), fc.nat(3)), { minLength: 1, maxLength: 12 }),
        (doc, edits) => {
          expectExact(doc.bytes, json(edited(JSON.parse(doc.rawText(0).replaceAll('NaN', 'null')), edits)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Some of the containers of a value, counted from the root on, lose an item, get one, have their items turned round, or hold another. */
function edited(value: unknown, edits: readonly (readonly [number, number])[]): unknown {
  const containers: (Record<string, unknown> | unknown[])[] = [];
  const collect = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return;
    containers.push(at as Record<string, unknown>);
    Object.values(at).forEach(collect);
  };
  collect(value);
  for (const [which, what] of edits) {
    const at = containers[which % containers.length];
    if (Array.isArray(at)) {
      if (what === 0) at.splice(which % (at.length + 1), 1);
      else if (what === 1) at.push({ id: `new ${which}` });
      else if (what === 2) at.reverse();
      else at.splice(0, 1, 'other', which);
    } else if (at !== undefined) {
      const [name = 'new'] = Object.keys(at).slice(which % 5);
      if (what === 0) delete at[name];
      else at[what === 1 ? 'added' : name] = { what, which };
    }
  }
  return value;
}

describe('the patch', () => {
  test('keeps the text of every number', () => {
    const [a, b] = [documentOf('{"n":1}'), documentOf('{"n":12345678901234567890,"f":553.0,"e":[1e400]}')];
    const patch = [...toJsonPatch(a, b, diffDocuments(a, b))].join('');
    expect(patch).toBe(
      '[\n{"op":"replace","path":"/n","value":12345678901234567890},\n{"op":"add","path":"/f","value":553.0},\n{"op":"add","path":"/e","value":[1e400]}\n]\n',
    );
  });

  test('says where a moved item stood by then, and needs one operation for each', () => {
    expect(expectExact(json([1, 2, 3, 4, 5]), json([5, 1, 2, 3, 4]))).toEqual([{ op: 'move', from: '/4', path: '/0' }]);
    const reversed = expectExact(
      json(range(0, 100).map((n) => ({ id: n }))),
      json(range(0, 100).map((n) => ({ id: 99 - n }))),
    );
    expect(reversed.filter(({ op }) => op !== 'move')).toEqual([]);
    expect(reversed.length).toBeLessThan(100);
  });

  test('is empty for two spellings of one value', () => {
    const [a, b] = [documentOf('{"a":1,"b":"\\u0061"}'), documentOf('{ "b": "a", "a": 1 }')];
    expect([...toJsonPatch(a, b, diffDocuments(a, b))].join('')).toBe('[]\n');
  });

  test('of two parts of documents has pointers into the parts', () => {
    const [a, b] = [documentOf('{"x":{"n":[1]}}'), documentOf('[0,{"n":[1,2]}]')];
    const [beforeNode, afterNode] = [nodeAt(a, 'x'), nodeAt(b, 1)];
    const diff = diffDocuments(a, b, { beforeNode, afterNode });
    expect(operationsOf(toJsonPatch(a, b, diff, { afterNode }))).toEqual([{ op: 'add', path: '/n/1', value: '2' }]);
  });

  test('is refused for a diff that does not hold all operations, and for a value that is cut off', () => {
    const [a, b] = [documentOf('[1,2,3]'), documentOf('[4,5,6]')];
    expect(() => [...toJsonPatch(a, b, diffDocuments(a, b, { limit: 2 }))]).toThrow(RangeError);
    const cut = documentOf('{"a":[1,2');
    expect(() => [...toJsonPatch(a, cut, diffDocuments(a, cut))]).toThrow(/cut off/);
  });

  test('of one message at the head of 10,000 is one operation; 20,000 items in another order take no more than one each', () => {
    const list = range(0, 10_000).map((n) => ({ id: `m${n}`, role: 'user', content: `message ${n}` }));
    const [a, b] = [documentOf(json(list)), documentOf(json([{ id: 'new', role: 'user', content: 'first' }, ...list]))];
    expect(operationsOf(toJsonPatch(a, b, diffDocuments(a, b)))).toMatchObject([{ op: 'add', path: '/0' }]);
    const items = range(0, 20_000).map((n) => ({ text: `item ${n} ${(n * 7919) % 1009}` }));
    const [c, d] = [documentOf(json(items)), documentOf(json(items.toReversed()))];
    const diff = diffDocuments(c, d);
    const [count, ms] = timed(() => operationsOf(toJsonPatch(c, d, diff)).length);
    expect(count).toBeLessThan(20_000);
    expect(ms).toBeLessThan(5000);
  });

  test('reaches 100,000 levels deep', () => {
    const deep = (leaf: string) => documentOf(`${'['.repeat(100_000)}${leaf}${']'.repeat(100_000)}`);
    const [a, b] = [deep('1'), deep('2')];
    const [operation] = [...toJsonPatch(a, b, diffDocuments(a, b))].join('').split('\n').slice(1);
    expect(operation).toBe(`{"op":"replace","path":"${'/0'.repeat(100_000)}","value":2}`);
  });
});
