/** Repairs in place: only when armed, as one unit, with a copy of what is replaced, and taken back in one step. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { restoringInto } from '../restore/test-support.ts';
import { fixture, temporaryFolder } from '../sources/test-support.ts';
import { diagnose } from './diagnose.ts';
import { Repairing } from './repairing.ts';
import { everythingWrong, findingsOf, NOW, open, sessionFile } from './test-support.ts';

async function repairing(location: string, armed = true) {
  const { restoring, workspace } = await restoringInto(location, { armed });
  const check = (source: Parameters<typeof diagnose>[0]) => diagnose(source, { now: NOW });
  return { restoring, workspace, repairing: new Repairing({ target: workspace, restoring, check, name: 'repair' }) };
}

async function repaired(location: string) {
  const { repairing: doctor, restoring } = await repairing(location);
  const plan = await doctor.plan({ picks: null });
  const outcome = await doctor.apply(plan.plan, []);
  if (outcome.status !== 'restored') throw new Error(JSON.stringify(outcome));
  return { plan, undo: () => restoring.undo(outcome.undo) };
}

it.each(['corrupt-trailing-garbage', 'nan-bigint', 'surrogate', 'truncated'])(
  '%s is repaired, and comes back byte for byte',
  async (name) => {
    const file = join(temporaryFolder(), `${name}.json`);
    copyFileSync(fixture(`edge/${name}.json`), file);
    const before = readFileSync(file);
    const { undo } = await repaired(file);
    expect((await findingsOf(await open(file))).filter(({ repair }) => repair !== null)).toEqual([]);
    expect(readFileSync(file).equals(before)).toBe(false);
    expect(await undo()).toMatchObject({ status: 'undone' });
    expect(readFileSync(file).equals(before)).toBe(true);
  },
);

it('a cell with a tail is repaired, and comes back', async () => {
  const file = join(temporaryFolder(), 'session.db');
  copyFileSync(fixture('session.db'), file);
  const cells = () => {
    const sqlite = new Sqlite(file);
    const all = sqlite.prepare('SELECT session_data FROM as_session').pluck().all() as string[];
    sqlite.close();
    return all;
  };
  const sqlite = new Sqlite(file);
  sqlite.prepare("UPDATE as_session SET session_data = session_data || '\n==}'").run();
  sqlite.close();
  const before = cells();
  const { undo } = await repaired(file);
  expect(cells()).toEqual(before.map((cell) => cell.slice(0, -3)));
  expect(await undo()).toMatchObject({ status: 'undone' });
  expect(cells()).toEqual(before);
});

it("a text of the design's tables with a tail is repaired with its checksum, and comes back", async () => {
  const file = join(temporaryFolder(), 'states.db');
  copyFileSync(join(import.meta.dirname, '..', '..', '..', 'assets', 'sample-workspace', 'fleet.db'), file);
  const all = () => {
    const sqlite = new Sqlite(file, { readonly: true });
    const texts = sqlite.prepare("SELECT state_data FROM agent_states WHERE category = 'agents'").pluck().all();
    sqlite.close();
    return texts;
  };
  const healthy = all();
  const sqlite = new Sqlite(file);
  sqlite.prepare("UPDATE agent_states SET state_data = state_data || '}}' WHERE category = 'agents'").run();
  sqlite.close();
  const damaged = all();
  const { repairing: doctor, restoring } = await repairing(file);
  const plan = await doctor.plan(
    { picks: null },
    { choose: ({ rule, repair }) => (rule === 'whole-text' ? (repair?.id ?? null) : null) },
  );
  const outcome = await doctor.apply(plan.plan, []);
  expect(outcome.status).toBe('restored');
  expect(all()).toEqual(healthy);
  expect((await everythingWrong(file)).filter((found) => /whole-text|checksum/.test(found))).toEqual([]);
  expect(outcome.status === 'restored' && (await restoring.undo(outcome.undo))).toMatchObject({ status: 'undone' });
  expect(all()).toEqual(damaged);
});

it('is refused while writing is not allowed', async () => {
  const file = sessionFile('{"friday": {"memory": {"content": []}, "a": NaN}}');
  const { repairing: doctor } = await repairing(file, false);
  const plan = await doctor.plan({ picks: null });
  await expect(doctor.apply(plan.plan, [])).rejects.toMatchObject({ code: 'not-armed' });
  expect(readFileSync(file, 'utf8')).toContain('NaN');
});

it('writes nothing over what another program has written meanwhile', async () => {
  const file = sessionFile('{"friday": {"memory": {"content": []}, "a": NaN}}');
  const { repairing: doctor } = await repairing(file);
  const plan = await doctor.plan({ picks: null });
  writeFileSync(file, '{"friday": {"memory": {"content": []}, "a": NaN, "b": 1}}');
  expect(await doctor.apply(plan.plan, [])).toMatchObject({ status: 'stale' });
  expect(readFileSync(file, 'utf8')).toContain('"b": 1');
});

it('repairs what was chosen, and only that; what is gone is refused', async () => {
  const file = sessionFile('{"friday": {"memory": {"content": []}, "a": NaN, "b": NaN}}');
  const findings = await findingsOf(await open(file));
  const second = findings.find(({ at }) => at.includes('b'));
  const { repairing: doctor, workspace } = await repairing(file);
  const key = workspace.source.entries[0]?.key ?? '';
  const plan = await doctor.plan({
    picks: [
      { finding: second?.id ?? '', key, repair: 'set-null' },
      { finding: 'not-a-number|x|$', key, repair: 'set-null' },
      { finding: second?.id ?? '', key, repair: 'cut-garbage' },
    ],
  });
  expect(plan).toMatchObject({
    states: 1,
    repairs: [{ at: second?.at }],
    refused: [{ why: 'gone' }, { why: 'no-repair' }],
  });
  await doctor.apply(plan.plan, []);
  expect(readFileSync(file, 'utf8')).toBe('{"friday": {"memory": {"content": []}, "a": NaN, "b": null}}');
});
