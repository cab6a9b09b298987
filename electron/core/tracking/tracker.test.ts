/** The document's StateChangeTracker, 2.2.4, and decisions 15 to 20. */
import { describe, expect, test } from 'vitest';
import { AgentStateModule, AgentStatus } from '../../../shared/state/agent-state.ts';
import { StateCodec } from '../../../shared/state/codec.ts';
import { registerDocumentTypes } from '../../../shared/state/document-types.ts';
import { EnhancedStateModule } from '../../../shared/state/enhanced-state-module.ts';
import { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { Journal } from './journal.ts';
import { journals, NOW, queryOf, textOf } from './test-support.ts';
import { ChangeTracker } from './tracker.ts';

const bench = journals();

class Memory extends EnhancedStateModule {
  notes: string[] = [];

  constructor() {
    super();
    this.registerState('notes', { validators: [{ rule: 'is-list', check: Array.isArray }] });
  }
}

class Robot extends EnhancedStateModule {
  mood: unknown = 'calm';
  robotName = 'r1';
  memory: EnhancedStateModule | null = new Memory();

  constructor() {
    super();
    this.registerState('mood');
    this.registerState('robotName', { key: 'robot_name' });
  }
}

function trackerFor(journal?: Journal, maxHistory?: number) {
  let now = NOW;
  const registry = new TypeRegistry();
  registerDocumentTypes(registry, () => now);
  return new ChangeTracker({
    codec: new StateCodec(registry, () => now),
    now: () => now++,
    journal,
    writing: { maxDelayMs: 1e6 },
    maxHistory,
  });
}

describe('a tracked module', () => {
  test('tells of every assignment, nested modules and replaced ones included, under its name in the state', () => {
    const tracker = trackerFor();
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    robot.mood = 'angry';
    robot.robotName = 'r2';
    const memory = new Memory();
    robot.memory = memory;
    memory.notes = ['first'];
    const changes = tracker.getChangeHistory({ moduleId: 'robot' }).slice(1);
    expect(changes.map(({ attribute, old, new: next, type }) => [attribute, old, next, type])).toEqual([
      ['mood', '"calm"', '"angry"', 'attribute_change'],
      ['robot_name', '"r1"', '"r2"', 'attribute_change'],
      ['memory.notes', '[]', '["first"]', 'attribute_change'],
    ]);
  });

  test('what is remembered does not change with what it was made of', () => {
    const tracker = trackerFor();
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    const mood = { level: 1 };
    robot.mood = mood;
    const snapshot = tracker.createSnapshot('robot');
    mood.level = 2;
    expect(tracker.getChangeHistory({ attribute: 'mood' })[0]?.new).toBe('{"level":1}');
    expect(textOf(tracker.snapshotText(snapshot.id))).toContain('"level":1');
    expect(() => Object.assign(snapshot, { owner: 'other' })).toThrow(TypeError);
  });

  test('a change in place is found at the next snapshot', () => {
    const tracker = trackerFor();
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    const mood = { level: 1 };
    robot.mood = mood;
    mood.level = 2;
    tracker.createSnapshot('robot');
    expect(tracker.getChangeHistory({ attribute: 'mood.level' })).toMatchObject([{ old: '1', new: '2' }]);
  });

  test('history is filtered, a limit of zero gives none, and memory holds the latest only', () => {
    const tracker = trackerFor(undefined, 10);
    const [a, b] = [new Robot(), new Robot()];
    tracker.registerModule('a', a);
    tracker.registerModule('b', b);
    for (let at = 0; at < 30; at++) (at % 2 === 0 ? a : b).mood = at;
    expect(tracker.getChangeHistory()).toHaveLength(10);
    expect(
      tracker.getChangeHistory({ moduleId: 'b', attribute: 'mood', limit: 2 }).map(({ new: next }) => next),
    ).toEqual(['27', '29']);
    expect(tracker.getChangeHistory({ limit: 0 })).toEqual([]);
    expect(tracker.getChangeHistory({ moduleId: 'none' })).toEqual([]);
  });

  test('is forgotten with its listeners, those of nested modules included', () => {
    const tracker = trackerFor();
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    expect(() => tracker.registerModule('robot', robot)).toThrow(/already/);
    expect(tracker.unregisterModule('robot')).toBe(true);
    const count = tracker.getChangeHistory().length;
    robot.mood = 'gone';
    if (robot.memory instanceof Memory) robot.memory.notes = ['gone'];
    expect(tracker.getChangeHistory()).toHaveLength(count);
    expect(tracker.unregisterModule('robot')).toBe(false);
    tracker.registerModule('robot', robot);
  });
});

describe('restoring', () => {
  test('puts the whole module back, keeps what it was, and records what is different as paths', () => {
    const journal = bench.open();
    const tracker = trackerFor(journal);
    const agent = new AgentStateModule('planner', () => NOW);
    tracker.registerModule('agent:planner', agent);
    const snapshot = tracker.createSnapshot('agent:planner', 'good');
    agent.startTask('t1');
    const restore = tracker.restoreSnapshot('agent:planner', snapshot.id);
    expect(restore).toMatchObject({ restored: true, error: null });
    expect(agent.status).toBe(AgentStatus.IDLE);
    expect(agent.currentTaskId).toBeNull();
    expect(restore.changes.map(({ path }) => path[0])).toContain('current_task_id');
    tracker.flush();
    const rows = journal.page(queryOf('type:snapshot_restore'), { cursor: null, direction: 'older', limit: 99 }).rows;
    expect(rows.map(({ path }) => path)).toContain('current_task_id');
    expect(journal.marks().map(({ kind, name }) => [kind, name])).toEqual([
      ['snapshot', tracker.snapshots()[0]?.name],
      ['snapshot', 'good'],
      ['snapshot', 'before good'],
      ['restore', 'good'],
    ]);
    // And back again.
    expect(tracker.restoreSnapshot('agent:planner', restore.safety?.id ?? '').restored).toBe(true);
    expect(agent.currentTaskId).toBe('t1');
    expect(agent.status).toBe(AgentStatus.BUSY);
  });

  test('only into the module that it was taken of', () => {
    const tracker = trackerFor();
    tracker.registerModule('a', new Robot());
    tracker.registerModule('b', new Robot());
    const snapshot = tracker.createSnapshot('a', 'same name');
    expect(tracker.createSnapshot('a', 'same name').id).not.toBe(snapshot.id);
    expect(tracker.restoreSnapshot('b', snapshot.id)).toMatchObject({
      restored: false,
      error: { code: 'invalid-value' },
    });
    expect(tracker.restoreSnapshot('a', 'none')).toMatchObject({ restored: false, error: { code: 'key-missing' } });
    expect(tracker.restoreSnapshot('none', snapshot.id)).toMatchObject({
      restored: false,
      error: { code: 'key-missing' },
    });
  });

  test('is refused whole when the module does not take it, and leaves no trace', () => {
    const tracker = trackerFor();
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    Reflect.set(robot.memory ?? {}, 'notes', 'no list');
    const bad = tracker.createSnapshot('robot');
    Reflect.set(robot.memory ?? {}, 'notes', ['list']);
    robot.mood = 'fine';
    const before = tracker.getChangeHistory().length;
    const restore = tracker.restoreSnapshot('robot', bad.id);
    expect(restore).toMatchObject({ restored: false, safety: null, changes: [] });
    expect(robot.stateDict()).toMatchObject({ mood: 'fine', memory: { notes: ['list'] } });
    expect(tracker.getChangeHistory()).toHaveLength(before);
    expect(tracker.snapshots()).toHaveLength(2);
  });

  test('works with the snapshots of an earlier run', () => {
    const first = bench.open();
    const tracker = trackerFor(first);
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    robot.mood = 'then';
    const { id } = tracker.createSnapshot('robot');
    robot.mood = 'later';
    tracker.close();
    first.close();
    const later = trackerFor(bench.open());
    const again = new Robot();
    later.registerModule('robot', again);
    expect(later.restoreSnapshot('robot', id).restored).toBe(true);
    expect(again.mood).toBe('then');
  });
});

describe('with a journal', () => {
  test('every change of a module is durable, and its state at each of them', () => {
    const journal = bench.open();
    const tracker = trackerFor(journal);
    const robot = new Robot();
    tracker.registerModule('robot', robot);
    for (let at = 0; at < 300; at++) robot.mood = { level: at };
    tracker.close();
    for (const change of tracker.getChangeHistory({ attribute: 'mood' })) {
      const state = JSON.parse(textOf(journal.stateAt('robot', { seq: change.seq })) ?? '{}') as { mood: unknown };
      expect(JSON.stringify(state.mood)).toBe(change.new);
    }
    expect(journal.totals().changes).toBe(301);
  });
});
