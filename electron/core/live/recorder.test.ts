/** What is recorded of sources that others write, on a real disk. */
import { execFile } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { recordingOf, told, until } from './test-support.ts';

const KEY = 'file:a';
const SAVING = join(import.meta.dirname, 'fixtures', 'saving-process.ts');
const run = promisify(execFile);
const state = (status: string, messages: readonly string[]) => JSON.stringify({ status, messages });

describe('a file in a folder', () => {
  test('a save is the values that changed and the messages that came, and nothing else', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', state('idle', ['hello']));
    write(folder, 'b.json', '{"x": 1}');
    const { commits } = await recordingOf(folder);
    write(folder, 'a.json', state('busy', ['hello', 'what time is it?']));
    await until(() => commits.length === 1, 'the save is recorded');
    expect(commits.map(told)).toEqual(['external file:a status: "idle" -> "busy", messages.1:  -> "what time is it?"']);
    expect(commits[0]?.origin).toBe('watch');
  });

  test('what is there at the beginning is created, with its bytes; what comes and goes is created and removed', async () => {
    const folder = temporaryFolder();
    const text = '{ "score": 553.0, "id": 12345678901234567890,\n"nan": NaN }';
    write(folder, 'a.json', text);
    const { commits, journal, stop } = await recordingOf(folder);
    write(folder, 'new/b.json', '{"x": 1}');
    await until(() => commits.length === 1, 'the new file is recorded');
    rmSync(join(folder, 'new/b.json'));
    await until(() => commits.length === 2, 'its removal is recorded');
    rmSync(join(folder, 'a.json'));
    await until(() => commits.length === 3, 'the removal of the last file is recorded');
    expect(commits.map(told)).toEqual([
      'created file:new/b :  -> {"x": 1}',
      'removed file:new/b : {"x": 1} -> ',
      `removed file:a : ${text} -> `,
    ]);
    write(folder, 'a.json', '{"again": true}');
    await until(() => commits.length === 4, 'it is back');
    expect(Buffer.from(journal.stateAt(KEY, { seq: 1 }) ?? []).toString()).toBe(text);
    await stop();
  });

  test('a half-written file is waited for, however long it takes: neither damaged nor removed nor a state', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', state('idle', ['hello']));
    const { commits, troubles } = await recordingOf(folder);
    const text = state('busy', ['hello', 'x'.repeat(5000)]);
    for (const half of ['', text.slice(0, 20), text.slice(0, 3000)]) {
      write(folder, 'a.json', half);
      await sleep(900);
    }
    write(folder, 'c.json', '');
    await sleep(900);
    expect({ commits: commits.length, troubles }).toEqual({ commits: 0, troubles: [] });
    write(folder, 'a.json', text);
    write(folder, 'c.json', '{"late": 1}');
    await until(() => commits.length === 2, 'both are recorded when they are whole');
    expect(commits.map(({ key, type }) => `${type} ${key}`).toSorted()).toEqual(['created file:c', 'external file:a']);
  });

  test('states that went while nobody recorded are removed when recording begins anew; half-written ones are not', async () => {
    const folder = temporaryFolder();
    const file = join(temporaryFolder(), 'x.journal');
    for (const name of ['a', 'b', 'c']) write(folder, `${name}.json`, '{"x": 1}');
    const first = await recordingOf(folder, { file });
    await first.stop();
    rmSync(join(folder, 'b.json'));
    write(folder, 'c.json', '');
    const second = await recordingOf(folder, { file });
    const keys = () => second.journal.keysAt({ seq: second.journal.lastSeq }).map(({ key }) => key);
    await sleep(500);
    expect(keys()).toContain('file:c');
    write(folder, 'c.json', '{"x": 2}');
    await until(() => keys().join() === 'file:a,file:c', 'what is gone is removed, once it is clear that it is');
    expect(second.commits.map(told)).toContain('external file:c x: 1 -> 2');
  });
});

test('a source that is away for a moment is nothing, one that stays away is told, and its states are not removed', async () => {
  const folder = join(temporaryFolder(), 'source');
  write(folder, 'a.json', '{"x": 1}');
  const { commits, troubles } = await recordingOf(folder);
  renameSync(folder, `${folder}-away`);
  await sleep(1000);
  expect(troubles).toEqual([]);
  await until(() => troubles.length > 0, 'it is told');
  expect({ troubles, commits: commits.length }).toEqual({ troubles: ['path-missing'], commits: 0 });
  write(`${folder}-away`, 'a.json', '{"x": 2}');
  renameSync(`${folder}-away`, folder);
  await until(() => commits.length > 0 && troubles.length > 1, 'it goes on');
  expect({ troubles, commits: commits.map(told) }).toEqual({
    troubles: ['path-missing', 'recovered'],
    commits: ['external file:a x: 1 -> 2'],
  });
});

test('a single file that is replaced, emptied and written anew', async () => {
  const path = write(temporaryFolder(), 'a.json', '{"x": 1}');
  const { commits, troubles } = await recordingOf(path);
  write(`${path}-new`, '../a.json-tmp', '{"x": 2}');
  renameSync(`${path}-tmp`, path);
  await until(() => commits.length === 1, 'the one that replaced it is recorded');
  writeFileSync(path, '');
  await sleep(800);
  writeFileSync(path, '{"x": 3}');
  await until(() => commits.length === 2, 'the one that was written anew is recorded');
  expect({ commits: commits.map(told), troubles }).toEqual({
    commits: ['external file:a x: 1 -> 2', 'external file:a x: 2 -> 3'],
    troubles: [],
  });
});

test('rows of a database: changed, added and removed, and nothing is written into it', async () => {
  const path = join(temporaryFolder(), 'session.db');
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  database.exec(
    'CREATE TABLE as_session (session_id TEXT PRIMARY KEY, session_data TEXT, created_at TEXT, updated_at TEXT)',
  );
  const save = database.prepare("INSERT OR REPLACE INTO as_session VALUES (?, ?, '2026', '2026')");
  save.run('a', '{"friday": {"n": 1}}');
  const { commits } = await recordingOf(path);
  save.run('a', '{"friday": {"n": 2}}');
  await until(() => commits.length === 1, 'the change is recorded');
  save.run('b', '{"friday": {}}');
  await until(() => commits.length === 2, 'the new row is recorded');
  database.exec("DELETE FROM as_session WHERE session_id = 'b'");
  await until(() => commits.length === 3, 'the removal is recorded');
  expect(commits.map(told)).toEqual([
    'external session:a friday.n: 1 -> 2',
    'created session:b :  -> {"friday": {}}',
    'removed session:b : {"friday": {}} -> ',
  ]);
  expect(database.prepare('SELECT count(*) AS n FROM as_session').get()).toEqual({ n: 1 });
  database.close();
});

test('the stores of a persistence.yaml, wherever they lie', async () => {
  const store = temporaryFolder();
  write(store, 'agents/a.json', '{"x": 1}');
  const yaml = write(
    temporaryFolder(),
    'persistence.yaml',
    `persistence:\n  default_backend: files\n  backends:\n    files:\n      type: filesystem\n      base_path: ${store}\n`,
  );
  const { commits } = await recordingOf(yaml);
  write(store, 'agents/a.json', '{"x": 2}');
  await until(() => commits.length === 1, 'the change is recorded');
  expect(commits.map(told)[0]).toBe('external file:agents/a x: 1 -> 2');
});

test('what was saved just before the end is recorded', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"x": 1}');
  const recording = await recordingOf(folder);
  write(folder, 'a.json', '{"x": 2}');
  await recording.stop();
  expect(recording.commits.map(told)).toEqual(['external file:a x: 1 -> 2']);
});

test('20 files that are saved 50 times a second each, in place: all that was added is recorded, and nothing that was never saved', async () => {
  const FILES = 20;
  const SAVES = 250;
  const folder = temporaryFolder();
  const names = Array.from({ length: FILES }, (_, at) => `agent-${at}`);
  for (const name of names) write(folder, `${name}.json`, '{"n": []}');
  const recording = await recordingOf(folder);
  const { stdout } = await run(process.execPath, [SAVING, folder, String(FILES), String(SAVES), '50']);
  await recording.stop();
  const seen = new Map<string, string[]>();
  for (const { key, changes } of recording.commits) {
    for (const { path, new: next } of changes) seen.set(key, [...(seen.get(key) ?? []), `${path.join('.')}=${next}`]);
  }
  const all = Array.from({ length: SAVES }, (_, at) => `n.${at}=${at}`);
  for (const name of names) expect(seen.get(`file:${name}`)).toEqual(all);
  const { length } = recording.commits;
  const seconds = Number(stdout) / 1000;
  console.log(
    `${FILES} files, ${FILES * SAVES} saves in ${seconds.toFixed(1)} s: ${FILES * SAVES} of ${FILES * SAVES} added values recorded, in ${length} commits (${(length / FILES / seconds).toFixed(1)} a second and file)`,
  );
  // Far less than what is seen; a recorder that hints keep from looking sees one of each file, at the end.
  expect(length).toBeGreaterThan(FILES * 2);
  expect(recording.troubles).toEqual([]);
}, 60_000);
