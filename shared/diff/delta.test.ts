import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../json/json-string.ts';
import { timed } from '../json/test-support.ts';
import { applyDelta, byteDelta, DeltaError, type DeltaFault } from './delta.ts';

function expectExact(before: Uint8Array, after: Uint8Array): Uint8Array {
  const delta = byteDelta(before, after);
  const made = applyDelta(before, delta);
  // Faster than toEqual on a megabyte.
  expect(made.length).toBe(after.length);
  expect(made.every((byte, at) => byte === after[at])).toBe(true);
  return delta;
}

function faultOf(work: () => unknown): DeltaFault | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof DeltaError) return error.fault;
    throw error;
  }
}

/** Some 1 MB, as a session is saved. */
function session(messages: number, summary: string, count: number): object {
  const word = (n: number) => ((n * 2_654_435_761) % 4_294_967_296).toString(36);
  const content = Array.from({ length: messages }, (_, n) => ({
    id: word(n),
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: Array.from({ length: 130 }, (_, at) => word(n * 131 + at)).join(' '),
  }));
  const half = Math.floor(messages / 2);
  return { summary, first: content.slice(0, half), count, memory: content.slice(half) };
}

describe('a delta', () => {
  test('makes the text after out of the one before, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expectExact(a, b);
      }),
      { numRuns: 500 },
    );
  });

  test('also of bytes that are parts of each other in any order', () => {
    const parts = fc.array(fc.uint8Array({ minLength: 10, maxLength: 80 }), { minLength: 1, maxLength: 8 });
    const texts = parts.chain((parts) => {
      const order = fc.array(fc.nat({ max: parts.length - 1 }), { maxLength: 12 });
      const joined = order.map((order) => Uint8Array.from(order.flatMap((at) => [...(parts[at] ?? [])])));
      return fc.tuple(joined, joined);
    });
    fc.assert(
      fc.property(texts, ([a, b]) => {
        expectExact(a, b);
      }),
      { numRuns: 500 },
    );
  });

  test('of a session of 1 MB saved again costs what changed: under 2 kB', () => {
    const before = encodeUtf8(JSON.stringify(session(1000, 'short', 41)));
    const after = encodeUtf8(JSON.stringify(session(1001, 'a longer summary', 42)));
    expect(before.length).toBeGreaterThan(1_000_000);
    const [delta, ms] = timed(() => expectExact(before, after));
    // One message is about 1 kB, and half of them moved over from one list to the other by one.
    expect(delta.length).toBeLessThan(2000);
    expect(ms).toBeLessThan(1000);
  });

  test('of the same text is a few bytes', () => {
    const text = encodeUtf8(JSON.stringify(session(100, 's', 1)));
    expect(expectExact(text, text).length).toBeLessThan(30);
  });

  test('finds parts that moved, in texts that are no JSON as well', () => {
    const part = (seed: number) =>
      Uint8Array.from({ length: 2000 }, (_, at) => Math.imul(at + seed, 0x9e3779b1) >>> 24);
    const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
    const [a, b, c] = [part(1), part(10_000), part(20_000)];
    expect(expectExact(join(a, b, c), join(c, a, b)).length).toBeLessThan(100);
  });

  test('of a text that repeats itself takes no time to speak of', () => {
    const [zeros, more] = [new Uint8Array(2_000_000), new Uint8Array(2_000_100)];
    zeros[1_000_000] = 1;
    more[500_000] = 1;
    more[7] = 2;
    const [delta, ms] = timed(() => expectExact(zeros, more));
    expect(delta.length).toBeLessThan(1000);
    expect(ms).toBeLessThan(3000);
  });
});

describe('a delta is refused', () => {
  const [before, after] = [
    encodeUtf8('a text that is long enough to be copied'),
    encodeUtf8('a text that is long enough, too'),
  ];
  const delta = byteDelta(before, after);

  test('for another text', () => {
    expect(faultOf(() => applyDelta(after, delta))).toBe('other-text');
    expect(faultOf(() => applyDelta(before.with(3, 0), delta))).toBe('other-text');
  });

  test('when it is none, or from a later version', () => {
    expect(faultOf(() => applyDelta(before, new Uint8Array(0)))).toBe('no-delta');
    expect(faultOf(() => applyDelta(before, before))).toBe('no-delta');
    expect(faultOf(() => applyDelta(before, delta.with(2, 2)))).toBe('newer');
  });

  test('when any byte of it is changed or missing: never another text than the one it was made of', () => {
    const damages = fc.tuple(fc.nat({ max: delta.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(damages, ([at, by]) => {
        const fault = faultOf(() => applyDelta(before, delta.with(at, (delta[at] ?? 0) ^ by)));
        expect(fault).not.toBe(null);
      }),
    );
    for (let length = 0; length < delta.length; length++) {
      expect(faultOf(() => applyDelta(before, delta.slice(0, length)))).not.toBe(null);
    }
  });
});
