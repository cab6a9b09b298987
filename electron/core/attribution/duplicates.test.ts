import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import type { Duplicate } from './duplicates.ts';
import { totalsOf } from './duplicates.ts';
import { attributed, sourceOf } from './test-support.ts';

const LONG = 'the answer of a tool '.repeat(30);
const result = (id: string, output: unknown) => ({ type: 'tool_result', id, name: 'search', output });
const message = (id: string, content: unknown) => ({ id, role: 'user', content });

async function found(states: Readonly<Record<string, unknown>>): Promise<readonly Duplicate[]> {
  const texts = Object.fromEntries(
    Object.entries(states).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const source = await sourceOf(temporaryFolder(), texts);
  const { duplicates } = await attributed(source);
  await source.close();
  return duplicates;
}

describe('duplicates', () => {
  it('1. of a tool result are told with how often, how much, and where, though their calls differ', async () => {
    const content = (n: number) => Array.from({ length: n }, (_, at) => message(`m${at}`, [result(`c${at}`, LONG)]));
    const all = await found({ 'a:1': { content: content(3) }, 'a:2': { content: content(2) } });
    // The two messages that are in both states are copies as wholes; what is left of the result stands in three.
    expect(all.map(({ kind, name, places }) => [kind, name, places.length])).toEqual([
      ['tool-result', 'search', 3],
      ['message', 'user · m0', 2],
      ['message', 'user · m1', 2],
    ]);
    const [results] = all;
    expect(results?.bytes).toBe(LONG.length + 2);
    expect(results?.saved).toBe(2 * (LONG.length + 2));
    expect(results?.places[1]).toEqual({ key: 'a:1', segments: ['content', 1, 'content', 0, 'output'] });
  });

  it('2. are the same however they are spelled, and not the same for another number', async () => {
    const value = { name: 'ä', list: [1, 2.5, LONG], last: null };
    const other = `{"last": null, "list": [1, 2.5, ${JSON.stringify(LONG)}], "name": "\\u00e4"}`;
    const same = await found({ 'a:1': { v: value }, 'a:2': `{"v": ${other}, "w": 0}` });
    expect(same).toHaveLength(1);
    const differs = await found({ 'a:1': { v: value }, 'a:2': `{"v": ${other.replace('2.5', '2.50')}, "w": 0}` });
    expect(differs.map(({ kind }) => kind)).toEqual(['text']);
  });

  it('3. within a copy are not counted once more, and all copies together are no more than there is', async () => {
    const inner = { text: LONG, more: LONG.toUpperCase() };
    const outer = { inner, again: { deep: inner } };
    const same = await found({ 'a:1': outer, 'a:2': outer, 'a:3': outer });
    const bytes = JSON.stringify(outer).length;
    expect(same.map(({ kind, places }) => [kind, places.length])).toEqual([
      ['state', 3],
      ['value', 2],
    ]);
    expect(totalsOf(same)).toEqual({ groups: 2, saved: 2 * bytes + JSON.stringify(inner).length });
  });

  it('4. are not told of what is short', async () => {
    expect(await found({ 'a:1': { v: 'x'.repeat(200) }, 'a:2': { v: 'x'.repeat(200) } })).toEqual([]);
  });
});
