/** What is looked at before anything is put back: each hard case, and that it is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineStateType, TypeRegistry } from '../../../shared/state/index.ts';
import { ABSENT } from '../persistence/backend.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { knownTypes } from '../validation/known-types.ts';
import { requestFrom, restoringInto } from './test-support.ts';

interface Case {
  readonly was: string;
  readonly now: string;
}

/** Two folders of the design's layout with one state each. */
function moments(name: string, was: unknown, now: unknown): Case {
  const place = (value: unknown) => {
    const folder = temporaryFolder();
    if (value !== null) write(folder, name, JSON.stringify(value));
    return folder;
  };
  return { was: place(was), now: place(now) };
}

const envelope = (type: string, data: object, version = '1.0.0') => ({
  __type__: type,
  __version__: version,
  __timestamp__: '2026-01-01T00:00:00Z',
  state_data: data,
});
const status = (value: string) => ({ __custom_type__: 'enum', __enum_type__: 'x.AgentStatus', __data__: value });
const agent = (value: string, more = {}) =>
  envelope('x.AgentStateModule', {
    agent_id: 'a',
    status: status(value),
    current_task_id: null,
    conversation_context: [],
    performance_metrics: {},
    ...more,
  });
const said = (id: string, ...content: object[]) => ({
  id,
  name: 'a',
  role: 'assistant',
  content,
  metadata: {},
  timestamp: '2026-01-01',
});

async function checksOf({ was, now }: Case, more: Parameters<typeof requestFrom>[1] = {}, registry?: TypeRegistry) {
  const { restoring } = await restoringInto(now, registry ? { registry } : {});
  const plan = await restoring.plan(requestFrom(was, more));
  return { restoring, plan, told: plan.checks.map(({ code, severity }) => `${severity} ${code}`) };
}

describe('a state that breaks a rule of its type', () => {
  test('is only put back by somebody who accepts that', async () => {
    const place = moments('agents/a.json', agent('sleepy'), agent('idle'));
    const { restoring, plan, told } = await checksOf(place);
    expect(told).toEqual(['error rule']);
    expect(plan.possible).toBe(true);
    expect(await restoring.apply(plan.plan, [])).toMatchObject({ status: 'blocked', checks: [{ code: 'rule' }] });
    expect(await restoring.apply(plan.plan, ['rule'])).toMatchObject({ status: 'restored' });
  });

  test('is no matter when it breaks it now already', async () => {
    expect(
      (await checksOf(moments('agents/a.json', agent('sleepy'), agent('sleepy', { agent_id: 'b' })))).told,
    ).toEqual([]);
  });
});

describe('a conversation', () => {
  const call = { type: 'tool_use', id: 'call-1', name: 'search', input: {} };
  const result = { type: 'tool_result', id: 'call-1', name: 'search', output: 'found' };

  test('with a result whose call is gone is an error, with a call without its result a warning', async () => {
    const orphan = { conversation_context: [said('m2', result)] };
    const open = { conversation_context: [said('m1', call)] };
    const whole = { conversation_context: [said('m1', call), said('m2', result)] };
    const now = agent('idle', whole);
    expect((await checksOf(moments('agents/a.json', agent('idle', orphan), now))).told).toEqual([
      'error orphan-tool-result',
    ]);
    expect((await checksOf(moments('agents/a.json', agent('idle', open), now))).told).toEqual([
      'warning open-tool-call',
    ]);
    expect((await checksOf(moments('agents/a.json', agent('idle', whole), agent('busy', whole)))).told).toEqual([]);
  });

  test('of which one message is put back may end up with an orphan', async () => {
    const whole = agent('idle', { conversation_context: [said('m1', call), said('m2', result)] });
    const picks = [
      { key: 'agent:a', paths: [{ path: ['state_data', 'conversation_context', 1], side: 'then' as const }] },
    ];
    const { told } = await checksOf(moments('agents/a.json', whole, agent('idle')), { picks });
    expect(told).toEqual(['error orphan-tool-result']);
  });
});

test('a session is told whose participants will not be there', async () => {
  const session = (...participants: string[]) =>
    envelope('x.SessionStateModule', { session_id: 's', participants, status: 'active' });
  const { was, now } = moments('sessions/s.json', session('a', 'gone', 'user:u'), session('a'));
  write(now, 'agents/a.json', JSON.stringify(agent('idle')));
  write(now, 'user/u.json', JSON.stringify(envelope('x.User', { name: 'U' })));
  const { plan } = await checksOf({ was, now });
  expect(plan.checks.filter(({ code }) => code === 'no-participant')).toMatchObject([
    { key: 'session:s', severity: 'warning', details: { participant: 'gone' } },
  ]);
  const removing = await checksOf(
    { was: moments('sessions/s.json', session('a'), null).was, now },
    { removeOthers: true },
  );
  expect(removing.told).toContain('warning no-participant');
});

describe('a state of a type that has been migrated since', () => {
  const robot = defineStateType({
    name: 'robots.Robot',
    schemaVersion: '2.0.0',
    attributes: [{ key: 'name' }, { key: 'goals' }],
    migrations: [{ from: '1.0.0', to: '2.0.0', migrate: ({ goal, ...data }) => ({ ...data, goals: [goal] }) }],
  });
  const registry = knownTypes();
  registry.registerStateType({ type: robot });
  const place = () =>
    moments(
      'robots/r.json',
      envelope('robots.Robot', { name: 'R', goal: 'tea' }),
      envelope('robots.Robot', { name: 'R', goals: ['coffee'] }, '2.0.0'),
    );

  test('is told, and put back as it was when nobody wants otherwise', async () => {
    const { was, now } = place();
    const { restoring, plan, told } = await checksOf({ was, now }, {}, registry);
    expect(told).toEqual(['warning older-version']);
    expect(plan.checks[0]?.details).toMatchObject({ from: '1.0.0', to: '2.0.0' });
    await restoring.apply(plan.plan, []);
    const file = ['robots', 'r.json'] as const;
    expect(readFileSync(join(now, ...file))).toEqual(readFileSync(join(was, ...file)));
  });

  test('can be put back in the form of today', async () => {
    const { was, now } = place();
    const { restoring, plan, told } = await checksOf({ was, now }, { migrate: true }, registry);
    expect(told).toEqual(['note migrated']);
    await restoring.apply(plan.plan, []);
    expect(JSON.parse(readFileSync(join(now, 'robots', 'r.json'), 'utf8'))).toMatchObject({
      __version__: '2.0.0',
      state_data: { name: 'R', goals: ['tea'] },
    });
  });

  test('of a version from which nothing leads to today needs to be accepted', async () => {
    const { now } = place();
    const { was } = moments('robots/r.json', envelope('robots.Robot', { name: 'R' }, '0.1.0'), null);
    expect((await checksOf({ was, now }, {}, registry)).told).toContain('error no-migration');
  });
});

test('a row of a store says the version of what was put back', async () => {
  const robots = async (version: string, data: object) => {
    const path = join(temporaryFolder(), 'robots.db');
    const backend = await openSqliteBackend({ path, create: true });
    const stateData = Buffer.from(JSON.stringify(data));
    await backend.save(
      'robot:r',
      { type: 'robots.Robot', version, timestamp: null, stateData, metadata: null },
      ABSENT,
    );
    await backend.close();
    return path;
  };
  const [was, now] = [await robots('1.0.0', { goal: 'tea' }), await robots('2.0.0', { goals: ['coffee'] })];
  const registry = knownTypes();
  const migrations = [
    { from: '1.0.0', to: '2.0.0', migrate: ({ goal }: object & { goal?: unknown }) => ({ goals: [goal] }) },
  ];
  const attributes = [{ key: 'goals' }];
  registry.registerStateType({
    type: defineStateType({ name: 'robots.Robot', schemaVersion: '2.0.0', attributes, migrations }),
  });
  for (const [migrate, version, text] of [
    [false, '1.0.0', '{"goal":"tea"}'],
    [true, '2.0.0', '{"goals":["tea"]}'],
  ] as const) {
    const { restoring, workspace } = await restoringInto(now, { registry });
    const { plan } = await restoring.plan(requestFrom(was, { migrate }));
    expect(await restoring.apply(plan, [])).toMatchObject({ status: 'restored' });
    const { bytes, metadata } = await workspace.source.read('robot:r');
    expect([metadata.version, Buffer.from(bytes).toString().replaceAll(' ', '')]).toEqual([version, text]);
  }
});

test('what can only be read cannot be accepted', async () => {
  const { was } = moments('agents/a.json', agent('busy'), null);
  const backup = write(
    temporaryFolder(),
    'backup.json',
    JSON.stringify({ 'agent:a': agent('idle'), 'agent:b': agent('idle') }),
  );
  const { restoring } = await restoringInto(backup, { armed: false });
  const plan = await restoring.plan(requestFrom(was));
  expect(plan.checks.map(({ code }) => code)).toContain('not-writable');
  expect(plan.possible).toBe(false);
});

test('an envelope is not put in the place of a state without one unless that is accepted', async () => {
  const plain = { agent_id: 'a', conversation_context: [] };
  const now = temporaryFolder();
  write(now, 'agents/a.json', JSON.stringify(plain));
  write(now, 'agents/b.json', JSON.stringify(agent('idle')));
  const { was } = moments('agents/a.json', agent('idle'), null);
  expect((await checksOf({ was, now })).told).toContain('error other-layout');
});
