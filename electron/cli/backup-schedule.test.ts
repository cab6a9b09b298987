/** Automatic backups, as a script sees them: what is printed, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScheduleStatus } from '../../shared/ipc/backup-schedules.ts';
import { ScheduleStore } from '../core/backup/schedule-store.ts';
import { type ScheduleFolder, scheduleFolder } from '../core/backup/schedule-test-support.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { addBackupScheduleCommands } from './backup-schedule-commands.ts';
import { runCommand } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');

let folder: ScheduleFolder;
beforeEach(() => {
  folder = scheduleFolder();
  vi.stubEnv('XDG_CONFIG_HOME', join(folder.root, 'config'));
  vi.stubEnv('APPDATA', join(folder.root, 'config'));
  vi.stubEnv('HOME', folder.root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.dispose();
});

const run = (...args: string[]) => runCommand(addBackupScheduleCommands, 'backup', 'schedule', ...args);

async function statuses(): Promise<readonly ScheduleStatus[]> {
  return JSON.parse((await run('ls', '--json')).text);
}

/** As if a day had gone by. */
async function yesterday(): Promise<void> {
  const store = new ScheduleStore(dataFolder());
  const past = new Date(Date.now() - 86_400_000).toISOString();
  for (const { schedule } of await store.read()) {
    await store.change(schedule.id, (was) => ({ ...was, settledAt: past, anchorAt: past }));
  }
  await store.close();
}

test('a schedule is added, listed, run when it is due, and removed; its backups stay', async () => {
  const added = await run(
    'add',
    folder.source,
    '--every',
    '1h',
    '--to',
    folder.backups,
    '--keep',
    '3',
    '--gzip',
    '--only',
    '*first',
  );
  expect(added.text.split('\n')).toHaveLength(5);
  const [status] = await statuses();
  expect(status?.schedule).toMatchObject({
    ...folder.draft({ gzip: true, only: ['*first'], keep: { count: 3, days: null } }),
    timing: { by: 'interval', seconds: 3600 },
  });
  expect(await run('run', '--once')).toEqual({ code: 0, text: '', err: '' });
  await yesterday();
  const ran = await run('run', '--once');
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.text).toMatch(/states: written to .*\.json\.gz, 1 states in .* made up for what was missed/);
  expect((await run('ls')).text).toContain('written to');
  const id = status?.schedule.id ?? '';
  expect((await run('rm', id)).text).toContain(id);
  expect(await statuses()).toEqual([]);
  expect((await run('rm', id)).err).toBe('schedule-missing');
});

test('a run that failed ends with 1, says why, and the others run all the same', async () => {
  const file = join(folder.root, 'file');
  await run('add', folder.source, '--cron', '0 3 * * *', '--to', file);
  await run('add', folder.source, '--every', '1d', '--to', folder.backups);
  folder.put('second', 2);
  await yesterday();
  writeFileSync(file, '');
  const ran = await run('run', '--once', '--json');
  const lines = ran.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(ran.code).toBe(1);
  expect(new Set(lines.map(({ result }) => result))).toEqual(new Set(['failed', 'written']));
  expect(lines.find(({ result }) => result === 'failed').error.details.location).toBe(file);
});

test.each([
  [['--every', '1h', '--cron', '0 3 * * *'], 'give either'],
  [[], 'give either'],
  [['--every', 'often'], 'a time such as'],
  [['--every', '30s'], 'schedule-interval'],
  [['--cron', '0 25 * * *'], 'schedule-cron'],
  [['--every', '1h', '--keep', '0'], 'schedule-keep'],
  [['--every', '1h', '--keep-days', '-3'], 'schedule-keep'],
])('add with %j is refused', async (args, reason) => {
  expect((await run('add', folder.source, ...args)).err).toContain(reason);
  expect(await statuses()).toEqual([]);
});

test('what is said about keeping counts; ten when nothing is said', async () => {
  const keep = async (...args: string[]) => {
    await run('add', folder.source, '--every', '1h', '--to', folder.backups, ...args);
    return (await statuses()).at(-1)?.schedule.keep;
  };
  expect(await keep()).toEqual({ count: 10, days: null });
  expect(await keep('--keep', 'all')).toEqual({ count: null, days: null });
  expect(await keep('--keep-days', '30')).toEqual({ count: null, days: 30 });
  expect(await keep('--keep-days', '30', '--keep', '5')).toEqual({ count: 5, days: 30 });
});

test.skipIf(process.platform === 'win32')('stays until SIGTERM, and catches up what was missed at once', async () => {
  await run('add', folder.source, '--every', '1h', '--to', folder.backups);
  await yesterday();
  const child = spawn(process.execPath, [CLI, 'backup', 'schedule', 'run', '--json'], { env: process.env });
  const [line] = await once(child.stdout, 'data');
  expect(JSON.parse(String(line))).toMatchObject({ source: folder.source, result: 'written', caughtUp: true });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
