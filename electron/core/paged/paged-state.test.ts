import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expansion } from '../../../shared/ipc/contract.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { pathOf } from '../../../shared/json/path.ts';
import { formatJson } from '../../../shared/json/print.ts';
import { findConversations, readMessages } from '../../../shared/messages/conversation.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { StateEntry } from '../sources/source.ts';
import { VisibleTree } from '../workspace/tree-rows.ts';
import { PagedState } from './paged-state.ts';

class Bytes implements RandomAccess {
  readonly size: number;
  readonly #bytes: Uint8Array;
  /** In all. */
  taken = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const part = this.#bytes.slice(start, end);
    this.taken += part.length;
    return part;
  }

  async close(): Promise<void> {}
}

const ENTRY: StateEntry = {
  key: 'session:s',
  kind: 'session',
  id: 's',
  type: null,
  status: null,
  bytes: 0,
  updatedAt: null,
  location: '.',
  aliases: [],
};
const METADATA = { file: null, table: null, createdAt: null, updatedAt: null, type: null, version: null, fields: [] };

async function openPaged(text: string | Uint8Array, largeAbove: number, incomplete = false) {
  const access = new Bytes(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const range = { access, incomplete, metadata: METADATA, problems: [] };
  return { access, state: await PagedState.open(ENTRY, range, { largeAbove }) };
}

function whole(text: string | Uint8Array) {
  const { document } = parseJson(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  if (document === null) throw new Error('no JSON');
  return document;
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => typeof value === 'object' && value !== null);
const text = fc.tuple(json, fc.constantFrom(0, 2)).map(([value, indent]) => JSON.stringify(value, null, indent));

describe('a state that is read in parts', () => {
  test('has the rows, places and texts of one that is parsed whole, whatever counts as large', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.nat(60), fc.infiniteStream(fc.boolean()), async (source, largeAbove, coin) => {
        const document = whole(source);
        const { state } = await openPaged(source, largeAbove);
        const toggled: number[] = [];
        for (let node = 1; node < document.nodeCount; node++)
          if (document.childCount(node) > 0 && coin.next().value === true) toggled.push(node);
        const start = (node: number) => document.start(node) - document.start(0);
        const expansion: Expansion = { depth: 1, toggled };
        const expected = new VisibleTree(document).rows(expansion, 0, 1000);
        const paged: Expansion = { depth: 1, toggled: toggled.map(start) };
        const rows = await state.rows({ expansion: paged, offset: 0, limit: 1000 });
        expect(rows.total).toBe(expected.total);
        expect(rows.rows.map((row) => ({ ...row, label: null }))).toEqual(
          expected.rows.map((row) => ({ ...row, label: null, node: start(row.node) })),
        );
        const middle = await state.rows({ expansion: paged, offset: 3, limit: 4 });
        expect(middle.rows).toEqual(rows.rows.slice(3, 7));
        for (const { node } of expected.rows) {
          const { steps, ...detail } = await state.value(start(node));
          await expect(state.document.resolve(pathOf(document, node))).resolves.toMatchObject({ id: start(node) });
          expect(steps.length).toBe(pathOf(document, node).length);
          expect(detail).toMatchObject({ kind: document.kind(node), children: document.childCount(node) });
          expect(await joined(state.valueText({ node: start(node), form: 'json' }))).toBe(formatJson(document, node));
          if (document.kind(node) !== 'string') continue;
          expect(await joined(state.valueText({ node: start(node), form: 'text' }))).toBe(document.string(node));
        }
        for (let node = 0; node < document.nodeCount; node += 3) {
          const opened = new VisibleTree(document).reveal(expansion, node);
          const revealed = await state.reveal({ expansion: paged, node: start(node) });
          expect(revealed.index).toBe(opened.index);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('is cut off where the text ends, and shows what stands before that', async () => {
    const source = new TextEncoder().encode(
      JSON.stringify({ a: [1, { b: 'xyz' }, [[2, 'é']]], friday: { memory: [{ role: 'user', content: 'long' }] } }),
    );
    for (let cut = 2; cut < source.length; cut++) {
      const part = source.subarray(0, cut);
      const document = whole(part);
      const { state } = await openPaged(part, 4, true);
      const toggled: number[] = [];
      for (let node = 1; node < document.nodeCount; node++) if (document.childCount(node) > 0) toggled.push(node);
      const expected = new VisibleTree(document).rows({ depth: 1, toggled }, 0, 100);
      const expansion = { depth: 1, toggled: toggled.map((node) => document.start(node)) };
      const { rows } = await state.rows({ expansion, offset: 0, limit: 100 });
      const seen = ({ depth, name, kind, incomplete, children }: (typeof rows)[number]) => ({
        depth,
        name,
        kind,
        incomplete,
        children,
      });
      expect(rows.map(seen), `cut at ${cut}`).toEqual(expected.rows.map(seen));
    }
  });

  test('pages through a conversation, and reads little more than the page', async () => {
    const message = (n: number) => [
      {
        id: `m${n}`,
        role: n % 2 === 0 ? 'user' : 'assistant',
        name: 'x',
        content: `${n} ${'word '.repeat(n === 77 ? 400 : 20)}`,
      },
      ['mark'],
    ];
    const content = Array.from({ length: 5000 }, (_, n) => message(n));
    const source = JSON.stringify({ friday: { _sys_prompt: '', memory: { content, _compressed_summary: 's' } } });
    const document = whole(source);
    const [expected] = findConversations(document);
    if (expected === undefined) throw new Error('no conversation');
    const { state, access } = await openPaged(source, 1000);
    const [conversation] = (await state.summary()).conversations;
    expect(conversation).toMatchObject({ label: expected.label, count: 5000, summary: 's' });
    const node = conversation?.node ?? 0;
    await state.conversationPage({ node, offset: 0, limit: 1 });
    const before = access.taken;
    for (const offset of [0, 2500, 4980]) {
      const page = await state.conversationPage({ node, offset, limit: 50 });
      expect(page.total).toBe(5000);
      const messages = readMessages(document, expected, offset, 50);
      const start = (at: number) => document.start(at);
      expect(page.messages.map((each) => ({ ...each, blocks: [] }))).toEqual(
        messages.map((each) => ({ ...each, blocks: [], node: start(each.node) })),
      );
      expect(page.messages.flatMap(({ blocks }) => blocks)).toEqual(
        messages.flatMap(({ blocks }) => blocks.map((block) => ({ ...block, node: start(block.node) }))),
      );
    }
    expect(access.taken - before).toBeLessThan(3 * 50 * 300);
  });

  test('gives a long string piece by piece, whatever is in it', async () => {
    const odd = '😀é\\"\n\ud83d ẞ\u0000';
    const long = Array.from({ length: 30_000 }, (_, n) => odd.slice(n % odd.length)).join('');
    for (const source of [
      JSON.stringify([long]),
      `["${long.replace(/[^a-z]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"]`,
    ]) {
      const { state } = await openPaged(source, 1000);
      const pieces: string[] = [];
      for await (const piece of state.valueText({ node: 1, form: 'text' })) pieces.push(piece);
      expect(pieces.join('') === long).toBe(true);
      expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(64 * 1024);
      const { rows } = await state.rows({ expansion: { depth: 1, toggled: [] }, offset: 1, limit: 1 });
      expect(rows[0]).toMatchObject({ preview: long.slice(0, 200), previewCut: true });
    }
  });
});
