import * as fc from 'fast-check';
import { compile } from 'json-p3';
import { describe, expect, test } from 'vitest';
import type { JsonDocument, NodeId } from './document.ts';
import {
  type JsonPath,
  parseJsonPointer,
  pathOf,
  resolvePath,
  toBracket,
  toDot,
  toJsonPath,
  toJsonPointer,
} from './path.ts';
import { queryJsonPath } from './query.ts';
import { documentOf, strictJson } from './test-support.ts';

const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '~',
    '/',
    '~1',
    '~01',
    '__proto__',
    'constructor',
    '"',
    "'",
    '\\',
    '\n',
    '\u0000',
    '\ud83d',
    '0',
    '-',
    '火车',
    'a b',
  ),
);
const path: fc.Arbitrary<JsonPath> = fc.array(fc.oneof(name, fc.nat()), { maxLength: 6 });

describe('a JSON Pointer', () => {
  test('read again is the path it was written from, whatever the names are', () => {
    fc.assert(
      fc.property(path, (segments) => {
        expect(parseJsonPointer(toJsonPointer(segments))).toEqual(segments.map(String));
      }),
    );
  });

  test('escapes the tilde before the slash (RFC 6901, section 3)', () => {
    expect(toJsonPointer(['a/b', 'm~n', '~1', '', 0])).toBe('/a~1b/m~0n/~01//0');
    expect(parseJsonPointer('/~01')).toEqual(['~1']);
    expect([toJsonPointer([]), parseJsonPointer('')]).toEqual(['', []]);
  });

  test.each(['a', '#/a', '/~', '/a~2'])('is not %j', (text) => expect(parseJsonPointer(text)).toBeUndefined());
});

describe('the path of a node', () => {
  test('leads back to the node', () => {
    fc.assert(
      fc.property(strictJson, (text) => {
        const doc = documentOf(text);
        for (let n = 0; n < doc.nodeCount; n++) {
          if (isBelowShadowed(doc, n)) continue;
          const segments = pathOf(doc, n);
          expect(resolvePath(doc, segments)).toBe(n);
          expect(resolvePath(doc, parseJsonPointer(toJsonPointer(segments)) ?? [])).toBe(n);
        }
      }),
    );
  });

  test('leads to the duplicate that wins over the node', () => {
    const doc = documentOf('{"a": {"b": 1}, "a": {"b": 2}}');
    expect(pathOf(doc, 2)).toEqual(['a', 'b']);
    expect(doc.rawText(resolvePath(doc, pathOf(doc, 2)) ?? -1)).toBe('2');
  });

  test('as a normalized path is a query that finds the node', () => {
    fc.assert(
      fc.property(strictJson, (text) => {
        const doc = documentOf(text);
        for (let n = 0; n < doc.nodeCount; n++) {
          const expression = toJsonPath(pathOf(doc, n));
          if (beyondJsonP3(expression) || isBelowShadowed(doc, n)) continue;
          expect(queryJsonPath(doc, expression)).toEqual({ ok: true, nodes: [n], singular: true });
        }
      }),
    );
  });

  test('of a node a hundred thousand levels deep is found and resolved', () => {
    const levels = 100_000;
    const doc = documentOf('[0,'.repeat(levels) + '1' + ']'.repeat(levels));
    const segments = pathOf(doc, doc.nodeCount - 1);
    expect(segments).toHaveLength(levels);
    expect(resolvePath(doc, segments)).toBe(doc.nodeCount - 1);
  });
});

describe('resolving a path', () => {
  const doc = documentOf('{"a": [10, {"0": 20}], "b": 1, "b": 2}');
  test.each<[JsonPath, string | undefined]>([
    [['a', 0], '10'],
    [['a', '0'], '10'],
    [['a', '1', '0'], '20'],
    [['b'], '2'],
    [['a', '01'], undefined],
    [['a', '-'], undefined],
    [['a', 2], undefined],
    [['a', -1], undefined],
    [['a', 1, 0], undefined],
    [['b', 'length'], undefined],
    [['toString'], undefined],
  ])('%j gives %s', (segments, expected) => {
    const n = resolvePath(doc, segments);
    expect(n === undefined ? undefined : doc.rawText(n)).toBe(expected);
  });
});

describe('written forms', () => {
  const segments: JsonPath = ['friday', 'memory', 'content', 0, 'odd key', '火车', "it's", 'a"b\\\n\u0001'];

  test('with dots where a name allows it', () => {
    expect(toDot(segments)).toBe('friday.memory.content[0]["odd key"].火车["it\'s"]["a\\"b\\\\\\n\\u0001"]');
    expect(toDot(['odd key', 'a'])).toBe('["odd key"].a');
    expect(toDot([])).toBe('');
  });

  test('with brackets', () => {
    expect(toBracket(['a', 0, 'b"c'])).toBe('["a"][0]["b\\"c"]');
  });

  test('as a normalized path: single quotes, lower-case escapes (RFC 9535, section 2.7)', () => {
    expect(toJsonPath(segments)).toBe(
      "$['friday']['memory']['content'][0]['odd key']['火车']['it\\'s']['a\"b\\\\\\n\\u0001']",
    );
    expect(toJsonPath(['\b\t\n\f\r\u000b\u001f\u007f\u2028'])).toBe("$['\\b\\t\\n\\f\\r\\u000b\\u001f\u007f\u2028']");
    expect(toJsonPath(['\ud83d', '🚄'])).toBe("$['\\ud83d']['🚄']");
  });

  test('as a normalized path are valid JSONPath for any names', () => {
    fc.assert(
      fc.property(path.map(toJsonPath), (expression) => {
        if (!beyondJsonP3(expression)) expect(compile(expression).singularQuery()).toBe(true);
      }),
    );
  });
});

/** RFC 9535 cannot name a lone surrogate, and json-p3 2.3.1 refuses `\\u0007` and its like, which the RFC allows. */
function beyondJsonP3(expression: string): boolean {
  return /\\u(?:d[89a-f]|00[01])/.test(expression);
}

/** A later duplicate wins over the node or over one that it lies in. */
function isBelowShadowed(doc: JsonDocument, n: NodeId): boolean {
  for (let at = n; at >= 0; at = doc.parent(at)) if (doc.isShadowed(at)) return true;
  return false;
}
