/** Snapshots, as a script sees them: what is printed, and how it ends. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SnapshotInfo } from '../../shared/ipc/snapshots.ts';
import { init } from './init.ts';
import { put } from './put.ts';
import { rm } from './rm.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { Printed, runCommand } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');
const session = (name: string, score: number) => JSON.stringify({ agent: { memory: { content: [] }, score, name } });

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-snapshots-'));
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  vi.stubEnv('APPDATA', join(folder, 'config'));
  vi.stubEnv('HOME', folder);
  source = mkdtempSync(join(folder, 'source-'));
  for (const name of ['friday', 'sunday']) writeFileSync(join(source, `${name}.json`), session(name, 553));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => runCommand(addSnapshotCommands, ...args);

async function json<T>(...args: string[]): Promise<T> {
  const { text, err } = await run(...args, '--json');
  if (text === '') throw new Error(err);
  return JSON.parse(text) as T;
}

test('takes all states or those that fit, and tells its id', async () => {
  const all = await json<SnapshotInfo>('snapshot', source, '--name', 'Good', '--tag', 'a', '--tag', 'b');
  expect(all).toMatchObject({ name: 'Good', tags: ['a', 'b'], states: 2, reason: 'manual', seq: null });
  expect(await json('snapshot', source, '--only', 'session:fri*')).toMatchObject({ states: 1 });
  const none = await run('snapshot', source, '--only', 'agent:*');
  expect(none).toMatchObject({ code: 1, text: '' });
  expect(readdirSync(source).toSorted()).toEqual(['friday.json', 'sunday.json']);
});

test('lists, shows, renames, pins and removes them, also when the source is gone', async () => {
  const { id } = await json<SnapshotInfo>('snapshot', source, '--name', 'Good');
  const other = await json<SnapshotInfo>('snapshot', source, '--name', 'two\nlines');
  rmSync(source, { recursive: true });
  const { text } = await run('snapshots', source);
  expect(text.split('\n')).toHaveLength(3);
  expect(text).toMatch(new RegExp(`^${other.id}  .*two\\\\nlines\n${id}  .*By hand  2  .*Good\n$`));
  expect(await json('snapshots', source, 'show', 'Good')).toMatchObject({
    id,
    manifest: [{ key: 'session:friday' }, { key: 'session:sunday' }],
  });
  expect(await json('snapshots', source, 'rename', id.slice(0, 6), 'Very', 'good')).toMatchObject({
    name: 'Very good',
  });
  expect(await json('snapshots', source, 'list', 'VERY')).toMatchObject([{ id }]);
  expect(await json('snapshots', source, 'pin', id)).toMatchObject({ pinned: true });
  expect((await run('snapshots', source, 'rm', id)).err).toBe('snapshot-pinned');
  expect(await json('snapshots', source, 'unpin', id)).toMatchObject({ pinned: false });
  expect(await json('snapshots', source, 'rm', id)).toEqual({ id });
  expect((await run('snapshots', source, 'show', id)).err).toBe('snapshot-missing');
});

test('carries one to another source as a file', async () => {
  const { id } = await json<SnapshotInfo>('snapshot', source);
  const file = join(folder, 'x.json.gz');
  expect(await json('snapshots', source, 'export', id, '--out', file)).toEqual({ id, file });
  expect(await json('snapshots', join(folder, 'elsewhere'), 'import', file)).toMatchObject({ id, reason: 'imported' });
});

test('forgets by a rule, and without --write only says what it would', async () => {
  const { id } = await json<SnapshotInfo>('snapshot', source);
  writeFileSync(join(source, 'friday.json'), session('friday', 554));
  await json('snapshot', source);
  const prune = ['snapshots', source, 'prune', '--keep', '1', '--manual'];
  const would = await json<{ bytes: number }>(...prune);
  expect(would).toEqual({ snapshots: 1, bytes: would.bytes, remaining: 1, dryRun: true });
  expect((await run(...prune)).text).toContain('--write');
  expect(await json<SnapshotInfo[]>('snapshots', source)).toHaveLength(2);
  expect(await json(...prune, '--write')).toEqual({ ...would, dryRun: false });
  expect((await json<SnapshotInfo[]>('snapshots', source)).map((each) => each.id)).not.toContain(id);
  expect(await run('snapshots', source, 'prune')).toMatchObject({ code: 2, text: '' });
});

test('one is taken before a state of a foreign source is written, and none where nothing was', async () => {
  const path = join(source, 'friday.json');
  const given = join(folder, 'given.json');
  writeFileSync(given, session('friday', 1));
  const options = { write: true, type: null, json: true, signal: new AbortController().signal };
  const output = new Printed();
  await put(output, path, 'session:friday', given, { ...options, expect: 'f'.repeat(64) });
  expect(await json('snapshots', path)).toEqual([]);
  await put(output, path, 'session:friday', given, { ...options, expect: null });
  expect(readFileSync(path, 'utf8')).toContain('"score":1');
  expect(await json('snapshots', path)).toMatchObject([{ reason: 'before-edit', firstKey: 'session:friday' }]);
});

test.each(['store', 'store.db'])('one is taken before a state of a store of ours is written: %s', async (name) => {
  const path = join(folder, name);
  const given = join(folder, 'given.json');
  const options = { write: true, type: null, json: true, signal: new AbortController().signal };
  const output = new Printed();
  await init(output, path, {
    backend: name === 'store' ? 'filesystem' : 'sqlite',
    compress: false,
    encrypt: false,
    json: true,
  });
  const reasons = async () => (await json<SnapshotInfo[]>('snapshots', path)).map(({ reason }) => reason);
  writeFileSync(given, '{"score":1}');
  await put(output, path, 'session:friday', given, { ...options, expect: null });
  // There was nothing before.
  expect(await reasons()).toEqual([]);
  writeFileSync(given, '{"score":2}');
  await put(output, path, 'session:friday', given, { ...options, expect: 'f'.repeat(64) });
  expect(await reasons()).toEqual([]);
  await put(output, path, 'session:friday', given, { ...options, expect: null });
  await rm(output, path, 'session:friday', { ...options, expect: null });
  expect(await reasons()).toEqual(['before-delete', 'before-edit']);
});

test('as processes: 1 for one that is not there, 2 for an unknown action', () => {
  const end = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { env: process.env }).status;
  expect(end('snapshots', source, 'show', 'nothing')).toBe(1);
  expect(end('snapshots', source, 'bogus')).toBe(2);
  // Looking makes nothing.
  expect(existsSync(join(folder, 'config'))).toBe(false);
});
