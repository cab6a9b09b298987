import { describe, expect, it } from 'vitest';
import type { SearchHit, SearchRow } from '../../../shared/ipc/search.ts';
import { SearchResults } from './search-results.ts';

const NOTHING_OPENED = { collapsed: [], expanded: [] };

function hit(n: number): SearchHit {
  return {
    where: 'value',
    kind: 'string',
    path: `$[${n}]`,
    segments: [n],
    offset: n,
    before: '',
    match: 'x',
    after: '',
    cutBefore: false,
    cutAfter: false,
    moment: null,
  };
}

function resultsOf(states: Readonly<Record<string, number>>): SearchResults {
  const results = new SearchResults();
  for (const [key, found] of Object.entries(states)) {
    const kept = Math.min(found, results.wanted(key));
    results.take({ step: 'hits', key, hits: Array.from({ length: kept }, (_, n) => hit(n)), found });
  }
  return results;
}

const told = (row: SearchRow): string =>
  row.row === 'state' ? `${row.key} ${row.hits}` : row.row === 'hit' ? row.hit.path : `${row.left} more`;

describe('results', () => {
  it('show the first few hits of each state, and how many there are in all', () => {
    const results = resultsOf({ 'agent:a': 2, 'agent:b': 7 });
    const { rows, total } = results.rows(NOTHING_OPENED, 0, 100);
    expect(rows.map(told).join(', ')).toBe('agent:a 2, $[0], $[1], agent:b 7, $[0], $[1], $[2], $[3], $[4], 2 more');
    expect(total).toBe(rows.length);
    expect(results.totals()).toMatchObject({ hits: 9, states: 2 });
  });

  it('are cut out anywhere alike, however states are opened and closed', () => {
    const results = resultsOf({ a: 1, b: 30, c: 7, d: 0, e: 2500 });
    for (const expansion of [NOTHING_OPENED, { collapsed: ['b'], expanded: ['c', 'e'] }]) {
      const { rows, total } = results.rows(expansion, 0, 10_000);
      expect(rows).toHaveLength(total);
      for (const offset of [0, 1, 2, 5, 11, total - 1, total]) {
        expect(results.rows(expansion, offset, 4).rows).toEqual(rows.slice(offset, offset + 4));
      }
    }
  });

  it('are kept up to a bound, and counted beyond it', () => {
    const results = resultsOf(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`agent:${n}`, 1500])));
    const everything = Array.from({ length: 60 }, (_, n) => `agent:${n}`);
    const { rows } = results.rows({ collapsed: [], expanded: everything }, 0, 100_000);
    expect(results.totals().hits).toBe(90_000);
    expect(rows.filter(({ row }) => row === 'hit').length).toBeLessThan(25_000);
    const counted = rows.reduce((sum, row) => sum + (row.row === 'hit' ? 1 : row.row === 'more' ? row.left : 0), 0);
    expect(counted).toBe(90_000);
    expect(rows.at(-1)).toMatchObject({ row: 'more', kept: false });
  });
});
