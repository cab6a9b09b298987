/** The expected texts were printed by CPython 3.11's json.dumps. */
import { describe, expect, it } from 'vitest';
import { dumps, float, type PyValue } from './python-json.ts';

const VALUE: PyValue = new Map<string | number, PyValue>([
  ['b', float(553)],
  ['a', '财 🚄\u007f'],
  ['10', 1],
  [
    '9',
    [float(1e16), 1e-5, 1e-4, float(-0), float(1e22), 123456789012345.6, 1 / 3, float(Number.NaN), float(-Infinity)],
  ],
  ['é', 7318264509127346177n],
  ['c', {}],
  ['d', []],
  ['n', '\u0001\n\t"\\/'],
]);
const NUMBERS = '[1e+16, 1e-05, 0.0001, -0.0, 1e+22, 123456789012345.6, 0.3333333333333333, NaN, -Infinity]';

describe('dumps', () => {
  it('prints one line, escaping what is not ASCII when asked to', () => {
    expect(dumps(VALUE, { ensureAscii: true })).toBe(
      `{"b": 553.0, "a": "\\u8d22 \\ud83d\\ude84\\u007f", "10": 1, "9": ${NUMBERS}, "\\u00e9": 7318264509127346177, "c": {}, "d": [], "n": "\\u0001\\n\\t\\"\\\\/"}`,
    );
    expect(dumps(VALUE, { ensureAscii: false })).toBe(
      `{"b": 553.0, "a": "财 🚄\u007f", "10": 1, "9": ${NUMBERS}, "é": 7318264509127346177, "c": {}, "d": [], "n": "\\u0001\\n\\t\\"\\\\/"}`,
    );
  });

  it('sorts keys by code point, not by UTF-16 unit', () => {
    expect(dumps(VALUE, { ensureAscii: true, sortKeys: true })).toBe(
      `{"10": 1, "9": ${NUMBERS}, "a": "\\u8d22 \\ud83d\\ude84\\u007f", "b": 553.0, "c": {}, "d": [], "n": "\\u0001\\n\\t\\"\\\\/", "\\u00e9": 7318264509127346177}`,
    );
    expect(dumps({ '🚄': 2, ﬁ: 1 }, { ensureAscii: false, sortKeys: true })).toBe('{"ﬁ": 1, "🚄": 2}');
  });

  it('indents, but not what is empty', () => {
    expect(dumps({ c: {}, d: [], e: [float(1), { f: null }] }, { ensureAscii: false, indent: 2 })).toBe(
      '{\n  "c": {},\n  "d": [],\n  "e": [\n    1.0,\n    {\n      "f": null\n    }\n  ]\n}',
    );
  });

  it('prints the keys 1 and "1" alike', () => {
    const collision: PyValue = new Map<string | number, PyValue>([
      [1, 'a'],
      ['1', 'b'],
    ]);
    expect(dumps(collision, { ensureAscii: false })).toBe('{"1": "a", "1": "b"}');
  });
});
