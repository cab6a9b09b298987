import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { AttributionSession } from './attribution-session.ts';
import { sourceOf } from './test-support.ts';

const RUN = { isCancelled: () => false, onProgress: () => undefined };

async function session(states: Readonly<Record<string, string>>) {
  const now = await sourceOf(temporaryFolder(), states);
  const open = () => Promise.reject(new Error('nothing else is opened'));
  return new AttributionSession(() => ({ now, journal: null, snapshots: null, open }));
}

describe('what the window asks of a run', () => {
  it('1. is the parts of one node, with the way down to it', async () => {
    const states = { 'a:1': JSON.stringify({ memory: { content: ['x'.repeat(100), 'y'] } }), 'a:2': '{}' };
    const attributions = await session(states);
    const { run } = await attributions.run({ since: null, tokens: false }, RUN);
    const whole = attributions.parts({ run, view: 'state', node: null });
    expect(whole.rows.map(({ kind, name }) => [kind, name])).toEqual([
      ['state', 'a:1'],
      ['state', 'a:2'],
    ]);
    const state = attributions.parts({ run, view: 'state', node: whole.rows[0]?.node ?? 0 });
    const memory = attributions.parts({ run, view: 'state', node: state.rows[0]?.node ?? 0 });
    expect(memory.above.map(({ name }) => name)).toEqual(['', 'a:1', 'memory']);
    expect(memory.rows[0]).toMatchObject({
      kind: 'array',
      name: 'content',
      place: { segments: ['memory', 'content'] },
    });
    // Asked once more, a node has the number that it had.
    expect(attributions.parts({ run, view: 'state', node: null })).toEqual(whole);
  });

  it('2. begins with attributes below those that have nearly all, from which the way leads up', async () => {
    const agent = { state_data: { memory: { content: ['x'.repeat(2000)] }, tasks: ['y'.repeat(2000)] }, id: 1 };
    const attributions = await session({ 'a:1': JSON.stringify(agent), 'a:2': JSON.stringify(agent) });
    const { run } = await attributions.run({ since: null, tokens: false }, RUN);
    const { above, rows } = attributions.parts({ run, view: 'attribute', node: null });
    expect(above.map(({ name }) => name)).toEqual(['', 'state_data']);
    expect(rows.map(({ name }) => name).slice(0, 2)).toEqual(['memory', 'tasks']);
    const whole = attributions.parts({ run, view: 'attribute', node: above[0]?.node ?? -1 });
    expect(whole.above.map(({ name }) => name)).toEqual(['']);
    expect(whole.rows[0]).toMatchObject({ name: 'state_data', count: 2 });
  });

  it('3. is some hundred parts at most, which still add up', async () => {
    const members = Array.from({ length: 2000 }, (_, at) => [`key${at}`, 'x'.repeat(20 + (at % 7))]);
    const attributions = await session({ 'a:1': JSON.stringify(Object.fromEntries(members)) });
    const { run, bytes } = await attributions.run({ since: null, tokens: false }, RUN);
    const [state] = attributions.parts({ run, view: 'state', node: null }).rows;
    const { rows } = attributions.parts({ run, view: 'state', node: state?.node ?? 0 });
    expect(rows.length).toBeLessThanOrEqual(301);
    expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(bytes);
    expect(rows.find(({ kind }) => kind === 'smaller')?.count).toBeGreaterThan(1600);
  });

  it('4. is refused of a run that is forgotten', async () => {
    const attributions = await session({ 'a:1': '{}' });
    const { run } = await attributions.run({ since: null, tokens: false }, RUN);
    for (let at = 0; at < 3; at += 1) await attributions.run({ since: null, tokens: false }, RUN);
    expect(() => attributions.parts({ run, view: 'state', node: null })).toThrow(/forgotten/);
  });
});
