/** For the tests of this folder: arbitrary JSON texts, and the rules that every tape obeys. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { JsonDocument, NodeId } from './document.ts';
import { encodeUtf8 } from './json-string.ts';
import { type ParseOptions, parseJson } from './parse.ts';

/** The document of a text of which the test knows that it has one. */
export function documentOf(source: string | Uint8Array, options?: ParseOptions): JsonDocument {
  const { document, issues } = parseJson(typeof source === 'string' ? encodeUtf8(source) : source, options);
  if (!document) throw new Error(`no document: ${JSON.stringify(issues)}`);
  return document;
}

/** The node at a path of a document. */
export function nodeAt(doc: JsonDocument, ...path: (string | number)[]): NodeId {
  let at = 0;
  for (const segment of path) {
    const next = typeof segment === 'number' ? doc.child(at, segment) : doc.member(at, segment);
    if (next === undefined) throw new Error(`nothing at ${JSON.stringify(path)}`);
    at = next;
  }
  return at;
}

/** A result and the milliseconds that it took. */
export function timed<T>(work: () => T): [T, number] {
  const start = Date.now();
  const result = work();
  return [result, Date.now() - start];
}

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });
const hex4 = fc.integer({ min: 0, max: 0xffff }).map((code) => `\\u${code.toString(16).padStart(4, '0')}`);
const rawChar = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 3 })
  .map((text) => text.replace(/[^\u{20}-\u{10ffff}]|["\\]/gu, '_'));
const stringPiece = fc.oneof(
  { weight: 4, arbitrary: rawChar },
  fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\ud83d\\ude00', '\\ud83d', '\\uDE00'),
  hex4,
);
const stringToken = fc.array(stringPiece, { maxLength: 6 }).map((pieces) => `"${pieces.join('')}"`);
const keyToken = fc.oneof(
  stringToken,
  fc.constantFrom('"a"', '"\\u0061"', '"b"', '""', '"__proto__"', '"constructor"', '"1"', '"0"', '"a/b~c"', '"键"'),
);
const numberToken = fc.oneof(
  fc.stringMatching(/^-?(?:0|[1-9]\d{0,20})(?:\.\d{1,10})?(?:[eE][+-]?\d{1,3})?$/),
  fc.integer().map(String),
  fc.constantFrom('553.0', '-0', '1e400', '12345678901234567890', '0.1'),
);

function jsonTexts(leaf: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: string; array: string; object: string; member: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('array'), tie('object')),
    array: fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 6 })
      .chain((items) => fc.tuple(fc.constant(items), space))
      .map(([items, blank]) => `[${items.length === 0 ? blank : items.map((item) => item.join('')).join(',')}]`),
    member: fc
      .tuple(space, keyToken, space, space, tie('value'), space)
      .map(([a, key, b, c, v, d]) => `${a}${key}${b}:${c}${v}${d}`),
    object: fc
      .tuple(fc.array(tie('member'), { maxLength: 6 }), space)
      .map(([members, blank]) => `{${members.length === 0 ? blank : members.join(',')}}`),
  }));
  return fc.tuple(space, value, space).map((parts) => parts.join(''));
}

const strictLeaf = fc.oneof(fc.constantFrom('true', 'false', 'null'), numberToken, stringToken);

/** Any JSON of RFC 8259: white space, escapes, duplicate names, lone surrogates. */
export const strictJson = jsonTexts(strictLeaf);
/** With Python's words for floats as well. */
export const pythonJson = jsonTexts(
  fc.oneof({ weight: 8, arbitrary: strictLeaf }, fc.constantFrom('NaN', 'Infinity', '-Infinity')),
);

const BOM = [0xef, 0xbb, 0xbf];

/** Bytes of any such text, some with a byte order mark. */
export const jsonBytes = fc
  .tuple(pythonJson, fc.boolean())
  .map(([text, bom]) => Uint8Array.from([...(bom ? BOM : []), ...encodeUtf8(text)]));

/** Rules that hold for whatever was parsed, whole or in part. */
export function expectSoundTape(doc: JsonDocument): void {
  for (let n = 0; n < doc.nodeCount; n++) {
    const parent = doc.parent(n);
    const children = [...doc.children(n)];
    rule(doc.start(n) < doc.end(n), 'a value has bytes', n);
    rule(parent < n && doc.next(n) > n, 'a parent comes before and a subtree behind its node', n);
    rule(children.length === (doc.isOpaque(n) ? 0 : doc.childCount(n)), 'the children are those that were counted', n);
    children.forEach((child, index) => {
      rule(doc.parent(child) === n, 'a child knows its parent', child);
      rule(doc.child(n, index) === child && doc.indexInParent(child) === index, 'a child is where it says', child);
    });
    if (parent < 0) continue;
    const closed = doc.isIncomplete(parent) ? 0 : 1;
    rule(doc.next(n) <= doc.next(parent), "a subtree's ids lie within its parent's", n);
    rule(
      doc.start(n) > doc.start(parent) && doc.end(n) <= doc.end(parent) - closed,
      "bytes lie within the parent's",
      n,
    );
    rule((doc.keyRange(n) !== undefined) === (doc.kind(parent) === 'object'), 'members have names, items have none', n);
    rule(!doc.isIncomplete(n) || doc.isIncomplete(parent), 'what holds something incomplete is incomplete', n);
  }
}

/** Cheaper than `expect` for the hundreds of thousands of nodes that the properties look at. */
function rule(holds: boolean, text: string, n: NodeId): void {
  if (!holds) expect.fail(`node ${n}: ${text}`);
}
