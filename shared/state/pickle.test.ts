import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PickleObject, readPickle } from './pickle.ts';
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
