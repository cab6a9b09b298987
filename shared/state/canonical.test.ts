import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, pythonJson as pythonJsonTexts } from '../json/test-support.ts';
import { canonicalJson, compareCodePoints, pythonJson } from './canonical.ts';
import { canonicalChecksum, checksumsOf, pythonChecksum } from './checksum.ts';

interface Case {
  readonly text: string;
  readonly dumped: string;
  readonly sha256: string;
}
const file = new URL('fixtures/python-json.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as { readonly call: string; readonly cases: readonly Case[] };

function canonical(text: string): string {
  return canonicalJson(documentOf(text));
}

describe('canonical form', () => {
  test('[D1] is RFC 8785: its example, its table of numbers, its order of names', () => {
    // RFC 8785, sections 3.2.2 to 3.2.4.
    const example = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonical(example)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const names = String.raw`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`;
    expect(canonical(names)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
    // RFC 8785, appendix B.
    for (const [text, form] of [
      ['-0.0', '0'],
      ['5e-324', '5e-324'],
      ['9007199254740992', '9007199254740992'],
      ['295147905179352830000.0', '295147905179352830000'],
      ['1e23', '1e+23'],
      ['999999999999999700000.0', '999999999999999700000'],
      ['333333333.3333332', '333333333.3333332'],
      ['0.000001', '0.000001'],
      ['1e-7', '1e-7'],
    ] as const) {
      expect(canonical(text)).toBe(form);
    }
  });

  test('[D2] beyond RFC 8785: integers that no double holds, NaN and infinities, lone surrogates', () => {
    expect(canonical('[12345678901234567891,9007199254740993,NaN,-Infinity,1e400,"\\ud83d"]')).toBe(
      '[12345678901234567891,9007199254740993,NaN,-Infinity,Infinity,"\\ud83d"]',
    );
    expect(canonicalChecksum(documentOf('9007199254740993'))).not.toBe(
      canonicalChecksum(documentOf('9007199254740992')),
    );
  });

  test('[D1] is idempotent, and parses to what RFC 8785 would hash', () => {
    fc.assert(fc.property(pythonJsonTexts, (text) => canonical(canonical(text)) === canonical(text)));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('[D1] does not depend on the order of names, nor on white space', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()), { selector: ([name]) => name }),
        fc.func(fc.nat()),
        (members, rank) => {
          const text = (entries: readonly (readonly [string, unknown])[]): string =>
            `{${entries.map(([name, value]) => `${JSON.stringify(name)} : ${JSON.stringify(value)}`).join(' ,\n')}}`;
          const shuffled = members.toSorted((a, b) => rank(a[0]) - rank(b[0]));
          expect(canonical(text(shuffled))).toBe(canonical(text(members)));
          expect(pythonChecksum(documentOf(text(shuffled)))).toBe(pythonChecksum(documentOf(text(members))));
        },
      ),
    );
  });

  test('[D3] of duplicate names the last counts; what is cut off has no canonical form', () => {
    expect(canonical('{"a":1,"b":2,"\\u0061":3}')).toBe('{"a":3,"b":2}');
    expect(() => canonical('{"a":1')).toThrow(expect.objectContaining({ code: 'incomplete' }));
    expect(() => canonicalJson(documentOf('[[[1]]]', { recordDepth: 1 }))).toThrow(/not whole/);
  });

  test('[D1] 100,000 levels are as good as three', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(canonical(deep)).toBe(deep);
    expect(checksumsOf(documentOf(deep)).canonical).toBe(checksumsOf(documentOf(deep)).python);
  });
});

describe("the document's own formula", () => {
  test(`[D4] is ${fixture.call} for every text of the table that python3 made`, () => {
    expect(fixture.cases.length).toBeGreaterThan(400);
    for (const { text, dumped, sha256 } of fixture.cases) {
      expect(pythonJson(documentOf(text))).toBe(dumped);
      expect(pythonChecksum(documentOf(text))).toBe(sha256);
    }
  });

  test('[D5] orders names by code point, as Python does', () => {
    const units = fc.oneof(
      fc.constantFrom(0xd83d, 0xd83e, 0xde00, 0xde01, 0x61, 0xfb00),
      fc.integer({ min: 0, max: 0xffff }),
    );
    const points = fc.string({ unit: units.map((code) => String.fromCharCode(code)) });
    const oracle = (a: string, b: string): number => {
      const [left, right] = [a, b].map((text) => Array.from(text, (char) => char.codePointAt(0) ?? 0));
      for (let at = 0; at < Math.min(left?.length ?? 0, right?.length ?? 0); at++) {
        const order = (left?.[at] ?? 0) - (right?.[at] ?? 0);
        if (order !== 0) return Math.sign(order);
      }
      return Math.sign((left?.length ?? 0) - (right?.length ?? 0));
    };
    fc.assert(
      fc.property(points, points, points, (a, b, c) => {
        expect(Math.sign(compareCodePoints(a + b, a + c))).toBe(oracle(a + b, a + c));
      }),
    );
  });
});
