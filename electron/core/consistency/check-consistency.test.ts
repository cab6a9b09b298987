import { chmodSync, closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CHECK_GROUPS } from '../../../shared/ipc/consistency.ts';
import type { Source } from '../sources/source.ts';
import { fixture, opened, temporaryFolder, write } from '../sources/test-support.ts';
import { knownTypes } from '../validation/known-types.ts';
import { validateSource } from '../validation/validate-source.ts';
import { StateConsistencyChecker } from './check-consistency.ts';
import { builtInRules } from './rules.ts';
import { checked, folderOf, found, NOW, place, quiet, reportOf } from './test-support.ts';

const WORKSPACE = fileURLToPath(new URL('../../../assets/sample-workspace', import.meta.url));

describe('the sample workspace', () => {
  test('has the faults that its README tells of, each with an explanation, and no other error', async () => {
    const { findings, isConsistent, states } = await checked(WORKSPACE);
    const told = findings
      .filter(({ severity }) => severity !== 'note')
      .map((finding) => `${finding.severity} ${finding.rule} ${place(finding)}`);
    expect(told.toSorted()).toEqual([
      'error busy-without-task agent:coder $.status',
      'error dangling-tool-call agent:researcher $.conversation_context[33].content[2]',
      'error dangling-tool-call session:literature-agent-memory $.messages[37].content[2]',
      'error duplicate-key cache:search-pages $.pages.1',
      'error expired-active session:invoice-audit-2026-11 $.status',
      'error participant-missing session:onboarding-张伟 $.participants[3]',
      'error whole-text conversation:incident-2291 $',
      'warning not-a-number cache:search-pages $.mean_relevance',
    ]);
    const notes = findings.filter(({ severity }) => severity === 'note');
    expect(notes.map(place)).toContain('session:trip-shanghai $.context.order_no');
    expect(new Set(notes.map(({ rule }) => rule))).toEqual(new Set(['big-integer']));
    expect([isConsistent, states]).toEqual([false, 45]);
  });

  test('every check is listed, with what it looked at, also those that found nothing or could not run', async () => {
    const { checks } = await checked(WORKSPACE);
    expect(checks.map(({ rule }) => rule).toSorted()).toEqual(
      builtInRules()
        .map(({ id }) => id)
        .toSorted(),
    );
    const groups = checks.map(({ group }) => CHECK_GROUPS.indexOf(group));
    expect(groups).toEqual(groups.toSorted((a, b) => a - b));
    const looked = Object.fromEntries(checks.map(({ rule, lookedAt }) => [rule, lookedAt]));
    expect(looked).toMatchObject({ readable: 45, 'busy-without-task': 12, 'participant-missing': 29, checksum: 9 });
    const notRun = checks.filter((check) => check.notRun !== null);
    for (const { lookedAt, found: count } of notRun) expect([lookedAt, count]).toEqual([0, 0]);
    expect(notRun.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['journal-whole', 'snapshot-whole', 'impossible-transition', 'vector-backwards']),
    );
  });
});

test.each(['jsonsession-1.0.21', 'session.db', 'as-2.x.db', 'redis-session-1.0.21.keys.json', 'agentstate-2.x.json'])(
  'what AgentScope itself wrote has no errors: %s',
  async (name) => {
    const { findings } = await checked(fixture(name));
    expect(findings.filter(({ severity }) => severity === 'error').map(({ rule, key }) => `${rule} ${key}`)).toEqual(
      [],
    );
  },
);

test('whatever validating finds is found here, too', async () => {
  const folder = folderOf({
    'agents/status': '{"__type__": "robot.AgentStateModule", "__version__": "0.9", "state_data": {}}',
    'agents/tag': { a: { __custom_type__: 'no.Such', __data__: 1 } },
    'agents/cut': '{"__type__": "x", "state_da',
    'sub/none': 'no JSON',
  });
  const source = await opened(folder);
  const report = await new StateConsistencyChecker(source, { now: NOW }).check(quiet);
  const all = report.findings.map(({ key, location, at, message }) => `${key ?? location} ${at} ${message}`);
  const validated = await validateSource(source, knownTypes(), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(validated.length).toBeGreaterThan(3);
  for (const { key, at, message } of validated) expect(all).toContain(`${key} ${at} ${message}`);
});

test('a file that cannot be read and a state that is gone are findings, and stop nothing', async () => {
  const folder = temporaryFolder();
  const gone = write(folder, 'a.json', '{"a": 1}');
  write(folder, 'b.json', '{"b": NaN}');
  const isRoot = process.getuid?.() === 0;
  const locked = write(folder, 'locked.json', '{"a": 1}');
  if (!isRoot) chmodSync(locked, 0);
  const source = await opened(folder);
  rmSync(gone);
  const report = await new StateConsistencyChecker(source, { now: NOW }).check(quiet);
  expect(found(report, 'readable')).toEqual(['file:a $', ...(isRoot ? [] : ['locked.json $'])]);
  expect(found(report, 'not-a-number')).toEqual(['file:b $.b']);
  const [unread] = report.findings.filter(({ rule }) => rule === 'readable');
  expect(unread).toMatchObject({ foundKey: 'errors.not-found', repair: null });
});

test('a state that is cut off is there all the same: nobody who names it, or may be named by it, is told to be alone', async () => {
  const { findings } = await reportOf({
    'agents/a': '{"__type__": "x", "state_data": {"agent_id": "a", "status": "idle", "curr',
    'agents/b': { agent_id: 'b', status: 'busy', current_task_id: 'T', current_session_id: 't' },
    'sessions/s': { session_id: 's', status: 'active', participants: ['agent:a'], messages: [{ id: '1' }] },
    'sessions/t': '{"__type__": "x", "state_data": {"session_id": "t',
    'conversations/other': '{"__type__": "x", "state_data": {"session": "s',
    'conversations/t': { session: 'session:t' },
    'board/one': { tasks: [{ task_id: 'U', agent: 'agent:a', session: 't', status: 'done' }] },
    'board/two': '{"__type__": "x", "state_data": {"tasks": [{"task_id": "T", "age',
  });
  expect(findings.filter(({ rule }) => rule !== 'whole-text').map(({ rule }) => rule)).toEqual([]);
  expect(findings).toHaveLength(4);
});

test('two faults at one place have two ids, and the same fault has the same one again', async () => {
  const states = { 'cache/c': '{"a": 1, "a": 2, "a": 3}' };
  const ids = async () => (await reportOf(states)).findings.map(({ id }) => id);
  const first = await ids();
  expect(first).toHaveLength(2);
  expect(new Set(first).size).toBe(2);
  expect(await ids()).toEqual(first);
});

describe('a long source', () => {
  const many = (count: number, text: string) =>
    folderOf(Object.fromEntries(Array.from({ length: count }, (_, at) => [`cache/c${at}`, text])));

  test('each state is read once, and tells how far it is', async () => {
    const source = await opened(many(30, '{"a": 1}'));
    const read: string[] = [];
    const counting: Source = new Proxy(source, {
      get: (target, name) => {
        if (name === 'read') return (key: string) => (read.push(key), target.read(key));
        return Reflect.get(target, name, target) as unknown;
      },
    });
    const told: number[] = [];
    await new StateConsistencyChecker(counting, { now: NOW }).check({
      isCancelled: () => false,
      onProgress: ({ done, total }) => told.push(done / total),
    });
    expect(read.toSorted()).toEqual(source.entries.map(({ key }) => key).toSorted());
    expect(told).toEqual(Array.from({ length: 30 }, (_, at) => at / 30));
  });

  test('ends when it is cancelled, and others have their turn meanwhile', async () => {
    const source = await opened(many(30, '{"a": 1}'));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    let done = 0;
    const run = new StateConsistencyChecker(source).check({
      isCancelled: () => done === 20,
      onProgress: (progress) => {
        done = progress.done;
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    clearInterval(timer);
    expect(done).toBe(20);
    expect(turns).toBeGreaterThan(0);
  });

  test('within one large state, too, whatever it is full of', async () => {
    const many = (count: number, item: string) => Array.from({ length: count }, () => item).join(',');
    const state = (data: string) =>
      `{"__type__":"x.T","__version__":"1","__timestamp__":"2026-11-20","state_data":${data}}`;
    const large = {
      'cache/values': state(`[${many(60_000, '[1,"a"]')}]`),
      'cache/odd': state(`[${many(30_000, '{"a":NaN,"a":"\\ud800"}')}]`),
      'boards/tasks': state(`{"tasks":[${many(20_000, '{"id":"t","created_at":"2026-11-20T08:00:00"}')}]}`),
      'sessions/people': state(`{"session_id":"s","participants":[${many(60_000, '"agent:a"')}]}`),
    };
    for (const [name, text] of Object.entries(large)) {
      const source = await opened(folderOf({ [name]: text }));
      let asked = 0;
      await new StateConsistencyChecker(source).check({
        isCancelled: () => {
          asked += 1;
          return false;
        },
        onProgress: () => undefined,
      });
      // Beside once or twice for each rule: again for every few thousand values.
      expect({ name, often: asked > 2 * builtInRules().length + 10 }).toEqual({ name, often: true });
      const stopAt = Math.floor(asked / 3);
      const run = new StateConsistencyChecker(source).check({
        isCancelled: () => --asked < stopAt,
        onProgress: () => undefined,
      });
      await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    }
  });

  test('keeps no more findings of a rule than anybody reads, and counts them all', async () => {
    const numbers = Array.from({ length: 2500 }, () => 'NaN').join(',');
    const { findings, checks, left, counts } = await reportOf({ 'cache/c': `[${numbers}]` });
    expect(checks.find(({ rule }) => rule === 'not-a-number')?.found).toBe(2500);
    expect([findings.length, left, counts.warning]).toEqual([2000, 500, 2500]);
  });
});

/** A hole is as long to read as what it stands for, and takes no space. */
function writeWithHole(bytes: number): string {
  const path = write(temporaryFolder(), 'big.json', '{"states":{"agent:first":{"n":1},"agent:hole":"');
  const file = openSync(path, 'r+');
  writeSync(file, '","agent:last":{"n":NaN}},"metadata":{"total_states":3}}', bytes);
  closeSync(file);
  return path;
}

describe('a big file', () => {
  test('is not checked before all of its states are known: what is not there yet is not missing', async () => {
    const source = await opened(writeWithHole(2 ** 33), { growing: true, indexAbove: 1 });
    const checking = new StateConsistencyChecker(source, { now: NOW }).check(quiet);
    await expect(checking).rejects.toMatchObject({ code: 'still-indexing' });
  });

  test('a state that is too large to be read at once is a note, and the others are checked', async () => {
    const source = await opened(writeWithHole(70 * 2 ** 20), { indexAbove: 1 });
    const { findings, isConsistent } = await new StateConsistencyChecker(source, { now: NOW }).check(quiet);
    expect(findings.map(({ severity, rule, key }) => `${severity} ${rule} ${key}`)).toContain(
      'note readable agent:hole',
    );
    expect(findings.map(place)).toContain('agent:last $.n');
    expect(isConsistent).toBe(true);
  });
});
