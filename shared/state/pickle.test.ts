import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8 } from '../json/json-string.ts';
import { PickleObject, readPickle } from './pickle.ts';
import { looksLikePickle, pickleJson } from './pickle-json.ts';
import { codec } from './test-support.ts';
import { FrozenSet, Tuple } from './values.ts';

const file = new URL('fixtures/pickles.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as { readonly pickles: Record<string, string[]> };

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The value of each protocol, 0 to 5. */
function all(name: string): unknown[] {
  return (fixture.pickles[name] ?? []).map((hex) => readPickle(bytes(hex)));
}

describe('pickle', () => {
  test('[P1] plain data of every protocol that python3 wrote is shown as data', () => {
    const plain = new Map<unknown, unknown>([
      ['a', [1, -2, 3.5, null, true, false]],
      ['text', '火\n😀\\'],
      ['t', new Tuple([1, new Tuple([2]), new Tuple([])])],
      [1, 'one'],
      ['1', 'text'],
    ]);
    for (const value of all('plain')) expect(value).toEqual(plain);
    for (const value of all('big'))
      expect(value).toEqual([2 ** 31, -(2n ** 63n), 12345678901234567890n, -1, 255, 256, 65536]);
    for (const value of all('shared')) expect((value as unknown[])[0]).toBe((value as unknown[])[1]);
    for (const value of all('sets').slice(4)) expect(value).toEqual([new Set([1, 2]), new FrozenSet([3])]);
    for (const value of all('bytes').slice(3)) expect(value).toEqual(Uint8Array.of(0, 255));
    expect(all('plain')).toHaveLength(6);
  });

  test('[P2] classes and calls are labels: nothing is called, imported or constructed', () => {
    for (const value of all('evil')) {
      expect(value).toBeInstanceOf(PickleObject);
      expect(value).toMatchObject({
        label: expect.stringMatching(/^(posix|nt)\.system$/) as string,
        args: new Tuple(['echo never']),
      });
    }
    for (const value of all('date')) expect(value).toMatchObject({ label: 'datetime.datetime' });
    for (const value of all('object').slice(2)) {
      expect(value).toMatchObject({ label: '__main__.Agent', state: new Map([['name', 'planner']]) });
    }
  });

  test('[P3] names such as __proto__ are data', () => {
    for (const value of all('proto')) expect(value).toEqual(new Map([['__proto__', new Map([['polluted', 1]])]]));
    expect('polluted' in {}).toBe(false);
  });

  test('[P4] damaged or endless pickles are typed errors, and lengths are not believed', () => {
    const typed = expect.objectContaining({
      code: expect.stringMatching(/^pickle-(invalid|limit)$/) as string,
    }) as Error;
    expect(() => readPickle(bytes('80048effffffffffffff7f2e'))).toThrow(typed);
    expect(() => readPickle(bytes('4e'.repeat(100)), { maxOps: 50 })).toThrow(
      expect.objectContaining({ code: 'pickle-limit' }),
    );
    const outcome = (input: Uint8Array): boolean => {
      try {
        readPickle(input);
        return true;
      } catch (error) {
        return ['pickle-invalid', 'pickle-limit'].includes((error as { code: string }).code);
      }
    };
    const known = Object.values(fixture.pickles).flat().map(bytes);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), outcome));
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), fc.nat(255), (input, at, byte) => {
        return outcome(input.with(at % input.length, byte)) && outcome(input.slice(0, at % input.length));
      }),
    );
  });
});

describe('a pickle as JSON', () => {
  const shown = (name: string): unknown[] =>
    (fixture.pickles[name] ?? []).map((hex) => JSON.parse(decodeUtf8(pickleJson(bytes(hex)).json)) as unknown);

  test('[P5] has the tags of 5.1 for what Python itself has, in every protocol', () => {
    const tag = (type: string, data: unknown) => ({ __custom_type__: type, __data__: data });
    for (const value of shown('sets')) expect(value).toEqual([tag('set', [1, 2]), tag('frozenset', [3])]);
    for (const value of shown('bytes')) expect(value).toEqual(tag('builtins.bytes', 'AP8='));
    for (const value of shown('date')) {
      expect(value).toMatchObject({
        __custom_type__: 'datetime',
        __data__: expect.stringMatching(/^\d{4}-/) as string,
      });
    }
    for (const value of shown('plain')) {
      expect(value).toMatchObject({ __pickle_class__: 'builtins.dict', entries: expect.any(Array) as unknown[] });
    }
    expect([shown('sets'), shown('bytes'), shown('date'), shown('plain')].map(({ length }) => length)).toEqual([
      6, 6, 6, 6,
    ]);
  });

  test('[P5] and labels for classes, objects and calls', () => {
    for (const value of shown('object')) {
      expect(value).toMatchObject({ __pickle_class__: '__main__.Agent', state: { name: 'planner' } });
    }
    for (const value of shown('evil')) {
      expect(value).toMatchObject({ __pickle_class__: expect.stringMatching(/^(posix|nt)\.system$/) as string });
    }
  });

  test('[P6] what contains itself ends, and what would grow without bound is refused', () => {
    // l = []; l.append(l)
    expect(decodeUtf8(pickleJson(bytes('80045d946800612e')).json)).toBe('[{"__pickle_levels_up__":1}]');
    // Sixty lists, each holding the one before twice.
    const doubling = `80025d7100${Array.from({ length: 60 }, (_, at) => {
      const [inner, outer] = [at, at + 1].map((index) => index.toString(16).padStart(2, '0'));
      return `5d71${outer}2868${inner}68${inner}65`;
    }).join('')}2e`;
    expect(() => pickleJson(bytes(doubling))).toThrow(expect.objectContaining({ code: 'pickle-limit' }));
    const deep = `8002${'5d'.repeat(2000)}${'61'.repeat(1999)}2e`;
    expect(() => pickleJson(bytes(deep))).toThrow(expect.objectContaining({ code: 'pickle-limit' }));
  });

  test('[P6] whatever the bytes, the outcome is JSON that decodes, or a typed error', () => {
    const known = Object.values(fixture.pickles).flat().map(bytes);
    const outcome = (input: Uint8Array): boolean => {
      try {
        codec.decodeBytes(pickleJson(input).json);
        return true;
      } catch (error) {
        return ['pickle-invalid', 'pickle-limit'].includes((error as { code: string }).code);
      }
    };
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), fc.nat(255), (input, at, byte) => {
        return outcome(input.with(at % input.length, byte)) && outcome(input.slice(0, at % input.length));
      }),
      { numRuns: 500 },
    );
  });

  test('[P7] is told by its header and its end; text, JSON and half a pickle are none', () => {
    for (const hex of Object.values(fixture.pickles).flatMap((all) => all.slice(2))) {
      expect(looksLikePickle(bytes(hex))).toBe(true);
      expect(looksLikePickle(bytes(hex).slice(0, -1))).toBe(false);
    }
    for (const text of ['', '{"a": 1}', '(lp0\n.', '\u0080\u0004.', 'text.']) {
      expect(looksLikePickle(new TextEncoder().encode(text))).toBe(false);
    }
  });
});
