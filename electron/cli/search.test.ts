/** `search`, as a script sees it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');
let folder: string;
let source: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-search-'));
  source = join(folder, 'friday.json');
  writeFileSync(source, '{"agent": {"memory": {"content": [["hello\\nworld", []], ["Hello again", []]]}, "hello": 1}}');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', NO_COLOR: '1', XDG_CONFIG_HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'search', source, ...args], { env });
  return { code: status, text: stdout.toString(), err: stderr.toString() };
}

test('hits are told by state, a line each, and their number beside them', () => {
  const { code, text, err } = run('hello');
  expect(code).toBe(0);
  expect(text.split('\n').slice(1)).toEqual([
    '  $.agent.memory.content[0][0]: hello\\nworld',
    '  $.agent.memory.content[1][0]: Hello again',
    '  $.agent.hello',
    '',
  ]);
  expect(err).toBe('3 hits, states with hits: 1.\n');
});

test('with --json each hit is an object in a line of its own; --limit ends it', () => {
  const { code, text } = run('H[ea]llo', '--regex', '--case', '--in', 'values', '--json', '--limit', '1');
  expect(code).toBe(0);
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    where: 'value',
    path: '$.agent.memory.content[1][0]',
    match: 'Hello',
    after: ' again',
    moment: null,
  });
});

test('nothing found ends with 1, a pattern that is wrong with 2 and its place', () => {
  expect(run('nowhere')).toMatchObject({ code: 1, text: '' });
  const wrong = run('ab[c', '--regex');
  expect(wrong.code).toBe(2);
  expect(wrong.err.split('\n').slice(1, 3)).toEqual(['  ab[c', '    ^']);
  expect(run('$.x[', '--jsonpath').code).toBe(2);
  expect(run('x', '--in', 'everywhere').code).toBe(2);
  expect(run('x', '--history').code).toBe(1);
});
