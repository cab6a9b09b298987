/** `backup …` as a script sees it: processes, their output, their exit codes, and what is on disk afterwards. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');
const SESSION = '{"agent": {"name": "Friday", "memory": {"content": []}}}';

let folder: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  store = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  for (const name of ['friday', 'monday']) writeFileSync(join(store, `${name}.json`), SESSION);
});
afterEach(() => {
  for (const made of [folder, store]) rmSync(made, { recursive: true, force: true });
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'backup', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', NO_COLOR: '1', XDG_CONFIG_HOME: folder, STATESCOPE_PASSPHRASE: '', ...env },
  });
  return { code: status, text: stdout, err: stderr };
}

test('a backup is created, listed, verified, and put back with --write only', () => {
  const created = run([
    'create',
    store,
    '--out',
    'b.json',
    '--name',
    'nightly',
    '--only',
    'session:f*',
    '--only',
    'session:m*',
  ]);
  expect(created).toMatchObject({ code: 0, err: '' });
  expect(created.text).toContain('2 states');
  const again = run(['create', store, '--out', 'b.json']);
  expect(again).toMatchObject({ code: 2, text: '' });
  expect(again.err).toContain('--force');
  const { info, states } = JSON.parse(run(['ls', 'b.json', '--json']).text) as { info: object; states: object[] };
  expect(info).toMatchObject({ name: 'nightly', states: 2, origin: 'manual', only: ['session:f*', 'session:m*'] });
  expect(states).toMatchObject([{ key: 'session:friday' }, { key: 'session:monday' }]);
  expect(JSON.parse(run(['ls', '.', '--json']).text)).toMatchObject([{ status: 'read', info: { name: 'nightly' } }]);
  expect(run(['verify', 'b.json'])).toMatchObject({ code: 0 });

  rmSync(join(store, 'monday.json'));
  writeFileSync(join(store, 'new.json'), SESSION);
  const dry = run(['restore', 'b.json', '--to', store, '--mode', 'replace']);
  expect(dry.code).toBe(0);
  expect(dry.text).toContain('session:monday');
  expect(() => readFileSync(join(store, 'monday.json'))).toThrow();
  expect(run(['restore', 'b.json', '--to', store, '--only', 'session:m*', '--write']).code).toBe(0);
  expect(readFileSync(join(store, 'monday.json'), 'utf8')).toBe(SESSION);
  expect(readFileSync(join(store, 'new.json'), 'utf8')).toBe(SESSION);
});

test('a damaged one is told by exit code 1, and is not put back', () => {
  run(['create', store, '--out', 'b.json']);
  writeFileSync(join(folder, 'b.json'), readFileSync(join(folder, 'b.json'), 'utf8').replace('Friday', 'Fridax'));
  const verified = run(['verify', 'b.json', '--json']);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.text)).toMatchObject({ ok: false, states: 2, sound: 1 });
  writeFileSync(join(store, 'friday.json'), SESSION.replace('Friday', 'Saturday'));
  expect(run(['restore', 'b.json', '--to', store, '--write'])).toMatchObject({ code: 1 });
  expect(readFileSync(join(store, 'friday.json'), 'utf8')).toContain('Saturday');
});

test('an encrypted one takes its passphrase from the environment, and nobody says it', () => {
  const pass = { STATESCOPE_PASSPHRASE: 'correct horse' };
  const created = run(['create', store, '--out', 'b.statescope', '--encrypt', '--gzip'], pass);
  expect(created).toMatchObject({ code: 0 });
  const without = run(['verify', 'b.statescope']);
  expect(without.code).toBe(2);
  const wrong = run(['verify', 'b.statescope'], { STATESCOPE_PASSPHRASE: 'wrong horse' });
  expect(wrong.code).toBe(2);
  const right = run(['verify', 'b.statescope', '--json'], pass);
  expect(JSON.parse(right.text)).toMatchObject({ ok: true, info: { encrypted: true, packed: true } });
  for (const { text, err } of [created, without, wrong, right]) expect(text + err).not.toContain('horse');
});
