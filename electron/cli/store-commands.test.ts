/** The commands that write, as a script sees them: processes, their output, their exit codes, and what is on disk afterwards. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runHere } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');
const FIXTURES = join(import.meta.dirname, '..', 'core', 'sources', 'fixtures');
const env = { LANG: 'C', LC_ALL: 'C', NO_COLOR: '1' };

interface Run {
  readonly code: number | null;
  readonly text: string;
  readonly err: string;
}
async function run(
  args: readonly string[],
  given: { input?: string; env?: Record<string, string> } = {},
): Promise<Run> {
  if (given.input === undefined) return runHere(args, { ...env, ...given.env });
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    input: given.input,
  });
  return { code: status, text: stdout.toString(), err: stderr.toString() };
}
async function json(...args: string[]): Promise<unknown> {
  const { text, err } = await run([...args, '--json']);
  if (text === '') throw new Error(err);
  return JSON.parse(text);
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-store-'));
  file = join(folder, 'state.json');
  writeFileSync(file, '{"id": 12345678901234567890, "score": NaN}');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function made(backend: 'filesystem' | 'sqlite', ...more: string[]): Promise<string> {
  const path = join(folder, backend === 'sqlite' ? 'store.db' : 'store');
  expect(await run(['init', path, '--backend', backend, ...more])).toMatchObject({ code: 0, err: '' });
  return path;
}

describe('init', () => {
  test.each(['filesystem', 'sqlite'] as const)('makes an empty %s store', async (backend) => {
    const location = join(folder, 'new');
    expect(await json('init', location, '--backend', backend)).toEqual({
      location,
      backend,
      compressed: false,
      encrypted: false,
    });
    expect(await json('trash', location, 'list')).toEqual([]);
    expect(await run(['put', location, 'agent:a', file, '--write'])).toMatchObject({ code: 0, err: '' });
  });

  test('refuses a place where something is, and changes nothing there', async () => {
    expect(await run(['init', folder, '--backend', 'filesystem'])).toMatchObject({ code: 2, text: '' });
    expect((await run(['init', file, '--backend', 'sqlite'])).code).toBe(2);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('wants a backend that there is', async () => {
    expect((await run(['init', join(folder, 'x'), '--backend', 'redis'])).code).toBe(2);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  test('--compress: states are packed from then on', async () => {
    const store = await made('filesystem', '--compress');
    await run(['put', store, 'agent:a', file, '--write']);
    expect(readdirSync(join(store, 'agents'))).toEqual(['a.json.gz']);
  });

  test('--encrypt: only the passphrase of the environment opens it, and nobody says it', async () => {
    const secret = { env: { STATESCOPE_PASSPHRASE: 'hunter2' } };
    const path = join(folder, 'store');
    const outputs = [
      await run(['init', path, '--backend', 'filesystem', '--encrypt'], secret),
      await run(['put', path, 'agent:a', file, '--write'], secret),
      await run(['put', path, 'agent:b', file, '--write']),
      await run(['put', path, 'agent:b', file, '--write'], { env: { STATESCOPE_PASSPHRASE: 'other' } }),
      await run(['init', join(folder, 'no'), '--backend', 'filesystem', '--encrypt']),
    ];
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 2, 2, 2]);
    expect(readFileSync(join(path, 'agents', 'a.json')).includes('score')).toBe(false);
    expect(JSON.stringify(outputs)).not.toMatch(/hunter2/);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('put', () => {
  test.each(['filesystem', 'sqlite'] as const)(
    'gives a state an envelope, and keeps its bytes: %s',
    async (backend) => {
      const store = await made(backend);
      expect(await json('put', store, 'agent:a', file, '--type', 'agents.X', '--write')).toEqual({
        key: 'agent:a',
        status: 'saved',
        revision: expect.any(String),
        replaced: null,
        bytes: 42,
      });
      const data = backend === 'sqlite' ? '$' : '$.state_data';
      expect((await run(['get', store, 'agent:a', data, '--json'])).text).toBe(
        '{"id": 12345678901234567890, "score": NaN}\n',
      );
      expect((await run(['validate', store])).code).toBe(0);
    },
  );

  test('takes an envelope apart, from standard input', async () => {
    const store = await made('filesystem');
    const input =
      '{"__type__": "a.B", "__version__": "7", "__timestamp__": "2026-01-02T03:04:05Z", "state_data": [1.0]}';
    expect(await run(['put', store, 'session:s', '-', '--write'], { input })).toMatchObject({ code: 0 });
    const text = readFileSync(join(store, 'sessions', 's.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      __type__: 'a.B',
      __version__: '7',
      __timestamp__: '2026-01-02T03:04:05Z',
    });
    expect(text).toContain('[1.0]');
  });

  test('keeps what it overwrites, and the type where none is given', async () => {
    const store = await made('sqlite');
    await run(['put', store, 'agent:a', file, '--type', 'agents.X', '--write']);
    expect(await json('put', store, 'agent:a', file, '--write')).toMatchObject({ replaced: expect.any(String) });
    expect(await json('ls', store)).toMatchObject([{ type: 'agents.X' }]);
    expect(await json('trash', store, 'list')).toMatchObject([{ key: 'agent:a', reason: 'overwritten', bytes: 42 }]);
  });

  test('--expect: only what was seen is overwritten', async () => {
    const store = await made('filesystem');
    const first = (await json('put', store, 'agent:a', file, '--expect', 'absent', '--write')) as { revision: string };
    const again = await run(['put', store, 'agent:a', file, '--expect', 'absent', '--write', '--json']);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.text)).toEqual({ key: 'agent:a', status: 'conflict', current: first.revision });
    expect(await json('put', store, 'agent:a', file, '--expect', first.revision, '--write')).toMatchObject({
      status: 'saved',
    });
  });

  test.each([
    ['half a value', '{"a": ', 'byte'],
    ['nothing', '', 'nothing in it'],
  ])('%s is no state, and no store is even opened', async (_what, input, told) => {
    const { code, text, err } = await run(['put', join(folder, 'nowhere'), 'agent:a', '-', '--write'], { input });
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(err).toContain(told);
  });
});

describe('rm and trash', () => {
  test('what is deleted comes back as it was', async () => {
    const store = await made('filesystem');
    await run(['put', store, 'agent:a', file, '--write']);
    const before = (await run(['get', store, 'agent:a', '--json'])).text;
    const deleted = (await json('rm', store, 'agent:a', '--write')) as { trash: string };
    expect(deleted).toEqual({ key: 'agent:a', status: 'deleted', trash: expect.any(String) });
    expect((await run(['rm', store, 'agent:a', '--write'])).code).toBe(1);
    expect(await json('trash', store, 'list')).toEqual([
      {
        id: deleted.trash,
        key: 'agent:a',
        reason: 'deleted',
        trashedAt: expect.any(String),
        bytes: expect.any(Number),
      },
    ]);
    expect((await run(['trash', store, 'restore', 'no-such-id', '--write'])).code).toBe(1);
    expect(await json('trash', store, 'restore', deleted.trash, '--write')).toMatchObject({
      key: 'agent:a',
      status: 'saved',
    });
    expect((await run(['get', store, 'agent:a', '--json'])).text).toBe(before);
  });

  test('--expect: what has changed meanwhile stays', async () => {
    const store = await made('sqlite');
    await run(['put', store, 'agent:a', file, '--write']);
    expect((await run(['rm', store, 'agent:a', '--expect', 'other', '--write'])).code).toBe(1);
    expect((await run(['get', store, 'agent:a'])).code).toBe(0);
  });

  test('anything but list and restore ID is no usage', async () => {
    for (const args of [['list', 'x'], ['restore'], ['empty']])
      expect((await run(['trash', folder, ...args])).code).toBe(2);
  });
});

describe('without --write nothing is written, and the refusal says so', () => {
  test.each([
    ['put', ['agent:a', 'FILE']],
    ['rm', ['agent:a']],
    ['trash', ['restore', '1']],
  ])('%s', async (command, args) => {
    const { code, text, err } = await run([command, folder, ...args.map((arg) => (arg === 'FILE' ? file : arg))]);
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(err).toContain('--write');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('copy, when it would replace something', async () => {
    const { code, err } = await run([
      'copy',
      join(FIXTURES, 'session.db'),
      join(folder, 'new'),
      '--overwrite',
      'always',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('--write');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });
});

describe('what is no store', () => {
  test.each([
    ['a session file', join(FIXTURES, 'agentstate-2.x.json')],
    ['a folder of sessions', join(FIXTURES, 'jsonsession-1.0.21')],
  ])('%s takes no new states', async (_what, path) => {
    const { code, err } = await run(['put', path, 'agent:a', file, '--write']);
    expect(code).toBe(2);
    expect(err).toContain('statescope init');
  });

  test('nor a place where nothing is', async () => {
    expect((await run(['put', join(folder, 'nothing'), 'agent:a', file, '--write'])).code).toBe(2);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  test('a key has a kind', async () => {
    expect((await run(['put', await made('sqlite'), 'planner', file, '--write'])).code).toBe(2);
  });
});

describe('copy', () => {
  test('takes states of any source into a store, which is made when it is not there', async () => {
    const from = join(FIXTURES, 'jsonsession-1.0.21');
    const to = join(folder, 'new.db');
    const dry = await json('copy', from, to, '--dry-run');
    expect(existsSync(to)).toBe(false);
    const real = (await json('copy', from, to)) as { states: { key: string }[] };
    expect(real).toMatchObject({
      from,
      to,
      dryRun: false,
      cancelled: false,
      counts: { copied: 2, moved: 0, same: 0, conflict: 0, unsupported: 0, corrupt: 0, failed: 0 },
    });
    for (const state of real.states)
      expect(Object.keys(state)).toEqual(['key', 'outcome', 'bytes', 'checksum', 'message']);
    expect(dry).toMatchObject({ dryRun: true, states: real.states });
    expect(await json('copy', from, to)).toMatchObject({ counts: { copied: 0, same: 2 }, bytes: 0 });
    const get = async (place: string) => (await run(['get', place, 'session:qa', '--json'])).text;
    expect(await get(to)).toBe(await get(from));
  });

  test('says what was not copied, and ends with 1', async () => {
    const from = await made('filesystem');
    await run(['put', from, 'agent:a', file, '--write']);
    await run(['put', from, 'note:b', file, '--write']);
    const to = await made('sqlite');
    await run(['put', to, 'agent:a', '-', '--write'], { input: '1' });
    const first = await run(['copy', from, to, '--json']);
    expect(first.code).toBe(1);
    expect(JSON.parse(first.text)).toMatchObject({ counts: { copied: 1, conflict: 1 } });
    expect((await run(['copy', from, to, '--write', '--overwrite', 'always', '--only', 'agent:*'])).code).toBe(0);
    expect((await run(['get', to, 'agent:a', '--json'])).text).toContain('NaN');
    expect(await json('trash', to, 'list')).toMatchObject([{ key: 'agent:a', reason: 'overwritten' }]);
  });

  test('does not touch what it copies from', async () => {
    const from = join(folder, 'session.db');
    writeFileSync(from, readFileSync(join(FIXTURES, 'session.db')));
    expect((await run(['copy', from, join(folder, 'to')])).code).toBe(0);
    expect(readFileSync(from).equals(readFileSync(join(FIXTURES, 'session.db')))).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(['session.db', 'state.json', 'to']);
  });

  test.runIf(process.platform !== 'win32')(
    'interrupted: 130, within a second, and what was copied is whole',
    async () => {
      const from = join(folder, 'many');
      const states = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`agent:${i}`, { n: i }]));
      writeFileSync(
        join(folder, 'many.json'),
        JSON.stringify({ metadata: { backup_name: 'x', total_states: 3000 }, states }),
      );
      const to = await made('filesystem');
      const child = spawn(process.execPath, [CLI, 'copy', `${from}.json`, to, '--json'], {
        env: { ...process.env, ...env },
      });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      await expect
        .poll(() => existsSync(join(to, 'agents')) && readdirSync(join(to, 'agents')).length > 20, { timeout: 20_000 })
        .toBe(true);
      const asked = performance.now();
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number];
      expect(performance.now() - asked).toBeLessThan(1000);
      expect(code).toBe(130);
      const report = JSON.parse(text) as { cancelled: boolean; states: { key: string; outcome: string }[] };
      expect(report.cancelled).toBe(true);
      expect(report.states.length).toBeGreaterThan(0);
      expect((await run(['validate', to])).code).toBe(0);
      const there = ((await json('ls', to)) as unknown[]).length;
      // The one at work when it was stopped may be there, too.
      expect(there - report.states.length).toBeOneOf([0, 1]);
    },
  );
});

describe('a persistence.yaml', () => {
  const YAML = `persistence:
  default_backend: files
  backends:
    files: {type: filesystem, base_path: ./data}
    db: {type: sqlite, path: "\${DB_NAME}.db"}
    memory: {type: memory}
  rules:
    - {pattern: "agent:*", backend: db, ttl: 60}
    - {pattern: "cache:*", backend: memory}
`;
  const given = { env: { DB_NAME: 'agents' } };

  test('each state goes where its rule says; what is not there yet is made; what nothing keeps is refused', async () => {
    const path = join(folder, 'persistence.yaml');
    writeFileSync(path, YAML);
    expect(await run(['put', path, 'agent:a', file, '--write'], given)).toMatchObject({ code: 0, err: '' });
    expect(await run(['put', path, 'note:n', file, '--write'], given)).toMatchObject({ code: 0, err: '' });
    const refused = await run(['put', path, 'cache:c', file, '--write'], given);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('memory');
    expect(existsSync(join(folder, 'agents.db'))).toBe(true);
    expect(readdirSync(join(folder, 'data', 'note'))).toEqual(['n.json']);
    const info = JSON.parse((await run(['info', path, '--json'], given)).text) as object;
    expect(info).toMatchObject({ source: { format: 'persistence' }, states: 2, kinds: { agent: 1, note: 1 } });
    const deleted = JSON.parse((await run(['rm', path, 'agent:a', '--write', '--json'], given)).text) as {
      trash: string;
    };
    expect((await run(['trash', path, 'restore', deleted.trash, '--write'], given)).code).toBe(0);
  });

  test('faults are told with their lines', async () => {
    const path = join(folder, 'persistence.yaml');
    writeFileSync(path, YAML);
    const { code, err } = await run(['ls', path]);
    expect(code).toBe(2);
    expect(err).toMatch(/line 5, column 30: .*DB_NAME/);
  });
});

describe('a foreign source', () => {
  test('has a state replaced and taken away, and gives both back', async () => {
    const source = join(folder, 'sessions');
    mkdirSync(source);
    const path = join(source, 'qa.json');
    copyFileSync(join(FIXTURES, 'jsonsession-1.0.21', 'qa.json'), path);
    const before = readFileSync(path, 'utf8');
    const data = { env: { XDG_CONFIG_HOME: join(folder, 'config'), APPDATA: join(folder, 'config') } };
    expect(await run(['put', source, 'session:qa', file], data)).toMatchObject({ code: 2, text: '' });
    expect(await run(['put', source, 'session:qa', file, '--write'], data)).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(path, 'utf8').trimEnd()).toBe(readFileSync(file, 'utf8'));
    const [entry] = JSON.parse((await run(['trash', source, 'list', '--json'], data)).text) as {
      id: string;
      key: string;
    }[];
    expect(entry).toMatchObject({ key: 'session:qa', reason: 'overwritten' });
    expect(await run(['trash', source, 'restore', entry?.id ?? '', '--write'], data)).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(await run(['put', source, 'session:none', file, '--write'], data)).toMatchObject({ code: 2 });
    expect(await run(['rm', source, 'session:qa', '--write', '--expect', 'x'], data)).toMatchObject({ code: 1 });
    expect(readdirSync(source)).toEqual(['qa.json']);
    expect(await run(['rm', source, 'session:qa', '--write'], data)).toMatchObject({ code: 0 });
    expect(readdirSync(source)).toEqual([]);
  });

  test('of a format that is only read says why', async () => {
    const dump = join(FIXTURES, 'redis-session-1.0.21.keys.json');
    const { code, err } = await run(['put', dump, 'session:x', file, '--write']);
    expect(code).toBe(2);
    expect(err).toContain('backup or dump');
  });
});

test('an encrypted store opens with the passphrase of the environment, and says what it needs without', async () => {
  const secret = { env: { STATESCOPE_PASSPHRASE: 'correct horse' } };
  const store = join(folder, 'secret');
  expect(await run(['init', store, '--backend', 'filesystem', '--encrypt'], secret)).toMatchObject({ code: 0 });
  expect(await run(['put', store, 'agent:a', file, '--write'], secret)).toMatchObject({ code: 0 });
  expect(await run(['get', store, 'agent:a', '$.id'], secret)).toMatchObject({
    code: 0,
    text: '12345678901234567890\n',
  });
  const without = await run(['ls', store]);
  expect(without.code).toBe(2);
  expect(without.err).toContain('passphrase');
});
