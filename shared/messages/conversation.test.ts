import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { documentOf, nodeAt, pythonJson, timed } from '../json/test-support.ts';
import {
  type ConversationRef,
  findConversations,
  messageLabel,
  messageNode,
  readMessage,
  readMessages,
} from './conversation.ts';
import { AGENTSCOPE_1, AGENTSCOPE_2 } from './fixtures/agentscope.ts';
import type { Message, MessageBlock } from './message.ts';

const message = (id: string, content: unknown = 'hi') => ({
  id,
  name: 'bob',
  role: 'user',
  content,
  metadata: {},
  timestamp: '2026-11-22 17:00:44.558',
});
const json = (value: unknown): string => JSON.stringify(value);

const summaryOfRefs = (text: string) =>
  findConversations(documentOf(text)).map(({ label, shape, count, summary }) => ({ label, shape, count, summary }));

describe('conversations are found', () => {
  test('in an AgentScope 1.x session: one for each agent, with marks and the summary of what was compressed', () => {
    expect(summaryOfRefs(AGENTSCOPE_1)).toEqual([
      {
        label: 'friday',
        shape: 'marked',
        count: 5,
        summary: 'Alice asked for a train to Hangzhou next Tuesday; G7313 booked.',
      },
      { label: 'auditor', shape: 'marked', count: 1, summary: null },
    ]);
  });

  test('in a memory from before 1.0.12, which has no marks', () => {
    expect(summaryOfRefs(json({ friday: { memory: { content: [message('1')] } } }))).toEqual([
      { label: 'friday', shape: 'list', count: 1, summary: null },
    ]);
  });

  test('in an AgentScope 2.x state, at its root and within a session record', () => {
    const context = { label: 'context', shape: 'context', count: 2, summary: null };
    expect(summaryOfRefs(AGENTSCOPE_2)).toEqual([context]);
    expect(summaryOfRefs(`{"id": "s", "config": {"name": "Trip"}, "state": ${AGENTSCOPE_2}}`)).toEqual([context]);
    const state = { session_id: 's', summary: 'Booked.', context: [message('1', [{ type: 'text', text: 'hi' }])] };
    expect(summaryOfRefs(json(state))).toEqual([{ label: 'context', shape: 'context', count: 1, summary: 'Booked.' }]);
  });

  test("in the design's agents and sessions, bare or in an envelope", () => {
    const agent = {
      agent_id: 'planner',
      conversation_context: [{ role: 'user', content: 'hi', timestamp: '2026-11-22T17:00:44' }],
    };
    const session = {
      session_id: '42',
      message_count: 1,
      messages: [{ id: 'msg_1', timestamp: '2026-11-22T17:00:44', sender_id: 'alice', content: 'hi' }],
    };
    expect(summaryOfRefs(json({ __type__: 'state.AgentStateModule', state_data: agent }))).toEqual([
      { label: 'conversation_context', shape: 'messages', count: 1, summary: null },
    ]);
    expect(summaryOfRefs(json(session))).toEqual([{ label: 'messages', shape: 'messages', count: 1, summary: null }]);
  });

  test('when they are empty, where the place says what they would hold', () => {
    expect(
      summaryOfRefs(
        '{"a": {"memory": {"_compressed_summary": "All done.", "content": []}}, "b": {"memory": {"content": []}}}',
      ),
    ).toEqual([
      { label: 'a', shape: 'marked', count: 0, summary: 'All done.' },
      { label: 'b', shape: 'list', count: 0, summary: null },
    ]);
    expect(summaryOfRefs('{"session_id": "s", "summary": "", "context": []}')).toHaveLength(1);
    expect(summaryOfRefs('{"session_id": "s", "messages": []}')).toHaveLength(1);
    expect(summaryOfRefs('{"conversation_context": []}')).toHaveLength(1);
    expect(summaryOfRefs('{"context": [], "messages": [], "content": [], "list": []}')).toEqual([]);
  });

  test('under labels that tell them apart', () => {
    const list = [message('1')];
    expect(summaryOfRefs(json({ mem: { _compressed_summary: '', content: list } })).map((ref) => ref.label)).toEqual([
      'mem',
    ]);
    expect(summaryOfRefs(json({ memory: { content: list } })).map((ref) => ref.label)).toEqual(['memory']);
    expect(summaryOfRefs(json(list)).map((ref) => ref.label)).toEqual(['messages']);
    expect(summaryOfRefs(json({ a: { log: list }, b: { log: list } })).map((ref) => ref.label)).toEqual([
      'a.log',
      'b.log',
    ]);
  });

  test('by what they hold when their place is unknown', () => {
    expect(summaryOfRefs(json({ turns: [message('1'), message('2')] }))).toEqual([
      { label: 'turns', shape: 'list', count: 2, summary: null },
    ]);
  });

  test('in a list within a list, which is no pair', () => {
    expect(summaryOfRefs(json({ groups: [[message('1')]] }))).toEqual([
      { label: 'groups[0]', shape: 'list', count: 1, summary: null },
    ]);
  });

  test('under duplicate names only in the last, which is the one that counts', () => {
    const log = `"log": [${json(message('1'))}]`;
    const doc = documentOf(`{${log}, ${log}}`);
    expect(findConversations(doc).map((ref) => ref.node)).toEqual([nodeAt(doc, 'log')]);
  });

  test('in the order of the document, and each once', () => {
    const doc = documentOf(
      json({ z: { deep: { er: { log: [message('1')] } } }, a: { memory: { content: [[message('2'), []]] } } }),
    );
    const found = findConversations(doc);
    expect(found.map((ref) => ref.path)).toEqual([
      ['z', 'deep', 'er', 'log'],
      ['a', 'memory', 'content'],
    ]);
    expect(found.map((ref) => ref.node)).toEqual([
      nodeAt(doc, 'z', 'deep', 'er', 'log'),
      nodeAt(doc, 'a', 'memory', 'content'),
    ]);
  });
});

describe('no conversation is seen in', () => {
  test.each<[string, unknown]>([
    [
      'tasks',
      [{ subject: 'Book train', description: 'x', created_at: '2026', state: 'completed', id: 'e3', blocks: [] }],
    ],
    ['plans', [{ name: 'Book hotel', description: 'x', state: 'done', created_at: '2026' }]],
    ['documents', [{ name: 'notes.md', content: 'text', created_at: '2026', id: '1' }]],
    ['chunks', [{ id: '1', content: 'text', timestamp: '2026', score: 0.5 }]],
    ['members of a team', [{ name: 'Bob', role: 'admin', id: '7' }]],
    ['roles with contents of another kind', [{ role: 'user', content: 5 }]],
    ['blocks', [{ type: 'text', text: 'hi', id: '1', created_at: '2026' }]],
    ['marks', ['compressed']],
    [
      'pairs of numbers',
      [
        ['G7', 553.0],
        ['hotel', 880.5],
      ],
    ],
    ['a list of which only the first is a message', [message('1'), { name: 'x' }]],
  ])('%s', (_, list) => {
    expect(summaryOfRefs(json({ memory: { other: list }, content: list, items: list }))).toEqual([]);
  });

  test('a list of lists that are no pairs; those within it that hold messages are found', () => {
    expect(summaryOfRefs(json({ groups: [['first', [message('1')]]] }))).toEqual([
      { label: 'groups[0][1]', shape: 'list', count: 1, summary: null },
    ]);
  });

  test('any data that holds no role, sender or content', () => {
    fc.assert(
      fc.property(pythonJson, (text) => {
        expect(findConversations(documentOf(text))).toEqual([]);
      }),
    );
  });
});

describe('the search is bounded', () => {
  test('a conversation beside a million other values is found without looking at them all', () => {
    const text = `{"cache": [${'{"a":[1]},'.repeat(300_000)}0], "friday": {"memory": {"content": [${json(message('1'))}]}}}`;
    const [doc, parsing] = timed(() => documentOf(text));
    const [found, searching] = timed(() => findConversations(doc));
    expect(found.map((ref) => ref.label)).toEqual(['friday']);
    expect(searching).toBeLessThan(parsing);
  });

  test('a hundred thousand levels do not overflow it', () => {
    expect(findConversations(documentOf('['.repeat(100_000) + ']'.repeat(100_000)))).toEqual([]);
  });
});

describe('a text that is cut off at any byte', () => {
  test.each([AGENTSCOPE_1, AGENTSCOPE_2])('shows its messages as far as they came', (text) => {
    const bytes = encodeUtf8(text);
    const whole = documentOf(text);
    const full = findConversations(whole).map((ref) => readMessages(whole, ref, 0, 100));
    let found = 0;
    for (let length = 0; length < bytes.length; length++) {
      const { document } = parseJson(bytes.subarray(0, length));
      if (!document) continue;
      const refs = findConversations(document);
      // What has been recognised stays recognised, however far the text goes on.
      expect(refs.length).toBeGreaterThanOrEqual(found);
      found = refs.length;
      refs.forEach((ref, at) => {
        const messages = readMessages(document, ref, 0, 100);
        expect(messages).toHaveLength(ref.count);
        for (const [index, part] of messages.slice(0, -1).entries()) expect(part.id).toBe(full[at]?.[index]?.id);
      });
    }
    expect(found).toBe(full.length);
  });
});

test('the only message of a list that was cut off is its first, and has no marks', () => {
  const doc = documentOf('{"a": 1, "b": 2, "log": [{"role": "user", "id": "1", "content": "hi');
  const ref = onlyConversation(findConversations(doc));
  expect(readMessages(doc, ref, 0, 10)).toMatchObject([{ index: 0, id: '1', marks: [], blocks: [{ text: 'hi' }] }]);
});

describe('a message', () => {
  const doc = documentOf(AGENTSCOPE_1);
  const [friday] = findConversations(doc);
  const messages = friday ? readMessages(doc, friday, 0, 100) : [];

  test('tells its sender, its marks and its time as it is stored', () => {
    expect(messages.map(({ index, id, role, name, marks }) => [index, id, role, name, marks])).toEqual([
      [0, 'mhTnEDmWqrb3ReuZiK7gqW', 'user', 'alice', ['compressed']],
      [1, 'HRQBiffU4wRCcA7Kc4idUP', 'assistant', 'Friday', ['compressed']],
      [2, 'DBm5TUU74KNutT3Mm6st68', 'system', 'system', []],
      [3, '8zdcjvMRRmE23prgETBuJy', 'assistant', 'Friday', []],
      [4, 'ZiPVf36dTTJ6x9AP5nfUM2', 'user', 'alice', []],
    ]);
    // Naive: no Z is added.
    expect(messages[0]?.time).toBe('2026-11-22 17:00:44.558');
  });

  test('of 1.x has text, thinking, tool use, tool result and images', () => {
    expect(messages.flatMap(({ blocks }) => blocks).map(withoutNode)).toEqual([
      { type: 'text', text: '帮我订下周二去杭州的火车票 🚄', cut: false },
      { type: 'thinking', text: 'Need date and station.', cut: false },
      { type: 'text', text: "I'll search trains first.", cut: false },
      {
        type: 'tool-call',
        id: 'call_8f1c',
        name: 'book_train',
        input: '{\n  "origin": "Shanghai",\n  "dest": "Hangzhou",\n  "date": "2026-03-10"\n}',
        cut: false,
        state: null,
        answered: true,
      },
      {
        type: 'tool-result',
        id: 'call_8f1c',
        name: 'book_train',
        output: '{"train":"G7313","price":73.0,"seat":"05A"}',
        cut: false,
        state: null,
        orphan: false,
      },
      { type: 'text', text: 'Booked G7313, seat 05A (¥73).', cut: false },
      { type: 'text', text: 'Here is my hotel voucher', cut: false },
      { type: 'media', media: 'image', url: 'https://example.com/voucher.png', mediaType: null, characters: null },
    ]);
  });

  test('of 2.x has the input as text that is JSON, states, and created_at for a time', () => {
    const state = documentOf(AGENTSCOPE_2);
    const [context] = findConversations(state);
    const [user, reply] = context ? readMessages(state, context, 0, 10) : [];
    expect(user).toMatchObject({ name: 'alice', role: 'user', time: '2026-11-22T17:00:45.638185', marks: [] });
    expect(reply?.blocks.map(withoutNode).slice(2)).toEqual([
      {
        type: 'tool-call',
        id: 'call_8f1c',
        name: 'book_train',
        input: '{\n  "origin": "Shanghai",\n  "dest": "Hangzhou"\n}',
        cut: false,
        state: 'pending',
        answered: true,
      },
      {
        type: 'tool-result',
        id: 'call_8f1c',
        name: 'book_train',
        output: '{"train":"G7313","price":73.0}',
        cut: false,
        state: 'success',
        orphan: false,
      },
    ]);
  });

  test('of the design has the sender_id for a name, and may lack a role', () => {
    const [read] = readAll({
      session_id: 's',
      messages: [{ id: 'msg_1', timestamp: '2026-11-22T17:00:44', sender_id: 'alice', content: 'hi' }],
    });
    expect(read).toMatchObject({
      id: 'msg_1',
      role: null,
      name: 'alice',
      time: '2026-11-22T17:00:44',
      blocks: [{ type: 'text', text: 'hi' }],
    });
  });

  test("of the design has what the caller put in, with the encoder's datetime unwrapped", () => {
    const timestamp = { __custom_type__: 'datetime', __data__: '2026-11-22T17:00:44' };
    const [text, other] = readAll({
      conversation_context: [
        { text: 'hi', timestamp },
        { event: 'joined', timestamp },
      ],
    });
    expect(text).toMatchObject({ time: '2026-11-22T17:00:44', blocks: [{ type: 'text', text: 'hi' }] });
    expect(other?.blocks).toMatchObject([{ type: 'other', label: 'object' }]);
  });

  test('is read on its own, wrapped or not, without what only the conversation knows', () => {
    const state = documentOf(AGENTSCOPE_1);
    const pair = nodeAt(state, 'friday', 'memory', 'content', 1);
    const alone = readMessage(state, pair);
    expect(alone).toEqual(readMessage(state, nodeAt(state, 'friday', 'memory', 'content', 1, 0)));
    expect(alone).toMatchObject({ index: 1, marks: ['compressed'] });
    expect(alone.blocks.at(-1)).toMatchObject({ type: 'tool-call', answered: null });
  });

  test('that is none is shown as it stands, in its place', () => {
    const many = Array.from({ length: 20 }, (_, i) => message(String(i)));
    const read = readAll({ log: [...many, { surprise: true }, null, 'text'] });
    expect(read.slice(-3).map(({ index, role, blocks }) => [index, role, blocks.map(withoutNode)])).toEqual([
      [20, null, [{ type: 'other', label: 'object', json: '{\n  "surprise": true\n}', cut: false }]],
      [21, null, []],
      [22, null, [{ type: 'text', text: 'text', cut: false }]],
    ]);
  });
});

describe('blocks', () => {
  test('of a kind that nobody knows are kept as JSON under their own name', () => {
    expect(
      blocksOf([
        { type: 'hint', hint: 'be brief', n: 553.0 },
        { kind: 1 },
        [1],
        { type: 'text', text: 5 },
        { type: 'image' },
      ]),
    ).toEqual([
      { type: 'other', label: 'hint', json: '{\n  "type": "hint",\n  "hint": "be brief",\n  "n": 553\n}', cut: false },
      { type: 'other', label: 'object', json: '{\n  "kind": 1\n}', cut: false },
      { type: 'other', label: 'array', json: '[\n  1\n]', cut: false },
      { type: 'other', label: 'text', json: '{\n  "type": "text",\n  "text": 5\n}', cut: false },
      { type: 'other', label: 'image', json: '{\n  "type": "image"\n}', cut: false },
    ]);
  });

  test('of media tell kind, type and size, never the payload', () => {
    const source = { type: 'base64', media_type: 'audio/wav', data: 'UklGRg==' };
    const url = { type: 'url', url: 'https://example.com/a.pdf', media_type: 'application/pdf' };
    expect(
      blocksOf([
        { type: 'audio', source },
        { type: 'data', source },
        { type: 'data', source: url },
        { type: 'video', source: {} },
      ]),
    ).toEqual([
      { type: 'media', media: 'audio', url: null, mediaType: 'audio/wav', characters: 8 },
      { type: 'media', media: 'audio', url: null, mediaType: 'audio/wav', characters: 8 },
      {
        type: 'media',
        media: 'data',
        url: 'https://example.com/a.pdf',
        mediaType: 'application/pdf',
        characters: null,
      },
      { type: 'media', media: 'video', url: null, mediaType: null, characters: null },
    ]);
  });

  test('of calls without a result, and of results without a call, say so', () => {
    const read = readAll([
      message('1', [
        { type: 'tool_use', id: 'a', name: 'x', input: {} },
        { type: 'tool_use', id: 'b', name: 'x', input: {} },
      ]),
      message('2', [
        { type: 'tool_result', id: 'b', name: 'x', output: 'done' },
        { type: 'tool_result', id: 'c', name: 'x', output: [] },
      ]),
      message('3', [{ type: 'tool_use', name: 'x', input: {} }]),
    ]);
    const flags = read.flatMap(({ blocks }) =>
      blocks.map((block) =>
        block.type === 'tool-call' ? block.answered : block.type === 'tool-result' ? block.orphan : undefined,
      ),
    );
    expect(flags).toEqual([false, true, false, true, null]);
  });

  test('know the whole conversation, not only their page', () => {
    const doc = documentOf(
      json([
        message('1', [{ type: 'tool_call', id: 'a', input: '{}' }]),
        message('2'),
        message('3', [{ type: 'tool_result', id: 'a', output: '' }]),
      ]),
    );
    const [ref] = findConversations(doc);
    expect(ref && readMessages(doc, ref, 0, 1)[0]?.blocks).toMatchObject([{ answered: true }]);
    expect(ref && readMessages(doc, ref, 2, 1)[0]?.blocks).toMatchObject([{ orphan: false }]);
  });

  test('with an input that breaks off show it as the model wrote it', () => {
    expect(blocksOf([{ type: 'tool_call', id: 'a', name: 'x', input: '{"origin": "Shang' }])).toMatchObject([
      { input: '{"origin": "Shang' },
    ]);
    expect(blocksOf([{ type: 'tool_call', id: 'a', name: 'x' }])).toMatchObject([{ input: '' }]);
  });

  test('with several outputs join the texts, and show anything else as JSON', () => {
    const outputs = [
      'plain',
      [textBlock('a'), textBlock('b')],
      [],
      [textBlock('a'), { type: 'image' }],
      { a: 1 },
      null,
    ];
    const blocks = blocksOf(outputs.map((output) => ({ type: 'tool_result', id: 'a', name: 'x', output })));
    expect(blocks.map((block) => block['output'])).toEqual([
      'plain',
      'a\nb',
      '[]',
      '[\n  {\n    "type": "text",\n    "text": "a"\n  },\n  {\n    "type": "image"\n  }\n]',
      '{\n  "a": 1\n}',
      'null',
    ]);
  });

  test('with long texts are cut, and say so', () => {
    const long = '🚄'.repeat(20);
    const blocks = blocksOf(
      [
        { type: 'text', text: long },
        { type: 'thinking', thinking: long },
        { type: 'tool_call', id: 'a', input: json({ long }) },
        { type: 'tool_use', id: 'b', input: { long } },
        {
          type: 'tool_result',
          id: 'a',
          output: [
            { type: 'text', text: 'x' },
            { type: 'text', text: long },
            { type: 'text', text: long },
          ],
        },
        { type: 'hint', long },
        // Cut or not, this is JSON.
        { type: 'tool_call', id: 'c', input: '1'.repeat(30) },
      ],
      { maxTextChars: 15 },
    );
    for (const block of blocks) {
      expect(block).toMatchObject({ cut: true });
      const text = String(block['text'] ?? block['input'] ?? block['output'] ?? block['json']);
      expect(text.length).toBeGreaterThanOrEqual(14);
      expect(text.length).toBeLessThanOrEqual(15);
      expect(text).not.toMatch(/[\ud800-\udbff]$/);
    }
    expect(blocksOf([{ type: 'text', text: long }], { maxTextChars: 40 })).toEqual([
      { type: 'text', text: long, cut: false },
    ]);
  });

  test('are cut at 20,000 characters unless one says otherwise', () => {
    expect(blocksOf('x'.repeat(20_001))).toEqual([{ type: 'text', text: 'x'.repeat(20_000), cut: true }]);
  });
});

describe('a page of a conversation', () => {
  const doc = documentOf(json({ log: Array.from({ length: 250 }, (_, i) => message(`id-${i}`)) }));
  const ref = onlyConversation(findConversations(doc));

  test('holds the messages from its offset on, as many as there are', () => {
    expect(readMessages(doc, ref, 100, 3).map(({ id, index }) => [id, index])).toEqual([
      ['id-100', 100],
      ['id-101', 101],
      ['id-102', 102],
    ]);
    expect(readMessages(doc, ref, 248, 10)).toHaveLength(2);
    expect(readMessages(doc, ref, 250, 10)).toEqual([]);
    expect(readMessages(doc, ref, 0, 0)).toEqual([]);
  });

  test('has the nodes that messageNode gives', () => {
    expect(messageNode(doc, ref, 7)).toBe(readMessages(doc, ref, 7, 1)[0]?.node);
    expect(messageNode(doc, ref, 250)).toBeUndefined();
    const marked = documentOf(AGENTSCOPE_1);
    const friday = findConversations(marked)[0];
    expect(friday && messageNode(marked, friday, 1)).toBe(nodeAt(marked, 'friday', 'memory', 'content', 1, 0));
  });
});

describe('the label of a tree row', () => {
  const doc = documentOf(AGENTSCOPE_1);

  test('is role, name and short id for a message and for the pair around it', () => {
    const pair = nodeAt(doc, 'friday', 'memory', 'content', 1);
    expect(messageLabel(doc, pair)).toBe('assistant · Friday · HRQBiffU');
    expect(messageLabel(doc, pair + 1)).toBe('assistant · Friday · HRQBiffU');
  });

  test('leaves out what a message does not say', () => {
    const session = documentOf(
      '{"messages": [{"timestamp": "t", "sender_id": null, "content": "x"}, {"role": "user", "content": "x"}, {"role": "user", "id": 7, "content": ""}]}',
    );
    expect([0, 1, 2].map((i) => messageLabel(session, nodeAt(session, 'messages', i)))).toEqual([
      '',
      'user',
      'user · 7',
    ]);
  });

  test('is null for everything else', () => {
    const labelled = Array.from({ length: doc.nodeCount }, (_, n) => n).filter((n) => messageLabel(doc, n) !== null);
    // Six messages and the pairs around them.
    expect(labelled).toHaveLength(12);
    expect(messageLabel(documentOf('{"content": "x", "name": "y", "id": "z"}'), 0)).toBeNull();
  });

  test('does not search an object of a million members', () => {
    const members = Array.from({ length: 300_000 }, (_, i) => `"k${i}": 0`).join(',');
    const [doc, parsing] = timed(() => documentOf(`{"role": "user", "content": "", ${members}}`));
    const [label, looking] = timed(() => messageLabel(doc, 0));
    expect(label).toBeNull();
    expect(looking).toBeLessThan(parsing);
  });
});

/** A block without the id of its node, which the text of the test does not show. */
function withoutNode(block: MessageBlock): Record<string, unknown> {
  return Object.fromEntries(Object.entries(block).filter(([key]) => key !== 'node'));
}

function textBlock(text: string): unknown {
  return { type: 'text', text };
}

function onlyConversation(refs: ConversationRef[]): ConversationRef {
  const [ref] = refs;
  if (!ref || refs.length > 1) throw new Error(`${refs.length} conversations instead of one`);
  return ref;
}

/** All messages of a value that holds one conversation. */
function readAll(value: unknown, options?: { maxTextChars: number }): Message[] {
  const doc = documentOf(json(value));
  return readMessages(doc, onlyConversation(findConversations(doc)), 0, 1000, options);
}

/** The blocks of one message with this content. */
function blocksOf(content: unknown, options?: { maxTextChars: number }): Record<string, unknown>[] {
  const doc = documentOf(json(message('1', content)));
  return readMessage(doc, 0, options).blocks.map(withoutNode);
}
