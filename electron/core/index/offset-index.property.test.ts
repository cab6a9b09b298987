/** The index against a parser that holds the whole text: they must agree on every offset. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { readIndex, writeIndex } from './index-file.ts';
import { indexChildren, buildIndex as indexOfAccess } from './offset-index.ts';
import { accessTo, childrenOf, indexOf, type Listed, listed, toldByIndex, toldByParser } from './test-support.ts';

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 3 });
/** Raw strings: what is hard for a scanner is quotes, runs of backslashes, and brackets that are none. */
const rawString = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('\\\\', '\\"', '\\u005c', '\\n', '{', '}', '[', ']', ',', ':', '"'.repeat(0)),
      },
      { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '智', '😀', ' '), maxLength: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom('\\\\'.repeat(31), '\\\\'.repeat(64), 'x'.repeat(63), '\\"'.repeat(33)) },
    ),
    { maxLength: 6 },
  )
  .map((parts) => `"${parts.join('')}"`);
const scalar = fc.oneof(
  rawString,
  fc.constantFrom('0', '-0', '12', '-3.5e+10', '1E400', 'true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'),
);

/** A text of JSON with white space wherever there may be some. */
const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 5, depthSize: 'small' }, scalar, tie('array'), tie('object')),
  array: fc
    .tuple(fc.array(tie('value'), { maxLength: 5 }), space, space)
    .map(([items, a, b]) => `[${a}${items.join(`${b},${a}`)}${b}]`),
  object: fc
    .tuple(fc.array(fc.tuple(rawString, tie('value')), { maxLength: 5 }), space, space)
    .map(([members, a, b]) => `{${a}${members.map(([key, item]) => `${key}${b}:${a}${item}`).join(`${b},${a}`)}${b}}`),
}));

/** However it is spelt, and names that only look like it. */
const nameOfStates = fc.oneof(
  fc.constant('"states"'),
  fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }).map(
    (escaped) =>
      `"${Array.from('states')
        .map((letter, at) => (escaped[at] ? escapeOf(letter) : letter))
        .join('')}"`,
  ),
  fc.constantFrom('"\\u0073tate"', '"\\u0073tatess"', '"\\u0053tates"', '"state\\u0073\\u0000"', '"\\\\u0073tates"'),
);

/** Backups in either order, plain objects, arrays and scalars, with and without a byte order mark. */
const text = fc
  .tuple(
    fc.oneof(
      value,
      fc
        .tuple(value, fc.array(fc.tuple(rawString, value), { maxLength: 6 }), fc.boolean(), space, nameOfStates)
        .map(([metadata, states, isReversed, gap, name]) => {
          const members = [
            `"metadata":${metadata}`,
            `${name}${gap}:${gap}{${states.map(([key, item]) => `${key}:${item}`).join(`${gap},`)}}`,
          ];
          return `{${gap}${(isReversed ? members.toReversed() : members).join(',')}}`;
        }),
    ),
    space,
    fc.boolean(),
  )
  .map(([json, around, hasMark]) => encodeUtf8(`${hasMark ? '\ufeff' : ''}${around}${json}${around}`));

it('finds every member where the parser finds it, however the text is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 200 }), async (bytes, chunkBytes) => {
      const wanted = toldByParser(bytes);
      expect(await toldByIndex(bytes, { chunkBytes })).toEqual(wanted);
    }),
    { numRuns: 400 },
  );
});

it('reads a text the same with chunks of every size from one byte on', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (bytes) => {
      const wanted = toldByParser(bytes);
      for (let chunkBytes = 1; chunkBytes <= 80; chunkBytes += chunkBytes < 20 ? 1 : 7) {
        expect(await toldByIndex(bytes, { chunkBytes })).toEqual(wanted);
      }
    }),
    { numRuns: 12 },
  );
});

it('finds the same in a list that is too long to be recorded whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(rawString, value), { minLength: 20, maxLength: 60 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 8, max: 16 }),
      async (members, isArray, chunkBytes, mostRecorded) => {
        const json = isArray
          ? `[${members.map(([, item]) => item).join(', ')}]`
          : `{"states": {${members.map(([key, item]) => `${key}:${item}`).join(',')}}, "metadata": 1}`;
        const bytes = encodeUtf8(json);
        expect(await toldByIndex(bytes, { chunkBytes, mostRecorded })).toEqual(toldByParser(bytes));
      },
    ),
    { numRuns: 60 },
  );
});

it('finds the children of any container inside of a text', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), fc.integer({ min: 1, max: 100 }), async (bytes, pick, chunkBytes) => {
      const { document } = parseJson(bytes);
      if (document === null) return;
      const containers = Array.from({ length: document.nodeCount }, (_, node) => node).filter(
        (node) => document.kind(node) === 'object' || document.kind(node) === 'array',
      );
      const node = containers[pick % containers.length];
      if (node === undefined) return;
      const list = await indexChildren(accessTo(bytes), document.start(node), document.end(node), { chunkBytes });
      expect(list.kind).toBe(document.kind(node));
      expect(await listed(accessTo(bytes), list)).toEqual(childrenOf(document, node));
    }),
    { numRuns: 100 },
  );
});

it('names the cut and keeps everything before it, wherever the text ends', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 100 }), async (bytes, chunkBytes) => {
      const whole = toldByParser(bytes);
      for (let end = 0; end < bytes.length; end += Math.ceil(bytes.length / 40)) {
        const part = bytes.subarray(0, end);
        const index = await indexOf(part, { chunkBytes });
        const issue = parseJson(part).issues.find(({ severity }) => severity === 'error');
        expect(index.fault?.code ?? null).toBe(issue?.code ?? null);
        if (index.fault?.code === 'truncated') expect(index.fault.offset).toBe(end);
        if (whole.root !== 'object' && whole.root !== 'array') continue;
        // A number that reaches the cut might have gone on.
        const before = ({ end: last }: Listed) => last < end || (last === end && !isDigit(bytes[end - 1]));
        expect(await listed(accessTo(part), index.top)).toEqual(whole.top?.filter(before));
        if (index.states !== null) {
          const states = await listed(accessTo(part), index.states);
          expect(states).toEqual(toldByParser(part).states?.slice(0, states?.length));
        }
      }
    }),
    { numRuns: 30 },
  );
});

it('goes on from where it was stopped, kept in a file meanwhile, to the same end', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 30 }),
      async (bytes, chunkBytes, stop) => {
        const stopping = new AbortController();
        let partial: Awaited<ReturnType<typeof indexOf>> | undefined;
        let reads = 0;
        const access = accessTo(bytes);
        const slow = {
          size: access.size,
          read: (start: number, end: number, signal?: AbortSignal) => {
            if (reads++ === stop) stopping.abort();
            return access.read(start, end, signal);
          },
          close: () => access.close(),
        };
        const stopped = indexOfAccess(slow, {
          chunkBytes,
          signal: stopping.signal,
          onStopped: (index) => (partial = index),
        });
        await stopped.catch((error: unknown) => expect(error).toBe(stopping.signal.reason));
        if (partial === undefined) return;
        const index = await indexOfAccess(access, {
          chunkBytes,
          resume: readIndex(writeIndex(partial, null))?.index,
          sha256: true,
        });
        const wanted = await indexOfAccess(access, { sha256: true });
        expect({
          top: await listed(access, index.top),
          states: await listed(access, index.states),
          fault: index.fault,
          sha256: index.sha256,
        }).toEqual({
          top: await listed(access, wanted.top),
          states: await listed(access, wanted.states),
          fault: wanted.fault,
          sha256: wanted.sha256,
        });
      },
    ),
    { numRuns: 200 },
  );
});

it('stays within the text and keeps what stands before one flipped bit', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), fc.integer({ min: 1, max: 100 }), async (bytes, where, chunkBytes) => {
      const bit = where % (bytes.length * 8);
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const index = await indexOf(flipped, { chunkBytes });
      const found = (await listed(accessTo(flipped), index.top)) ?? [];
      const before = toldByParser(bytes).top?.filter(({ end }) => end < bit >> 3) ?? [];
      expect(found.slice(0, before.length)).toEqual(before);
      let last = 0;
      for (const { start, end } of found) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(flipped.length);
    }),
    { numRuns: 400 },
  );
});

function escapeOf(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
