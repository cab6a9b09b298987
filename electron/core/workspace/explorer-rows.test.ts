import { describe, expect, test } from 'vitest';
import type { StateEntry } from '../sources/source.ts';
import { ExplorerList } from './explorer-rows.ts';

function entry(key: string, more: Partial<StateEntry> = {}): StateEntry {
  const [kind = '', id = ''] = key.split(':');
  return { key, kind, id, type: null, status: null, bytes: 1, updatedAt: null, location: key, aliases: [], ...more };
}
const list = new ExplorerList(
  [
    entry('agent:10'),
    entry('agent:2', { status: 'busy', bytes: 50, updatedAt: '2026-01-02T00:00:00Z' }),
    entry('zebra:1'),
    entry('session:翻译', { type: 'JSONSession', updatedAt: '2026-01-01T00:00:00Z' }),
    entry('apple:1'),
  ],
  [
    { location: 'x', code: 'invalid-utf8', message: '', offset: 1, key: 'agent:2', severity: 'warning', details: {} },
    { location: 'x', code: 'truncated', message: '', offset: 1, key: 'agent:2', severity: 'error', details: {} },
  ],
);
const query = { filter: '', groupBy: 'kind', sort: 'key', collapsed: [] } as const;
const keys = (
  q: Partial<{ filter: string; groupBy: 'kind' | 'class'; sort: 'key' | 'updated' | 'size'; collapsed: string[] }>,
) =>
  list
    .page({ ...query, collapsed: [], ...q }, 0, 100)
    .rows.map((row) => (row.row === 'group' ? `[${row.group} ${row.count}]` : row.key));

describe('the explorer lists states', () => {
  test('by kind, sessions and agents first, numbers in natural order', () => {
    expect(keys({})).toEqual([
      '[session 1]',
      'session:翻译',
      '[agent 2]',
      'agent:2',
      'agent:10',
      '[apple 1]',
      'apple:1',
      '[zebra 1]',
      'zebra:1',
    ]);
  });

  test('every word of the filter must match key, type or status; groups without a match are left out', () => {
    expect(keys({ filter: 'AGENT busy' })).toEqual(['[agent 1]', 'agent:2']);
    expect(keys({ filter: 'jsonsession' })).toEqual(['[session 1]', 'session:翻译']);
    expect(keys({ filter: 'nothing at all' })).toEqual([]);
  });

  test('a collapsed kind keeps its count', () => {
    expect(keys({ collapsed: ['agent', 'apple', 'zebra'] })).toEqual([
      '[session 1]',
      'session:翻译',
      '[agent 2]',
      '[apple 1]',
      '[zebra 1]',
    ]);
  });

  test('the largest or the latest first', () => {
    expect(keys({ sort: 'size', filter: 'agent' })).toEqual(['[agent 2]', 'agent:2', 'agent:10']);
    expect(keys({ sort: 'updated', filter: 'agent' })).toEqual(['[agent 2]', 'agent:2', 'agent:10']);
  });

  test('by class: core, extended, runtime', () => {
    const mixed = new ExplorerList(
      ['metrics:m', 'user:u', 'agent:2', 'agent:10', 'session:s', 'logs:l', 'file:f'].map((key) => entry(key)),
      [],
    );
    const rows = mixed.page({ ...query, collapsed: ['runtime'], groupBy: 'class' }, 0, 100).rows;
    expect(rows.map((row) => (row.row === 'group' ? `[${row.group} ${row.count}]` : row.key))).toEqual([
      '[core 3]',
      'session:s',
      'agent:2',
      'agent:10',
      '[extended 2]',
      'file:f',
      'user:u',
      '[runtime 2]',
    ]);
  });

  test('a field word asks for the whole of a field, alternatives of one field add up', () => {
    expect(keys({ filter: 'kind:agent' })).toEqual(['[agent 2]', 'agent:2', 'agent:10']);
    expect(keys({ filter: 'kind:age' })).toEqual([]);
    expect(keys({ filter: 'kind:AGENT status:busy' })).toEqual(['[agent 1]', 'agent:2']);
    expect(keys({ filter: 'kind:apple kind:zebra' })).toEqual(['[apple 1]', 'apple:1', '[zebra 1]', 'zebra:1']);
    expect(keys({ filter: 'type:json' })).toEqual(['[session 1]', 'session:翻译']);
    expect(keys({ filter: 'key:agent:1' })).toEqual([]);
    expect(keys({ filter: 'key:agent:10 1' })).toEqual(['[agent 1]', 'agent:10']);
    expect(keys({ filter: 'kind:agent status:""' })).toEqual(['[agent 1]', 'agent:10']);
    expect(keys({ filter: 'kind: agent' })).toEqual(['[agent 2]', 'agent:2', 'agent:10']);
  });

  test('a state bears its worst problem', () => {
    const row = list
      .page({ ...query, collapsed: [] }, 0, 100)
      .rows.find((candidate) => candidate.row === 'state' && candidate.key === 'agent:2');
    expect(row).toMatchObject({ problem: 'error' });
  });
});
