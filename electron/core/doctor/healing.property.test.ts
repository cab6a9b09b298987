/**
 * Whatever faults a session has, in any combination: repairing all of it leaves nothing to find, repairing that changes nothing,
 * and every byte that is not part of a repair is where it was.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Source } from '../sources/source.ts';
import { spliceAll } from './edit-all.ts';
import type { RepairPlan } from './model.ts';
import { repairsOf } from './repairs.ts';
import { findingsOf, open, repairAll, sessionFile } from './test-support.ts';

type Shape = 'list' | 'marked' | '2.x' | 'design';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const word = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('喂 🚄', 'say "hi"\n', ''));

/** As Python may write it: with halves of characters, bare words, names twice. */
const oddText = fc.oneof(
  { weight: 6, arbitrary: word.map((text) => JSON.stringify(text.toWellFormed())) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'NaN',
      '-Infinity',
      '12345678901234567890',
      '553.0',
      String.raw`"\ud83d"`,
      '"\u0002"',
      'null',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{"x": 1, "x": 2}', '{"x": {"x": 1, "x": [2], "x": 3}, "y": []}', '[]', '{}'),
  },
);

const block = (shape: Shape) =>
  fc.oneof(
    word.map((text) => JSON.stringify({ type: 'text', text: text.toWellFormed() })),
    name.map((id) =>
      shape === '2.x' ? call2(id, '{}') : JSON.stringify({ type: 'tool_use', id, name: 'book', input: {} }),
    ),
    fc.tuple(name, word).map(([id, said]) =>
      JSON.stringify({
        type: 'tool_result',
        id,
        name: 'book',
        output: said === '' ? [] : [{ type: 'text', text: said.toWellFormed() }],
      }),
    ),
    shape === '2.x'
      ? fc
          .tuple(name, fc.constantFrom('{"a": [1', 'no', '{"b": "x'), fc.constantFrom(1))
          .map(([id, cut]) => call2(id, cut))
      : name.map(() => '{"type": "text", "text": "x"}'),
  );

function call2(id: string, input: string): string {
  return JSON.stringify({
    type: 'tool_call',
    id,
    name: 'book',
    input,
    state: 'pending',
    created_at: '2026-11-22T17:00:45',
  });
}

const message = (shape: Shape, at: number) =>
  fc
    .tuple(
      fc.constantFrom('user', 'assistant', 'system'),
      fc.array(block(shape), { minLength: 1, maxLength: 4 }),
      oddText,
      fc.boolean(),
      fc.boolean(),
    )
    .map(([role, blocks, odd, isText, isCompressed]) => {
      const content = isText && shape !== '2.x' ? '"hi"' : `[${blocks.join(', ')}]`;
      const text = `{"id": "m${at}", "name": "x", "role": "${role}", "content": ${content}, "metadata": {"odd": ${odd}}, "timestamp": "2026-11-22 17:00:44.567"}`;
      return shape === 'marked' ? `[${text}, ${isCompressed ? '["compressed"]' : '[]'}]` : text;
    });

const session = fc
  .tuple(fc.constantFrom<Shape>('list', 'marked', '2.x', 'design'), fc.nat(5), fc.boolean(), oddText)
  .chain(([shape, count, hasSummary, odd]) =>
    fc.tuple(...Array.from({ length: count }, (_, at) => message(shape, at))).map((messages) => {
      const list = `[${messages.join(', ')}]`;
      const summary = hasSummary ? '"All done."' : '""';
      switch (shape) {
        case 'list':
          return `{"friday": {"memory": {"content": ${list}}, "extra": ${odd}}}`;
        case 'marked':
          return `{"friday": {"memory": {"_compressed_summary": ${summary}, "content": ${list}}, "extra": ${odd}}}`;
        case '2.x':
          return `{"session_id": "s", "summary": ${summary}, "context": ${list}, "reply_context": {}, "extra": ${odd}}`;
        case 'design':
          return `{"session_id": "s", "participants": [], "messages": ${list}, "message_count": ${count}, "extra": ${odd}}`;
        default:
          return shape satisfies never;
      }
    }),
  );

/** What happens to a file: it is cut off, gets a tail, or a broken byte. */
const damage = fc.tuple(
  fc.constantFrom('none', 'none', 'cut', 'tail', 'byte'),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

function damaged(text: string, [kind, at]: readonly [string, number]): Uint8Array {
  const bytes = Buffer.from(text);
  switch (kind) {
    case 'cut':
      return bytes.subarray(0, 30 + Math.floor(at * (bytes.length - 30)));
    case 'tail':
      return Buffer.concat([bytes, Buffer.from(`\n===="}}${'x'.repeat(at * 9)}`)]);
    case 'byte': {
      const inside = bytes.indexOf('"extra"') + 3;
      return Buffer.concat([bytes.subarray(0, inside), Buffer.from('eda0bd', 'hex'), bytes.subarray(inside)]);
    }
    default:
      return bytes;
  }
}

async function after(plan: RepairPlan, source: Source, before: Uint8Array): Promise<Uint8Array> {
  const [state] = plan.states;
  if (state === undefined) return before;
  const stored = (await source.read(state.key)).bytes;
  const staged = state.stages.reduce<Uint8Array>((text, splices) => spliceAll(text, splices), stored);
  expect(Buffer.from(staged).equals(state.after)).toBe(true);
  return state.after;
}

it('repairing heals, and repairing what is healed does nothing', async () => {
  await fc.assert(
    fc.asyncProperty(session, damage, fc.boolean(), async (text, harm, isOther) => {
      const bytes = damaged(text, harm);
      const source = await open(sessionFile(bytes));
      const plan = await repairAll(
        source,
        isOther ? { choose: (finding) => repairsOf(finding).at(-1)?.id ?? null } : {},
      );
      expect(plan.refused).toEqual([]);
      const healed = await open(sessionFile(await after(plan, source, bytes)));
      expect((await findingsOf(healed)).filter(({ repair }) => repair !== null)).toEqual([]);
      expect((await repairAll(healed)).states).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
