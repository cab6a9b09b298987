import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newRecord } from './schedule-record.ts';
import { ScheduleStore } from './schedule-store.ts';
import { type ScheduleFolder, scheduleFolder } from './schedule-test-support.ts';

let folder: ScheduleFolder;
let file: string;
const stores: ScheduleStore[] = [];
beforeEach(() => {
  folder = scheduleFolder();
  file = join(folder.own, 'backup-schedules.json');
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  folder.dispose();
});

function open(): ScheduleStore {
  const store = new ScheduleStore(folder.own);
  stores.push(store);
  return store;
}
const record = (id: string) => newRecord({ ...folder.draft(), id }, 0);

test('nothing is written before there is a schedule', async () => {
  expect(await open().read()).toEqual([]);
  expect(existsSync(folder.own)).toBe(false);
});

test('what is kept is read again by another program, and only its owner may read it', async () => {
  await open().add(record('a'));
  expect(await open().read()).toEqual([record('a')]);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('changes of many programs at once are all kept', async () => {
  const programs = Array.from({ length: 4 }, open);
  await Promise.all(programs.map((store, at) => store.add(record(`a${at}`))));
  await Promise.all(
    [...programs, ...programs, ...programs].map((store, at) =>
      store.change('a0', (was) => ({ ...was, files: [...was.files, own(String(at))] })),
    ),
  );
  const records = await open().read();
  expect(records).toHaveLength(4);
  expect(records.find(({ schedule }) => schedule.id === 'a0')?.files).toHaveLength(12);
});

const own = (name: string) => ({ file: name, createdAt: '2026-01-01T00:00:00.000Z', bytes: 1, content: null });

test('members of a later version stay, wherever they are', async () => {
  const store = open();
  await store.add(record('a'));
  const stored = JSON.parse(readFileSync(file, 'utf8'));
  stored.later = 1;
  stored.schedules[0].later = 2;
  stored.schedules[0].schedule.later = 3;
  stored.schedules[0].schedule.keep.later = 4;
  stored.schedules[0].schedule.timing.later = 5;
  writeFileSync(file, JSON.stringify(stored));
  await store.change('a', (was) => ({ ...was, interrupted: true }));
  stored.schedules[0].interrupted = true;
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(stored);
});

test.each([
  ['cut off', '{"version": 1, "sched'],
  ['empty', ''],
  ['of a later version', '{"version": 2, "schedules": []}'],
  ['something else', '[1, 2]'],
  ['with a time that is none', (text: string) => text.replace(/"settledAt": "[^"]*"/, '"settledAt": "soon"')],
  ['with an interval of nothing', (text: string) => text.replace('"seconds": 3600', '"seconds": 0')],
  ['with an id that leads elsewhere', (text: string) => text.replace('"id": "a"', '"id": "../a"')],
])('a file that is %s is told and stays as it is', async (_, content) => {
  const store = open();
  await store.add(record('a'));
  const text = typeof content === 'string' ? content : content(readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  const fault = { code: 'bad-config', details: { location: file } };
  await expect(store.read()).rejects.toMatchObject(fault);
  await expect(store.add(record('b'))).rejects.toMatchObject(fault);
  await expect(store.change('a', (was) => was)).rejects.toMatchObject(fault);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('what is not there is told by its id', async () => {
  mkdirSync(folder.own);
  const store = open();
  const missing = { code: 'schedule-missing', details: { key: 'b' } };
  await expect(store.get('b')).rejects.toMatchObject(missing);
  await expect(store.change('b', (was) => was)).rejects.toMatchObject(missing);
  await expect(store.remove('b')).rejects.toMatchObject(missing);
});
