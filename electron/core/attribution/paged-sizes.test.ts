import { describe, expect, it } from 'vitest';
import { ATTRIBUTION_VIEWS } from '../../../shared/ipc/attribution.ts';
import { Turns } from '../search/turns.ts';
import { SourceError } from '../sources/source-error.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { attributeSource } from './attribute-source.ts';
import type { SizeNode } from './size-node.ts';
import { attributed, expectSums, sourceOf } from './test-support.ts';

const call = (at: number) => ({ type: 'tool_use', id: `c${at}`, name: 'search', input: { q: 'x'.repeat(2000) } });
const result = (at: number, bytes: number) => ({
  type: 'tool_result',
  id: `c${at}`,
  output: `${at} `.repeat(bytes / 4),
});

/** Of some 18 MB, with one result of 3 MB, and messages below. */
function large(): string {
  const messages = Array.from({ length: 1150 }, (_, at) => [
    { id: `m${at}`, name: 'Friday', role: 'assistant', content: [call(at), result(at, at === 7 ? 3e6 : 12_000)] },
    [],
  ]);
  return JSON.stringify({ friday: { memory: { content: messages, _compressed_summary: '' }, name: 'Friday' } });
}

function partOf(node: SizeNode | undefined, ...way: string[]): SizeNode | undefined {
  const [next, ...rest] = way;
  if (next === undefined) return node;
  return partOf(
    node?.parts.find(({ name, kind }) => name === next || kind === next),
    ...rest,
  );
}

describe('a state that is read in parts', () => {
  it('has the same messages and tools as one that is read whole, and parts that add up', async () => {
    const folder = temporaryFolder();
    const text = large();
    const source = await sourceOf(
      folder,
      { 'session:large': text, 'session:small': '{"a": 1}' },
      { indexAbove: 1 << 20 },
    );
    expect('range' in source).toBe(true);
    const whole = await sourceOf(folder, { 'session:large': text, 'session:small': '{"a": 1}' });
    const [parts, once] = [await attributed(source), await attributed(whole)];
    for (const view of ATTRIBUTION_VIEWS) {
      expectSums(parts.views[view]);
      expect(parts.views[view].bytes).toBe(once.views[view].bytes);
    }
    expect(partOf(parts.views.tool, 'search', 'results')?.bytes).toBe(
      partOf(once.views.tool, 'search', 'results')?.bytes,
    );
    expect(partOf(parts.views.tool, 'search', 'results')?.count).toBe(1150);
    expect(partOf(parts.views.tool, 'search', 'calls')).toMatchObject({ count: 1150 });
    const large7 = (root: SizeNode) =>
      root.parts.flatMap(({ parts: all }) => all).find(({ name }) => name.endsWith('m7'));
    expect(large7(parts.views.message)).toMatchObject({ bytes: large7(once.views.message)?.bytes ?? -1 });
    const { what, name } = once.answer;
    expect(parts.answer).toMatchObject({ what, name });
    await Promise.all([source.close(), whole.close()]);
  });

  it('counts by its size alone, once, where it cannot be read to its end', async () => {
    const source = await sourceOf(
      temporaryFolder(),
      { 'session:large': large(), 'session:small': '{"a": 1}' },
      { indexAbove: 1 << 20 },
    );
    const range = source.range?.bind(source);
    if (range === undefined) throw new TypeError('it is not read in parts');
    let hasBegun = false;
    const tornRange = async (key: string) => {
      const found = await range(key);
      const read = (start: number, end: number) => {
        if (hasBegun) throw new SourceError('unreadable', 'The disk has gone.', {});
        return found.access.read(start, end);
      };
      return { ...found, access: { size: found.access.size, read, close: () => found.access.close() } };
    };
    const torn = new Proxy(source, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of);
        if (name === 'range') return tornRange;
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
    const onProgress = () => {
      hasBegun = true;
    };
    const turns = new Turns(() => false);
    const options = { turns, counter: null, since: null, seed: 7, onProgress };
    const { views, unread, firstUnread } = await attributeSource(torn, options);
    expect({ unread, firstUnread }).toEqual({ unread: 1, firstUnread: 'The disk has gone.' });
    for (const view of ATTRIBUTION_VIEWS) expectSums(views[view]);
    await source.close();
  });

  it('tells how far it is before it is through with it', async () => {
    const source = await sourceOf(temporaryFolder(), { 'session:large': large() }, { indexAbove: 1 << 20 });
    const told: number[] = [];
    const onProgress = (done: number, total: number) => void told.push(done / total);
    const turns = new Turns(() => false);
    await attributeSource(source, { turns, counter: null, since: null, seed: 7, onProgress });
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    await source.close();
  });
});
