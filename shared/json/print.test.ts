import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJson, formatJsonChunks, formatJsonPrefix } from './print.ts';
import { documentOf, nodeAt, pythonJson } from './test-support.ts';

describe('formatted JSON', () => {
  test('is what JSON.stringify writes, where that loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 8 }), (value, indent) => {
        expect(formatJson(documentOf(JSON.stringify(value)), 0, { indent })).toBe(JSON.stringify(value, null, indent));
      }),
    );
  });

  test('keeps every token as it is written', () => {
    const doc = documentOf('{"n":[553.0,1e2,NaN,12345678901234567890],"t":"\\u706b\\/","t":2,"\\u0061":{ },"e":[ ]}');
    expect(formatJson(doc, 0)).toBe(`{
  "n": [
    553.0,
    1e2,
    NaN,
    12345678901234567890
  ],
  "t": "\\u706b\\/",
  "t": 2,
  "\\u0061": {},
  "e": []
}`);
  });

  test('of any text holds the same tokens in the same order', () => {
    fc.assert(
      fc.property(pythonJson, fc.integer({ min: 0, max: 3 }), (text, indent) => {
        expect(tokens(formatJson(documentOf(text), 0, { indent }))).toEqual(tokens(text));
      }),
    );
  });

  test('of a part is that part, without its name', () => {
    const doc = documentOf('{"a": {"b": [1]}, "c": 2}');
    expect(formatJson(doc, nodeAt(doc, 'a'), { indent: 0 })).toBe('{"b":[1]}');
    expect(formatJson(doc, nodeAt(doc, 'c'))).toBe('2');
  });

  test('of something cut off stays without the closing brackets', () => {
    expect(formatJson(documentOf('{"a": [1, "ha'), 0, { indent: 1 })).toBe('{\n "a": [\n  1,\n  "ha');
  });

  test('leaves an opaque container as it is written', () => {
    expect(formatJson(documentOf('[ [1,  2], []]', { recordDepth: 1 }), 0, { indent: 0 })).toBe('[[1,  2],[]]');
  });

  test('comes in chunks that are the whole, each about as long as asked for', () => {
    fc.assert(
      fc.property(pythonJson, fc.integer({ min: 1, max: 50 }), (text, chunkChars) => {
        const doc = documentOf(text);
        const chunks = [...formatJsonChunks(doc, 0, { chunkChars })];
        expect(chunks.join('')).toBe(formatJson(doc, 0));
        for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(chunkChars);
      }),
    );
  });

  test('can be had in part, which is a prefix of the whole that splits no pair of surrogates', () => {
    fc.assert(
      fc.property(pythonJson, fc.nat({ max: 100 }), (text, max) => {
        const doc = documentOf(text);
        const whole = formatJson(doc, 0);
        const prefix = formatJsonPrefix(doc, 0, max);
        expect(whole.startsWith(prefix.text)).toBe(true);
        expect(prefix.truncated).toBe(whole.length > max);
        expect(prefix.text.length).toBeGreaterThanOrEqual(Math.min(whole.length, max - 1));
        expect(prefix.text.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('cut within a long text says so at every length', () => {
    const doc = documentOf(`"${'🚄'.repeat(10)}"`);
    for (let max = 0; max < 22; max++) expect(formatJsonPrefix(doc, 0, max).truncated).toBe(true);
    expect(formatJsonPrefix(doc, 0, 22).truncated).toBe(false);
  });

  test('moves no further to the right beyond a hundred levels', () => {
    const lines = formatJson(documentOf('['.repeat(150) + '1' + ']'.repeat(150)), 0).split('\n');
    expect(lines).toHaveLength(301);
    expect([99, 100, 101, 150].map((line) => lines[line]?.search(/\S/))).toEqual([198, 200, 200, 200]);
  });

  test('of a hundred thousand levels neither overflows nor grows with the square of the depth', () => {
    const levels = 100_000;
    let length = 0;
    for (const chunk of formatJsonChunks(documentOf('['.repeat(levels) + ']'.repeat(levels)), 0))
      length += chunk.length;
    expect(length).toBeLessThan(levels * 500);
  });
});

/** Kinds, names and leaves in order, without the white space between them. */
function tokens(source: string): string[] {
  const doc = documentOf(source);
  return Array.from({ length: doc.nodeCount }, (_, n) => {
    const leaf = doc.childCount(n) > 0 ? '' : doc.rawText(n).replace(/\s/g, '');
    return `${doc.kind(n)} ${doc.key(n)} ${leaf}`;
  });
}
