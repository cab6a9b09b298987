import { describe, expect, test } from 'vitest';
import { resources } from '../../../shared/i18n/texts.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { spliceAll, splicesOf } from '../doctor/edit-all.ts';
import { byPaths } from '../doctor/repairs.ts';
import { builtInRules } from './rules.ts';
import { envelope, found, reportOf, type States } from './test-support.ts';

const agent = (id: string, more: object = {}) => ({ agent_id: id, status: 'idle', current_task_id: null, ...more });
const session = (id: string, more: object = {}) => ({ session_id: id, status: 'active', participants: [], ...more });
const task = (id: string, who: string, status: string, more: object = {}) => ({
  task_id: id,
  agent: who,
  status,
  ...more,
});
const messages = (...ids: readonly string[]) => ids.map((id) => ({ id, role: 'user', name: 'a', content: 'x' }));
const metrics = (more: object) => ({ performance_metrics: more });

interface Case {
  readonly rule: string;
  /** Has what the rule looks at, and nothing wrong. */
  readonly good: States;
  readonly bad: States;
  readonly places: readonly string[];
}

const CASES: readonly Case[] = [
  {
    rule: 'whole-text',
    good: { 'agents/a': agent('a') },
    bad: {
      'agents/a': '{"__type__": "x", "state_data": {"agent_id": "a',
      'agents/b': `${JSON.stringify(envelope({}))} x`,
    },
    places: ['agent:a $', 'agent:b $'],
  },
  {
    rule: 'required-state',
    good: { 'system/config': { a: 1 }, 'system/status': { b: 1 } },
    bad: { 'system/config': { a: 1 } },
    places: ['. $'],
  },
  {
    rule: 'envelope',
    good: { 'agents/a': agent('a') },
    bad: { 'agents/a': '{"__type__": "x", "__timestamp__": "yesterday", "state_data": {}}' },
    places: ['agent:a $.__version__', 'agent:a $.__timestamp__'],
  },
  {
    rule: 'decodable',
    good: { 'agents/a': { at: { __custom_type__: 'datetime', __data__: '2026-11-20T08:00:00Z' } } },
    bad: { 'agents/a': { at: { __custom_type__: 'datetime', __data__: 'never' } } },
    places: ['agent:a $.at'],
  },
  {
    rule: 'migratable',
    good: { 'agents/a': JSON.stringify(envelope(agent('a'), 'robot.AgentStateModule')) },
    bad: { 'agents/a': JSON.stringify({ ...envelope(agent('a'), 'robot.AgentStateModule'), __version__: '0.1' }) },
    places: ['agent:a $.__version__'],
  },
  {
    rule: 'checksum',
    good: { 'agents/a': withMetadata({ a: 1 }, { checksum: checksumOf({ a: 1 }) }) },
    bad: { 'agents/a': withMetadata({ a: 2 }, { checksum: checksumOf({ a: 1 }) }) },
    places: ['agent:a $'],
  },
  {
    rule: 'metadata',
    good: { 'agents/a': withMetadata({ a: 1 }, {}) },
    bad: { 'agents/a': withMetadata({ a: 1 }, { created_at: 'never' }) },
    places: ['agent:a $.__metadata__'],
  },
  {
    rule: 'metadata-attributes',
    good: {
      'agents/a': withMetadata({ a: 1, memory: {} }, { registered_attributes: ['a'], nested_modules: ['memory'] }),
      'agents/typescript': withMetadata({ task_id: 1 }, { registered_attributes: ['taskId'] }),
    },
    bad: { 'agents/a': withMetadata({ a: 1 }, { registered_attributes: ['a'], nested_modules: ['memory'] }) },
    places: ['agent:a $.memory'],
  },
  {
    rule: 'metadata-size',
    good: {
      'agents/a': withMetadata({ a: 1 }, { size_bytes: 7 }),
      'agents/other-layout': withMetadata({ a: 1 }, { size_bytes: 8, checksum: checksumOf({ a: 1 }) }),
    },
    bad: { 'agents/a': withMetadata({ a: 1 }, { size_bytes: 8 }) },
    places: ['agent:a $.__metadata__'],
  },
  {
    rule: 'participant-missing',
    good: {
      'agents/a': agent('a'),
      'user/u': {},
      'sessions/s': session('s', { participants: ['agent:a', 'user:u', 'a'] }),
    },
    bad: {
      'agents/a': agent('a'),
      'sessions/s': session('s', { participants: ['agent:a', 'agent:b', 'visitor', 'user:anybody'] }),
    },
    places: ['session:s $.participants[1]', 'session:s $.participants[2]'],
  },
  {
    rule: 'agent-session-missing',
    good: { 'agents/a': agent('a', { current_session_id: 'session:s' }), 'sessions/s': session('s') },
    bad: { 'agents/a': agent('a', { current_session_id: 't' }), 'sessions/s': session('s') },
    places: ['agent:a $.current_session_id'],
  },
  {
    rule: 'agent-not-listed',
    good: {
      'agents/a': agent('a', { current_session_id: 's' }),
      'sessions/s': session('s', { participants: ['agent:a'] }),
    },
    bad: {
      'agents/a': agent('a', { current_session_id: 's' }),
      'sessions/s': session('s', { participants: ['agent:b'] }),
    },
    places: ['agent:a $.current_session_id'],
  },
  {
    rule: 'activity-of-stranger',
    good: { 'sessions/s': session('s', { participants: ['a'], participant_activity: { a: '2026-11-20T08:00:00Z' } }) },
    bad: { 'sessions/s': session('s', { participants: ['a'], participant_activity: { b: '2026-11-20T08:00:00Z' } }) },
    places: ['session:s $.participant_activity.b'],
  },
  {
    rule: 'session-without-participants',
    good: { 'sessions/s': session('s', { participants: ['a'] }) },
    bad: { 'sessions/s': session('s'), 'sessions/over': session('over', { status: 'ended' }) },
    places: ['session:s $.participants'],
  },
  {
    rule: 'conversation-without-session',
    good: { 'sessions/s': session('s'), 'conversations/c': { session: 'session:s' } },
    bad: { 'sessions/s': session('s'), 'conversations/c': { session: 'session:t' } },
    places: ['conversation:c $.session'],
  },
  {
    rule: 'session-without-conversation',
    good: { 'sessions/s': session('s', { messages: messages('1') }), 'conversations/c': { session: 's' } },
    bad: {
      'sessions/s': session('s', { messages: messages('1') }),
      'sessions/t': session('t', { messages: messages('1') }),
      'conversations/c': { session: 's' },
    },
    places: ['session:t $'],
  },
  {
    rule: 'conversation-messages',
    good: {
      'sessions/s': session('s', { messages: messages('1', '2') }),
      'conversations/c': { session: 's', message_ids: ['1', '2'] },
    },
    bad: {
      'sessions/s': session('s', { messages: messages('1', '2') }),
      'conversations/c': { session: 's', message_ids: ['1', '3'] },
    },
    places: ['conversation:c $.message_ids'],
  },
  {
    rule: 'busy-without-task',
    good: { 'agents/a': agent('a', { status: 'busy', current_task_id: 'T' }), 'agents/b': agent('b') },
    bad: { 'agents/a': agent('a', { status: { __custom_type__: 'enum', __enum_type__: 'x.S', __data__: 'busy' } }) },
    places: ['agent:a $.status'],
  },
  {
    rule: 'task-without-work',
    good: { 'agents/a': agent('a', { status: 'busy', current_task_id: 'T' }) },
    bad: { 'agents/a': agent('a', { current_task_id: 'T' }) },
    places: ['agent:a $.current_task_id'],
  },
  {
    rule: 'task-missing',
    good: { 'agents/a': agent('a', { current_task_id: 'T' }), 'board/b': { tasks: [task('T', 'a', 'running')] } },
    bad: { 'agents/a': agent('a', { current_task_id: 'T' }), 'board/b': { tasks: [task('U', 'a', 'running')] } },
    places: ['agent:a $.current_task_id'],
  },
  {
    rule: 'task-of-another',
    good: { 'agents/a': agent('a', { current_task_id: 'T' }), 'tasks/T': task('T', 'agent:a', 'running') },
    bad: { 'agents/a': agent('a', { current_task_id: 'T' }), 'tasks/T': task('T', 'agent:b', 'running') },
    places: ['agent:a $.current_task_id'],
  },
  {
    rule: 'task-finished',
    good: { 'agents/a': agent('a', { current_task_id: 'T' }), 'board/b': { tasks: [task('T', 'a', 'running')] } },
    bad: { 'agents/a': agent('a', { current_task_id: 'T' }), 'board/b': { tasks: [task('T', 'a', 'done')] } },
    places: ['agent:a $.current_task_id'],
  },
  {
    rule: 'task-not-worked-at',
    good: {
      'agents/a': agent('a', { current_task_id: 'T' }),
      'board/b': { tasks: [task('T', 'a', 'running'), task('U', 'a', 'done')] },
    },
    bad: { 'agents/a': agent('a'), 'board/b': { tasks: [task('T', 'agent:a', 'running')] } },
    places: ['board:b $.tasks[0]'],
  },
  {
    rule: 'task-agent-missing',
    good: { 'agents/a': agent('a'), 'board/b': { tasks: [task('T', 'agent:a', 'done')] } },
    bad: { 'agents/a': agent('a'), 'board/b': { tasks: [task('T', 'agent:b', 'done')] } },
    places: ['board:b $.tasks[0].agent'],
  },
  {
    rule: 'task-session-missing',
    good: { 'sessions/s': session('s'), 'board/b': { tasks: [task('T', 'a', 'done', { session: 'session:s' })] } },
    bad: { 'sessions/s': session('s'), 'board/b': { tasks: [task('T', 'a', 'done', { session: 'session:t' })] } },
    places: ['board:b $.tasks[0].session'],
  },
  {
    rule: 'task-counts',
    // A board that was tidied knows fewer.
    good: { 'agents/a': agent('a', metrics({ successful_tasks: 5 })), 'board/b': { tasks: [task('T', 'a', 'done')] } },
    bad: { 'agents/a': agent('a', metrics({ successful_tasks: 0 })), 'board/b': { tasks: [task('T', 'a', 'done')] } },
    places: ['agent:a $.performance_metrics.successful_tasks'],
  },
  {
    rule: 'id-mismatch',
    good: { 'agents/a': agent('a'), 'sessions/team/s': session('s') },
    bad: { 'agents/a': agent('b') },
    places: ['agent:a $.agent_id'],
  },
  {
    rule: 'type-rules',
    good: {
      'agents/a': JSON.stringify(
        envelope({ ...agent('a'), conversation_context: [], performance_metrics: {} }, 'robot.AgentStateModule'),
      ),
    },
    bad: {
      'agents/a': JSON.stringify(
        envelope({ ...agent('a'), status: 'asleep', performance_metrics: {} }, 'robot.AgentStateModule'),
      ),
    },
    places: ['agent:a $.status', 'agent:a $.conversation_context'],
  },
  {
    rule: 'expired-active',
    good: {
      'sessions/s': session('s', { expires_at: '2026-11-20T13:00:00Z' }),
      'sessions/t': session('t', { expires_at: '2026-11-20T09:00:00Z', status: 'expired' }),
      // Somewhere it is not yet that late.
      'sessions/u': session('u', { expires_at: '2026-11-20T11:00:00' }),
    },
    bad: {
      'sessions/s': session('s', { expires_at: '2026-11-20T09:00:00Z' }),
      'sessions/t': session('t', { expires_at: '2026-11-19T09:00:00', status: 'paused' }),
    },
    places: ['session:s $.status', 'session:t $.status'],
  },
  {
    rule: 'time-order',
    good: {
      'sessions/s': session('s', { created_at: '2026-11-20T08:00:00+02:00', updated_at: '2026-11-20T07:00:00Z' }),
    },
    bad: {
      'sessions/s': session('s', { created_at: '2026-11-20T08:00:00Z', updated_at: '2026-11-20T07:00:00Z' }),
      'board/b': { tasks: [{ started_at: '2026-11-20T08:00:00Z', finished_at: '2026-11-20T07:59:00Z' }] },
    },
    places: ['board:b $.tasks[0].finished_at', 'session:s $.updated_at'],
  },
  {
    rule: 'message-order',
    good: { 'sessions/s': session('s', { messages: timed('08:00:00', '08:00:00', '08:00:01') }) },
    bad: { 'sessions/s': session('s', { messages: timed('08:00:00', '07:00:00', '08:00:01') }) },
    places: ['session:s $.messages[1].timestamp'],
  },
  {
    rule: 'future-time',
    good: { 'sessions/s': session('s', { created_at: '2026-11-20T12:04:00Z', expires_at: '2027-01-01T00:00:00Z' }) },
    bad: { 'sessions/s': session('s', { created_at: '2026-11-20T12:06:00Z', updated_at: '2026-11-20T13:00:00Z' }) },
    places: ['session:s $.updated_at'],
  },
  {
    rule: 'outlived-ttl',
    good: { 'cache/c': withMetadata({}, { ttl_seconds: 86_400 }) },
    bad: { 'cache/c': withMetadata({}, { ttl_seconds: 60 }) },
    places: ['cache:c $'],
  },
  {
    rule: 'naive-time',
    good: { 'sessions/s': session('s', { created_at: '2026-11-20T08:00:00Z' }) },
    bad: { 'sessions/s': session('s', { created_at: '2026-11-20T08:00:00', updated_at: '2026-11-20T09:00:00' }) },
    places: ['session:s $.created_at'],
  },
  {
    rule: 'message-count',
    good: {
      'sessions/s': session('s', { messages: messages('1'), message_count: 1 }),
      'agents/a': agent('a', { conversation_context: messages('1', '2'), ...metrics({ total_messages: 2 }) }),
    },
    bad: {
      'sessions/s': session('s', { messages: messages('1'), message_count: 3 }),
      'agents/a': agent('a', { conversation_context: messages('1', '2'), ...metrics({ total_messages: 1 }) }),
    },
    places: ['agent:a $.performance_metrics.total_messages', 'session:s $.message_count'],
  },
  {
    rule: 'average-response-time',
    good: { 'agents/a': timedAgent([2, 4], 2.2) },
    bad: { 'agents/a': timedAgent([2, 4], 3) },
    places: ['agent:a $.performance_metrics.average_response_time'],
  },
  {
    rule: 'success-rate',
    good: { 'metrics/m': { agents: { total_successful_tasks: 3, total_failed_tasks: 1, overall_success_rate: 0.75 } } },
    bad: { 'metrics/m': { agents: { total_successful_tasks: 3, total_failed_tasks: 1, overall_success_rate: 1 } } },
    places: ['metrics:m $.agents.overall_success_rate'],
  },
  {
    rule: 'metric-range',
    good: { 'agents/a': agent('a', metrics({ successful_tasks: 0 })) },
    bad: { 'agents/a': agent('a', metrics({ failed_tasks: -1 })) },
    places: ['agent:a $.performance_metrics.failed_tasks'],
  },
  {
    rule: 'fleet-totals',
    good: { 'agents/a': agent('a'), 'metrics/m': { at: '2026-11-20T11:30:00Z', agents: { total_agents: 1 } } },
    bad: { 'agents/a': agent('a'), 'metrics/m': { at: '2026-11-20T11:30:00Z', agents: { total_agents: 2 } } },
    places: ['metrics:m $.agents.total_agents'],
  },
  {
    rule: 'over-limit',
    good: { 'agents/a': agent('a', { conversation_context: Array.from({ length: 1000 }, () => 1) }) },
    bad: { 'agents/a': agent('a', { conversation_context: Array.from({ length: 1001 }, () => 1) }) },
    places: ['agent:a $.conversation_context'],
  },
  {
    rule: 'duplicate-key',
    good: { 'cache/c': '{"a": 1, "b": {"a": 1}}' },
    bad: { 'cache/c': '{"a": 1, "b": {"a": 1, "a": 2}}' },
    places: ['file:cache/c $.b.a'],
  },
  {
    rule: 'not-a-number',
    good: { 'cache/c': '{"a": 1e3, "b": "NaN"}' },
    bad: { 'cache/c': '{"a": NaN, "b": -Infinity}' },
    places: ['file:cache/c $.a', 'file:cache/c $.b'],
  },
  {
    rule: 'lone-surrogate',
    good: { 'cache/c': '{"a": "\\ud83d\\ude00"}' },
    bad: { 'cache/c': '{"a": "cut \\ud83d"}' },
    places: ['file:cache/c $.a'],
  },
  {
    rule: 'big-integer',
    good: { 'cache/c': '{"a": 9007199254740991, "b": 1.00000000000000001, "c": 1e20}' },
    bad: { 'cache/c': '{"a": 9007199254740993, "b": -90071992547409930}' },
    places: ['file:cache/c $.a', 'file:cache/c $.b'],
  },
];

function checksumOf(value: unknown): string {
  const { document } = parseJson(Buffer.from(JSON.stringify(value)));
  if (document === null) throw new Error('no JSON');
  return canonicalChecksum(document);
}

function withMetadata(data: unknown, metadata: object): string {
  return JSON.stringify(
    envelope(data, 'shop.Thing', { __metadata__: { created_at: '2026-11-20T08:00:00Z', ...metadata } }),
  );
}

function timed(...times: readonly string[]) {
  return messages(...times).map((message, at) => ({ ...message, timestamp: `2026-11-20T${times[at]}Z` }));
}

test('a conversation that lists the same messages in another order is told so, and not by numbers of missing ones', async () => {
  const report = await reportOf({
    'sessions/s': session('s', { participants: ['x'], message_count: 2, messages: messages('1', '2') }),
    'conversations/s': { session: 's', message_ids: ['2', '1'] },
  });
  const [order] = report.findings.filter(({ rule }) => rule === 'conversation-messages');
  expect(order?.foundKey).toBe('consistency.rules.conversation-messages.foundOrder');
  expect(order?.message).toContain('in another order');
});

test('an average is no fault where one of the agent’s own messages does not say how long it took', async () => {
  const state = timedAgent([2, 4], 3);
  const untimed = { role: 'assistant', name: 'a', content: 'x' };
  const report = await reportOf({
    'agents/a': {
      ...state,
      conversation_context: [...state.conversation_context, untimed],
      performance_metrics: { ...state.performance_metrics, total_messages: 4 },
    },
  });
  expect(report.findings).toEqual([]);
});

function timedAgent(times: readonly number[], average: number) {
  const own = times.map((time) => ({ role: 'assistant', name: 'A', content: 'x', metadata: { response_time: time } }));
  const others = [{ role: 'user', name: 'b', content: 'x', metadata: { response_time: 99 } }];
  return {
    ...agent('a'),
    conversation_context: [...others, ...own],
    ...metrics({ total_messages: 1 + times.length, average_response_time: average }),
  };
}

describe.each(CASES)('$rule', ({ rule, good, bad, places }) => {
  test('says nothing of a good state that it looked at', async () => {
    const report = await reportOf(good);
    const run = report.checks.find((check) => check.rule === rule);
    expect(found(report, rule)).toEqual([]);
    expect(run?.lookedAt).toBeGreaterThan(0);
  });

  test('finds the fault, at its place', async () => {
    const report = await reportOf(bad);
    expect(found(report, rule)).toEqual(places);
    const findings = report.findings.filter((finding) => finding.rule === rule);
    for (const { message, foundKey } of findings) {
      // A text with all of its variables, in whole.
      expect(message).not.toMatch(/\{\{|^$|consistency\.rules/);
      expect(foundKey).not.toBeNull();
    }
  });

  test('once its repairs are made, it says nothing more of these places', async () => {
    const report = await reportOf(bad);
    const repairs = report.findings.filter((finding) => finding.rule === rule && finding.repair?.edits != null);
    if (repairs.length === 0) return;
    const mended = Object.entries(bad).map(([name, state]) => {
      const { document } = parseJson(Buffer.from(textOf(state)));
      if (document === null) throw new Error('no JSON');
      const own = repairs.filter(({ location }) => location === `${name}.json`);
      const edits = own.flatMap(({ repair }) => byPaths(document, repair?.edits ?? []) ?? []);
      expect(edits.length).toBeGreaterThanOrEqual(own.length);
      return [name, Buffer.from(spliceAll(document.bytes, splicesOf(document, edits))).toString()] as const;
    });
    const left = found(await reportOf(Object.fromEntries(mended)), rule);
    expect(left).toHaveLength(places.length - repairs.length);
  });
});

function textOf(state: unknown): string {
  return typeof state === 'string' ? state : JSON.stringify(envelope(state));
}

test('every rule has a case here, or a test of its own', () => {
  const elsewhere = [
    'readable',
    'several-versions',
    'journal-whole',
    'snapshot-whole',
    'impossible-transition',
    'vector-backwards',
  ];
  const doctors = builtInRules().flatMap(({ id, group }) => (group === 'conversation' ? [id] : []));
  const all = [...CASES.map(({ rule }) => rule), ...elsewhere, ...doctors];
  expect(all.toSorted()).toEqual(
    builtInRules()
      .map(({ id }) => id)
      .toSorted(),
  );
});

test('every rule has a name and says why it matters, in both languages', () => {
  for (const language of Object.values(resources)) {
    const texts: Readonly<Record<string, { readonly title?: string; readonly why?: string }>> =
      language.translation.consistency.rules;
    for (const { id } of builtInRules()) expect([id, texts[id]?.title, texts[id]?.why]).not.toContain(undefined);
  }
});
