import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { snapshotsFile } from '../../snapshots/snapshot-store.ts';
import { SOURCE, snapshots, state } from '../../snapshots/test-support.ts';
import { temporaryFolder } from '../../sources/test-support.ts';
import { journals } from '../../tracking/test-support.ts';
import { found, reportOf } from '../test-support.ts';

const bench = journals();
const session = (status: string) => ({ state_data: { session_id: 's', status } });
const NOW = { 'sessions/s': { session_id: 's', status: 'active' } };

async function findings(journal: ReturnType<typeof bench.open>, rule: string) {
  const report = await reportOf(NOW, { journal });
  return {
    places: found(report, rule),
    all: report.findings,
    check: report.checks.find((check) => check.rule === rule),
  };
}

describe('transitions seen in the journal', () => {
  test('those of the state machine are fine', async () => {
    const { journal, writer, save } = bench.record();
    for (const status of ['active', 'paused', 'active', 'ended', 'expired']) save('session:s', session(status));
    writer.flush();
    const { places, check } = await findings(journal, 'impossible-transition');
    expect([places, check?.lookedAt]).toEqual([[], 1]);
  });

  test('a session that comes back from its end is told, with the change and its time', async () => {
    const { journal, writer, save } = bench.record();
    for (const status of ['active', 'ended', 'active', 'expired', 'paused']) save('session:s', session(status));
    writer.flush();
    const { places, all } = await findings(journal, 'impossible-transition');
    expect(places).toEqual(['session:s $.status', 'session:s $.status']);
    const told = all.filter(({ rule }) => rule === 'impossible-transition').map(({ details }) => details);
    expect(told).toMatchObject([
      { from: 'ended', to: 'active', time: '2026-11-22T12:00:02.000Z' },
      { from: 'expired', to: 'paused' },
    ]);
  });

  test('what was removed in between begins anew', async () => {
    const { journal, writer, recorder, save } = bench.record();
    save('session:s', session('ended'));
    recorder.recordRemoved('session:s', { origin: 'watch' });
    save('session:s', session('active'));
    writer.flush();
    expect((await findings(journal, 'impossible-transition')).places).toEqual([]);
  });
});

test('version vectors only grow: going back, or aside, is a lost update', async () => {
  const journal = bench.open();
  const commit = (key: string, vector: Readonly<Record<string, number>>, at: number) => ({
    key,
    time: at,
    type: 'external' as const,
    origin: 'node',
    content: { form: 'keyframe' as const, text: Buffer.from(`{"at": ${at}}`) },
    changes: [],
    vector: new Map(Object.entries(vector)),
  });
  journal.append([
    commit('session:s', { a: 1 }, 1),
    commit('session:s', { a: 1, b: 1 }, 2),
    commit('agent:x', { a: 1 }, 3),
  ]);
  expect((await findings(journal, 'vector-backwards')).places).toEqual([]);
  journal.append([commit('session:s', { a: 2 }, 4), commit('session:s', { a: 1 }, 5)]);
  const { places, check } = await findings(journal, 'vector-backwards');
  expect(places).toEqual(['session:s $', 'session:s $']);
  expect(check?.lookedAt).toBe(5);
});

test('a journal of which a text cannot be put together, or is another one, is told by the key', async () => {
  const { journal, writer, save } = bench.record();
  save('session:s', session('active'));
  save('agent:a', { a: 1 });
  writer.flush();
  expect(await findings(journal, 'journal-whole')).toMatchObject({ places: [], check: { lookedAt: 2 } });
  journal.close();
  const database = new Sqlite(bench.path());
  database.exec("UPDATE commits SET revision = zeroblob(32) WHERE key = (SELECT id FROM keys WHERE key = 'agent:a')");
  database.close();
  expect((await findings(bench.open('journal.db', { mode: 'read' }), 'journal-whole')).places).toEqual(['agent:a $']);
});

test('a snapshot of which a text was changed is told, and the others are fine', async () => {
  const folder = temporaryFolder();
  const { store } = snapshots(folder);
  const manual = { reason: 'manual' as const };
  await store.take([state('agent:a', '{"a": 1}'), state('agent:b', `{"b": "${'x'.repeat(2000)}"}`)], manual);
  await store.take([state('agent:a', '{"a": 1}')], manual);
  const whole = await reportOf(NOW, { snapshots: store });
  expect(found(whole, 'snapshot-whole')).toEqual([]);
  expect(whole.checks.find(({ rule }) => rule === 'snapshot-whole')?.lookedAt).toBe(2);
  store.close();
  const database = new Sqlite(snapshotsFile(folder, SOURCE));
  database.exec(`UPDATE object_data SET data = zeroblob(length(data)) WHERE id = (SELECT max(id) FROM object_data)`);
  database.close();
  const { store: damaged } = snapshots(folder);
  expect(found(await reportOf(NOW, { snapshots: damaged }), 'snapshot-whole')).toEqual(['agent:b $']);
});

test('what cannot be opened is a check that did not run, with the reason', async () => {
  const report = await reportOf(NOW, { journal: { code: 'unreadable', details: { reason: 'locked' } } });
  const run = report.checks.find(({ rule }) => rule === 'journal-whole');
  expect(run).toMatchObject({ lookedAt: 0, found: 0, notRun: { code: 'unreadable', details: { reason: 'locked' } } });
});
