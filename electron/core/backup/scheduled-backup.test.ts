import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupSchedule, ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import { openSource } from '../sources/open-source.ts';
import type { JobOutcome } from './backup-scheduler.ts';
import { createBackup } from './create-backup.ts';
import type { OwnBackup } from './schedule-record.ts';
import { beyondRule } from './schedule-retention.ts';
import { type ScheduleFolder, scheduleFolder } from './schedule-test-support.ts';
import { makeScheduledBackup } from './scheduled-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const START = Date.parse('2026-03-27T10:00:00Z');
const DAY = 86_400_000;

let folder: ScheduleFolder;
beforeEach(() => {
  folder = scheduleFolder();
});
afterEach(() => folder.dispose());

/** A schedule that is run again and again, a day between two runs. */
class Runs {
  readonly schedule: BackupSchedule;
  readonly passphrase: string | null;
  files: readonly OwnBackup[] = [];
  #now = START;

  constructor(change: Partial<ScheduleDraft> = {}, passphrase: string | null = null) {
    this.schedule = { ...folder.draft(change), id: 'a' };
    this.passphrase = passphrase;
  }

  async run(change: Partial<ScheduleDraft> = {}, passphrase = this.passphrase): Promise<JobOutcome> {
    this.#now += DAY;
    const schedule = { ...this.schedule, ...change };
    const file = join(schedule.folder, `states-${this.#now}${schedule.encrypted ? '.statescope' : '.json'}`);
    const outcome = await makeScheduledBackup(
      { schedule, file, files: this.files, now: this.#now },
      { source: null, passphrase },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    this.files = outcome.files;
    return outcome;
  }
}

const inFolder = () => readdirSync(folder.backups).toSorted();

test('what it writes is a whole backup that says that it was made automatically', async () => {
  folder.put('second', 2);
  const runs = new Runs({ gzip: true, only: ['*second'] });
  const { result, file, states } = await runs.run();
  expect({ result, states }).toEqual({ result: 'written', states: 1 });
  const report = await verifyBackup(file);
  expect(report).toMatchObject({
    ok: true,
    against: 'checksums',
    states: 1,
    info: { origin: 'automatic', packed: true },
  });
});

describe('nothing has changed', () => {
  test('then nothing is written, and what is there is named', async () => {
    const runs = new Runs();
    const { file } = await runs.run();
    const second = await runs.run();
    expect(second).toMatchObject({ result: 'unchanged', file, states: 1 });
    expect(inFolder()).toEqual([basename(file)]);
    folder.put('first', 2);
    expect((await runs.run()).result).toBe('written');
    // Compared with the last one, not with an earlier one.
    folder.put('first', 1);
    expect((await runs.run()).result).toBe('written');
  });

  test('but the last backup is gone, damaged, replaced or elsewhere: then one is written', async () => {
    const runs = new Runs();
    const faults: ((file: string) => void)[] = [
      (file) => rmSync(file),
      (file) => {
        const bytes = readFileSync(file);
        const at = bytes.lastIndexOf('"value"');
        bytes[at + 8] = (bytes[at + 8] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
      (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
      (file) => writeFileSync(file, '{}'),
      (file) => appendFileSync(file, ' '),
    ];
    for (const fault of faults) {
      fault((await runs.run()).file);
      expect((await runs.run()).result).toBe('written');
    }
    expect((await runs.run()).result).toBe('unchanged');
    expect((await runs.run({ folder: join(folder.root, 'elsewhere') })).result).toBe('written');
    expect((await runs.run({ gzip: true })).result).toBe('written');
  });

  test('and one is wanted all the same', async () => {
    const runs = new Runs({ skipUnchanged: false });
    await runs.run();
    expect((await runs.run()).result).toBe('written');
    expect(inFolder()).toHaveLength(2);
  });
});

describe('retention', () => {
  const files = fc
    .array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 30 })
    .map((ages) => ages.map((days, at) => own(String(at), START - days * DAY)));
  const limit = fc.option(fc.integer({ min: 1, max: 40 }), { nil: null });

  test('the newest is never let go, and what stays fits the rule', () => {
    fc.assert(
      fc.property(files, limit, limit, (all, count, days) => {
        const goes = new Set(beyondRule(all, { count, days }, START));
        const stays = all.filter((file) => !goes.has(file));
        expect(all.slice(0, 1).every((file) => !goes.has(file))).toBe(true);
        if (count !== null) expect(stays.length).toBeLessThanOrEqual(count);
        if (days !== null) {
          for (const { createdAt } of stays.slice(1))
            expect(START - Date.parse(createdAt)).toBeLessThanOrEqual(days * DAY);
        }
        // Nothing goes for which there is no reason.
        for (const file of goes) {
          const tooMany = count !== null && all.indexOf(file) >= count;
          const tooOld = days !== null && START - Date.parse(file.createdAt) > days * DAY;
          expect(tooMany || tooOld).toBe(true);
        }
        if (count === null && days === null) expect(goes.size).toBe(0);
      }),
    );
  });

  test('only what the schedule has written itself and is automatic goes', async () => {
    const runs = new Runs({ keep: { count: 2, days: null } });
    mkdirSync(folder.backups);
    const manual = join(folder.backups, 'manual.json');
    const source = await openSource(folder.source);
    await createBackup(source, { file: manual, origin: 'manual' });
    await source.close();
    writeFileSync(join(folder.backups, 'states-1.json'), '{"metadata": {"origin": "automatic"}, "states": {}}');
    const written: string[] = [];
    for (let value = 0; value < 4; value++) {
      folder.put('first', value);
      const { file, removed } = await runs.run();
      written.push(file);
      expect(removed).toEqual(value < 2 ? [] : [written[value - 2]]);
    }
    expect(inFolder()).toEqual(
      ['manual.json', 'states-1.json', ...written.slice(2).map((file) => basename(file))].toSorted(),
    );
  });

  test('a file of its list that has become something else stays, and is forgotten', async () => {
    const runs = new Runs({ keep: { count: 1, days: null } });
    const [manual, foreign, moved] = [await changed(runs), await changed(runs), await changed(runs)];
    // The rule removes each when the next is there; they are put back as others.
    const source = await openSource(folder.source);
    await createBackup(source, { file: manual, origin: 'manual' });
    await source.close();
    writeFileSync(foreign, 'a letter');
    runs.files = [...runs.files, own(manual, START), own(foreign, START), own('/not/there.json', START)];
    const last = await changed(runs);
    expect(runs.files.map(({ file }) => file)).toEqual([last]);
    expect(inFolder()).toEqual([basename(manual), basename(foreign), basename(last)].toSorted());
    expect(inFolder()).not.toContain(basename(moved));
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'what cannot be removed is told, the new backup is there, and it is tried again',
    async () => {
      const other = join(folder.root, 'read-only');
      const runs = new Runs({ keep: { count: 1, days: null }, folder: other });
      const first = await changed(runs);
      chmodSync(other, 0o500);
      const outcome = await runs.run({ folder: folder.backups });
      chmodSync(other, 0o700);
      expect(outcome).toMatchObject({ result: 'written', removed: [], error: { code: 'read-only' } });
      expect(outcome.files.map(({ file }) => file)).toContain(first);
      folder.put('first', 'again');
      expect((await runs.run({ folder: folder.backups })).removed).toContain(first);
    },
  );

  test('a failed run removes nothing', async () => {
    const runs = new Runs({ keep: { count: 1, days: 1 } });
    const file = await changed(runs);
    const copy = join(folder.backups, 'old.json');
    copyFileSync(file, copy);
    runs.files = [...runs.files, own(copy, START - 100 * DAY)];
    renameSync(folder.source, `${folder.source}-gone`);
    await expect(runs.run()).rejects.toMatchObject({ code: 'path-missing' });
    expect(inFolder()).toHaveLength(2);
  });
});

describe('encrypted', () => {
  test('the backup opens with the passphrase, and old ones are removed without it having been used for them', async () => {
    const runs = new Runs({ encrypted: true, keep: { count: 1, days: null } }, 'correct horse');
    const { file } = await runs.run();
    expect(readFileSync(file, 'latin1')).not.toContain('agent_id');
    expect((await runs.run()).result).toBe('unchanged');
    expect((await verifyBackup(file, { passphrase: 'correct horse' })).ok).toBe(true);
    // With another passphrase the last one cannot be relied on any more.
    const next = await runs.run({}, 'battery staple');
    expect(next).toMatchObject({ result: 'written', removed: [file] });
  });

  test('without the passphrase nothing is written', async () => {
    const runs = new Runs({ encrypted: true });
    await expect(runs.run()).rejects.toMatchObject({ code: 'schedule-passphrase' });
    expect(() => inFolder()).toThrow();
  });
});

test('a source without a state is a failure: it would put out good backups', async () => {
  const runs = new Runs({ keep: { count: 1, days: null } });
  const { file } = await runs.run();
  rmSync(join(folder.source, 'agents', 'first.json'));
  await expect(runs.run()).rejects.toMatchObject({ code: 'nothing-to-open' });
  const empty = join(folder.root, 'empty.json');
  writeFileSync(empty, '{"metadata": {"total_states": 0, "version": "1.0"}, "states": {}}');
  await expect(runs.run({ source: empty })).rejects.toMatchObject({ code: 'schedule-nothing' });
  expect(inFolder()).toEqual([basename(file)]);
});

test('globs that fit nothing any more are a failure, not an empty backup', async () => {
  const runs = new Runs({ only: ['session:*'] });
  await expect(runs.run()).rejects.toMatchObject({ code: 'not-found' });
});

test('damaged states are left out and counted', async () => {
  writeFileSync(join(folder.source, 'agents', 'bad.json'), '{"agent_id": "bad", "value"');
  expect(await new Runs().run()).toMatchObject({ result: 'written', states: 1, leftOut: 1 });
});

test('a folder that cannot be made is told by its path', async () => {
  writeFileSync(join(folder.root, 'file'), '');
  const runs = new Runs({ folder: join(folder.root, 'file', 'backups') });
  await expect(runs.run()).rejects.toMatchObject({ details: { location: join(folder.root, 'file', 'backups') } });
});

/** A run with another state. @returns the file */
async function changed(runs: Runs): Promise<string> {
  folder.put('first', Math.random());
  return (await runs.run()).file;
}

function own(file: string, time: number): OwnBackup {
  return { file, createdAt: new Date(time).toISOString(), bytes: 1, content: null };
}
