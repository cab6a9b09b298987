import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../json/json-string.ts';
import { AgentStateManager } from './agent-manager.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { AgentStateModule, AgentStatus } from './agent-state.ts';
import { StateCodec } from './codec.ts';
import { registerDocumentTypes } from './document-types.ts';
import { TypeRegistry } from './type-registry.ts';
import { NumberLiteral } from './values.ts';

const start = 1_757_491_200_000;
const clock = () => start;
const codec = new StateCodec(registerDocumentTypes(new TypeRegistry(), clock), clock);

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function fileOf(states: Record<string, unknown>): Uint8Array {
  return encodeUtf8(JSON.stringify(states));
}

const whole = {
  agent_id: 'a',
  status: 'busy',
  current_task_id: null,
  conversation_context: [],
  performance_metrics: {},
};

describe('agents', () => {
  test('[A1] the state has the names of the document, with the status as a tagged enum', () => {
    const agent = new AgentStateModule('planner', clock);
    agent.startTask('t1');
    expect(JSON.parse(text(codec.encodeValue(agent.stateDict())))).toEqual({
      _state_version: '1.0.0',
      agent_id: 'planner',
      status: { __custom_type__: 'enum', __enum_type__: 'statescope.AgentStatus', __data__: 'busy' },
      current_task_id: 't1',
      conversation_context: [],
      performance_metrics: expect.objectContaining({
        total_messages: 0,
        last_activity: '2025-09-10T08:00:00+00:00',
      }) as unknown,
    });
  });

  test('[A2] the status is read in every spelling, its label is written back, and no other is accepted', () => {
    const agent = new AgentStateModule('a', clock);
    for (const status of ['busy', 'AgentStatus.BUSY']) {
      expect(agent.load({ ...whole, status }).applied).toBe(true);
      expect(agent.status).toBe(AgentStatus.BUSY);
    }
    const { value } = codec.decodeValue(
      codec.decodeBytes(encodeUtf8('{"__custom_type__":"enum","__enum_type__":"robot.AgentStatus","__data__":"error"}'))
        .origin.document,
    );
    agent.load({ ...whole, status: value });
    expect(text(codec.encodeValue(agent.stateDict()['status']))).toContain('"robot.AgentStatus"');
    expect(agent.load({ ...whole, status: 'sleeping' })).toMatchObject({
      applied: false,
      findings: [{ path: ['status'], rule: 'enum-member' }],
    });
    expect(agent.status).toBe(AgentStatus.ERROR);
  });

  test('[A3] tasks: starting makes busy, completing counts the outcome and makes idle; listeners hear', () => {
    const agent = new AgentStateModule('a', clock);
    const heard: unknown[] = [];
    agent.addStateListener('status', (_, next) => heard.push(next));
    agent.startTask('t');
    agent.completeTask();
    agent.startTask('u');
    agent.completeTask('failure');
    expect(heard).toEqual(['busy', 'idle', 'busy', 'idle']);
    expect(agent.currentTaskId).toBeNull();
    expect(agent.performanceMetrics).toMatchObject({ successfulTasks: 1, failedTasks: 1, successRate: 0.5 });
    expect(new AgentMetrics().successRate).toBe(0);
  });

  test('[A4] an agent keeps its latest 1,000 messages; a timestamp that a message has is kept', () => {
    const agent = new AgentStateModule('a', clock);
    const original = { content: 'first', timestamp: '2020-01-01T00:00:00' };
    agent.addConversationMessage(original);
    expect(agent.conversationContext).toEqual([original]);
    for (let n = 0; n < 1001; n++) agent.addConversationMessage({ n });
    expect(agent.conversationContext).toHaveLength(1000);
    expect(agent.conversationContext.at(-1)).toEqual({ n: 1000, timestamp: '2025-09-10T08:00:00+00:00' });
    expect(agent.performanceMetrics.totalMessages).toBe(1002);
  });

  test('[A5] a summary is the latest messages, 10 unless told; 0 gives none', () => {
    const agent = new AgentStateModule('a', clock);
    for (let n = 0; n < 12; n++) agent.addConversationMessage({ n });
    expect(agent.getConversationSummary()).toHaveLength(10);
    expect(agent.getConversationSummary(2).map(({ n }) => n)).toEqual([10, 11]);
    expect(agent.getConversationSummary(0)).toEqual([]);
    expect(agent.getConversationSummary(-1)).toEqual([]);
  });

  test('[A6] the response time is a moving average with alpha 0.1 that begins with the first', () => {
    const agent = new AgentStateModule('a', clock);
    agent.updateResponseTime(2);
    expect(agent.performanceMetrics.averageResponseTime).toBe(2);
    agent.updateResponseTime(4);
    expect(agent.performanceMetrics.averageResponseTime).toBeCloseTo(2.2, 12);
  });

  test('[A7] metrics keep unknown fields and the text of numbers, and miss none', () => {
    const metrics = new AgentMetrics({
      gpu: 'h100',
      average_response_time: new NumberLiteral('553.0'),
      total_messages: 3,
    });
    expect(metrics.unknownFields).toEqual(['gpu']);
    expect(metrics.averageResponseTime).toBe(553);
    expect(text(codec.encodeValue(metrics.countMessage().toJson()))).toBe(
      '{"gpu":"h100","average_response_time":553.0,"total_messages":4,"successful_tasks":0,"failed_tasks":0,"memory_usage_mb":0,"last_activity":null}',
    );
    expect(new AgentMetrics({ last_activity: 'never' }).lastActivity).toBeNull();
  });

  test('[A8] all states are saved and loaded, in both formats of the document and without one', () => {
    const manager = new AgentStateManager(codec, clock);
    manager.createAgentState('a').startTask('t');
    manager.createAgentState('__proto__');
    const other = new AgentStateManager(codec, clock);
    expect(other.loadAll(manager.saveAll()).map(({ id, loaded }) => [id, loaded])).toEqual([
      ['a', true],
      ['__proto__', true],
    ]);
    expect(other.get('a')?.stateDict()).toEqual(manager.get('a')?.stateDict());
    expect(() => manager.createAgentState('a')).toThrow(expect.objectContaining({ code: 'already-exists' }));
    const foreign = { x: { ...whole, __class__: 'AgentStateModule', __module__: 'robot.agents' }, y: whole };
    expect(other.loadAll(fileOf(foreign)).every(({ loaded }) => loaded)).toBe(true);
    expect(text(other.saveAll())).toContain('"__type__":"robot.agents.AgentStateModule"');
  });

  test('[A9] loading tells of each state; what is refused leaves the others, and what was there, alone', () => {
    const manager = new AgentStateManager(codec, clock);
    manager.createAgentState('bad').startTask('kept');
    const results = manager.loadAll(
      fileOf({ good: whole, bad: { ...whole, status: 'x' }, list: [], odd: { __type__: 'a.Session', state_data: {} } }),
    );
    expect(results.map(({ id, loaded, error }) => [id, loaded, error?.code])).toEqual([
      ['good', true, undefined],
      ['bad', false, 'load-refused'],
      ['list', false, 'not-a-dict'],
      ['odd', false, 'wrong-type'],
    ]);
    expect(manager.get('bad')?.currentTaskId).toBe('kept');
    expect(() => manager.loadAll(encodeUtf8('{"a":'))).toThrow(expect.objectContaining({ code: 'incomplete' }));
  });

  test('[A10] a global snapshot has a manifest, an id of its own, and does not change', () => {
    const manager = new AgentStateManager(codec, clock);
    const agent = manager.createAgentState('a');
    const first = manager.createGlobalSnapshot('night');
    const before = first.bytesOf('a');
    agent.startTask('t');
    first.bytesOf('a')?.fill(0);
    expect(first.bytesOf('a')).toEqual(before);
    expect(first.manifest).toMatchObject([
      { id: 'a', type: 'statescope.AgentStateModule', version: '1.0.0', sizeBytes: before?.length },
    ]);
    const second = manager.createGlobalSnapshot('night');
    expect(second.id).not.toBe(first.id);
    expect(second.manifest[0]?.checksum).not.toBe(first.manifest[0]?.checksum);
    expect(manager.snapshots).toHaveLength(2);
    expect(manager.deleteSnapshot(first.id)).toBe(true);
  });

  test('[A11] a snapshot restores as a whole: what came since goes, what went comes back, the rest in place', () => {
    const manager = new AgentStateManager(codec, clock);
    const kept = manager.createAgentState('kept');
    manager.createAgentState('gone');
    const { id } = manager.createGlobalSnapshot();
    kept.startTask('t');
    manager.remove('gone');
    manager.createAgentState('new');
    expect(manager.restoreGlobalSnapshot(id)).toMatchObject({ restored: true });
    expect(manager.ids).toEqual(['kept', 'gone']);
    expect(manager.get('kept')).toBe(kept);
    expect(kept).toMatchObject({ currentTaskId: null, status: 'idle' });
    expect(() => manager.restoreGlobalSnapshot('x')).toThrow(expect.objectContaining({ code: 'key-missing' }));
  });

  test('[A12] the system metrics of 3.2, and events for whoever listens', () => {
    const manager = new AgentStateManager(codec, clock);
    const heard: unknown[] = [];
    manager.onEvent(({ event }) => heard.push(event));
    manager.onEvent(() => {
      throw new Error('listener');
    });
    manager.createAgentState('a').completeTask();
    manager.createAgentState('b').startTask('t');
    manager.createAgentState('c').updateStatus(AgentStatus.ERROR);
    manager.get('b')?.addConversationMessage({});
    expect(manager.getSystemMetrics()).toEqual({
      totalAgents: 3,
      activeAgents: 1,
      idleAgents: 1,
      errorAgents: 1,
      totalMessages: 1,
      totalSuccessfulTasks: 1,
      totalFailedTasks: 0,
      overallSuccessRate: 1,
    });
    expect(manager.getAgentsByStatus(AgentStatus.BUSY)).toEqual(['b']);
    expect(manager.remove('b')).toBe(true);
    expect(manager.remove('b')).toBe(false);
    expect(heard).toEqual(['created', 'created', 'created', 'removed']);
    expect(manager.listenerErrors).toHaveLength(4);
  });
});
