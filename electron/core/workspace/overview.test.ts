import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Overview } from '../../../shared/ipc/model.ts';
import { fixture, opened, temporaryFolder, write } from '../sources/test-support.ts';
import { readOverview } from './overview.ts';
import { filterOf } from './state-filter.ts';
import { Workspace } from './workspace.ts';

const SAMPLE = fileURLToPath(new URL('../../../assets/sample-workspace', import.meta.url));
const AS_OF = '2026-11-22T12:00:00Z';

async function overviewOf(location: string, asOf = AS_OF): Promise<Overview> {
  const run = { signal: new AbortController().signal, onProgress: () => undefined };
  return readOverview(await opened(location), asOf, run);
}

function folderOf(states: Readonly<Record<string, object>>): string {
  const folder = temporaryFolder();
  for (const [name, data] of Object.entries(states)) {
    const envelope = { __type__: 'x.Module', __version__: '1.0.0', __timestamp__: AS_OF, state_data: data };
    write(folder, `${name}.json`, JSON.stringify(envelope));
  }
  return folder;
}

describe('the sample workspace', () => {
  test('is summed up as its README says', async () => {
    const overview = await overviewOf(SAMPLE);
    expect(overview.agents?.all).toEqual({ count: 12, key: null, filter: 'kind:agent' });
    expect(overview.agents?.statuses.map(({ status, states }) => [status, states.count])).toContainEqual(['busy', 4]);
    expect(overview.sessions?.all.count).toBe(8);
    expect(overview.messages).toMatchObject({ count: 405, states: { filter: 'kind:session' } });
    expect(overview.tasks).toMatchObject({ successful: 43, failed: 3 });
    expect(overview.tasks?.successRate).toBeCloseTo(43 / 46, 12);
    expect(overview.unread.count).toBe(0);
  });

  test('has one session that is past its expiry and still active', async () => {
    const { expiry } = await overviewOf(SAMPLE);
    expect(expiry?.overdue).toMatchObject({ count: 1, key: 'session:invoice-audit-2026-11' });
    expect(expiry?.next).toEqual([
      {
        key: 'session:invoice-audit-2026-11',
        status: 'active',
        expiresAt: '2026-11-20T09:20:00.000Z',
        past: true,
        overdue: true,
      },
    ]);
    expect((await overviewOf(SAMPLE, '2026-11-20T09:00:00Z')).expiry?.past.count).toBe(0);
  });

  test('ranks by messages and by bytes, five of each', async () => {
    const { busiestAgents, busiestSessions, largest } = await overviewOf(SAMPLE);
    for (const ranks of [busiestAgents, busiestSessions, largest]) {
      const amounts = ranks.map(({ amount }) => amount);
      expect(amounts).toHaveLength(5);
      expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
    }
    expect(busiestSessions[0]?.amount).toBe(54);
    expect(busiestAgents.every(({ responseSeconds }) => responseSeconds !== null)).toBe(true);
    expect(largest[0]).toMatchObject({ key: 'agent:财务', amount: 27_986 });
  });

  test('leads from every figure to exactly the states behind it', async () => {
    const source = await opened(SAMPLE);
    const run = { signal: new AbortController().signal, onProgress: () => undefined };
    const { agents, sessions, messages, tasks, expiry, states } = await readOverview(source, AS_OF, run);
    const figures = [
      states,
      ...(agents?.statuses.map((each) => each.states) ?? []),
      ...(sessions?.statuses.map((each) => each.states) ?? []),
      messages?.states,
      tasks?.agents,
      tasks?.succeeding,
      tasks?.failing,
      expiry?.past,
    ].filter((each) => each !== undefined);
    expect(figures.length).toBeGreaterThan(10);
    for (const { filter, count, key } of figures) {
      const behind = source.entries.filter(filterOf(filter));
      expect([filter, behind.length]).toEqual([filter, count]);
      if (key !== null) expect(behind.map((each) => each.key)).toEqual([key]);
    }
  });
});

describe('what no state holds is absent, not 0', () => {
  test('in sessions of AgentScope there are messages to count, and nothing else', async () => {
    const overview = await overviewOf(fixture('jsonsession-1.0.21'));
    expect(overview).toMatchObject({ agents: null, tasks: null, expiry: null, busiestAgents: [] });
    expect(overview.sessions?.all.count).toBe(2);
    expect(overview.messages?.count).toBeGreaterThan(0);
    expect(overview.sessions?.statuses).toEqual([{ status: null, states: overview.sessions?.all }]);
  });

  test('they are counted as the conversation view counts them', async () => {
    for (const name of ['jsonsession-1.0.21', 'session.db', 'redis-session-1.0.21.keys.json', 'as-2.x.db']) {
      const workspace = new Workspace(await opened(fixture(name)));
      let count = 0;
      for (const { key, kind } of workspace.source.entries) {
        if (kind !== 'session') continue;
        const { conversations } = await workspace.openState({ key });
        count += conversations.reduce((sum, conversation) => sum + conversation.count, 0);
      }
      expect([name, (await overviewOf(fixture(name))).messages?.count ?? 0]).toEqual([name, count]);
    }
  });

  test('an agent without metrics reports no tasks, one without a task has no success rate', async () => {
    const without = await overviewOf(folderOf({ 'agents/a': { status: 'idle' } }));
    expect(without).toMatchObject({ tasks: null, messages: null, busiestAgents: [], sessions: null });
    const metrics = { total_messages: 7, successful_tasks: 0, failed_tasks: 0, average_response_time: 0.5 };
    const idle = await overviewOf(folderOf({ 'agents/a': { performance_metrics: metrics }, 'agents/b': {} }));
    expect(idle.tasks).toMatchObject({ successful: 0, failed: 0, successRate: null, agents: { key: 'agent:a' } });
    expect(idle.busiestAgents).toEqual([{ key: 'agent:a', status: null, amount: 7, responseSeconds: 0.5 }]);
  });

  test('a value of another kind is no number', async () => {
    const metrics = { total_messages: '7', successful_tasks: -1, failed_tasks: null };
    expect(await overviewOf(folderOf({ 'agents/a': { performance_metrics: metrics } }))).toMatchObject({
      tasks: null,
      busiestAgents: [],
    });
  });
});

test('a time without a zone is past, or not, only when that holds in every zone', async () => {
  const session = (expires_at: unknown) => ({ status: 'active', expires_at, message_count: 1 });
  const { expiry } = await overviewOf(
    folderOf({
      'sessions/long-ago': session('2026-11-21T10:00:00'),
      'sessions/today': session('2026-11-22T11:00:00'),
      'sessions/later': session({ __custom_type__: 'datetime', __data__: '2026-11-24T11:00:00' }),
      'sessions/zoned': session('2026-11-22T13:00:00+02:00'),
      'sessions/ended': { status: 'ended', expires_at: '2026-11-20T00:00:00Z' },
      'sessions/never': session(null),
    }),
  );
  expect(expiry?.next.map(({ key, past, overdue }) => [key, past, overdue])).toEqual([
    ['session:ended', true, false],
    ['session:long-ago', true, true],
    ['session:zoned', true, true],
    ['session:today', null, false],
    ['session:later', false, false],
  ]);
  expect(expiry?.next.map(({ expiresAt }) => expiresAt)).toContain('2026-11-24T11:00:00');
  expect([expiry?.all.count, expiry?.past.count, expiry?.overdue.count]).toEqual([5, 3, 2]);
});

describe('reading thousands of states', () => {
  const many = () =>
    folderOf(Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`agents/a${at}`, { status: 'idle' }])));

  test('tells each step, and stops when the signal is raised', async () => {
    const source = await opened(many());
    const controller = new AbortController();
    const steps: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      expect(total).toBe(300);
      steps.push(done);
      if (done === 10) controller.abort();
    };
    const reading = readOverview(source, AS_OF, { signal: controller.signal, onProgress });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(steps).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
  });

  test('lets other questions be answered in between', async () => {
    const workspace = new Workspace(await opened(many()));
    let done = 0;
    const run = {
      signal: new AbortController().signal,
      onProgress: (progress: { done: number }) => {
        done = progress.done;
      },
    };
    const reading = workspace.overview(run);
    await workspace.openState({ key: 'agent:a7' });
    expect(done).toBeLessThan(300);
    const overview = await reading;
    expect(overview.agents?.all.count).toBe(300);
    expect(await workspace.overview(run)).toBe(overview);
  });
});

test('a state that cannot be read any more is named and left out', async () => {
  const folder = folderOf({ 'agents/a': { status: 'busy' }, 'agents/b': { status: 'idle' } });
  const source = await opened(folder);
  const gone = new Proxy(source, {
    get: (target, name) =>
      name === 'read'
        ? (key: string) => (key === 'agent:b' ? target.read('agent:none') : target.read(key))
        : (Reflect.get(target, name, target) as unknown),
  });
  const run = { signal: new AbortController().signal, onProgress: () => undefined };
  const overview = await readOverview(gone, AS_OF, run);
  expect(overview.unread).toMatchObject({ count: 1, key: 'agent:b' });
  expect(overview.agents?.all.count).toBe(2);
});
