import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blocksOf,
  databaseRows,
  databaseSchema,
  parsed,
  type StoredAgent,
  type StoredConversation,
  type StoredMessage,
  type StoredSession,
  type StoredTask,
  statesOf,
  storeFiles,
  storeText,
} from './stored-sample.ts';
import { type Generated, generateWorkspace } from './workspace.ts';

const COMMITTED = fileURLToPath(new URL('../../assets/sample-workspace', import.meta.url));
const SAVED_AT = Date.parse('2026-11-20T10:30:00Z');

let temporary = '';
let folder = '';
let generated: Generated = { keys: [], files: [] };
let agents: ReadonlyMap<string, StoredAgent> = new Map();
let sessions: ReadonlyMap<string, StoredSession> = new Map();
let tasks: readonly StoredTask[] = [];

beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'statescope-sample-'));
  folder = join(temporary, 'first');
  generated = generateWorkspace(folder);
  agents = statesOf<StoredAgent>(folder, 'agents');
  sessions = statesOf<StoredSession>(folder, 'sessions');
  tasks = statesOf<{ tasks: StoredTask[] }>(folder, 'board').get('fleet')?.tasks ?? [];
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

function allMessages(): StoredMessage[] {
  return [...sessions.values()].flatMap((session) => session.messages);
}

function danglingCalls(messages: readonly StoredMessage[]): string[] {
  const answered = new Set(messages.flatMap((message) => blocksOf(message, 'tool_result')).map((block) => block.id));
  const calls = messages.flatMap((message) => blocksOf(message, 'tool_use'));
  return calls.filter((call) => !answered.has(call.id)).map((call) => call.name ?? '');
}

describe('what is committed is what the generator writes', () => {
  it('has the same files', () => {
    expect(storeFiles(folder)).toEqual(storeFiles(COMMITTED));
    expect(generated.files.toSorted()).toEqual(storeFiles(folder).map((path) => `store/${path}`));
  });

  it('has the same bytes; packed files the same header and content, since zlib may pack differently elsewhere', () => {
    for (const path of storeFiles(folder)) {
      const ours = readFileSync(join(folder, 'store', path));
      const theirs = readFileSync(join(COMMITTED, 'store', path));
      if (path.endsWith('.gz')) {
        expect(ours.subarray(0, 10).toString('hex'), path).toBe('1f8b08000000000002ff');
        expect(theirs.subarray(0, 10).toString('hex'), path).toBe('1f8b08000000000002ff');
        expect(storeText(folder, path), path).toBe(storeText(COMMITTED, path));
      } else {
        expect(ours.equals(theirs), path).toBe(true);
      }
    }
  });

  it('has the same rows and schema', () => {
    expect(databaseRows(folder)).toEqual(databaseRows(COMMITTED));
    expect(databaseSchema(folder)).toEqual(databaseSchema(COMMITTED));
  });

  it('comes out the same, byte by byte, when run twice', () => {
    const again = join(temporary, 'second');
    generateWorkspace(again);
    for (const path of ['fleet.db', ...storeFiles(folder).map((file) => `store/${file}`)]) {
      expect(readFileSync(join(again, path)).equals(readFileSync(join(folder, path))), path).toBe(true);
    }
  });
});

describe('what is in it', () => {
  it('has 12 agents, 8 sessions and about 400 messages over both stores, and no key twice', () => {
    expect(agents.size).toBe(12);
    expect(sessions.size).toBe(8);
    expect(allMessages().length).toBeGreaterThanOrEqual(380);
    expect(allMessages().length).toBeLessThanOrEqual(440);
    expect(new Set(generated.keys).size).toBe(generated.keys.length);
    expect(generated.keys.length).toBe(storeFiles(folder).length + databaseRows(folder).length);
  });

  it('gives every message an id of its own and a time in order', () => {
    const ids = allMessages().map((message) => message.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { messages } of sessions.values()) {
      const times = messages.map((message) => message.timestamp);
      expect(times).toEqual(times.toSorted());
    }
  });

  it('uses the tables of the design, not in WAL mode', () => {
    expect(databaseSchema(folder).map((sql) => sql.split('\n')[0])).toEqual([
      'CREATE TABLE agent_states (',
      'CREATE INDEX idx_agent_states_category',
      'CREATE INDEX idx_agent_states_type',
    ]);
    // Bytes 18 and 19 of the header: 1 is a rollback journal, 2 is WAL (https://sqlite.org/fileformat.html).
    expect([...readFileSync(join(folder, 'fleet.db')).subarray(18, 20)]).toEqual([1, 1]);
  });

  it('describes its states in the metadata column', () => {
    for (const row of databaseRows(folder)) {
      if (row.metadata === null) continue;
      const metadata = JSON.parse(row.metadata) as { size_bytes: number; checksum: string };
      expect(metadata.size_bytes).toBe(Buffer.byteLength(row.state_data));
      expect(metadata.checksum).toMatch(/^[0-9a-f]{64}$/);
      // As computed by Python: sha256(json.dumps(data, sort_keys=True, default=str)).
      if (row.state_id === 'travel-2026')
        expect(metadata.checksum).toBe('f5435a82cf2c03fda714e994834f879adc485d9fe7309ff0ddd149ce01302356');
    }
  });

  it('keeps floats that look like integers', () => {
    expect(storeText(folder, 'sessions/trip-shanghai.json')).toContain('\\"second_class_cny\\": 553.0');
    expect(storeText(folder, 'sessions/trip-shanghai.json')).toContain('"budget_cny": 6000.0');
  });
});

describe('counters agree with contents', () => {
  it('counts the messages of sessions and of agents', () => {
    for (const session of sessions.values()) expect(session.message_count).toBe(session.messages.length);
    for (const agent of agents.values()) {
      expect(agent.performance_metrics.total_messages).toBe(agent.conversation_context.length);
    }
  });

  it('averages the response times of each agent, newest at 0.1', () => {
    for (const [id, agent] of agents) {
      const replies = allMessages()
        .filter((message) => message.sender_id === `agent:${id}` && message.role === 'assistant')
        .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
      const average = replies.reduce(
        (mean, { metadata: { response_time: seconds = Number.NaN } }) =>
          mean === 0 ? seconds : 0.1 * seconds + 0.9 * mean,
        0,
      );
      expect(agent.performance_metrics.average_response_time, id).toBeCloseTo(average, 9);
    }
  });

  it('counts the tasks on the board, and names the running one', () => {
    for (const [id, agent] of agents) {
      const own = tasks.filter((task) => task.agent === `agent:${id}`);
      const inStatus = (status: string) => own.filter((task) => task.status.__data__ === status);
      expect(agent.performance_metrics.successful_tasks, id).toBe(inStatus('done').length);
      expect(agent.performance_metrics.failed_tasks, id).toBe(inStatus('failed').length);
      expect(agent.current_task_id, id).toBe(inStatus('running')[0]?.task_id ?? null);
    }
  });

  it('indexes each conversation, but for the file that is cut off', () => {
    const conversations = statesOf<StoredConversation>(folder, 'conversations');
    expect(conversations.size).toBe(sessions.size - 1);
    for (const [id, conversation] of conversations) {
      const messages = sessions.get(id)?.messages ?? [];
      expect(conversation.message_ids).toEqual(messages.map((message) => message.id));
      const calls = messages.flatMap((message) => blocksOf(message, 'tool_use')).map((block) => block.id);
      expect(conversation.tool_calls.map((call) => call.id)).toEqual(calls);
    }
  });

  it('sums up the fleet in the system metrics', () => {
    const metrics = statesOf<Record<'agents' | 'sessions', Record<string, number>>>(folder, 'metrics').get('system');
    const statuses = [...agents.values()].map((agent) => agent.status.__data__);
    expect(metrics?.agents).toMatchObject({
      total_agents: 12,
      active_agents: statuses.filter((status) => status === 'busy').length,
      idle_agents: statuses.filter((status) => status === 'idle').length,
      error_agents: statuses.filter((status) => status === 'error').length,
      total_messages: [...agents.values()].reduce((sum, agent) => sum + agent.conversation_context.length, 0),
    });
    expect(metrics?.sessions).toMatchObject({ total_sessions: 8, total_messages: allMessages().length });
  });
});

describe('the planted faults are there, and no others', () => {
  it('1: one agent is busy without a task', () => {
    const found = [...agents].filter(([, agent]) => agent.status.__data__ === 'busy' && agent.current_task_id === null);
    expect(found.map(([id]) => id)).toEqual(['coder']);
  });

  it('2: one session names a participant that does not exist', () => {
    const known = new Set(generated.keys);
    const missing = [...sessions].flatMap(([id, session]) =>
      session.participants.filter((key) => !known.has(key)).map((key) => `${id}: ${key}`),
    );
    expect(missing).toEqual(['onboarding-张伟: agent:门禁']);
    for (const session of sessions.values()) {
      expect(Object.keys(session.participant_activity)).toEqual(session.participants);
    }
  });

  it('3: one tool call dangles, in its session and in the context of its agent', () => {
    const inSessions = [...sessions].flatMap(([id, session]) =>
      danglingCalls(session.messages).map((name) => `${id}: ${name}`),
    );
    expect(inSessions).toEqual(['literature-agent-memory: fetch_pdf']);
    const inAgents = [...agents].flatMap(([id, agent]) =>
      danglingCalls(agent.conversation_context).map((name) => `${id}: ${name}`),
    );
    expect(inAgents).toEqual(['researcher: fetch_pdf']);
  });

  it('4: one active session has expired; no other state expires, so that none does by the reader’s own clock', () => {
    const expiring = [...sessions].filter(([, session]) => session.expires_at !== null);
    expect(expiring.map(([id, session]) => [id, session.status.__data__])).toEqual([
      ['invoice-audit-2026-11', 'active'],
    ]);
    expect(Date.parse(expiring[0]?.[1].expires_at ?? '')).toBeLessThan(SAVED_AT);
  });

  it('5 and 6: JSON.parse fails on the file that is cut off and on the one with NaN, and on no other', () => {
    const unreadable = storeFiles(folder).filter((path) => parsed(storeText(folder, path)) === null);
    expect(unreadable).toEqual(['cache/search-pages.json', 'conversations/incident-2291.json']);
    expect(storeText(folder, 'conversations/incident-2291.json')).toMatch(/"id": "call_[0-9a-f]{4}$/);
    const cache = storeText(folder, 'cache/search-pages.json');
    expect(cache).toContain('"mean_relevance": NaN');
    expect(cache.match(/"1": \[/g)).toHaveLength(2);
  });

  it('7: an order number is an integer beyond 2^53', () => {
    expect(storeText(folder, 'sessions/trip-shanghai.json')).toContain('"order_no": 7318264509127346177,');
  });

  it('are described in the README by key and path, in both languages', () => {
    const readme = readFileSync(join(COMMITTED, 'README.md'), 'utf8');
    const keys = [
      'agent:coder',
      'agent:门禁',
      'session:onboarding-张伟',
      'session:literature-agent-memory',
      'session:invoice-audit-2026-11',
      'conversation:incident-2291',
      'cache:search-pages',
      'session:trip-shanghai',
    ];
    const [english = '', chinese = ''] = readme.split('# 示例工作区');
    for (const key of keys) {
      expect(english, key).toContain(`\`${key}\``);
      expect(chinese, key).toContain(`\`${key}\``);
    }
    expect(readme).toContain(`${allMessages().length} messages`);
  });
});
