/** The commands of history, as a script sees them: real processes that record what other processes write. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { journalFile } from '../core/live/open-recording.ts';
import { until } from '../core/live/test-support.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { JournalWriter } from '../core/tracking/journal-writer.ts';
import { StateRecorder } from '../core/tracking/state-recorder.ts';
import { type CommandRun, runHere } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');

let folder: string;
let source: string;
let journal: string;
let variables: Record<string, string>;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-history-'));
  source = join(folder, 'source');
  journal = join(folder, 'x.journal');
  mkdirSync(join(folder, 'tmp'));
  mkdirSync(source);
  variables = { LANG: 'C', LC_ALL: 'C', NO_COLOR: '1', XDG_CONFIG_HOME: folder, TMPDIR: join(folder, 'tmp') };
  env = { ...process.env, ...variables };
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]): Promise<CommandRun> => runHere(args, variables);

interface Row {
  readonly seq: number;
  readonly time: string;
  readonly key: string;
  readonly path: string;
  readonly type: string;
  readonly kind: string;
  readonly origin: string;
  readonly old: string | null;
  readonly new: string | null;
}
async function rows(...args: string[]): Promise<Row[]> {
  const { text, err } = await run('history', ...args, '--json');
  if (text === '') throw new Error(err);
  return JSON.parse(text) as Row[];
}

interface Running {
  readonly process: ChildProcess;
  text: string;
  err: string;
  /** Its exit code, after a signal. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}
/** Resolves when it says that it follows. */
async function follow(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const running: Running = {
    process: child,
    text: '',
    err: '',
    async end(signal) {
      if (signal !== undefined) child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
  child.stdout.on('data', (chunk: Buffer) => (running.text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (running.err += chunk.toString()));
  await until(() => running.err.includes('Ctrl+C ends it') || child.exitCode !== null, 'it follows', 20);
  return running;
}

const save = (name: string, text: string) => writeFileSync(join(source, name), text);
const lines = ({ text }: Running): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

/** n = 0, 1, …, and the exact texts. */
async function recorded(saves: number): Promise<string[]> {
  const texts = Array.from({ length: saves }, (_, n) => `{"n": ${n}, "score": 553.0, "ok": ${n < 3},\n "nan": NaN}`);
  save('a.json', texts[0] ?? '');
  const recording = await follow('record', source, '--journal', journal);
  for (const [n, text] of texts.entries()) {
    if (n === 0) continue;
    save('a.json', text);
    await until(async () => (await run('at', journal, 'file:a', String(1e6))).code === 1, 'it can be read meanwhile');
    await sleep(150);
  }
  expect(await recording.end('SIGTERM')).toBe(0);
  return texts;
}

describe('history, at, bisect', () => {
  test('a journal is searched, a state is as it was, and the change that broke it is found', async () => {
    const texts = await recorded(6);
    const all = await rows(journal);
    expect(Object.keys(all[0] ?? {})).toEqual(['seq', 'time', 'key', 'path', 'type', 'kind', 'origin', 'old', 'new']);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => all.length - at));
    expect(all.at(-1)).toMatchObject({ type: 'created', kind: 'added', path: '', old: null, new: texts[0] });
    const numbers = await rows(journal, 'path:n', '-type:created');
    expect(numbers.map((row) => `${row.old} ${row.new}`)).toEqual(['4 5', '3 4', '2 3', '1 2', '0 1']);
    expect(await rows(journal, 'path:n', '--limit', '2')).toHaveLength(2);
    expect((await run('history', journal, 'path:n')).text).toMatch(/ file:a {2}n {2}4 → 5 {2}external watch\n/);

    for (const [at, row] of numbers.toReversed().entries()) {
      const text = `${texts[at + 1]}\n`;
      expect(await run('at', journal, 'file:a', String(row.seq), '--json')).toEqual({ code: 0, text, err: '' });
      expect((await run('at', journal, 'file:a', row.time, '--json')).text).toBe(text);
    }
    expect((await run('at', journal, 'file:a', '1')).text).toBe(
      '{\n  "n": 0,\n  "score": 553.0,\n  "ok": true,\n  "nan": NaN\n}\n',
    );

    for (const linear of [[], ['--linear']]) {
      const { code, text } = await run('bisect', journal, 'file:a', '$.n < 3', '--json', ...linear);
      const found = JSON.parse(text) as { change: Row };
      expect({ code, found }).toMatchObject({
        code: 0,
        found: { change: { path: 'n', old: '2', new: '3' }, commits: 6, note: 'found', assumed: linear.length === 0 },
      });
    }
    expect(await run('bisect', journal, 'file:a', '$.n < 100')).toMatchObject({ code: 1, err: '' });
  }, 60_000);

  test('the journal that the window keeps is found by the source, also when that is gone', async () => {
    const kept = journalFile(join(folder, 'Statescope', 'journals'), source);
    mkdirSync(join(kept, '..'), { recursive: true });
    save('a.json', '{"n": 1}');
    const recording = await follow('record', source, '--journal', kept);
    expect(await recording.end('SIGINT')).toBe(0);
    rmSync(source, { recursive: true });
    expect(await rows(source)).toHaveLength(1);
    expect((await run('at', source, 'file:a', 'now', '--json')).text).toBe('{"n": 1}\n');
  }, 30_000);

  test('1: no journal, no such state, no state then; and what to do', async () => {
    save('a.json', '{}');
    expect(await run('history', source)).toMatchObject({ code: 1, text: '', err: expect.stringContaining('record') });
    const recording = await follow('record', source, '--journal', journal);
    await recording.end('SIGINT');
    expect(await run('at', journal, 'file:b', '1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('knows no state'),
    });
    expect(await run('at', journal, 'file:a', '2')).toMatchObject({ code: 1, text: '' });
    expect(await run('at', journal, 'file:a', '-1h')).toMatchObject({ code: 1, text: '' });
    expect((await run('bisect', journal, 'file:b', 'true == true')).code).toBeGreaterThan(0);
  }, 30_000);

  test.each([
    [['history', 'x', 'path:a', 'foo:b'], 'path:a foo:b', 7],
    [['watch', 'x', '会话 foo:b'], '会话 foo:b', 3],
    [['at', 'x', 'k', 'tomorrow'], 'tomorrow', 0],
    [['bisect', 'x', 'k', '$.a !! 1'], '$.a !! 1', 4],
  ])('2: %j is not understood, and the place is shown', async (args, text, offset) => {
    const { code, err, text: out } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    // A Chinese sign is two columns wide.
    const pad = text.slice(0, offset).replaceAll(/./g, (char) => (char > '\u2fff' ? '  ' : ' '));
    expect(err).toContain(`\n  ${text}\n  ${pad}^\n`);
  });

  test.each([
    ['an option that does not exist', ['history', 'x', '--limt', '3'], '--limt'],
    ['no number of changes', ['history', 'x', '--limit', 'all'], '--limit'],
    ['no journal to record into', ['record', 'x'], '--journal'],
    ['a source that does not exist', ['watch', '/no/such/place'], '/no/such/place'],
  ])('2: %s', async (_what, args, told) => {
    expect(await run(...args)).toMatchObject({ code: 2, text: '', err: expect.stringContaining(told) });
  });

  test('2: a journal that is cut off, told as such', async () => {
    await recorded(2);
    truncateSync(journal, 5000);
    expect(await run('history', journal)).toMatchObject({
      code: 2,
      text: '',
      err: expect.stringContaining('damaged or cut off'),
    });
  }, 30_000);
});

describe('record', () => {
  test('goes on where it ended; another process cannot record into the same journal, and can read it', async () => {
    save('a.json', '{"n": 1}');
    const first = await follow('record', source, '--journal', journal, '--json');
    expect(await run('record', source, '--journal', journal)).toMatchObject({
      code: 2,
      text: '',
      err: expect.stringContaining('locked'),
    });
    await until(async () => (await rows(journal)).length === 1, 'it can be read meanwhile');
    expect(await first.end('SIGINT')).toBe(0);
    // With how it went: what the program took while it recorded, and advice about what was recorded.
    const performance = expect.objectContaining({
      current_metrics: expect.objectContaining({ journal_bytes: expect.any(Number) }),
      recommendations: [],
    });
    expect(JSON.parse(first.text)).toEqual({ source, journal, commits: 1, changes: 1, lastSeq: 1, performance });
    save('a.json', '{"n": 2}');
    const second = await follow('record', source, '--journal', journal);
    expect(second.err).not.toContain('was not ended');
    await second.end('SIGTERM');
    expect((await rows(journal)).map((row) => row.new)).toEqual(['2', '{"n": 1}']);
  }, 30_000);

  test('refuses the journal of another source, a file that is none, and a place inside of the source', async () => {
    save('a.json', '{"n": 1}');
    await (await follow('record', source, '--journal', journal)).end('SIGINT');
    const other = join(folder, 'other');
    mkdirSync(other);
    copyFileSync(join(source, 'a.json'), join(other, 'b.json'));
    const database = new Sqlite(join(folder, 'theirs.db'));
    database.exec('CREATE TABLE mine (x)');
    database.close();
    expect(await run('record', other, '--journal', journal)).toMatchObject({
      code: 2,
      err: expect.stringContaining(source),
    });
    expect((await run('record', source, '--journal', join(folder, 'theirs.db'))).code).toBe(2);
    expect(await run('record', source, '--journal', join(source, 'x.journal'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('inside'),
    });
    expect(readdirSync(source)).toEqual(['a.json']);
    expect(await rows(journal)).toHaveLength(1);
  }, 30_000);

  test('kill -9 loses at most what a tenth of a second brought, and the next recording tells', async () => {
    save('a.json', '{"n": 0}');
    const killed = await follow('record', source, '--journal', journal);
    let kept = 0;
    for (let n = 1; n <= 15; n++) {
      save('a.json', `{"n": ${n}}`);
      await sleep(100);
      kept = n;
    }
    // To be seen takes a moment, to be written a tenth of a second at most.
    await sleep(200);
    save('a.json', '{"n": 99}');
    killed.process.kill('SIGKILL');
    await killed.end();
    expect(Number((await rows(journal, 'path:n'))[0]?.new)).toBeGreaterThanOrEqual(kept);
    const next = await follow('record', source, '--journal', journal);
    expect(next.err).toContain('was not ended');
    await next.end('SIGTERM');
    expect((await rows(journal, 'path:n'))[0]?.new).toBe('99');
  }, 30_000);

  test('goes on when the source was away', async () => {
    save('a.json', '{"n": 1}');
    const recording = await follow('record', source, '--journal', journal);
    renameSync(source, `${source}-away`);
    await until(() => recording.err.includes('does not exist'), 'it is told');
    renameSync(`${source}-away`, source);
    save('a.json', '{"n": 2}');
    await until(() => recording.err.includes('can be read again'), 'it goes on');
    expect(await recording.end('SIGTERM')).toBe(0);
    expect((await rows(journal)).map(({ type }) => type)).toEqual(['external', 'created']);
  }, 30_000);
});

describe('watch', () => {
  test('one JSON a line for each change that fits, at once; nothing is left anywhere', async () => {
    save('a.json', '{"status": "idle", "n": 1}');
    const watching = await follow('watch', source, 'path:status');
    save('a.json', '{"status": "error", "n": 2}');
    await until(() => watching.text.endsWith('\n'), 'the line comes while it runs');
    expect(await watching.end('SIGINT')).toBe(0);
    expect(lines(watching)).toEqual([
      expect.objectContaining({
        key: 'file:a',
        path: 'status',
        type: 'external',
        kind: 'changed',
        old: '"idle"',
        new: '"error"',
      }),
    ]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(existsSync(join(folder, 'Statescope'))).toBe(false);
  }, 30_000);

  test('a Python program that rewrites its session in place, in parts: never damaged, every value seen', async () => {
    writeFileSync(
      join(folder, 'agent.py'),
      `import json, sys, time
memory = []
for n in range(5):
    memory.append({"role": "user", "content": "x" * 3000, "n": n})
    text = json.dumps({"friday": {"memory": {"content": memory}}}, indent=1)
    with open(sys.argv[1], "w") as file:
        for part in range(0, len(text), len(text) // 3 + 1):
            file.write(text[part:part + len(text) // 3 + 1])
            file.flush()
            time.sleep(0.1)
    time.sleep(0.3)
`,
    );
    save('alice.json', '{"friday": {"memory": {"content": []}}}');
    const watching = await follow('watch', source);
    expect(spawnSync('python3', [join(folder, 'agent.py'), join(source, 'alice.json')]).stderr.toString()).toBe('');
    await until(() => lines(watching).length >= 5, 'all are seen');
    expect(await watching.end('SIGTERM')).toBe(0);
    expect(watching.err.split('\n')).toHaveLength(2);
    expect(lines(watching).map(({ kind, path }) => `${kind} ${path}`)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `added friday.memory.content[${n}]`),
    );
  }, 30_000);

  test('rows of a SQLite database', async () => {
    const path = join(folder, 'session.db');
    const database = new Sqlite(path);
    database.exec(
      'CREATE TABLE as_session (session_id TEXT PRIMARY KEY, session_data TEXT, created_at TEXT, updated_at TEXT)',
    );
    const insert = database.prepare("INSERT OR REPLACE INTO as_session VALUES (?, ?, '2026', '2026')");
    insert.run('a', '{"friday": {"n": 1}}');
    const watching = await follow('watch', path);
    insert.run('a', '{"friday": {"n": 2}}');
    await until(() => lines(watching).length === 1, 'the change is seen');
    insert.run('b', '{"friday": {}}');
    await until(() => lines(watching).length === 2, 'the row is seen');
    database.close();
    expect(await watching.end('SIGINT')).toBe(0);
    expect(lines(watching)).toMatchObject([
      { path: 'friday.n', old: '1', new: '2' },
      { key: 'session:b', type: 'created' },
    ]);
  }, 30_000);

  test('ends quietly when nobody reads any more', async () => {
    save('a.json', '{"n": 0}');
    const watching = await follow('watch', source);
    watching.process.stdout?.destroy();
    for (let n = 1; watching.process.exitCode === null && n < 20; n++) {
      save('a.json', `{"n": ${n}}`);
      await sleep(200);
    }
    expect(await watching.end()).toBe(0);
    expect(watching.err.split('\n')).toHaveLength(2);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  }, 30_000);
});

test('the place of a journal is the same for the window and for the commands', async () => {
  expect(readFileSync(join(import.meta.dirname, '..', 'main', 'workspaces.ts'), 'utf8')).toContain("'journals'");
});

test('prune forgets the oldest changes, and says before what it would do', async () => {
  const { journal: made } = recordedBlocks();
  const changes = async (): Promise<number> => (await rows(made, '--limit', '100000')).length;
  const before = await changes();
  expect(await run('prune', made, '--max-changes', '10')).toMatchObject({ code: 2, text: '' });
  const dry = JSON.parse((await run('prune', made, '--max-changes', '10', '--dry-run', '--json')).text) as {
    changes: number;
  };
  expect(dry.changes).toBeGreaterThan(0);
  expect(await changes()).toBe(before);
  const done = await run('prune', made, '--max-changes', '10', '--write', '--json');
  expect(JSON.parse(done.text)).toEqual({ ...dry, dryRun: false });
  expect(await changes()).toBe(before - dry.changes);
  // The state as of now can still be had.
  expect((await run('at', made, 'agent:a', '5000', '--json')).text.trim()).toBe('{"n":4999}');
  expect((await run('prune', made, '--max-age', 'soon', '--dry-run')).code).toBe(2);
});

/** A journal with more changes than one block of it has. */
function recordedBlocks(): { readonly journal: string } {
  const file = join(folder, 'blocks.journal');
  const opened = openJournal(file, { source: 'test' });
  const writer = new JournalWriter(opened);
  const states = new StateRecorder({ journal: opened, writer, now: Date.now });
  for (let n = 0; n < 5000; n += 1) states.recordState('agent:a', Buffer.from(`{"n":${n}}`), { origin: 'test' });
  writer.close();
  opened.close();
  return { journal: file };
}
