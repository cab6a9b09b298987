import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePrefix, decodeUtf8, encodeUtf8, quoteJson, utf8Length } from './json-string.ts';

/** Any sequence of UTF-16 units, lone surrogates among them. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 })))
  .map((units) => String.fromCharCode(...units));

describe('UTF-8', () => {
  test('encoded and decoded again is the same text, lone surrogates included', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
        expect(encodeUtf8(text)).toHaveLength(utf8Length(text));
      }),
    );
  });

  test('of well-formed text is what TextEncoder writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });

  test('of broken bytes is what TextDecoder reads, except for surrogates', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const interesting = fc.constantFrom(
      0x41,
      0x80,
      0xbf,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xa0,
      0x9f,
      0xe7,
      0xed,
      0xef,
      0xf0,
      0x90,
      0x8f,
      0xf4,
      0xf5,
      0xff,
    );
    const bytes = fc
      .array(fc.oneof(interesting, fc.integer({ min: 0, max: 255 })))
      .map((list) => Uint8Array.from(list))
      .filter((list) => !list.some((byte, i) => byte === 0xed && (list[i + 1] ?? 0) >= 0xa0));
    fc.assert(
      fc.property(bytes, (list) => {
        expect(decodeUtf8(list)).toBe(decoder.decode(list));
      }),
      { numRuns: 2000 },
    );
  });

  test('longer than one piece is put together again', () => {
    const text = '火🚄a\ud83d'.repeat(10_000);
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    expect(decodeUtf8(encodeUtf8(text), 0, undefined, 12_345)).toBe(text.slice(0, 12_345));
  });

  test('cut at any number of units is a prefix that splits no pair', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 20 }), (text, max) => {
        const bytes = encodeUtf8(text);
        const { text: prefix, truncated } = decodePrefix(bytes, 0, bytes.length, max, false);
        expect(text.startsWith(prefix)).toBe(true);
        expect(truncated).toBe(text.length > max);
        expect(prefix.length).toBeGreaterThanOrEqual(Math.min(max - 1, text.length));
        expect(/[\ud800-\udbff]$/.test(prefix) && /^[\udc00-\udfff]/.test(text.slice(prefix.length))).toBe(false);
      }),
    );
  });
});

test('a quoted text is a JSON string that reads as the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const token = quoteJson(text);
      expect(JSON.parse(token)).toBe(text);
      // Well-formed, so that it can go into any file.
      expect(/\p{Surrogate}/u.test(token)).toBe(false);
    }),
  );
});
