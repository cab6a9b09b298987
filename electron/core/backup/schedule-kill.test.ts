/** `kill -9` of the command line in the middle of an automatic backup: a real process, a real file that is half written. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTemporaryName } from '../files/replace-file.ts';
import { BackupScheduler, systemClock } from './backup-scheduler.ts';
import { ScheduleStore } from './schedule-store.ts';
import { type ScheduleFolder, scheduleFolder } from './schedule-test-support.ts';
import { makeScheduledBackup } from './scheduled-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const CLI = join(import.meta.dirname, '..', '..', 'cli', 'cli.ts');
const OWN = join('.config', 'Statescope');

let folder: ScheduleFolder;
let store: ScheduleStore;
let scheduler: BackupScheduler;
beforeEach(() => {
  folder = scheduleFolder();
  store = new ScheduleStore(join(folder.root, OWN));
  scheduler = new BackupScheduler({
    store,
    clock: systemClock,
    perform: (job, run) => makeScheduledBackup(job, { source: null, passphrase: null }, run),
  });
});
afterEach(async () => {
  await store.close();
  folder.dispose();
});

/** Runs what is due in a process that is killed as soon as it has begun to write. */
async function killWhileWriting(): Promise<void> {
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder.root, '.config') };
  const child = spawn(process.execPath, [CLI, 'backup', 'schedule', 'run', '--once'], { env, stdio: 'ignore' });
  const before = new Set(readdirSync(folder.backups));
  const watcher = watch(folder.backups, (_event, name) => {
    if (name !== null && isTemporaryName(name) && !before.has(name)) child.kill('SIGKILL');
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (...end) => resolve(end)),
  );
  watcher.close();
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}

const temporary = () => readdirSync(folder.backups).filter(isTemporaryName);

test.skipIf(process.platform !== 'linux')(
  'a killed run leaves the schedule, no lock and no half-written file behind, and is caught up once',
  async () => {
    // Some 10 MB that cannot be packed: it takes longer to write them than to be killed.
    for (let at = 0; at < 10; at++) folder.put(`large-${at}`, randomBytes(768 << 10).toString('base64'));
    mkdirSync(folder.backups);
    // Of another program, which may be writing it right now.
    const foreign = '.other.json.0123456789ab.tmp';
    writeFileSync(join(folder.backups, foreign), '');
    const { schedule } = await scheduler.save(null, folder.draft({ gzip: true }));
    const past = new Date(Date.now() - 86_400_000).toISOString();
    await store.change(schedule.id, (was) => ({ ...was, settledAt: past, anchorAt: past }));

    await killWhileWriting();
    expect(temporary()).toHaveLength(2);
    expect((await store.get(schedule.id)).running).not.toBeNull();
    // Whoever starts next catches up. It is killed, too.
    await killWhileWriting();
    const killed = await store.get(schedule.id);
    expect(killed).toMatchObject({ running: { caughtUp: true, again: true }, runs: [{ result: 'interrupted' }] });

    // What ends two runs may end a third: the next one waits for its time.
    expect(await scheduler.runDue()).toEqual([]);
    expect(temporary()).toEqual([foreign]);
    const settled = await store.get(schedule.id);
    expect(settled).toMatchObject({ running: null, runs: [{ result: 'interrupted' }, { result: 'interrupted' }] });
    expect(Date.parse(settled.settledAt)).toBeGreaterThan(Date.parse(past));

    const run = await scheduler.runNow(schedule.id);
    expect(run).toMatchObject({ result: 'written', states: 11 });
    expect((await verifyBackup(run.file ?? '')).ok).toBe(true);
  },
);

test('a run that was killed after its backup was in place leaves a backup that the schedule counts as its own', async () => {
  const { schedule } = await scheduler.save(null, folder.draft());
  const { file, endedAt } = await scheduler.runNow(schedule.id);
  // As it was kept just before the end of the run.
  await store.change(schedule.id, (was) => ({
    ...was,
    runs: [],
    files: [],
    running: { startedAt: endedAt, dueAt: endedAt, caughtUp: false, file: file ?? '', again: false },
  }));
  expect(await scheduler.runDue()).toEqual([]);
  expect((await scheduler.list())[0]).toMatchObject({
    files: [file],
    running: null,
    runs: [{ result: 'interrupted' }],
  });
});
