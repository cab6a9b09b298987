/** A repaired copy: every kind of source, and what becomes of it and of the original when something goes wrong. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConsistencyFinding } from '../../../shared/ipc/consistency.ts';
import type { RestoreProgress } from '../../../shared/ipc/restore.ts';
import { ABSENT } from '../persistence/backend.ts';
import { lockOfStore, OWN_FOLDER } from '../persistence/file-lock.ts';
import { openFilesystem } from '../persistence/open-store.ts';
import { openSource } from '../sources/open-source.ts';
import type { OpenOptions } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { fixture, temporaryFolder } from '../sources/test-support.ts';
import { repairCopy } from './repair-copy.ts';
import { everythingWrong, findingsOf, NOW, open, repairAll, rulesFound, sessionFile } from './test-support.ts';

const CLI = join(import.meta.dirname, '..', '..', 'cli', 'cli.ts');
const DANGLING = JSON.stringify([
  {
    id: '1',
    name: 'x',
    role: 'assistant',
    content: [
      { type: 'text', text: '喂' },
      { type: 'tool_use', id: 'a', name: 'f', input: {} },
    ],
    metadata: {},
    timestamp: 't',
  },
]);
/** `pickle.dumps({"friday": {"memory": {"content": DANGLING}}}, protocol=2)` */
const PICKLE = Buffer.from(
  'gAJ9cQBYBgAAAGZyaWRheXEBfXECWAYAAABtZW1vcnlxA31xBFgHAAAAY29udGVudHEFXXEGfXEHKFgCAAAAaWRxCFgBAAAAMXEJWAQAAABuYW1lcQpYAQAAAHhxC1gEAAAAcm9sZXEMWAkAAABhc3Npc3RhbnRxDWgFXXEOfXEPKFgEAAAAdHlwZXEQWAgAAAB0b29sX3VzZXERaAhYAQAAAGFxEmgKWAEAAABmcRNYBQAAAGlucHV0cRR9cRV1YVgIAAAAbWV0YWRhdGFxFn1xF1gJAAAAdGltZXN0YW1wcRhYAQAAAHRxGXVhc3NzLg==',
  'base64',
);
const SESSION = `{"friday": {"memory": {"content": ${DANGLING}}}}`;

/** A changed copy of a fixture. */
function database(name: string, change: (database: Sqlite.Database) => void): string {
  const path = join(temporaryFolder(), 'states.db');
  if (name === '') new Sqlite(path).close();
  else copyFileSync(fixture(name), path);
  const sqlite = new Sqlite(path);
  change(sqlite);
  sqlite.close();
  return path;
}

async function copied(location: string): Promise<string> {
  const before = existsSync(location) && location.endsWith('.db') ? readFileSync(location) : null;
  const to = join(temporaryFolder(), 'copy');
  const source = await open(location);
  expect(await rulesFound(source)).not.toEqual([]);
  const plan = await repairAll(source);
  const copy = await repairCopy(plan, to);
  expect(copy).toMatchObject({ path: to, states: plan.states.length });
  expect(await rulesFound(await open(to))).toEqual([]);
  if (before !== null) expect(readFileSync(location).equals(before)).toBe(true);
  return to;
}

describe('of every kind of source', () => {
  it('a packed file stays packed', async () => {
    const file = sessionFile(gzipSync(SESSION), 'session.json.gz');
    expect(JSON.parse(gunzipSync(readFileSync(await copied(file))).toString())).toMatchObject({
      friday: { memory: { content: { length: 2 } } },
    });
  });

  it('SqliteSession: one cell changes', async () => {
    const file = database('session.db', (sqlite) =>
      sqlite.prepare("UPDATE as_session SET session_data = ? WHERE session_id = 'bob'").run(`${SESSION}}}==`),
    );
    const rows = new Sqlite(await copied(file))
      .prepare('SELECT session_id, session_data AS data, typeof(session_data) AS kind FROM as_session')
      .all();
    const [alice, bob] = rows as { session_id: string; data: string; kind: string }[];
    const was = new Sqlite(fixture('session.db'))
      .prepare("SELECT session_data AS data FROM as_session WHERE session_id = 'alice'")
      .get() as { data: string };
    expect(alice?.data).toBe(was.data);
    expect(bob?.kind).toBe('text');
    expect(JSON.parse(bob?.data ?? '')).toMatchObject({ friday: { memory: { content: { length: 2 } } } });
  });

  it('AgentScope 2.x: the messages follow the context, row by row; credentials come along unread', async () => {
    const file = database('as-2.x.db', (sqlite) => {
      sqlite.prepare("UPDATE messages SET payload = replace(payload, 'Searching trains.', 'Searching planes.')").run();
    });
    const source = await open(file);
    expect((await findingsOf(source)).map(({ rule, details }) => [rule, details['difference']])).toEqual([
      ['kept-twice', 'other'],
    ]);
    const to = await copied(file);
    const texts = (path: string) =>
      new Sqlite(path).prepare('SELECT msg_id, created_at, json(payload) AS text FROM messages ORDER BY msg_id').all();
    expect(texts(to)).toEqual(texts(fixture('as-2.x.db')));
  });

  it('the database memory of 1.x: a call is taken out of its row, since a result would be another one', async () => {
    const file = database('', (sqlite) => {
      sqlite.exec(`CREATE TABLE users (id TEXT); CREATE TABLE session (id TEXT, user_id TEXT); CREATE TABLE message_mark (msg_id TEXT, mark TEXT);
        CREATE TABLE message (id TEXT, msg JSON, session_id TEXT, "index" INTEGER);
        INSERT INTO users VALUES ('u'); INSERT INTO session VALUES ('s', 'u'); INSERT INTO message_mark VALUES ('u-s-1', 'seen')`);
      const put = sqlite.prepare('INSERT INTO message VALUES (?, ?, ?, ?)');
      const message = (content: unknown) =>
        JSON.stringify({ id: 'm', name: 'x', role: 'assistant', content, metadata: {}, timestamp: 't' });
      put.run('u-s-1', message([{ type: 'tool_use', id: 'a', name: 'f', input: {} }]), 's', 1);
      put.run(
        'u-s-2',
        message([
          { type: 'text', text: 'hi' },
          { type: 'tool_result', id: 'b', name: 'f', output: [] },
        ]),
        's',
        2,
      );
    });
    const rows = new Sqlite(await copied(file))
      .prepare('SELECT msg FROM message ORDER BY "index"')
      .pluck()
      .all() as string[];
    expect(rows.map((row) => (JSON.parse(row) as { content: unknown[] }).content)).toEqual([
      [{ type: 'text', text: expect.stringContaining('taken out') as string }],
      [{ type: 'text', text: 'hi' }],
    ]);
  });

  it('a dump of Redis: escapes outside of the repair stay as they are', async () => {
    const inner = SESSION.replace('喂', String.raw`\u5582`);
    const dump = JSON.stringify({
      'user_id:u:session:s:state': { type: 'string', ttl: -1, value: `  ${inner}` },
      'x:lock': { type: 'string', ttl: 1, value: '1' },
    });
    const to = await copied(sessionFile(dump, 'dump.json'));
    const after = readFileSync(to, 'utf8');
    expect(after).toContain(String.raw`\\u5582`);
    expect(after.slice(0, 60)).toBe(dump.slice(0, 60));
    const value = (JSON.parse(after) as Record<string, { value: string }>)['user_id:u:session:s:state']?.value ?? '';
    expect(JSON.parse(value)).toMatchObject({
      friday: { memory: { content: [{}, { content: [{ type: 'tool_result', id: 'a' }] }] } },
    });
  });

  it("the design's own tables", async () => {
    // A store stamps what it saves.
    vi.setSystemTime(NOW);
    onTestFinished(() => void vi.useRealTimers());
    const file = join(temporaryFolder(), 'states.db');
    copyFileSync(join(import.meta.dirname, '..', '..', '..', 'assets', 'sample-workspace', 'fleet.db'), file);
    const sqlite = new Sqlite(file);
    sqlite
      .prepare(
        'UPDATE agent_states SET state_data = replace(state_data, \'"status"\', \'"status": "old", "status"\') WHERE category = \'agents\'',
      )
      .run();
    sqlite.prepare("UPDATE agent_states SET state_data = state_data || '}}' WHERE state_id = 'oncall'").run();
    sqlite.close();
    const before = await everythingWrong(file);
    const hidden = before.filter((found) => found.startsWith('duplicate-key'));
    expect(hidden.length).toBeGreaterThan(0);
    expect(before).toContain('whole-text agent:oncall');
    const to = join(temporaryFolder(), 'copy.db');
    const chosen = ['duplicate-key', 'whole-text'];
    const choose = ({ rule, repair }: ConsistencyFinding) => (chosen.includes(rule) ? (repair?.id ?? null) : null);
    await repairCopy(await repairAll(await open(file), { choose }), to);
    expect(readdirSync(dirname(to))).toEqual(['copy.db']);
    const after = await everythingWrong(to);
    // The checksums beside the texts fit again, too.
    expect(after.filter((found) => !before.includes(found))).toEqual([]);
    expect(after.filter((found) => chosen.some((rule) => found.startsWith(rule)))).toEqual([]);
    const tables = (path: string) =>
      new Sqlite(path)
        .prepare("SELECT name FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY name")
        .pluck()
        .all();
    expect(tables(to)).toEqual(tables(file));
  });
});

it('the database memory of 1.x: of messages with the same text, or one within another, the right one changes', async () => {
  const call = JSON.stringify({
    id: 'm',
    name: 'x',
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }],
    metadata: {},
    timestamp: 't',
  });
  const quoting = call
    .replace('"metadata":{}', `"metadata":{"of":${call}}`)
    .replace(/"content":\[.*?\]/, '"content":"hi"');
  const result = call.replace('tool_use', 'tool_result').replace('"input":{}', '"output":[]');
  const file = database('', (sqlite) => {
    sqlite.exec(`CREATE TABLE users (id TEXT); CREATE TABLE session (id TEXT, user_id TEXT); CREATE TABLE message_mark (msg_id TEXT, mark TEXT);
      CREATE TABLE message (id TEXT, msg JSON, session_id TEXT, "index" INTEGER);
      INSERT INTO users VALUES ('u'); INSERT INTO session VALUES ('s', 'u'); INSERT INTO message_mark VALUES ('u-s-1', 'seen')`);
    const put = sqlite.prepare('INSERT INTO message VALUES (?, ?, ?, ?)');
    // The second call has no result; its row was made before the first one's.
    for (const [index, text] of [
      [1, quoting],
      [4, call],
      [2, call],
      [3, result],
    ] as const)
      put.run(`u-s-${index}`, text, 's', index);
  });
  const rows = new Sqlite(await copied(file)).prepare('SELECT msg FROM message ORDER BY "index"').pluck().all();
  expect(rows.slice(0, 3)).toEqual([quoting, call, result]);
  expect(rows[3]).toContain('taken out');
});

it('the lock of a store stays with whoever holds it in this process, and is no part of a copy', async () => {
  const folder = realpathSync(temporaryFolder());
  writeFileSync(join(folder, 'a.json'), SESSION);
  const other = `const db = new (require('better-sqlite3'))(process.argv[1], { timeout: 0 }); db.exec('BEGIN EXCLUSIVE')`;
  const lock = join(folder, OWN_FOLDER, 'lock.db');
  const takenByOther = () =>
    spawnSync(process.execPath, ['-e', other, lock], { cwd: import.meta.dirname }).status === 0;
  await lockOfStore(folder).run(async () => {
    const to = await copied(folder);
    expect(takenByOther()).toBe(false);
    expect(existsSync(join(to, OWN_FOLDER, 'lock.db'))).toBe(false);
  });
  expect(takenByOther()).toBe(true);
});

it('what may only be read is copied, and the copy may be changed', async () => {
  const folder = temporaryFolder();
  const inner = join(folder, 'sessions');
  mkdirSync(inner);
  writeFileSync(join(inner, 'a.json'), SESSION);
  copyFileSync(fixture('session.db'), join(inner, 's.db'));
  for (const name of ['a.json', 's.db']) chmodSync(join(inner, name), 0o444);
  chmodSync(inner, 0o555);
  onTestFinished(() => chmodSync(inner, 0o755));
  const to = await copied(folder);
  for (const path of ['sessions', 'sessions/a.json', 'sessions/s.db'])
    expect(statSync(join(to, path)).mode & 0o200).toBe(0o200);
});

describe('what a copy of the file or folder would not bring along is refused before anything is copied', () => {
  const HIDDEN = '{"friday": {"memory": {"content": []}, "a": 1, "a": 2}}';

  async function refusal(location: string, options: OpenOptions = {}): Promise<unknown> {
    const source = await openSource(location, options);
    onTestFinished(() => source.close());
    const plan = await repairAll(source);
    expect(plan.states).toHaveLength(1);
    const place = temporaryFolder();
    const copying = repairCopy(plan, join(place, 'copy'));
    const { code, details, message } = await copying.then(
      () => expect.fail('there is a copy'),
      (error: unknown) => (error instanceof SourceError ? error : expect.fail(String(error))),
    );
    expect(readdirSync(place)).toEqual([]);
    expect(message).not.toContain('.tmp');
    return { code, ...details };
  }

  it('the backends of a persistence.yaml', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'states'));
    writeFileSync(join(folder, 'states', 'a.json'), HIDDEN);
    const file = join(folder, 'persistence.yaml');
    writeFileSync(
      file,
      'persistence:\n  default_backend: files\n  backends:\n    files:\n      type: filesystem\n      base_path: ./states\n',
    );
    expect(await refusal(file)).toEqual({ code: 'copy-refused', location: file, reason: 'backends' });
  });

  it('an encrypted store', async () => {
    const folder = join(temporaryFolder(), 'vault');
    const passphrase = 'correct horse';
    const store = await openFilesystem(
      { basePath: folder, compression: false, encryption: true, passphrase },
      { create: true },
    );
    const record = { stateData: Buffer.from(HIDDEN), type: 'x', version: '1', timestamp: null, metadata: null };
    await store.save('agent:a', record, ABSENT);
    await store.close();
    const refused = await refusal(folder, { secret: passphrase });
    expect(refused).toEqual({ code: 'copy-refused', location: folder, reason: 'encrypted' });
  });

  it('a backup', async () => {
    const metadata = { backup_name: 'b', created_at: 't', version: '1.0.0', total_states: 1 };
    const file = sessionFile(`{"metadata": ${JSON.stringify(metadata)}, "states": {"session:a": ${HIDDEN}}}`);
    expect(await refusal(file)).toEqual({ code: 'not-writable', location: file, reason: 'format' });
  });

  it('a pickle', async () => {
    const file = sessionFile(PICKLE, 'session.pkl');
    expect(await refusal(file)).toEqual({ code: 'not-writable', location: file, reason: 'format' });
  });

  it('a pickle among other files, by its own name', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'session.pkl'), PICKLE);
    writeFileSync(join(folder, 'other.json'), '{"friday": {"memory": {"content": []}}}');
    const location = join(folder, 'session.pkl');
    expect(await refusal(folder)).toEqual({ code: 'not-writable', location, reason: 'format' });
  });

  it('a server', async () => {
    const plan = { ...(await repairAll(await open(sessionFile(HIDDEN)))), location: 'postgresql://localhost/agents' };
    const details = { location: plan.location, reason: 'server' };
    const copying = repairCopy(plan, join(temporaryFolder(), 'copy'));
    await expect(copying).rejects.toMatchObject({ code: 'copy-refused', details });
  });
});

describe('the original is as it was, and there is no copy', () => {
  it('when there is something of that name already', async () => {
    const file = sessionFile(SESSION);
    const to = join(temporaryFolder(), 'there.json');
    writeFileSync(to, 'mine');
    await expect(repairCopy(await repairAll(await open(file)), to)).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });

  it('when it would be inside of the source', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.json'), SESSION);
    const plan = await repairAll(await open(folder));
    const inside = { code: 'copy-refused', details: { location: folder, reason: 'inside' } };
    await expect(repairCopy(plan, join(folder, 'copy'))).rejects.toMatchObject(inside);
    const link = join(temporaryFolder(), 'link');
    symlinkSync(folder, link);
    await expect(repairCopy(plan, join(link, 'copy'))).rejects.toMatchObject(inside);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('when the source has changed since the plan', async () => {
    const file = sessionFile(SESSION);
    const plan = await repairAll(await open(file));
    writeFileSync(file, SESSION.replace('friday', 'monday'));
    const folder = temporaryFolder();
    await expect(repairCopy(plan, join(folder, 'copy.json'))).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('when a state is behind a link: what it leads to is not changed through the copy', async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(elsewhere, 'real'));
    writeFileSync(join(elsewhere, 'real', 'a.json'), SESSION);
    symlinkSync(join(elsewhere, 'real', 'a.json'), join(folder, 'a.json'));
    const source = await openSource(folder, { followLinks: true });
    const place = temporaryFolder();
    await expect(repairCopy(await repairAll(source), join(place, 'copy'))).rejects.toMatchObject({
      code: 'copy-refused',
      details: { location: join(folder, 'a.json'), reason: 'link' },
    });
    await source.close();
    expect(readdirSync(place)).toEqual([]);
    expect(readFileSync(join(elsewhere, 'real', 'a.json'), 'utf8')).toBe(SESSION);
  });

  it('when it is cancelled', async () => {
    const folder = temporaryFolder();
    const plan = await repairAll(await open(sessionFile(SESSION)));
    const stopped = repairCopy(plan, join(folder, 'copy.json'), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('when it is cancelled within a large file', async () => {
    const [folder, place] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(folder, 'a.json'), SESSION);
    writeFileSync(join(folder, 'b.bin'), '');
    truncateSync(join(folder, 'b.bin'), 100 << 20);
    const stop = new AbortController();
    const stopped = repairCopy(await repairAll(await open(folder)), join(place, 'copy'), {
      signal: stop.signal,
      onProgress: ({ key, done }) => {
        if (key === join(folder, 'b.bin') && done > SESSION.length) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(place)).toEqual([]);
  });

  it('when the disk is full', () => {
    const long = SESSION.replace('喂', 'x'.repeat(3 << 20));
    const file = sessionFile(long);
    const folder = temporaryFolder();
    const command = 'ulimit -f 2048 && exec "$@"';
    const run = spawnSync(
      'sh',
      ['-c', command, 'sh', process.execPath, CLI, 'doctor', file, '--repair-to', join(folder, 'copy.json')],
      {
        encoding: 'utf8',
        env: { ...process.env, XDG_CONFIG_HOME: temporaryFolder(), LANG: 'C' },
      },
    );
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/no space|space left/i);
    expect(readdirSync(folder)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(long);
  });

  it('when the process is killed in the middle', async () => {
    const [folder, place] = [temporaryFolder(), temporaryFolder()];
    for (let at = 0; at < 120; at++) writeFileSync(join(folder, `s${at}.json`), SESSION);
    const env = { ...process.env, XDG_CONFIG_HOME: temporaryFolder() };
    const child = spawn(process.execPath, [CLI, 'doctor', folder, '--repair-to', join(place, 'copy')], {
      stdio: 'ignore',
      env,
    });
    const until = Date.now() + 20_000;
    while (readdirSync(place).length === 0 && Date.now() < until && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(existsSync(join(place, 'copy'))).toBe(false);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).toBe(SESSION);
  });
});

it('tells how far it is: bytes while it copies, then the files that it repairs', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.json'), SESSION);
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep', 'b.json.gz'), gzipSync(SESSION));
  copyFileSync(fixture('session.db'), join(folder, 'c.db'));
  const plan = await repairAll(await open(folder));
  const told: RestoreProgress[] = [];
  await repairCopy(plan, join(temporaryFolder(), 'copy'), { onProgress: (progress) => told.push(progress) });
  const copying = told.filter(({ phase }) => phase === 'copying');
  const sizes = ['a.json', 'deep/b.json.gz', 'c.db'].map((name) => statSync(join(folder, name)).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(new Set(copying.map((each) => each.total))).toEqual(new Set([total]));
  expect(copying.map(({ done }) => done)).toEqual(copying.map(({ done }) => done).toSorted((a, b) => a - b));
  expect(copying.at(-1)?.done).toBe(total);
  const files = ['a.json', join('deep', 'b.json.gz')].map((name) => join(folder, name));
  const writing = told.slice(copying.length);
  expect(writing.map(({ phase, done, total }) => ({ phase, done, total }))).toEqual([
    { phase: 'writing', done: 0, total: 2 },
    { phase: 'writing', done: 1, total: 2 },
  ]);
  expect(new Set(writing.map(({ key }) => key))).toEqual(new Set(files));
});
