/** The command line as a script sees it: a process, its output, its exit code. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');
const FIXTURES = join(import.meta.dirname, '..', 'core', 'sources', 'fixtures');
const NAN = join(FIXTURES, 'edge', 'nan-bigint.json');

function run(...args: string[]): { code: number | null; out: Buffer; text: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    env: {
      ...process.env,
      XDG_CONFIG_HOME: join(folder, 'config'),
      APPDATA: join(folder, 'config'),
      LANG: 'C',
      LC_ALL: 'C',
      NO_COLOR: '1',
    },
  });
  return { code: status, out: stdout, text: stdout.toString(), err: stderr.toString() };
}
const json = (...args: string[]): unknown => JSON.parse(run(...args, '--json').text);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('info', () => {
  test.each([
    ['jsonsession-1.0.21', 'agentscope-json-session', { session: 2 }],
    ['session.db', 'agentscope-sqlite-session', { session: 2 }],
    ['as-2.x.db', 'agentscope-2-sql', { agent: 1, session: 1, conversation: 1 }],
    ['agentstate-2.x.json', 'agentscope-2-state', { session: 1 }],
    ['redis-session-1.0.21.keys.json', 'agentscope-redis-dump', { session: 2 }],
    ['redis-storage-2.x.session-value.json', 'agentscope-redis-dump', { session: 1 }],
  ])('%s is %s', (name, format, kinds) => {
    const location = join(FIXTURES, name);
    expect(json('info', location)).toMatchObject({ source: { format, location }, kinds, problems: [] });
  });

  test('problems have location, code, message and byte offset, and are no failure', () => {
    const { code, text } = run('info', join(FIXTURES, 'edge'), '--json');
    expect(code).toBe(0);
    const problems = (JSON.parse(text) as { problems: object[] }).problems;
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(Object.keys(problem)).toEqual(['location', 'code', 'message', 'offset']);
    expect(problems).toContainEqual(
      expect.objectContaining({ location: 'truncated.json', code: 'truncated', offset: 1418 }),
    );
  });

  test('a link out of the folder is reported, and followed when asked to', () => {
    writeFileSync(join(folder, 'a.json'), '{"x": 1}');
    symlinkSync(NAN, join(folder, 'out.json'));
    expect(json('info', folder)).toMatchObject({
      states: 1,
      problems: [{ code: 'symlink-outside', location: 'out.json' }],
    });
    expect(json('info', folder, '--follow-links')).toMatchObject({ states: 2, problems: [] });
  });
});

describe('ls', () => {
  test('lists key, type, bytes and time, by key', () => {
    const rows = json('ls', join(FIXTURES, 'jsonsession-1.0.21')) as { key: string }[];
    expect(rows.map((row) => row.key)).toEqual(['session:alice_trip-planner', 'session:qa']);
    for (const row of rows) expect(Object.keys(row)).toEqual(['key', 'type', 'bytes', 'updatedAt']);
  });

  test('--kind keeps the states of one kind', () => {
    const rows = json('ls', join(FIXTURES, 'as-2.x.db'), '--kind', 'agent') as { key: string }[];
    expect(rows.map((row) => row.key)).toEqual(['agent:d04c6877aac647caa265fb346d7ca9b9']);
  });
});

describe('get', () => {
  test.each([
    ['$.mem.content[0][0].metadata.score', 'NaN'],
    ['$.mem.content[0][0].metadata.big', '12345678901234567890'],
    ["$['mem']['_compressed_summary']", '""'],
  ])('%s prints %s as stored', (path, value) => {
    expect(run('get', NAN, 'session:nan-bigint', path)).toMatchObject({ code: 0, text: `${value}\n` });
    expect(run('get', NAN, 'session:nan-bigint', path, '--json')).toMatchObject({ code: 0, text: `${value}\n` });
  });

  test('several values: a line each, or one array for programs', () => {
    expect(run('get', NAN, 'session:nan-bigint', '$..metadata[*]').text).toBe('NaN\n12345678901234567890\n');
    expect(run('get', NAN, 'session:nan-bigint', '$..metadata[*]', '--json').text).toBe('[NaN,12345678901234567890]\n');
  });

  test('lone surrogates leave as the bytes that they are in the file', () => {
    const path = join(FIXTURES, 'edge', 'surrogate.json');
    const bytes = Buffer.from([0xed, 0xa0, 0xbd]);
    expect(run('get', path, 'session:surrogate', '$..content', '--json').out.includes(bytes)).toBe(true);
    expect(run('get', path, 'session:surrogate').out.includes(bytes)).toBe(true);
  });

  test('what was read of a damaged file is printed, its problem on standard error', () => {
    const { code, text, err } = run(
      'get',
      join(FIXTURES, 'edge', 'corrupt-trailing-garbage.json'),
      'session:corrupt-trailing-garbage',
      '$.friday.name',
      '--json',
    );
    expect({ code, text }).toEqual({ code: 0, text: '"Friday"\n' });
    expect(err).toContain('1279');
  });
});

describe('exit codes', () => {
  test('1: the state, or what the path asks for, is not there', () => {
    expect(run('get', NAN, 'session:other')).toMatchObject({ code: 1, text: '' });
    expect(run('get', NAN, 'session:nan-bigint', '$.nothing')).toMatchObject({ code: 1, text: '' });
  });

  test.each([
    ['a source that does not exist', ['info', '/no/such/place'], '/no/such/place does not exist'],
    ['a file that is no JSON', ['ls', CLI], 'cli.ts'],
    ['a path that is no JSONPath', ['get', NAN, 'session:nan-bigint', '$['], 'JSONPath'],
    ['a command that does not exist', ['explode'], 'explode'],
    ['an option that does not exist', ['info', NAN, '--nope'], '--nope'],
    ['a missing argument', ['get', NAN], 'key'],
    ['a URL of a kind that is not read', ['info', 'ftp://example.com/x'], 'ftp://'],
  ])('2: %s', (_what, args, told) => {
    const { code, text, err } = run(...args);
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(err).toContain(told);
  });

  test('0: help and version', () => {
    expect(run('--help').code).toBe(0);
    expect(run('--version').text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test('a person with a Chinese locale reads Chinese', () => {
  const { stderr } = spawnSync(process.execPath, [CLI, 'info', '/no/such/place'], {
    env: { ...process.env, LC_ALL: 'zh_CN.UTF-8' },
  });
  expect(stderr.toString()).toContain('不存在');
});

describe('a big file', () => {
  /** A hole is as long as what it stands for, and takes no space on the disk. */
  function bigBackup(): string {
    const path = join(folder, 'big.json');
    const file = openSync(path, 'w');
    writeSync(file, '{"states":{"agent:a":{"status":"idle"},"agent:big":{"text":"', 0);
    writeSync(file, '","list":[1,{"x":553.0}]},"agent:z":3},"metadata":{"total_states":3}}', 300 * 2 ** 20);
    closeSync(file);
    return path;
  }

  test('is listed, and a part of a state that is not read at once is printed', () => {
    const path = bigBackup();
    expect(json('info', path)).toMatchObject({ source: { format: 'backup' }, states: 3, problems: [] });
    expect(run('get', path, 'agent:big', '$.list[-1]', '--json').text).toBe('{"x":553.0}\n');
    expect(run('get', path, 'agent:big', '$.list').text).toBe('[\n  1,\n  {\n    "x": 553.0\n  }\n]\n');
    expect(run('get', path, 'agent:big', '$.list.x')).toMatchObject({ code: 1, text: '' });
    const whole = run('get', path, 'agent:big', '$..x');
    expect(whole.code).toBe(2);
    expect(whole.err).toContain('agent:big');
    expect(whole.err).toContain('268 MB');
  });
});
