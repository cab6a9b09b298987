import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonDocument } from '../json/document.ts';
import { documentOf, timed } from '../json/test-support.ts';
import { readMessage } from '../messages/conversation.ts';
import {
  type ConversationDiff,
  type ConversationOptions,
  diffConversation,
  firstDivergence,
  messageParts,
} from './conversation.ts';

interface Message {
  id?: string;
  role: string;
  content: unknown;
  timestamp?: string;
}

const say = (id: string, text: string, role = 'user'): Message => ({ id, role, content: [{ type: 'text', text }] });
const listOf = (messages: readonly unknown[]): JsonDocument => documentOf(JSON.stringify(messages));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

function compare(before: readonly unknown[], after: readonly unknown[], options?: ConversationOptions) {
  const [a, b] = [listOf(before), listOf(after)];
  return { a, b, result: diffConversation(a, 0, b, 0, options) };
}

/** `kind before>after`, the messages by their ids. */
function told({ a, b, result }: { a: JsonDocument; b: JsonDocument; result: ConversationDiff }): string[] {
  const id = (doc: JsonDocument, node: number | null): string =>
    node === null ? '' : (readMessage(doc, node).id ?? '?');
  return result.rows.map(({ kind, beforeNode, afterNode }) => `${kind} ${id(a, beforeNode)}>${id(b, afterNode)}`);
}

describe('two moments of a conversation', () => {
  test('are rows in the order in which they are read: what stayed, came, went, moved, and was edited', () => {
    const before = [say('1', 'one'), say('2', 'two'), say('3', 'three'), say('4', 'four'), say('5', 'five')];
    const after = [say('4', 'four'), say('1', 'one'), say('3', 'three, and a half'), say('6', 'six'), say('5', 'five')];
    const compared = compare(before, after);
    expect(told(compared)).toEqual(['moved 4>4', 'same 1>1', 'removed 2>', 'changed 3>3', 'added >6', 'same 5>5']);
    expect(compared.result.counts).toEqual({ same: 2, added: 1, removed: 1, changed: 1, moved: 1 });
    const [operation] = compared.result.rows.find(({ kind }) => kind === 'changed')?.operations ?? [];
    expect(compared.result.diff.operations[operation ?? -1]?.path).toEqual([2, 'content', 0, 'text']);
  });

  test('hold every message of both exactly once, and those after in their order', () => {
    const message = fc.record({
      id: fc.integer({ min: 0, max: 12 }).map(String),
      role: fc.constantFrom('user', 'assistant'),
      content: fc.constantFrom('a', 'b', 'c'),
    });
    const messages = fc.array(message, { maxLength: 15 });
    fc.assert(
      fc.property(messages, messages, fc.constantFrom('identity', 'content'), (before, after, by) => {
        const { a, b, result } = compare(before, after, { by });
        const nodes = (side: 'beforeNode' | 'afterNode') =>
          result.rows.map((row) => row[side]).filter((node) => node !== null);
        expect(nodes('afterNode')).toEqual([...b.children(0)]);
        expect(nodes('beforeNode').toSorted((x, y) => x - y)).toEqual([...a.children(0)]);
        for (const { kind, beforeNode, afterNode, operations } of result.rows) {
          if (kind === 'changed') expect(operations.length).toBeGreaterThan(0);
          if (kind === 'same') {
            const [was, is] = [readMessage(a, beforeNode ?? 0), readMessage(b, afterNode ?? 0)];
            expect([was.role, was.blocks.map(({ type }) => type)]).toEqual([
              is.role,
              is.blocks.map(({ type }) => type),
            ]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('with marks: the pair is the item', () => {
    const pair = (id: string, marks: string[]) => [{ ...say(id, id), name: 'a', timestamp: 't' }, marks];
    expect(told(compare([pair('1', []), pair('2', [])], [pair('1', ['compressed']), pair('2', [])]))).toEqual([
      'changed 1>1',
      'same 2>2',
    ]);
  });

  test('of 10,000 messages, one put at the head: one row that is new', () => {
    const many = range(0, 10_000).map((n) => say(`m${n}`, `message ${n}`));
    const [{ result }, ms] = timed(() => compare(many, [say('new', 'first'), ...many]));
    expect(result.counts).toEqual({ same: 10_000, added: 1, removed: 0, changed: 0, moved: 0 });
    expect(ms).toBeLessThan(5000);
  });

  test('that are no lists any more went and came whole', () => {
    const [a, b] = [listOf([say('1', 'a')]), documentOf('{"was":"a list"}')];
    expect(diffConversation(a, 0, b, 0).counts).toEqual({ same: 0, added: 0, removed: 1, changed: 0, moved: 0 });
  });
});

describe('the parts of a message', () => {
  const parts = (before: Message, after: Message): string[] => {
    const [a, b] = [listOf([before]), listOf([after])];
    return messageParts(a, 1, b, 1).map(({ kind, beforeNode, afterNode }) => {
      const name = afterNode === null ? a.key(beforeNode ?? 0) : b.key(afterNode);
      return `${kind} ${name ?? (afterNode === null ? a.rawText(beforeNode ?? 0) : b.rawText(afterNode))}`;
    });
  };

  test('are its blocks, and its other values where they differ', () => {
    const before = {
      ...say('1', 'a'),
      content: [
        { type: 'text', text: 'a' },
        { type: 'thinking', thinking: 'hm' },
      ],
    };
    const after = {
      ...say('1', 'b', 'assistant'),
      content: [
        { type: 'text', text: 'b' },
        { type: 'tool_use', id: 'x' },
      ],
    };
    expect(parts(before, after)).toEqual([
      'changed {"type":"text","text":"b"}',
      'removed {"type":"thinking","thinking":"hm"}',
      'added {"type":"tool_use","id":"x"}',
      'changed role',
    ]);
    expect(parts({ id: '1', role: 'user', content: 'a' }, { id: '1', role: 'user', content: 'b' })).toEqual([
      'changed content',
    ]);
    expect(parts({ id: '1', role: 'user', content: 'a' }, { id: '1', role: 'tool', content: 'a' })).toEqual([
      'same content',
      'changed role',
    ]);
  });

  test('of a message that is on one side only are all its blocks', () => {
    const doc = listOf([say('1', 'a')]);
    expect(messageParts(doc, null, doc, 1)).toMatchObject([{ kind: 'added', beforeNode: null }]);
    expect(messageParts(doc, 1, doc, null)).toMatchObject([{ kind: 'removed', afterNode: null }]);
  });
});

describe('the conversations of two agents', () => {
  const first = [
    say('a1', 'hello', 'user'),
    say('a2', 'hi', 'assistant'),
    say('a3', 'book a train', 'user'),
    say('a4', 'booked', 'assistant'),
  ];
  const second = [
    { ...say('b1', 'hello', 'user'), timestamp: 'later' },
    { id: 'b2', role: 'assistant', content: 'hi' },
    say('b3', 'book a plane', 'user'),
    say('b4', 'booked', 'assistant'),
    say('b5', 'thanks', 'user'),
  ];

  test('are compared by what is said in which role, not by ids and times', () => {
    expect(told(compare(first, second, { by: 'content' }))).toEqual([
      'same a1>b1',
      'same a2>b2',
      'changed a3>b3',
      'same a4>b4',
      'added >b5',
    ]);
  });

  test('part at the first message that says something else', () => {
    const [a, b] = [listOf(first), listOf(second)];
    expect(firstDivergence(a, 0, b, 0)).toEqual({
      at: 2,
      equal: 2,
      afterwards: { before: 2, after: 3, shared: 1 },
      beforeNode: a.child(0, 2),
      afterNode: b.child(0, 2),
      coarse: false,
    });
    expect(firstDivergence(a, 0, a, 0)).toMatchObject({
      at: null,
      equal: 4,
      afterwards: { before: 0, after: 0, shared: 0 },
    });
    const ended = listOf(second.slice(0, 2));
    expect(firstDivergence(a, 0, ended, 0)).toMatchObject({ at: 2, equal: 2, afterNode: null });
  });

  test('a tool call is the same whatever its id', () => {
    const call = (id: string, city: string) => ({
      id,
      role: 'assistant',
      content: [{ type: 'tool_use', id: `call-${id}`, name: 'train', input: { city } }],
    });
    const [a, b] = [listOf([call('1', 'Hangzhou')]), listOf([call('2', 'Hangzhou')])];
    expect(firstDivergence(a, 0, b, 0).at).toBeNull();
    expect(firstDivergence(a, 0, listOf([call('2', 'Beijing')]), 0).at).toBe(0);
  });

  test('20,000 messages each that have nothing in common are told soon', () => {
    const many = (word: string) => range(0, 20_000).map((n) => say(`${word}${n}`, `${word} ${n}`));
    const [{ result }, ms] = timed(() => compare(many('a'), many('b'), { by: 'content' }));
    expect(result.rows.length).toBeGreaterThan(0);
    expect(ms).toBeLessThan(10_000);
  });

  test('are told coarsely, and each message still once, once nobody waits any more', () => {
    const many = (word: string) => range(0, 1000).map((n) => say(`${word}${n}`, `said ${n}`));
    const shouldStop = (): boolean => true;
    const { a, b, result } = compare(many('a'), many('b'), { by: 'content', shouldStop });
    expect(result.coarse).toBe(true);
    expect(result.rows.filter(({ beforeNode }) => beforeNode !== null)).toHaveLength(1000);
    expect(result.rows.filter(({ afterNode }) => afterNode !== null)).toHaveLength(1000);
    expect(firstDivergence(a, 0, b, 0, { shouldStop }).coarse).toBe(true);
  });
});
