/** Exporting, as a script sees it: what is printed, what is written, and how it ends. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'export', ...args], {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: '' },
  });
  return { code: status, out: stdout, err: stderr };
}

test('the file’s name says the format, a pattern which states, and a file that is there stays', () => {
  const states = { 'agent:a': { n: 1 }, 'agent:b': { n: 2 }, 'session:c': { n: 3 } };
  const source = join(folder, 'source.json');
  writeFileSync(source, JSON.stringify({ metadata: { backup_name: 'x', version: '1.0' }, states }));
  const file = join(folder, 'agents.csv');
  expect(run(source, '--out', file, '--only', 'agent:*')).toEqual({
    code: 0,
    out: `2 rows, 31 bytes, written to ${file}\n`,
    err: '',
  });
  expect(readFileSync(file, 'utf8')).toBe('state,n\r\nagent:a,1\r\nagent:b,2\r\n');

  const again = run(source, '--out', file);
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(again.err).toContain('is there already');
  const replaced = run(source, '--out', file, '--format', 'jsonl', '--force', '--json');
  expect(JSON.parse(replaced.out)).toMatchObject({ location: file, states: 3, rows: null, leftOut: [] });
  expect(readFileSync(file, 'utf8').split('\n')[2]).toBe('{"key":"session:c","value":{"n":3}}');
  expect(run(source, '--out', join(folder, 'none.json'), '--only', 'nobody:*')).toMatchObject({ code: 1, out: '' });
});
