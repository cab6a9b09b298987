import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ChosenStates } from '../../../shared/ipc/backups.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { backupFolder } from './backup-folder.ts';
import { BackupSession } from './backup-session.ts';

interface Setting {
  readonly location: string;
  readonly session: BackupSession;
  /** Where backups lie by default. */
  readonly folder: string;
  /** How often it was told that something has changed. */
  readonly changes: () => number;
}

const run = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const WHOLE = {
  name: 'All',
  file: null,
  chosen: { of: 'all' },
  gzip: false,
  passphrase: null,
  allowPlain: false,
  overwrite: false,
} as const;

function states(): string {
  const folder = join(temporaryFolder(), 'states');
  mkdirSync(folder);
  for (const name of ['friday', 'monday', 'sunday'])
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ agent: { name, memory: { content: [] } } }));
  return folder;
}

/** @param dataFolder Statescope's own; the same for two runs of the program */
async function sessionOf(location: string, dataFolder = temporaryFolder()): Promise<Setting> {
  const secrets = new Map<string, string>();
  const open = (path: string, secret = secrets.get(path)) => openSource(path, { secret });
  let changes = 0;
  const workspace = await EditableWorkspace.open(
    {
      id: 'w',
      context: { safetyFolder: temporaryFolder() },
      open: (options) => openSource(location, options),
      onChanged: () => undefined,
    },
    {},
  );
  onTestFinished(() => workspace.close());
  const session = new BackupSession(workspace, {
    dataFolder,
    openNow: (options) => openSource(location, options),
    open: (path) => open(path),
    secretOf: (path) => secrets.get(path),
    learnSecret: (path, secret) => secrets.set(path, secret),
    onChanged: () => {
      changes += 1;
    },
    now: Date.now,
  });
  return { location, session, folder: backupFolder(dataFolder, workspace.source.location), changes: () => changes };
}

const keysIn = (file: string): string[] =>
  Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { states: object }).states).toSorted();

test('a backup lies in the folder of its source, is listed as not verified, and afterwards as what was found', async () => {
  const { session, folder, changes } = await sessionOf(states());
  expect((await session.list()).rows).toEqual([]);
  const { info } = await session.create(WHOLE, run());
  expect(dirname(info.file)).toBe(folder);
  expect(basename(info.file)).toMatch(/^All-\d{8}-\d{6}-\d{3}\.json$/);
  const before = await session.list();
  expect(before.rows).toMatchObject([{ backup: { info: { name: 'All', states: 3 } }, verdict: null }]);
  const seen = changes();
  await session.verify({ file: info.file }, run());
  expect(changes()).toBe(seen + 1);
  expect((await session.list()).rows).toMatchObject([{ verdict: { ok: true, states: 3, sound: 3 } }]);

  // Another file in its place was not verified.
  writeFileSync(info.file, readFileSync(info.file, 'utf8').replace('friday', 'fryday'));
  expect((await session.list()).rows).toMatchObject([{ verdict: null }]);
  await session.verify({ file: info.file }, run());
  expect((await session.list()).rows).toMatchObject([{ verdict: { ok: false } }]);
});

test('what is counted beforehand is what is written', async () => {
  const { session } = await sessionOf(states());
  const written = async (chosen: ChosenStates, name: string) => {
    const counted = await session.matching({ file: null, chosen: sent(chosen), limit: 200 });
    const { info, states: count } = await session.create({ ...WHOLE, name, chosen: sent(chosen) }, run());
    expect(count).toBe(counted.states);
    return keysIn(info.file);
  };
  expect(await written({ of: 'filter', filter: 'frid' }, 'a')).toEqual(['session:friday']);
  expect(await written({ of: 'some', only: ['session:*day'], except: ['session:monday'] }, 'b')).toEqual([
    'session:friday',
    'session:sunday',
  ]);
  expect(await written({ of: 'some', only: ['session:sunday'], except: [] }, 'c')).toEqual(['session:sunday']);
});

const sent = (chosen: ChosenStates) =>
  chosen.of === 'some' ? { ...chosen, only: [...chosen.only], except: [...chosen.except] } : chosen;

test('globs that fit nothing are told, unticked states stay in the list, and no globs are no states', async () => {
  const { session } = await sessionOf(states());
  const { info } = await session.create(WHOLE, run());
  const only = ['session:s*', 'agent:nobody'];
  const chosen = { of: 'some' as const, only, except: ['session:sunday'] };
  for (const file of [null, info.file]) {
    expect(await session.matching({ file, chosen, limit: 200 })).toMatchObject({
      states: 0,
      fitting: 1,
      first: [{ key: 'session:sunday', ticked: false }],
      unknown: ['agent:nobody'],
    });
    expect(await session.matching({ file, chosen: { ...chosen, only: [] }, limit: 200 })).toMatchObject({ fitting: 0 });
  }
});

test('an encrypted one is told in full to whoever knows its passphrase, and not before', async () => {
  const location = states();
  const data = temporaryFolder();
  const { info } = await (await sessionOf(location, data)).session.create(
    { ...WHOLE, passphrase: 'open sesame' },
    run(),
  );
  const { session } = await sessionOf(location, data);
  expect((await session.list()).rows).toMatchObject([{ backup: { info: { known: 'encrypted' } } }]);
  await expect(session.unlock({ file: info.file, secret: 'open barley' })).rejects.toMatchObject({
    code: 'secret-wrong',
  });
  expect((await session.list()).rows).toMatchObject([{ backup: { info: { known: 'encrypted' } } }]);
  await session.unlock({ file: info.file, secret: 'open sesame' });
  expect((await session.list()).rows).toMatchObject([{ backup: { info: { known: 'all', name: 'All', states: 3 } } }]);
  expect(await session.matching({ file: info.file, chosen: { of: 'all' }, limit: 0 })).toMatchObject({ states: 3 });
});

test('folders that a person has used or added are looked into as well; one that is gone is told, and the others are listed', async () => {
  const location = states();
  const data = temporaryFolder();
  const { session } = await sessionOf(location, data);
  const elsewhere = temporaryFolder();
  await session.create({ ...WHOLE, file: join(elsewhere, 'mine.json') }, run());
  await session.addFolder({ folder: join(elsewhere, 'gone') });
  const again = (await sessionOf(location, data)).session;
  const list = await again.list();
  expect(list.rows).toHaveLength(1);
  expect(list.folders).toMatchObject([
    { why: 'default', problem: null },
    { folder: elsewhere, why: 'added', problem: null },
    { why: 'added', problem: { code: 'path-missing' } },
  ]);
  await again.forgetFolder({ folder: elsewhere });
  expect((await again.list()).rows).toEqual([]);
});

test('what lies where a schedule writes to is listed, and it is no problem that nothing was written there yet', async () => {
  const { session } = await sessionOf(states());
  const folder = join(temporaryFolder(), 'nightly');
  expect(await session.list([folder])).toMatchObject({
    rows: [],
    folders: [{}, { folder, why: 'schedule', problem: null }],
  });
  const { info } = await session.create(WHOLE, run());
  cpSync(info.file, join(folder, 'by-itself.json'), { recursive: true });
  expect((await session.list([folder])).rows).toHaveLength(2);
});

test('of an open backup, those that lie beside it are listed', async () => {
  const { session } = await sessionOf(states());
  const { info } = await session.create({ ...WHOLE, file: join(temporaryFolder(), 'a.json') }, run());
  cpSync(info.file, join(dirname(info.file), 'b.json'));
  const { rows } = await (await sessionOf(info.file)).session.list();
  expect(rows).toHaveLength(2);
});

test('only a file that the window was told of is shown in its folder or removed', async () => {
  const { session, location } = await sessionOf(states());
  const file = join(location, 'friday.json');
  expect(() => session.own({ file })).toThrow(expect.objectContaining({ code: 'not-found' }));
  const { info } = await session.create(WHOLE, run());
  expect(session.own({ file: info.file })).toBeNull();
});

test('a file that is there is replaced only where a person was asked before it', async () => {
  const { session } = await sessionOf(states());
  const file = join(temporaryFolder(), 'mine.json');
  writeFileSync(file, 'mine');
  await expect(session.create({ ...WHOLE, file }, run())).rejects.toMatchObject({ code: 'file-exists' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await session.create({ ...WHOLE, file, overwrite: true }, run());
  expect(keysIn(file)).toHaveLength(3);
});

test('the name of its file tells whether it is packed or encrypted, and the other way around', async () => {
  const { session } = await sessionOf(states());
  const name = async (change: Partial<Parameters<typeof session.create>[0]>) =>
    basename((await session.create({ ...WHOLE, ...change }, run())).info.file).replace(/^[^.]*/, '');
  expect(await name({ gzip: true })).toBe('.json.gz');
  expect(await name({ gzip: true, passphrase: 'open sesame' })).toBe('.statescope');
  const { info } = await session.create({ ...WHOLE, file: join(temporaryFolder(), 'mine.json.gz') }, run());
  expect(info.packed).toBe(true);
});

test('a backup that is given up leaves nothing behind', async () => {
  const { session, folder } = await sessionOf(states());
  await expect(session.create(WHOLE, { ...run(), signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(readdirSync(folder)).toEqual([]);
});
