import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../shared/clock/version-vector.ts';
import { concurrentWith, hasSeen, mergeVersions, type Standing, seenBy, writerName } from './merge.ts';
import { versionName } from './model.ts';

/** What three nodes do with one key: write over what some of them hold, or hear what another holds. */
type Step =
  | { readonly kind: 'write'; readonly node: number; readonly all: boolean }
  | { readonly kind: 'hear'; readonly node: number; readonly from: number };

const NODES = ['a', 'b', 'c'];
const node = fc.nat({ max: NODES.length - 1 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), node, all: fc.boolean() }),
    fc.record({ kind: fc.constant('hear' as const), node, from: node }),
  ),
  { maxLength: 25 },
);

interface Made extends Standing {
  /** The whole past, as it was: what the vectors have to tell. */
  readonly past: ReadonlySet<string>;
}

/** All versions in the order in which they were made, and what each node holds at the end. */
function play(history: readonly Step[]): {
  readonly made: readonly Made[];
  readonly held: readonly (readonly Made[])[];
} {
  const made: Made[] = [];
  const held: (readonly Made[])[] = NODES.map(() => []);
  const counters = NODES.map(() => 0);
  for (const step of history) {
    const own = held[step.node] ?? [];
    if (step.kind === 'hear') {
      held[step.node] = mergeVersions(own, held[step.from] ?? []);
      continue;
    }
    // Over all that stands, or over the first only, as somebody does who sees no more.
    const seen = step.all ? own : own.slice(0, 1);
    const counter = (counters[step.node] ?? 0) + 1;
    counters[step.node] = counter;
    const vector = seenBy(seen);
    const writer = writerName(NODES[step.node] ?? '', vector, own);
    const version: Made = {
      writer,
      counter,
      vector: new Map(vector).set(writer, counter),
      depth: 1 + Math.max(0, ...seen.map(({ depth }) => depth)),
      hash: `${writer}:${counter}`,
      past: new Set(seen.flatMap((one) => [...one.past, versionName(one)])),
    };
    made.push(version);
    held[step.node] = mergeVersions(own, [version]);
  }
  return { made, held };
}

const names = (versions: readonly Standing[]) => versions.map(versionName);
const histories = steps.map(play);
/** Two or three subsets of the versions of one history. */
const subsets = (count: number) =>
  histories.chain(({ made }) => fc.tuple(...Array.from({ length: count }, () => fc.shuffledSubarray([...made]))));

describe('merging versions', () => {
  test('is commutative', () => {
    fc.assert(
      fc.property(subsets(2), ([a = [], b = []]) => {
        expect(names(mergeVersions(a, b))).toEqual(names(mergeVersions(b, a)));
      }),
    );
  });

  test('is associative', () => {
    fc.assert(
      fc.property(subsets(3), ([a = [], b = [], c = []]) => {
        expect(names(mergeVersions(mergeVersions(a, b), c))).toEqual(names(mergeVersions(a, mergeVersions(b, c))));
      }),
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(subsets(2), ([a = [], b = []]) => {
        const both = mergeVersions(a, b);
        expect(names(mergeVersions(both, both))).toEqual(names(both));
        expect(names(mergeVersions(both, a))).toEqual(names(both));
      }),
    );
  });

  test('keeps exactly the versions that no other has in its past', () => {
    fc.assert(
      fc.property(histories, ({ made }) => {
        const last = made.filter((one) => !made.some(({ past }) => past.has(versionName(one))));
        expect(new Set(names(mergeVersions(made, [])))).toEqual(new Set(names(last)));
      }),
    );
  });
});

describe('version vectors of versions', () => {
  test('tell the past as it was, also where somebody wrote without having seen all that stood, himself included', () => {
    fc.assert(
      fc.property(histories, ({ made }) => {
        for (const a of made) {
          for (const b of made) {
            if (a === b) continue;
            expect(hasSeen(b.vector, a)).toBe(b.past.has(versionName(a)));
            if (b.past.has(versionName(a))) expect(compare(a.vector, b.vector)).toBe('before');
          }
        }
      }),
    );
  });

  test('the order in which versions are shown goes with the past: what has seen another comes first', () => {
    fc.assert(
      fc.property(histories, ({ made }) => {
        for (const a of made)
          for (const b of made) if (hasSeen(b.vector, a) && a !== b) expect(b.depth).toBeGreaterThan(a.depth);
      }),
    );
  });
});

test('taken in in any order that puts the past first, every concurrent pair is told once, and no other', () => {
  const orders = histories.chain(({ made }) =>
    fc.tuple(fc.constant(made), fc.array(fc.nat(), { maxLength: made.length })),
  );
  fc.assert(
    fc.property(orders, ([made, choices]) => {
      const told: string[] = [];
      const taken: Made[] = [];
      let standing: readonly Made[] = [];
      for (let at = 0; taken.length < made.length; at++) {
        const ready = made.filter(
          (one) => !taken.includes(one) && [...one.past].every((name) => names(taken).includes(name)),
        );
        const next = ready[(choices[at] ?? 0) % ready.length];
        if (next === undefined) throw new Error('a version has itself in its past');
        for (const { writer, first, last } of concurrentWith(next.vector, standing)) {
          for (const one of taken) {
            if (one.writer === writer && one.counter >= first && one.counter <= last) {
              told.push([versionName(one), versionName(next)].toSorted().join(' '));
            }
          }
        }
        taken.push(next);
        standing = mergeVersions(standing, [next]);
      }
      const pairs = made.flatMap((a, at) =>
        made
          .slice(at + 1)
          .filter((b) => compare(a.vector, b.vector) === 'concurrent')
          .map((b) => [versionName(a), versionName(b)].toSorted().join(' ')),
      );
      expect(told.toSorted()).toEqual(pairs.toSorted());
    }),
  );
});
