/** What is wrong with conversations, in the shapes in which AgentScope and the design keep them. */
import { describe, expect, it } from 'vitest';
import { repairsOf } from './repairs.ts';
import { findingsOf, open, repairAll, rulesFound, sessionFile } from './test-support.ts';

const message = (id: string, content: unknown, role = 'assistant') => ({
  id,
  name: role === 'system' ? 'system' : 'Friday',
  role,
  content,
  metadata: {},
  timestamp: '2026-11-22 17:00:44.558',
});
const call = (id: string) => ({ type: 'tool_use', id, name: 'book', input: {} });
const result = (id: string, output: unknown = [{ type: 'text', text: 'done' }]) => ({
  type: 'tool_result',
  id,
  name: 'book',
  output,
});
const text = { type: 'text', text: 'hi' };
const v1 = (...content: unknown[]) => JSON.stringify({ friday: { memory: { content } } });
const marked = (...messages: unknown[]) =>
  JSON.stringify({ friday: { memory: { _compressed_summary: '', content: messages.map((each) => [each, []]) } } });
const v2block = (type: string, id: string, more: object) => ({
  type,
  id,
  name: 'book',
  created_at: '2026-11-22T17:00:45',
  ...more,
});
const v2 = (...content: unknown[]) =>
  JSON.stringify({
    session_id: 's',
    summary: '',
    context: [
      {
        name: 'Friday',
        content,
        role: 'assistant',
        id: 'd6638a75f7bf4cc1b1efa7d65b5e1b99',
        created_at: '2026-11-22T17:00:45',
      },
    ],
    reply_context: {},
  });

async function healed(session: string, choose?: string): Promise<unknown> {
  const source = await open(sessionFile(session));
  const plan = await repairAll(
    source,
    choose === undefined
      ? {}
      : { choose: (finding) => (repairsOf(finding).some(({ id }) => id === choose) ? choose : null) },
  );
  const [state] = plan.states;
  if (state === undefined) throw new Error('nothing was repaired');
  const after = Buffer.from(state.after).toString();
  expect(await rulesFound(await open(sessionFile(after)))).toEqual([]);
  return JSON.parse(after);
}

async function rules(session: string): Promise<readonly string[]> {
  return rulesFound(await open(sessionFile(session)));
}

describe('a call without a result', () => {
  it('gets one that says so, in a message of its own behind those of its siblings (1.x)', async () => {
    const before = [
      message('1', [text, call('a'), call('b')]),
      message('2', [result('a')], 'system'),
      message('3', 'and?', 'user'),
    ];
    expect(await rules(v1(...before))).toEqual(['dangling-tool-call']);
    expect(await healed(v1(...before))).toMatchObject({
      friday: {
        memory: {
          content: [
            before[0],
            before[1],
            {
              role: 'system',
              name: 'system',
              content: [{ type: 'tool_result', id: 'b', name: 'book' }],
              timestamp: before[0]?.timestamp,
            },
            before[2],
          ],
        },
      },
    });
  });

  it('gets a pair where messages have marks (1.0.12+)', async () => {
    const after = await healed(marked(message('1', [call('a')])));
    expect(after).toMatchObject({
      friday: { memory: { content: [{}, [{ role: 'system', content: [{ id: 'a' }] }, []]] } },
    });
  });

  it('gets a block beside it, and is finished (2.x)', async () => {
    const after = await healed(v2(v2block('tool_call', 'a', { input: '{}', state: 'pending' }), text));
    expect(after).toMatchObject({
      context: [
        {
          content: [
            { state: 'finished' },
            { type: 'tool_result', id: 'a', state: 'interrupted', created_at: '2026-11-22T17:00:45' },
            text,
          ],
        },
      ],
    });
  });

  it('is counted in a session that counts its messages', async () => {
    const session = {
      session_id: 's',
      participants: [],
      message_count: 1,
      messages: [{ ...message('1', [call('a')]), sender_id: 'agent:x' }],
    };
    const after = await healed(JSON.stringify(session));
    expect(after).toMatchObject({ message_count: 2, messages: [{}, { sender_id: 'agent:x', content: [{ id: 'a' }] }] });
  });

  it('or is taken out, with a message that says nothing else', async () => {
    const source = v1(message('1', [text, call('a')]), message('2', [call('b')]), message('3', 'and?', 'user'));
    expect(await healed(source, 'remove-call')).toEqual({
      friday: { memory: { content: [message('1', [text]), message('3', 'and?', 'user')] } },
    });
  });

  it('is only a warning while a person is asked', async () => {
    const source = await open(sessionFile(v2(v2block('tool_call', 'a', { input: '{}', state: 'asking' }))));
    expect((await findingsOf(source)).map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('is told with the same id each time, and the same result is written', async () => {
    const source = await open(sessionFile(v1(message('1', [call('a')]))));
    expect((await findingsOf(source))[0]?.id).toBe((await findingsOf(source))[0]?.id);
    expect((await repairAll(source)).states[0]?.after).toEqual((await repairAll(source)).states[0]?.after);
  });
});

describe('results', () => {
  it('without a call go, with a message that holds nothing else', async () => {
    const session = v1(message('0', [result('x')], 'system'), message('1', [text, result('y')]));
    expect(await rules(session)).toEqual(['orphan-tool-result', 'orphan-tool-result']);
    expect(await healed(session)).toEqual({ friday: { memory: { content: [message('1', [text])] } } });
  });

  it('of one call: the most complete one stays', async () => {
    const cut = result('a', '<system-info>The tool call has been interrupted by the user.</system-info>');
    const session = v1(message('1', [call('a')]), message('2', [cut], 'system'), message('3', [result('a')], 'system'));
    expect(await rules(session)).toEqual(['duplicate-tool-result']);
    expect(await healed(session)).toEqual({
      friday: { memory: { content: [message('1', [call('a')]), message('3', [result('a')], 'system')] } },
    });
  });

  it('of two calls with one id are both right', async () => {
    expect(await rules(v1(message('1', [call('a'), result('a'), call('a'), result('a')])))).toEqual([]);
  });
});

describe('arguments that break off', () => {
  it.each([
    ['{"origin": "Shang', '{}'],
    ['{"origin": "Shanghai", "days": [1, 2', '{"origin": "Shanghai", "days": [1]}'],
    ['{"a": 1}}}', '{"a": 1}'],
    ['book it', '{}'],
  ])('%s', async (input, whole) => {
    const session = v2(v2block('tool_call', 'a', { input }), v2block('tool_result', 'a', { output: [] }));
    expect(await rules(session)).toEqual(['cut-tool-input']);
    expect(await healed(session)).toMatchObject({ context: [{ content: [{ input: whole }, {}] }] });
  });
});

describe('summaries', () => {
  const content = [
    [message('1', 'hi'), ['compressed', 'kept']],
    [message('2', 'ho'), []],
  ];

  it('marked messages without one are read again', async () => {
    const session = JSON.stringify({ friday: { memory: { _compressed_summary: '', content } } });
    expect(await rules(session)).toEqual(['marked-without-summary']);
    expect(await healed(session)).toMatchObject({
      friday: {
        memory: {
          content: [
            [{}, ['kept']],
            [{}, []],
          ],
        },
      },
    });
  });

  it('of messages that are gone are noted, and are nothing wrong', async () => {
    const session = JSON.stringify({
      friday: { memory: { _compressed_summary: 'All done.', content: [[message('2', 'ho'), []]] } },
    });
    const [found] = await findingsOf(await open(sessionFile(session)));
    expect(found).toMatchObject({ rule: 'summary-of-missing', severity: 'note', repair: null });
  });

  it('references to messages that are not there go', async () => {
    const session = JSON.stringify({
      session_id: 's',
      messages: [message('1', 'hi')],
      digest: { text: 'x', message_ids: ['0', '1'] },
    });
    expect(await rules(session)).toEqual(['summary-of-missing']);
    expect(await healed(session)).toMatchObject({ digest: { message_ids: ['1'] } });
  });
});

describe('names that are there twice', () => {
  const session = '{"friday": {"memory": {"content": []}, "a": 1, "a": 2, "a (3)": 0}}';

  it('the last stays, as Python reads it', async () => {
    expect(await healed(session)).toEqual({ friday: { memory: { content: [] }, a: 2, 'a (3)': 0 } });
  });

  it('or both stay, under a name that is free', async () => {
    expect(await healed(session, 'rename-hidden')).toEqual({
      friday: { memory: { content: [] }, 'a (2)': 1, a: 2, 'a (3)': 0 },
    });
  });
});

describe('characters', () => {
  it('two halves as bytes are the character that was meant; a lone one is replaced, also as an escape', async () => {
    const head = Buffer.from('{"friday": {"memory": {"content": []}, "a": "');
    const bytes = Buffer.concat([
      head,
      Buffer.from('eda0bdedba84', 'hex'),
      Buffer.from(String.raw` \ud83d \ud83d\ude84 `),
      Buffer.from([0xff]),
      Buffer.from('", "b": "\u0001"}}'),
    ]);
    const source = await open(sessionFile(bytes));
    const [state] = (await repairAll(source)).states;
    expect(Buffer.from(state?.after ?? []).toString()).toBe(
      String.raw`{"friday": {"memory": {"content": []}, "a": "🚄 \ufffd \ud83d\ude84 ` +
        '\u{fffd}' +
        String.raw`", "b": "\u0001"}}`,
    );
  });
});
