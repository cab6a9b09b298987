import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTION_VIEWS } from '../../../shared/ipc/attribution.ts';
import { strictJson } from '../../../shared/json/test-support.ts';
import { Turns } from '../search/turns.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { attributeSource } from './attribute-source.ts';
import { netGrowth, type SizeNode } from './size-node.ts';
import { attributed, expectSums, nodesOf, sourceOf } from './test-support.ts';
import { TokenCounter } from './token-counter.ts';

const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text: fc.string({ maxLength: 300 }) }),
  fc.record({
    type: fc.constant('tool_use'),
    id: fc.string(),
    name: fc.constantFrom('a', 'b'),
    input: fc.dictionary(fc.string(), fc.string()),
  }),
  fc.record({
    type: fc.constant('tool_result'),
    id: fc.string(),
    name: fc.constantFrom('a', 'b'),
    output: fc.string({ maxLength: 500 }),
  }),
);
const message = fc.record({
  id: fc.string({ minLength: 1 }),
  role: fc.constantFrom('user', 'assistant'),
  content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
});
const conversation = fc
  .record({
    agent: fc.record({ memory: fc.record({ content: fc.array(message, { maxLength: 8 }) }), name: fc.string() }),
  })
  .chain((value) => fc.constantFrom(0, 2).map((indent) => JSON.stringify(value, null, indent)));
const states = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}:[a-z0-9]{1,6}$/), fc.oneof(conversation, strictJson), {
  maxKeys: 6,
});

describe('sizes', () => {
  it('1. of the parts of anything add up to it, in every view, and all of it is the texts of the states', async () => {
    const folder = temporaryFolder();
    const counter = await TokenCounter.load();
    await fc.assert(
      fc.asyncProperty(states, async (texts) => {
        const source = await sourceOf(folder, texts);
        const { views } = await attributed(source, { counter });
        const bytes = source.entries.reduce((sum, entry) => sum + entry.bytes, 0);
        for (const view of ATTRIBUTION_VIEWS) {
          expect({ view, bytes: views[view].bytes }).toEqual({ view, bytes });
          expect(views[view].tokens).toBe(views.state.tokens);
          expectSums(views[view]);
        }
        await source.close();
      }),
      { numRuns: 30 },
    );
  });

  it('2. have grown by what is there more than there was, in every node of every view', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(states, states, async (before, after) => {
        const was = await sourceOf(folder, before);
        const now = await sourceOf(folder, { ...after, ...Object.fromEntries(Object.entries(before).slice(0, 1)) });
        const { views } = await attributed(now, { since: { source: was, hashes: null } });
        const sum = (entries: typeof now.entries) => entries.reduce((all, { bytes }) => all + bytes, 0);
        const grown = sum(now.entries) - sum(was.entries);
        for (const view of ATTRIBUTION_VIEWS) {
          const { growth } = views[view];
          expect({ view, grown: growth && netGrowth(growth) }).toEqual({ view, grown });
          expectSums(views[view]);
        }
        for (const node of nodesOf(views.state)) expect((node.growth?.added ?? 0) <= node.bytes).toBe(true);
        await Promise.all([now.close(), was.close()]);
      }),
      { numRuns: 30 },
    );
  });

  it('3. tell an appended message as added, a changed one as grown and a removed one as removed', async () => {
    const folder = temporaryFolder();
    const conversation = (...texts: [string, string][]) =>
      JSON.stringify({ content: texts.map(([id, content]) => ({ id, role: 'user', content })) });
    const long = 'x'.repeat(500);
    const before = await sourceOf(folder, { 'a:1': conversation(['m1', long], ['m2', long], ['m3', 'y']) });
    const after = await sourceOf(folder, { 'a:1': conversation(['m2', `${long}12345`], ['m3', 'y'], ['m4', 'new']) });
    const { views } = await attributed(after, { since: { source: before, hashes: null } });
    const added = JSON.stringify({ id: 'm4', role: 'user', content: 'new' }).length;
    const removed = JSON.stringify({ id: 'm1', role: 'user', content: long }).length;
    for (const view of ATTRIBUTION_VIEWS) {
      const { growth } = partOf(views[view], view === 'message' ? 'conversation' : 'source');
      if (view !== 'tool') expect({ view, growth }).toEqual({ view, growth: { added, removed, grown: 5 } });
    }
    await Promise.all([before.close(), after.close()]);
  });

  it('4. of a state with the hash that it had are not compared: it need not even be there any more', async () => {
    const text = '{"a": {"b": "some text"}}';
    const folders = [temporaryFolder(), temporaryFolder()] as const;
    for (const folder of folders) writeFileSync(join(folder, 'friday.json'), text);
    const before = await openSource(folders[0]);
    const now = await openSource(folders[1]);
    rmSync(join(folders[0], 'friday.json'));
    const [key = ''] = now.entries.map((entry) => entry.key);
    const hashes = new Map([[key, createHash('sha256').update(text).digest('hex')]]);
    const same = await attributed(now, { since: { source: before, hashes } });
    for (const { growth } of nodesOf(same.views.state)) expect(growth).toEqual({ added: 0, removed: 0, grown: 0 });
    const unknown = await attributed(now, { since: { source: before, hashes: null } });
    expect([...nodesOf(unknown.views.state)].some(({ growth }) => growth === null)).toBe(true);
    await Promise.all([before.close(), now.close()]);
  });

  it('5. are given up between two states, and within one while its tokens are counted', async () => {
    const source = await sourceOf(temporaryFolder(), { 'a:1': JSON.stringify({ text: 'a b '.repeat(500_000) }) });
    const counter = await TokenCounter.load();
    let cancelled = false;
    const turns = new Turns(() => cancelled);
    const measuring = attributeSource(source, { turns, counter, since: null, seed: 1, onProgress: () => undefined });
    setTimeout(() => {
      cancelled = true;
    }, 10);
    const began = performance.now();
    await expect(measuring).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(1000);
    await source.close();
  });
});

function partOf(root: SizeNode, kind: SizeNode['kind']): SizeNode {
  return root.parts.find((part) => part.kind === kind) ?? root;
}
