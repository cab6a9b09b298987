/** Putting back and taking back, as a script sees it: real processes. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePathText } from './path-text.ts';

let folder: string;
let now: string;
let then: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-restore-'));
  [now, then] = [join(folder, 'now'), join(folder, 'then')];
  mkdirSync(then);
  writeFileSync(join(then, 'a.json'), '{"agent": {"name": "A", "n": 1, "memory": {"content": []}}}\n');
  writeFileSync(join(then, 'b.json'), '{"agent": {"name": "B", "n": 1, "memory": {"content": []}}}\n');
  cpSync(then, now, { recursive: true });
  for (const name of ['a', 'b']) {
    const file = join(now, `${name}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"n": 1', '"n": 2').replace('"name"', '"NAME"'));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', NO_COLOR: '1', XDG_CONFIG_HOME: join(folder, 'config') };
  const cli = join(import.meta.dirname, 'cli.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { env });
  return { code: status, text: stdout.toString(), err: stderr.toString() };
}
const textOf = (file: string) => readFileSync(join(now, file), 'utf8');

test('restore tells what it would do, does it with --write, and undo takes it back', () => {
  const before = textOf('a.json');
  const dry = run('restore', now, '--from', then);
  expect(dry).toMatchObject({ code: 0, err: '' });
  expect(dry.text).toContain('~ agent.n  2 -> 1');
  expect(dry.text).toContain('Add --write to put 2 states back.');
  expect(textOf('a.json')).toBe(before);

  const only = ['--only', 'session:a:agent.n', '--mode', 'merge'];
  const one = run('restore', now, '--from', then, ...only, '--write', '--json');
  expect(one.code).toBe(0);
  expect(JSON.parse(one.text)).toMatchObject({
    plan: { states: 1, checks: [], rows: [{ key: 'session:a', action: 'write' }] },
    outcome: { status: 'restored', keys: ['session:a'] },
  });
  expect(textOf('a.json')).toBe(before.replace('"n": 2', '"n": 1'));

  expect(run('undo', now).text).toContain('session:a');
  expect(run('undo', now, '--write')).toMatchObject({ code: 0, err: '' });
  expect(textOf('a.json')).toBe(before);
  expect(run('undo', now, '--write').code).toBe(1);
});

test('restore from a snapshot; what is not there, and a path without a change, end with 1', () => {
  expect(run('snapshot', now, '--name', 'broken').code).toBe(0);
  const broken = textOf('b.json');
  expect(run('restore', now, '--from', then, '--write').code).toBe(0);
  expect(run('restore', now, '--from', 'broken', '--only', 'session:b', '--write')).toMatchObject({ code: 0, err: '' });
  expect(textOf('b.json')).toBe(broken);
  expect(run('restore', now, '--from', then, '--only', 'session:nobody')).toMatchObject({ code: 1 });
  expect(run('restore', now, '--from', then, '--only', 'session:b:agent.memory').text).toContain('[no-change]');
  expect(run('restore', now, '--from', '7').code).toBe(1);
});

describe('a path that is typed', () => {
  test.each([
    ['agent.memory[3]["odd name"].x', ['agent', 'memory', 3, 'odd name', 'x']],
    ['/agent/a~1b/0', ['agent', 'a/b', '0']],
    ['["a"]', ['a']],
  ])('%s', (text, path) => expect(parsePathText(text)).toEqual(path));
  test('that is none is none', () => expect(parsePathText('a[')).toBeNull());
});
