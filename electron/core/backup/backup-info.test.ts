import { readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { backupFolder } from './backup-folder.ts';
import { listBackups, readBackupInfo } from './backup-info.ts';
import { agentFolder, backupOf, failureOf, plainState } from './backup-test-support.ts';

test('a folder lists its backups, the latest first, and what is damaged in its head; nothing else', async () => {
  const location = agentFolder(2);
  const folder = temporaryFolder();
  const at = (hour: number) => () => Date.UTC(2026, 0, 1, hour);
  await backupOf({ location, file: join(folder, 'plain.json'), now: at(1), name: 'one' });
  await backupOf({ location, file: join(folder, 'packed.json.gz'), now: at(3), origin: 'automatic' });
  await backupOf({
    location,
    file: join(folder, 'sealed.statescope'),
    now: at(2),
    origin: 'automatic',
    passphrase: 'p',
  });
  write(folder, 'python.json', '{"metadata":{"backup_name":"p","created_at":"2025-01-01T00:00:00"},"states":{}}');
  const [bad, cut] = [write(folder, 'bad.json', 'not JSON'), join(folder, 'cut.statescope')];
  await backupOf({ location, file: cut, passphrase: 'p' });
  truncateSync(cut, 40);
  for (const file of [bad, cut]) utimesSync(file, 1, 1);
  write(folder, 'session.json', '{"memory":{"content":[]}}');
  write(folder, '.plain.json.0123456789ab.tmp', '{"metadata":{}');
  write(folder, 'notes.txt', 'hello');
  const listed = (await listBackups(folder)).map((backup) =>
    backup.status === 'read'
      ? [basename(backup.info.file), backup.info.origin, backup.info.encrypted, backup.info.states]
      : [basename(backup.file), backup.error.code],
  );
  expect(listed.slice(0, 4)).toEqual([
    ['packed.json.gz', 'automatic', false, 7],
    ['sealed.statescope', 'automatic', true, 7],
    ['plain.json', 'manual', false, 7],
    ['python.json', null, false, null],
  ]);
  expect(listed.slice(4).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
    ['bad.json', 'not-json'],
    ['cut.statescope', 'unreadable'],
  ]);
  expect(await listBackups(join(folder, 'nowhere'))).toEqual([]);
});

test('only the head is read, also of one with more states than fit into it', async () => {
  const states = Array.from({ length: 1800 }, (_, at) => `"agent:${at}":${plainState(at)}`);
  const location = write(temporaryFolder(), 'from.json', `{"metadata":{"version":"1.0"},"states":{${states.join()}}}`);
  const file = await backupOf({ location, name: 'large' });
  const info = await readBackupInfo(file);
  expect(info).toMatchObject({ name: 'large', states: 1800, checksums: true, origin: 'manual' });
  // What follows the head is not looked at.
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 256 << 10), Buffer.alloc(bytes.length - (256 << 10), 1)]));
  expect(await readBackupInfo(file)).toMatchObject({ name: 'large', states: 1800, checksums: true });
});

test('the end is read of one with the states first', async () => {
  const states = `{"agent:a":{"text":"${'\\"metadata\\": {'.repeat(40_000)}"}}`;
  const text = `{"states": ${states}, "metadata": {"backup_name": "last", "total_states": 1}}\n`;
  const info = await readBackupInfo(write(temporaryFolder(), 'b.json', text));
  expect(info).toMatchObject({ name: 'last', states: 1 });
});

test('an encrypted one tells with its passphrase what it holds, and nothing of that without', async () => {
  const location = agentFolder(1);
  const file = await backupOf({
    location,
    file: join(temporaryFolder(), 'b.statescope'),
    name: 'hidden',
    passphrase: 'p',
  });
  expect(await readBackupInfo(file)).toMatchObject({ known: 'encrypted', name: null, source: null, states: 6 });
  expect(readFileSync(file).includes('hidden')).toBe(false);
  expect(await readBackupInfo(file, { passphrase: 'p' })).toMatchObject({
    known: 'all',
    name: 'hidden',
    source: { location },
  });
  expect((await failureOf(readBackupInfo(file, { passphrase: 'q' }))).code).toBe('secret-wrong');
});

test('each source has a folder of its own, with a name that people and file systems can read', () => {
  expect(backupFolder('/data', '/home/a/agents store')).toMatch(/^\/data\/backups\/agents-store-[0-9a-f]{24}$/);
  expect(backupFolder('/data', '/x/same')).not.toBe(backupFolder('/data', '/y/same'));
  expect(backupFolder('/data', 'postgresql://db/..')).toMatch(/\/source-[0-9a-f]{24}$/);
});
