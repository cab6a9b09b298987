import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { restoringInto } from '../restore/test-support.ts';
import { fixture, temporaryFolder, write } from '../sources/test-support.ts';
import { agentFolder, backupOf, plainState } from './backup-test-support.ts';
import { backupRestoreRequest } from './restore-request.ts';

/** A store, its backup, and what has become of the store since: one state changed, one gone, one new. */
async function setting() {
  const folder = agentFolder(3);
  const file = await backupOf({ location: folder });
  const place = (name: string) => join(folder, 'agents', `${name}.json`);
  writeFileSync(place('plain-0'), plainState(0, 'changed'));
  rmSync(place('plain-1'));
  writeFileSync(place('new'), plainState(7));
  const agents = () => readdirSync(join(folder, 'agents')).toSorted();
  const text = (name: string) => readFileSync(place(name), 'utf8');
  return { folder, file, agents, text, before: { agents: agents(), text: text('plain-0') } };
}

const ALL = { only: null, mode: 'merge' } as const;

describe('a backup that is put back', () => {
  test('merge: states become what they were, those that are gone come back, others stay; and all that is undone', async () => {
    const { folder, file, agents, text, before } = await setting();
    const { restoring } = await restoringInto(folder);
    const plan = await restoring.plan(backupRestoreRequest(file, ALL));
    const rows = plan.rows.filter(({ action }) => action !== 'same').map(({ key, action }) => [key, action]);
    expect(rows).toEqual([
      ['agent:plain-0', 'write'],
      ['agent:plain-1', 'create'],
    ]);
    const outcome = await restoring.apply(plan.plan, []);
    expect(outcome).toMatchObject({ status: 'restored' });
    expect([text('plain-0'), text('plain-1')]).toEqual([plainState(0), plainState(1)]);
    expect(agents()).toContain('new.json');
    const undone = await restoring.undo(outcome.status === 'restored' ? outcome.undo : '');
    expect(undone.status).toBe('undone');
    expect({ agents: agents(), text: text('plain-0') }).toEqual(before);
  });

  test('replace: states that the backup does not have go into the trash, within what is chosen', async () => {
    const { folder, file, agents, before, text } = await setting();
    const { restoring } = await restoringInto(folder);
    const within = await restoring.plan(backupRestoreRequest(file, { only: ['agent:plain-*'], mode: 'replace' }));
    expect(within.rows.map(({ action }) => action)).not.toContain('remove');
    const plan = await restoring.plan(backupRestoreRequest(file, { only: null, mode: 'replace' }));
    expect(plan.rows.find(({ key }) => key === 'agent:new')?.action).toBe('remove');
    const outcome = await restoring.apply(plan.plan, []);
    expect(agents()).not.toContain('new.json');
    await restoring.undo(outcome.status === 'restored' ? outcome.undo : '');
    expect({ agents: agents(), text: text('plain-0') }).toEqual(before);
  });

  test('nothing chosen is nothing, and what fits nothing is told', async () => {
    const { folder, file } = await setting();
    const { restoring } = await restoringInto(folder);
    expect(await restoring.plan(backupRestoreRequest(file, { only: [], mode: 'replace' }))).toMatchObject({
      states: 0,
      rows: [],
    });
    const { checks } = await restoring.plan(
      backupRestoreRequest(file, { only: ['tool:*', 'agent:plain-0'], mode: 'merge' }),
    );
    expect(checks.map(({ code, key }) => [code, key])).toEqual([['not-then', 'tool:*']]);
  });

  test('a chosen state that is not what was backed up is refused unless told; one that was not chosen is no matter', async () => {
    const { folder, file, text, before } = await setting();
    writeFileSync(file, readFileSync(file, 'utf8').replace('hello 0', 'hallo 0'));
    const { restoring } = await restoringInto(folder);
    const other = await restoring.plan(backupRestoreRequest(file, { only: ['agent:plain-1'], mode: 'merge' }));
    expect(other.checks).toEqual([]);
    const plan = await restoring.plan(backupRestoreRequest(file, ALL));
    expect(plan.checks.map(({ code, key }) => [code, key])).toEqual([['damaged-copy', 'agent:plain-0']]);
    expect((await restoring.apply(plan.plan, [])).status).toBe('blocked');
    expect(text('plain-0')).toBe(before.text);
    expect((await restoring.apply(plan.plan, ['damaged-copy'])).status).toBe('restored');
    expect(text('plain-0')).toBe(plainState(0, 'hallo'));
  });

  test('a backup that is not whole removes nothing unless told: what it lacks may have been in it', async () => {
    const { folder, file } = await setting();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.indexOf('\n    "agent:plain-2": ')));
    const { restoring } = await restoringInto(folder);
    const plan = await restoring.plan(backupRestoreRequest(file, { only: null, mode: 'replace' }));
    expect(plan.checks.map(({ code }) => code)).toContain('incomplete-copy');
    expect((await restoring.apply(plan.plan, [])).status).toBe('blocked');
    const merged = await restoring.plan(backupRestoreRequest(file, ALL));
    expect(merged.checks).toEqual([]);
    expect((await restoring.apply(merged.plan, [])).status).toBe('restored');
  });

  test('into a database: what it keeps beside a state comes back, too', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'states.db');
    const store = await openSqliteBackend({ path, create: true });
    const stateData = Buffer.from('{"v": 553.0}');
    const record = { type: 'my.Type', version: '1.2', timestamp: null, metadata: null, stateData };
    await store.save('agent:a', record, { kind: 'absent' });
    await store.close();
    const file = await backupOf({ location: path });
    const again = await openSqliteBackend({ path });
    await again.delete('agent:a', { kind: 'any' });
    await again.close();
    const { restoring, workspace } = await restoringInto(path);
    const plan = await restoring.plan(backupRestoreRequest(file, ALL));
    await restoring.apply(
      plan.plan,
      plan.checks.map(({ code }) => code),
    );
    const { bytes, metadata } = await workspace.source.read('agent:a');
    expect([Buffer.from(bytes).toString(), metadata.type, metadata.version]).toEqual([
      '{"v": 553.0}',
      'my.Type',
      '1.2',
    ]);
  });

  test('a file comes back where it lay, though no other is left there', async () => {
    const folder = temporaryFolder();
    const text = '{"x": 1}';
    const lost = write(folder, 'deep/er/notes of agents.json', text);
    write(folder, 'other.json', '{"y": 2}');
    const file = await backupOf({ location: folder });
    for (const moment of [{}, { indexAbove: 0 }]) {
      rmSync(join(folder, 'deep'), { recursive: true });
      const { restoring } = await restoringInto(folder, { moment });
      const plan = await restoring.plan(backupRestoreRequest(file, ALL));
      expect((await restoring.apply(plan.plan, [])).status).toBe('restored');
      expect(readFileSync(lost, 'utf8')).toBe(text);
    }
  });

  test('where files lie elsewhere now, one comes back beside the others of its kind', async () => {
    const store = agentFolder(2);
    const file = await backupOf({ location: store });
    rmSync(join(store, 'agents', 'plain-1.json'));
    renameSync(join(store, 'agents'), join(store, 'agent'));
    const { restoring } = await restoringInto(store);
    const plan = await restoring.plan(backupRestoreRequest(file, { only: ['agent:plain-1'], mode: 'merge' }));
    expect((await restoring.apply(plan.plan, [])).status).toBe('restored');
    expect(readdirSync(join(store, 'agent'))).toContain('plain-1.json');
  });

  test('into a folder of AgentScope: a session comes back beside the others; into a single file nothing can be put', async () => {
    const folder = temporaryFolder();
    const session = '{"agent": {"name": "Friday", "memory": {"content": []}}}';
    for (const name of ['a', 'b']) write(folder, `${name}.json`, session);
    const file = await backupOf({ location: folder });
    rmSync(join(folder, 'b.json'));
    const { restoring } = await restoringInto(folder);
    const plan = await restoring.plan(backupRestoreRequest(file, ALL));
    expect((await restoring.apply(plan.plan, [])).status).toBe('restored');
    expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe(session);
    const backup = await backupOf({ location: file });
    const into = await restoringInto(backup, { armed: false });
    const refused = await into.restoring.plan(backupRestoreRequest(fixture('redis-session-1.0.21.keys.json'), ALL));
    expect(refused.possible).toBe(false);
    expect(existsSync(backup)).toBe(true);
  });
});
