/** A moment of a running program is put back through its probe. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { attachProbe, defineStateType, EnhancedStateModule } from '../../../shared/state/index.ts';
import { Restoring } from '../restore/restoring.ts';
import { TestCopies } from '../restore/test-support.ts';
import { openMoment } from '../snapshots/moments.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { openJournal } from '../tracking/journal.ts';
import { Watches } from '../tracking/watches.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { feedInto } from './feed.ts';
import { ProbeHub } from './probe-hub.ts';
import { runningTarget } from './running-target.ts';

const type = defineStateType({
  name: 'robots.Planner',
  attributes: [
    { key: 'goal', rules: [{ rule: 'has-goal', check: (goal) => goal !== '' || 'a planner needs a goal' }] },
  ],
});

class Planner extends EnhancedStateModule {
  goal = 'a trip';
  step = 0;
  constructor() {
    super(type);
    this.registerState('goal');
    this.registerState('step');
  }
}

async function running() {
  const journal = openJournal(join(temporaryFolder(), 'x.journal'), { source: 'probe://local' });
  const ignore = () => undefined;
  const feed = feedInto(journal, new Watches(journal), { onCommits: ignore, onError: ignore, onRecovered: ignore });
  const hub = await ProbeHub.start(ignore);
  const follower = await hub.follow(feed);
  const planners = ['a', 'b'].map(() => new Planner());
  const probes = planners.map((planner, at) =>
    attachProbe(planner, {
      name: `agent:${at === 0 ? 'a' : 'b'}`,
      address: hub.status().address ?? '',
      program: `p${at}`,
      interval: 0,
    }),
  );
  const flush = async () => {
    for (const probe of probes) expect(await probe.flush()).toBe(true);
    feed.writer.flush();
  };
  await flush();
  const workspace = await EditableWorkspace.open(
    { id: 'w', context: { safetyFolder: temporaryFolder() }, open: async () => hub.source(), onChanged: ignore },
    {},
  );
  const copies = new TestCopies();
  copies.source = () => workspace.source;
  const restoring = new Restoring({
    target: runningTarget(hub, workspace),
    folder: temporaryFolder(),
    moment: (ref) =>
      openMoment(ref, {
        now: hub.source(),
        journal,
        snapshots: null,
        open: () => Promise.reject(new Error('elsewhere')),
      }),
    copies,
    onWritten: (keys, how, mark) => follower.note(keys, how, mark ?? undefined),
  });
  onTestFinished(async () => {
    for (const probe of probes) await probe.stop();
    await workspace.close();
    await hub.close();
    journal.close();
  });
  return { restoring, planners, flush, journal, feed };
}

const request = (seq: number) =>
  ({ from: { at: 'seq', seq }, picks: null, mode: 'replace', removeOthers: false, migrate: false }) as const;

test('programs load what they were, report it, and can be taken back; the history says so', async () => {
  const { restoring, planners, flush, journal, feed } = await running();
  const [a, b] = planners;
  const before = journal.lastSeq;
  for (const planner of planners) Object.assign(planner, { goal: 'nothing', step: 7 });
  await flush();
  const plan = await restoring.plan(request(before));
  expect(plan).toMatchObject({ states: 2, possible: true });
  const outcome = await restoring.apply(plan.plan, []);
  expect(outcome).toMatchObject({ status: 'restored', keys: ['agent:a', 'agent:b'] });
  expect([a?.goal, a?.step, b?.goal, b?.step]).toEqual(['a trip', 0, 'a trip', 0]);
  feed.writer.flush();
  const types = [journal.lastSeq, journal.lastSeq - 1].map((seq) => journal.changeAt(seq)?.type ?? 'snapshot_restore');
  expect(new Set(types)).toEqual(new Set(['snapshot_restore']));
  expect(journal.marks()).toMatchObject([{ kind: 'restore', name: `#${before}` }]);
  expect(await restoring.undo('undo' in outcome ? outcome.undo : '')).toMatchObject({ status: 'undone' });
  expect([a?.goal, a?.step, b?.goal, b?.step]).toEqual(['nothing', 7, 'nothing', 7]);
});

test('what one module refuses is told with its own words, and the others are as they were', async () => {
  const { restoring, planners, flush, journal } = await running();
  const [a, b] = planners;
  const before = journal.lastSeq;
  for (const planner of planners) Object.assign(planner, { goal: 'nothing', step: 7 });
  await flush();
  const plan = await restoring.plan(request(before));
  if (b)
    b.loadStateDict = () => {
      throw new Error('not while I am talking');
    };
  const outcome = await restoring.apply(plan.plan, []);
  expect(outcome).toMatchObject({ status: 'rolled-back', key: 'agent:b', left: [] });
  expect('reason' in outcome && outcome.reason).toContain('not while I am talking');
  expect([a?.goal, b?.goal]).toEqual(['nothing', 'nothing']);
});
