import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffResult, diffDocuments } from '../../../shared/diff/diff.ts';
import { documentOf, timed } from '../../../shared/json/test-support.ts';
import { DiffLayout, type DiffLayoutQuery } from './diff-view-layout.ts';
import { diffRow, NotesByNode } from './diff-view-rows.ts';
import { DIFF_KINDS, DiffTree, type Pair } from './diff-view-tree.ts';

interface View {
  readonly tree: DiffTree;
  readonly layout: DiffLayout;
  readonly result: DiffResult;
}

function viewOf(before: unknown, after: unknown): View {
  const [a, b] = [documentOf(JSON.stringify(before)), documentOf(JSON.stringify(after))];
  const result = diffDocuments(a, b);
  const tree = new DiffTree(a, b, result.operations);
  return { tree, layout: new DiffLayout(tree), result };
}

const FIRST = { depth: 1_000_000, unchanged: false, toggled: [] as number[] };
const ALL: DiffLayoutQuery = { expansion: FIRST, kinds: [] };

/** The rows as a person reads them: sign, name or position, values. */
function told({ tree, layout }: View, query: DiffLayoutQuery = ALL): string[] {
  const signs = { same: ' ', added: '+', removed: '-', changed: '~', moved: '>' };
  return layout.rows(query, 0, 1000).map((row) => {
    const each = diffRow(tree, new NotesByNode([]), row);
    const indent = ' '.repeat(each.depth);
    if (each.row === 'fold') return `${indent}… ${each.hidden}${each.hidesChanges ? ' with changes' : ''}`;
    const values = new Set([each.before, each.after].flatMap((value) => (value === null ? [] : [value.preview])));
    return `${indent}${signs[each.kind]}${each.edited ? '~' : ''} ${each.name ?? each.index}${each.expandable ? '' : ` ${[...values].join(' → ')}`}`;
  });
}

const messages = (...ids: string[]) => ids.map((id) => ({ id, role: 'user', name: 'u', content: id, timestamp: 't' }));

describe('what is shown of a comparison', () => {
  test('branches with differences are open, neighbours that are the same are one row', () => {
    const view = viewOf(
      { a: 1, b: 2, c: { d: 1, e: 2 }, f: [1, 2, 3] },
      { a: 1, b: 2, c: { d: 1, e: 3 }, f: [1, 2, 3] },
    );
    expect(told(view)).toEqual(['  0', ' … 2', '   c', '    d 1', '  ~ e 2 → 3', '   f']);
  });

  test('a fold opens and shows what is behind it; all of them open with `unchanged`', () => {
    const view = viewOf({ a: 1, b: 2, c: 3 }, { a: 1, b: 2, c: 4 });
    const [, fold] = view.layout.rows(ALL, 0, 10);
    const opened = told(view, { expansion: { ...FIRST, toggled: [fold?.id ?? 0] }, kinds: [] });
    expect(opened).toEqual(['  0', ' … 2', '   a 1', '   b 2', ' ~ c 3 → 4']);
    expect(told(view, { expansion: { ...FIRST, unchanged: true }, kinds: [] })).toEqual([
      '  0',
      '   a 1',
      '   b 2',
      ' ~ c 3 → 4',
    ]);
  });

  test('what was removed stands behind what it stood behind, and what moved where it is now', () => {
    const view = viewOf(messages('a', 'b', 'c', 'd', 'e'), messages('d', 'a', 'c', 'x', 'e'));
    expect(told(view)).toEqual(['  0', ' > 0', '   1', ' - 1', '   2', ' + 3', '   4']);
  });

  test('with kinds asked for, the others are behind folds that say so', () => {
    const view = viewOf({ a: 1, b: 2, c: 3 }, { a: 1, b: 9, d: 4 });
    expect(told(view, { expansion: FIRST, kinds: ['added'] })).toEqual(['  0', ' … 3 with changes', ' + d 4']);
  });

  test('a value of another kind shows what it was and what it is', () => {
    const view = viewOf({ a: { b: 1 } }, { a: [2] });
    const closed = view.layout.rows(ALL, 0, 10);
    expect(told(view)).toEqual(['  0', ' ~ a']);
    const opened = { expansion: { ...FIRST, toggled: [closed[1]?.id ?? 0] }, kinds: [] };
    expect(told(view, opened)).toEqual(['  0', ' ~ a', '  - b 1', '  + 0 2']);
  });
});

describe('going from change to change', () => {
  test('opens what is closed over the next one, and leaves the rest as it is', () => {
    const view = viewOf({ a: { b: { c: 1 } }, d: { e: 1 } }, { a: { b: { c: 2 } }, d: { e: 2 } });
    const closed: DiffLayoutQuery = { expansion: { ...FIRST, depth: 1 }, kinds: [] };
    expect(told(view, closed)).toEqual(['  0', '   a', '   d']);
    const sought = view.layout.seek(closed, 0, 'next');
    expect(sought).toMatchObject({ index: 3 });
    expect(told(view, { expansion: sought?.expansion ?? FIRST, kinds: [] })).toEqual([
      '  0',
      '   a',
      '    b',
      '   ~ c 1 → 2',
      '   d',
    ]);
  });
});

// Few names and values, so that two of them have something in common.
const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y', null, true));
const item = fc.record({
  id: fc.constantFrom('p', 'q', 'r', 's', 't'),
  text: leaf,
  more: fc.array(leaf, { maxLength: 3 }),
});
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.uniqueArray(item, { maxLength: 5, selector: ({ id }) => id }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
  ),
}));

/** All pairs of the tree that are differences, or stand in none, top down. */
function* walk(tree: DiffTree, pair: Pair = { before: 0, after: 0 }): Generator<Pair> {
  yield pair;
  const { before, after, length } = tree.children(pair);
  for (let i = 0; i < length; i++) yield* walk(tree, { before: before[i] ?? -1, after: after[i] ?? -1 });
}

describe('for any two documents', () => {
  test('each value of both is in the tree exactly once', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const { tree } = viewOf(a, b);
        const pairs = [...walk(tree)];
        const nodes = (side: 'before' | 'after') =>
          pairs
            .map((pair) => pair[side])
            .filter((node) => node >= 0)
            .toSorted((x, y) => x - y);
        expect(nodes('after')).toEqual(Array.from({ length: tree.after.nodeCount }, (_, i) => i));
        expect(nodes('before')).toEqual(Array.from({ length: tree.before.nodeCount }, (_, i) => i));
      }),
    );
  });

  test('the counts of the root, with its own change, are those of the diff', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const { tree, result } = viewOf(a, b);
        const counts = tree.countsOf({ before: 0, after: 0 }) ?? [0, 0, 0, 0];
        const own = Number(tree.isChanged({ before: 0, after: 0 }));
        expect(DIFF_KINDS.map((kind, i) => (counts[i] ?? 0) + (kind === 'changed' ? own : 0))).toEqual(
          DIFF_KINDS.map((kind) => result.counts[kind]),
        );
      }),
    );
  });

  test('steps forth meet every difference in the order of the diff, and steps back the same, whatever is closed', () => {
    fc.assert(
      fc.property(value, value, fc.integer({ min: 0, max: 3 }), (a, b, depth) => {
        const { layout, result } = viewOf(a, b);
        const steps = (direction: 'next' | 'previous') => {
          const met: number[] = [];
          let expansion = { ...FIRST, depth };
          for (let row = direction === 'next' ? -1 : layout.count({ expansion, kinds: [] }); ; ) {
            const sought = layout.seek({ expansion, kinds: [] }, row, direction);
            if (sought === null) return met;
            met.push(sought.id);
            row = sought.index;
            expansion = sought.expansion;
          }
        };
        const ids = result.operations.map(({ beforeNode, afterNode }) =>
          layout.idOf({ before: beforeNode ?? -1, after: afterNode ?? -1 }),
        );
        const order = ids.filter((id, i) => id !== ids[i - 1]);
        expect(steps('next')).toEqual(order);
        expect(steps('previous')).toEqual(order.toReversed());
      }),
    );
  });
});

test('very many items of which two differ are laid out quickly, and any window of them is cut at once', () => {
  const items = Array.from({ length: 300_000 }, (_, i) => i);
  const other = [...items];
  other[100_000] = -1;
  other[250_000] = -2;
  const view = viewOf(items, other);
  const query = { expansion: { ...FIRST, unchanged: true }, kinds: [] };
  const [count, laidOut] = timed(() => view.layout.count(query));
  expect(count).toBe(300_001);
  const [rows, cut] = timed(() => view.layout.rows(query, 250_000, 100));
  expect(rows).toHaveLength(100);
  const [sought] = timed(() => view.layout.seek(query, 150_000, 'next'));
  expect(sought?.index).toBe(250_001);
  expect(told(view)).toHaveLength(6);
  expect(laidOut).toBeLessThan(3000);
  expect(cut).toBeLessThan(200);
});
