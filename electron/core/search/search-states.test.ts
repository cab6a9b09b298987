import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchQuery } from '../../../shared/ipc/search.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { compileSearch } from './compile.ts';
import { type SearchStep, searchStates } from './search-states.ts';
import { Turns } from './turns.ts';

const QUERY: SearchQuery = { mode: 'text', text: '', caseSensitive: false, wholeWord: false, in: ['keys', 'values'] };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-search-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function steps(
  source: Source,
  query: Partial<SearchQuery>,
  { perState = Infinity, isCancelled = (): boolean => false } = {},
): Promise<SearchStep[]> {
  const search = compileSearch({ ...QUERY, ...query });
  if ('message' in search) throw new Error(search.message);
  const turns = new Turns(isCancelled);
  const all: SearchStep[] = [];
  for await (const step of searchStates(source, search, { turns, wanted: () => perState })) all.push(step);
  return all;
}

/** `agent:1 value $.a`, … in the order in which they came. */
async function found(source: Source, query: Partial<SearchQuery>): Promise<string[]> {
  return (await steps(source, query)).flatMap((step) =>
    step.step === 'hits' ? step.hits.map(({ where, path }) => `${step.key} ${where} ${path}`) : [],
  );
}

/** States whose beginnings and ends lie anywhere in the parts that are read; some are longer than a part. */
function backup(states: number): string {
  const state = (n: number) => {
    const filler = 'lorem ipsum '.repeat(n % 12 === 0 ? 100_000 : (n * 37) % 3000);
    const special = n % 5 === 0 ? { 'na\u00efve': `the needle ${n}` } : {};
    return JSON.stringify({ n, filler, ...special, last: n % 9 === 0 ? 'nee\\dle' : 'x' });
  };
  const members = Array.from({ length: states }, (_, n) => `"agent:${n}": ${state(n)}`);
  return `{"metadata": {"backup_name": "b", "version": "1.0", "needle": 1},\n"states": {${members.join(',\n')}}}`;
}

describe('a big file', () => {
  it('is gone through without parsing what holds nothing, and finds the same as state by state', async () => {
    const path = join(folder, 'big.json');
    writeFileSync(path, backup(60));
    const whole = await openSource(path);
    const indexed = await openSource(path, { indexAbove: 1000 });
    try {
      expect(indexed.commonText).toBeDefined();
      for (const query of [
        { text: 'needle' },
        { text: 'NEEDLE', caseSensitive: true },
        { text: 'naïve' },
        { text: 'agent:11' },
        { text: 'nee\\dle' },
        { mode: 'regex', text: 'needle \\d0' },
        { mode: 'regex', text: '^x$' },
        { mode: 'jsonpath', text: "$['naïve']" },
      ] as const) {
        const expected = await found(whole, query);
        expect(await found(indexed, query)).toEqual(expected);
        if (query.text !== 'NEEDLE') expect(expected.length).toBeGreaterThan(0);
      }
    } finally {
      await whole.close();
      await indexed.close();
    }
  });
});

it('tells states of a file that has changed meanwhile as not read, and finds nothing in them', async () => {
  const path = join(folder, 'changed.json');
  const textOf = (word: string) =>
    `{"metadata": {"backup_name": "b"}, "states": {"agent:1": {"a": "${word}"}, "agent:2": {"bb": "${word}"}}}`;
  writeFileSync(path, textOf('needle 1'));
  const indexed = await openSource(path, { indexAbove: 10 });
  expect(await found(indexed, { text: 'needle' })).toEqual(['agent:1 value $.a', 'agent:2 value $.bb']);
  writeFileSync(path, textOf('a needle'));
  const told = await steps(indexed, { text: 'needle' });
  await indexed.close();
  expect(told.filter(({ step }) => step === 'hits')).toEqual([]);
  expect(told.flatMap((step) => (step.step === 'unread' ? [step.key] : []))).toEqual(['agent:1', 'agent:2']);
});

describe('a state that is too large to be parsed at once', () => {
  it('is gone through in parts, with the same hits in the same order', async () => {
    const path = join(folder, 'huge.json');
    const items = Array.from({ length: 8000 }, (_, n) => ({ n, text: `item ${n} ${'filler '.repeat(300)}` }));
    const huge = { first: 'item', items, long: `${'é'.repeat(1_200_000)} needle item`, last: { item: 'item 77' } };
    writeFileSync(
      path,
      JSON.stringify({ metadata: { backup_name: 'b', version: '1.0' }, states: { 'agent:huge': huge } }),
    );
    const whole = await openSource(path, { indexAbove: 1e9 });
    const indexed = await openSource(path, { indexAbove: 1000 });
    for (const query of [
      { text: 'needle' },
      { text: 'item 77' },
      { mode: 'regex', text: '^item$' },
      { text: 'items[77]', in: ['paths'] },
    ] satisfies Partial<SearchQuery>[] as Partial<SearchQuery>[]) {
      const expected = await steps(whole, query);
      const got = await steps(indexed, query);
      expect(got.flatMap((step) => (step.step === 'hits' ? step.hits : []))).toEqual(
        expected.flatMap((step) => (step.step === 'hits' ? step.hits : [])),
      );
      expect(expected.some(({ step }) => step === 'hits')).toBe(true);
    }
    await whole.close();
    await indexed.close();
  });
});

describe('a search', () => {
  it('counts what it does not hand out', async () => {
    const path = join(folder, 'many.json');
    writeFileSync(path, JSON.stringify({ items: Array.from({ length: 5000 }, (_, n) => `item ${n}`) }));
    const source = await openSource(path);
    const some = (await steps(source, { text: 'item' }, { perState: 10 })).filter((step) => step.step === 'hits');
    expect(some.reduce((sum, { found: count }) => sum + count, 0)).toBe(5001);
    expect(some.flatMap(({ hits }) => hits)).toHaveLength(10);
    await source.close();
  });

  it('tells which states it could not read, and goes on', async () => {
    const states = join(folder, 'states');
    mkdirSync(states);
    for (const name of ['kept', 'lost'])
      writeFileSync(join(states, `${name}.json`), '{"agent": {"memory": ["found"]}}');
    const source = await openSource(states);
    rmSync(join(states, 'lost.json'));
    const all = await steps(source, { text: 'found' });
    expect(all.filter(({ step }) => step === 'hits')).toHaveLength(1);
    expect(all).toContainEqual(expect.objectContaining({ step: 'unread', key: expect.stringContaining('lost') }));
    await source.close();
  });

  it('ends at once when the person gives up', async () => {
    const path = join(folder, 'big.json');
    const source = await openSource(path);
    let asked = 0;
    const isCancelled = () => ++asked > 20;
    const run = steps(source, { mode: 'regex', text: '[a-z]+ [0-9]{9}' }, { isCancelled });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await source.close();
  });
});
