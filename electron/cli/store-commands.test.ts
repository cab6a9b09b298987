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

const CLI = join(import.meta.dirname, 'cli.ts');
const FIXTURES = join(import.meta.dirname, '..', 'core', 'sources', 'fixtures');
const env = { ...process.env, LANG: 'C', LC_ALL: 'C', NO_COLOR: '1' };

interface Run {
  readonly code: number | null;
  readonly text: string;
  readonly err: string;
}
function run(args: readonly string[], given: { input?: string; env?: Record<string, string> } = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    env: { ...env, ...given.env },
    ...(given.input !== undefined && { input: given.input }),
  });
  return { code: status, text: stdout.toString(), err: stderr.toString() };
}
function json(...args: string[]): unknown {
  const { text, err } = run([...args, '--json']);
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

function made(backend: 'filesystem' | 'sqlite', ...more: string[]): string {
  const path = join(folder, backend === 'sqlite' ? 'store.db' : 'store');
  expect(run(['init', path, '--backend', backend, ...more])).toMatchObject({ code: 0, err: '' });
  return path;
}

describe('init', () => {
  test.each(['filesystem', 'sqlite'] as const)('makes an empty %s store', (backend) => {
    const location = join(folder, 'new');
    expect(json('init', location, '--backend', backend)).toEqual({
      location,
      backend,
      compressed: false,
      encrypted: false,
    });
    expect(json('trash', location, 'list')).toEqual([]);
    expect(run(['put', location, 'agent:a', file, '--write'])).toMatchObject({ code: 0, err: '' });
  });

  test('refuses a place where something is, and changes nothing there', () => {
    expect(run(['init', folder, '--backend', 'filesystem'])).toMatchObject({ code: 2, text: '' });
    expect(run(['init', file, '--backend', 'sqlite']).code).toBe(2);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('wants a backend that there is', () => {
    expect(run(['init', join(folder, 'x'), '--backend', 'redis']).code).toBe(2);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  test('--compress: states are packed from then on', () => {
    const store = made('filesystem', '--compress');
    run(['put', store, 'agent:a', file, '--write']);
    expect(readdirSync(join(store, 'agents'))).toEqual(['a.json.gz']);
  });

  test('--encrypt: only the passphrase of the environment opens it, and nobody says it', () => {
    const secret = { env: { STATESCOPE_PASSPHRASE: 'hunter2' } };
    const path = join(folder, 'store');
    const outputs = [
      run(['init', path, '--backend', 'filesystem', '--encrypt'], secret),
      run(['put', path, 'agent:a', file, '--write'], secret),
      run(['put', path, 'agent:b', file, '--write']),
      run(['put', path, 'agent:b', file, '--write'], { env: { STATESCOPE_PASSPHRASE: 'other' } }),
      run(['init', join(folder, 'no'), '--backend', 'filesystem', '--encrypt']),
    ];
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 2, 2, 2]);
    expect(readFileSync(join(path, 'agents', 'a.json')).includes('score')).toBe(false);
    expect(JSON.stringify(outputs)).not.toMatch(/hunter2/);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('put', () => {
  test.each(['filesystem', 'sqlite'] as const)('gives a state an envelope, and keeps its bytes: %s', (backend) => {
    const store = made(backend);
    expect(json('put', store, 'agent:a', file, '--type', 'agents.X', '--write')).toEqual({
      key: 'agent:a',
      status: 'saved',
      revision: expect.any(String),
      replaced: null,
      bytes: 42,
    });
    const data = backend === 'sqlite' ? '$' : '$.state_data';
    expect(run(['get', store, 'agent:a', data, '--json']).text).toBe('{"id": 12345678901234567890, "score": NaN}\n');
    expect(run(['validate', store]).code).toBe(0);
  });

  test('takes an envelope apart, from standard input', () => {
    const store = made('filesystem');
    const input =
      '{"__type__": "a.B", "__version__": "7", "__timestamp__": "2026-01-02T03:04:05Z", "state_data": [1.0]}';
    expect(run(['put', store, 'session:s', '-', '--write'], { input })).toMatchObject({ code: 0 });
    const text = readFileSync(join(store, 'sessions', 's.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      __type__: 'a.B',
      __version__: '7',
      __timestamp__: '2026-01-02T03:04:05Z',
    });
    expect(text).toContain('[1.0]');
  });

  test('keeps what it overwrites, and the type where none is given', () => {
    const store = made('sqlite');
    run(['put', store, 'agent:a', file, '--type', 'agents.X', '--write']);
    expect(json('put', store, 'agent:a', file, '--write')).toMatchObject({ replaced: expect.any(String) });
    expect(json('ls', store)).toMatchObject([{ type: 'agents.X' }]);
    expect(json('trash', store, 'list')).toMatchObject([{ key: 'agent:a', reason: 'overwritten', bytes: 42 }]);
  });

  test('--expect: only what was seen is overwritten', () => {
    const store = made('filesystem');
    const first = json('put', store, 'agent:a', file, '--expect', 'absent', '--write') as { revision: string };
    const again = run(['put', store, 'agent:a', file, '--expect', 'absent', '--write', '--json']);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.text)).toEqual({ key: 'agent:a', status: 'conflict', current: first.revision });
    expect(json('put', store, 'agent:a', file, '--expect', first.revision, '--write')).toMatchObject({
      status: 'saved',
    });
  });

  test.each([
    ['half a value', '{"a": ', 'byte'],
    ['nothing', '', 'nothing in it'],
  ])('%s is no state, and no store is even opened', (_what, input, told) => {
    const { code, text, err } = run(['put', join(folder, 'nowhere'), 'agent:a', '-', '--write'], { input });
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(err).toContain(told);
  });
});

describe('rm and trash', () => {
  test('what is deleted comes back as it was', () => {
    const store = made('filesystem');
    run(['put', store, 'agent:a', file, '--write']);
    const before = run(['get', store, 'agent:a', '--json']).text;
    const deleted = json('rm', store, 'agent:a', '--write') as { trash: string };
    expect(deleted).toEqual({ key: 'agent:a', status: 'deleted', trash: expect.any(String) });
    expect(run(['rm', store, 'agent:a', '--write']).code).toBe(1);
    expect(json('trash', store, 'list')).toEqual([
      {
        id: deleted.trash,
        key: 'agent:a',
        reason: 'deleted',
        trashedAt: expect.any(String),
        bytes: expect.any(Number),
      },
    ]);
    expect(run(['trash', store, 'restore', 'no-such-id', '--write']).code).toBe(1);
    expect(json('trash', store, 'restore', deleted.trash, '--write')).toMatchObject({
      key: 'agent:a',
      status: 'saved',
    });
    expect(run(['get', store, 'agent:a', '--json']).text).toBe(before);
  });

  test('--expect: what has changed meanwhile stays', () => {
    const store = made('sqlite');
    run(['put', store, 'agent:a', file, '--write']);
    expect(run(['rm', store, 'agent:a', '--expect', 'other', '--write']).code).toBe(1);
    expect(run(['get', store, 'agent:a']).code).toBe(0);
  });

  test('anything but list and restore ID is no usage', () => {
    for (const args of [['list', 'x'], ['restore'], ['empty']]) expect(run(['trash', folder, ...args]).code).toBe(2);
  });
});

describe('without --write nothing is written, and the refusal says so', () => {
  test.each([
    ['put', ['agent:a', 'FILE']],
    ['rm', ['agent:a']],
    ['trash', ['restore', '1']],
  ])('%s', (command, args) => {
    const { code, text, err } = run([command, folder, ...args.map((arg) => (arg === 'FILE' ? file : arg))]);
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(err).toContain('--write');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('copy, when it would replace something', () => {
    const { code, err } = run(['copy', join(FIXTURES, 'session.db'), join(folder, 'new'), '--overwrite', 'always']);
    expect(code).toBe(2);
    expect(err).toContain('--write');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });
});

describe('what is no store', () => {
  test.each([
    ['a session file', join(FIXTURES, 'agentstate-2.x.json')],
    ['a folder of sessions', join(FIXTURES, 'jsonsession-1.0.21')],
  ])('%s takes no new states', (_what, path) => {
    const { code, err } = run(['put', path, 'agent:a', file, '--write']);
    expect(code).toBe(2);
    expect(err).toContain('statescope init');
  });

  test('nor a place where nothing is', () => {
    expect(run(['put', join(folder, 'nothing'), 'agent:a', file, '--write']).code).toBe(2);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  test('a key has a kind', () => {
    expect(run(['put', made('sqlite'), 'planner', file, '--write']).code).toBe(2);
  });
});

describe('copy', () => {
  test('takes states of any source into a store, which is made when it is not there', () => {
    const from = join(FIXTURES, 'jsonsession-1.0.21');
    const to = join(folder, 'new.db');
    const dry = json('copy', from, to, '--dry-run');
    expect(existsSync(to)).toBe(false);
    const real = json('copy', from, to) as { states: { key: string }[] };
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
    expect(json('copy', from, to)).toMatchObject({ counts: { copied: 0, same: 2 }, bytes: 0 });
    const get = (place: string) => run(['get', place, 'session:qa', '--json']).text;
    expect(get(to)).toBe(get(from));
  });

  test('says what was not copied, and ends with 1', () => {
    const from = made('filesystem');
    run(['put', from, 'agent:a', file, '--write']);
    run(['put', from, 'note:b', file, '--write']);
    const to = made('sqlite');
    run(['put', to, 'agent:a', '-', '--write'], { input: '1' });
    const first = run(['copy', from, to, '--json']);
    expect(first.code).toBe(1);
    expect(JSON.parse(first.text)).toMatchObject({ counts: { copied: 1, conflict: 1 } });
    expect(run(['copy', from, to, '--write', '--overwrite', 'always', '--only', 'agent:*']).code).toBe(0);
    expect(run(['get', to, 'agent:a', '--json']).text).toContain('NaN');
    expect(json('trash', to, 'list')).toMatchObject([{ key: 'agent:a', reason: 'overwritten' }]);
  });

  test('does not touch what it copies from', () => {
    const from = join(folder, 'session.db');
    writeFileSync(from, readFileSync(join(FIXTURES, 'session.db')));
    expect(run(['copy', from, join(folder, 'to')]).code).toBe(0);
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
      const to = made('filesystem');
      const child = spawn(process.execPath, [CLI, 'copy', `${from}.json`, to, '--json'], { env });
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
      expect(run(['validate', to]).code).toBe(0);
      const there = (json('ls', to) as unknown[]).length;
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

  test('each state goes where its rule says; what is not there yet is made; what nothing keeps is refused', () => {
    const path = join(folder, 'persistence.yaml');
    writeFileSync(path, YAML);
    expect(run(['put', path, 'agent:a', file, '--write'], given)).toMatchObject({ code: 0, err: '' });
    expect(run(['put', path, 'note:n', file, '--write'], given)).toMatchObject({ code: 0, err: '' });
    const refused = run(['put', path, 'cache:c', file, '--write'], given);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('memory');
    expect(existsSync(join(folder, 'agents.db'))).toBe(true);
    expect(readdirSync(join(folder, 'data', 'note'))).toEqual(['n.json']);
    const info = JSON.parse(run(['info', path, '--json'], given).text) as object;
    expect(info).toMatchObject({ source: { format: 'persistence' }, states: 2, kinds: { agent: 1, note: 1 } });
    const deleted = JSON.parse(run(['rm', path, 'agent:a', '--write', '--json'], given).text) as { trash: string };
    expect(run(['trash', path, 'restore', deleted.trash, '--write'], given).code).toBe(0);
  });

  test('faults are told with their lines', () => {
    const path = join(folder, 'persistence.yaml');
    writeFileSync(path, YAML);
    const { code, err } = run(['ls', path]);
    expect(code).toBe(2);
    expect(err).toMatch(/line 5, column 30: .*DB_NAME/);
  });
});

describe('a foreign source', () => {
  test('has a state replaced and taken away, and gives both back', () => {
    const source = join(folder, 'sessions');
    mkdirSync(source);
    const path = join(source, 'qa.json');
    copyFileSync(join(FIXTURES, 'jsonsession-1.0.21', 'qa.json'), path);
    const before = readFileSync(path, 'utf8');
    const data = { env: { XDG_CONFIG_HOME: join(folder, 'config'), APPDATA: join(folder, 'config') } };
    expect(run(['put', source, 'session:qa', file], data)).toMatchObject({ code: 2, text: '' });
    expect(run(['put', source, 'session:qa', file, '--write'], data)).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(path, 'utf8').trimEnd()).toBe(readFileSync(file, 'utf8'));
    const [entry] = JSON.parse(run(['trash', source, 'list', '--json'], data).text) as { id: string; key: string }[];
    expect(entry).toMatchObject({ key: 'session:qa', reason: 'overwritten' });
    expect(run(['trash', source, 'restore', entry?.id ?? '', '--write'], data)).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(run(['put', source, 'session:none', file, '--write'], data)).toMatchObject({ code: 2 });
    expect(run(['rm', source, 'session:qa', '--write', '--expect', 'x'], data)).toMatchObject({ code: 1 });
    expect(readdirSync(source)).toEqual(['qa.json']);
    expect(run(['rm', source, 'session:qa', '--write'], data)).toMatchObject({ code: 0 });
    expect(readdirSync(source)).toEqual([]);
  });

  test('of a format that is only read says why', () => {
    const dump = join(FIXTURES, 'redis-session-1.0.21.keys.json');
    const { code, err } = run(['put', dump, 'session:x', file, '--write']);
    expect(code).toBe(2);
    expect(err).toContain('backup or dump');
  });
});

test('an encrypted store opens with the passphrase of the environment, and says what it needs without', () => {
  const secret = { env: { STATESCOPE_PASSPHRASE: 'correct horse' } };
  const store = join(folder, 'secret');
  expect(run(['init', store, '--backend', 'filesystem', '--encrypt'], secret)).toMatchObject({ code: 0 });
  expect(run(['put', store, 'agent:a', file, '--write'], secret)).toMatchObject({ code: 0 });
  expect(run(['get', store, 'agent:a', '$.id'], secret)).toMatchObject({ code: 0, text: '12345678901234567890\n' });
  const without = run(['ls', store]);
  expect(without.code).toBe(2);
  expect(without.err).toContain('passphrase');
});
