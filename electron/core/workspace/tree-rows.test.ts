import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { VisibleTree } from './tree-rows.ts';

function tree(text: string): VisibleTree {
  const { document } = parseJson(new TextEncoder().encode(text));
  if (!document) throw new Error(`no document in ${text}`);
  return new VisibleTree(document);
}
const ALL = { depth: 1_000_000, toggled: [] };

describe('which rows of a tree are visible', () => {
  test('depth 0 shows the root alone, depth 1 its members', () => {
    const view = tree('{"a": {"b": 1}, "c": [true]}');
    expect(view.rows({ depth: 0, toggled: [] }, 0, 10)).toMatchObject({
      total: 1,
      rows: [{ depth: 0, children: 2, expanded: false }],
    });
    expect(view.rows({ depth: 1, toggled: [] }, 0, 10).rows.map((row) => row.name)).toEqual([null, 'a', 'c']);
  });

  test('a node toggled by hand is the opposite of what its depth says', () => {
    const view = tree('{"a": {"b": 1}, "c": [true]}');
    const { rows } = view.rows({ depth: 1, toggled: [1] }, 0, 10);
    expect(rows.map((row) => row.name)).toEqual([null, 'a', 'b', 'c']);
    expect(rows.map((row) => row.expanded)).toEqual([true, true, false, false]);
    expect(view.rows({ depth: 9, toggled: [0] }, 0, 10).total).toBe(1);
  });

  test('an empty container cannot be open', () => {
    expect(
      tree('{"a": [], "b": 1}')
        .rows(ALL, 0, 10)
        .rows.map((row) => row.expanded),
    ).toEqual([true, false, false]);
  });

  test('any window equals the same cut of all rows', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(4),
        (text, offset, limit, depth) => {
          const view = tree(text);
          const expansion = { depth, toggled: [0, 2, 3] };
          const all = view.rows(expansion, 0, 1_000_000);
          expect(all.rows).toHaveLength(all.total);
          expect(view.rows(expansion, offset, limit)).toEqual({
            total: all.total,
            rows: all.rows.slice(offset, offset + limit),
          });
        },
      ),
    );
  });

  test('every row but the root stands below an open row of the depth above it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(5), (text, depth) => {
        const { rows } = tree(text).rows({ depth, toggled: [1, 4] }, 0, 1_000_000);
        for (const [i, row] of rows.entries()) {
          if (i === 0) continue;
          const parent = rows.slice(0, i).findLast((other) => other.depth < row.depth);
          expect(parent).toMatchObject({ depth: row.depth - 1, expanded: true });
        }
      }),
    );
  });

  test('revealing a node opens what stands above it and nothing else is needed', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(200), fc.nat(3), (text, pick, depth) => {
        const view = tree(text);
        const all = view.rows(ALL, 0, 1_000_000).rows;
        const wanted = all[pick % all.length];
        const { index, expansion } = view.reveal({ depth, toggled: [0] }, wanted?.node ?? 0);
        expect(view.rows(expansion, index, 1).rows[0]?.node).toBe(wanted?.node);
      }),
    );
  });

  test('100,000 levels open without a stack overflow', () => {
    const view = tree('['.repeat(100_000) + ']'.repeat(100_000));
    expect(view.rows(ALL, 99_990, 100)).toMatchObject({ total: 100_000 });
    expect(view.reveal({ depth: 0, toggled: [] }, 99_999).index).toBe(99_999);
  });

  test('what a row tells of its value', () => {
    const { rows } = tree('{"big": 12345678901234567890, "nan": NaN, "f": 553.0, "s": "a\\nb", "x": 1, "x": 2}').rows(
      ALL,
      1,
      10,
    );
    expect(rows.map(({ name, preview, inexact }) => [name, preview, inexact])).toEqual([
      ['big', '12345678901234567890', true],
      ['nan', 'NaN', true],
      ['f', '553.0', true],
      ['s', 'a\nb', false],
      ['x', '1', false],
      ['x', '2', false],
    ]);
    expect(rows.map((row) => row.duplicate)).toEqual([false, false, false, false, true, true]);
    expect(rows.map((row) => row.shadowed)).toEqual([false, false, false, false, true, false]);
    expect(rows[4]).toMatchObject({ index: 4, siblings: 6, depth: 1 });
  });
});
