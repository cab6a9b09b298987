import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { fixture, makeDatabase, temporaryFolder, write } from '../sources/test-support.ts';
import { ABSENT, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { openFilesystemBackend } from './filesystem-backend.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import { rememberSettings } from './open-store-folder.ts';

async function open(location: string, options: StoreOptions = {}): Promise<StateBackend> {
  const store = await openStore(location, { env: {}, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function refusal(location: string, options: StoreOptions = {}): Promise<SourceError> {
  try {
    await open(location, options);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('it opened');
}

describe('what a location is, its content decides', () => {
  test('a new folder and a new database, when they are to be made', async () => {
    const folder = temporaryFolder();
    for (const [name, kind] of [
      ['new', 'filesystem'],
      ['new.db', 'sqlite'],
    ] as const) {
      const path = join(folder, name);
      expect((await refusal(path)).code).toBe('path-missing');
      const made = await open(path, { create: true });
      expect(made.kind).toBe(kind);
      await made.save('agent:a', recordOf('1'), ABSENT);
      await made.close();
      expect(await (await open(path)).list()).toEqual(['agent:a']);
      expect((await open(pathToFileURL(path).href)).kind).toBe(kind);
    }
  });

  test('a persistence.yaml, whatever its name; its relative paths begin at its folder', async () => {
    const folder = temporaryFolder();
    const yaml = write(
      folder,
      'conf/mine.yml',
      'persistence:\n  default_backend: f\n  backends:\n    f: {type: filesystem, base_path: ../data, compression: true}\n    s: {type: sqlite, path: "${FILE}.db"}\n    m: {type: memory}\n  rules:\n    - {pattern: "agent:*", backend: s}\n    - {pattern: "cache:*", backend: m}\n',
    );
    const store = await open(yaml, { create: true, env: { FILE: 'agents' } });
    expect(store.kind).toBe('routed');
    for (const key of ['agent:a', 'session:s', 'cache:c']) await store.save(key, recordOf('1'), ABSENT);
    expect(await store.list()).toEqual(['agent:a', 'cache:c', 'session:s']);
    expect(readdirSync(join(folder, 'data', 'sessions'))).toEqual(['s.json.gz']);
    expect(readdirSync(join(folder, 'conf'))).toContain('agents.db');
  });

  test('what would go to memory is refused where nothing keeps it', async () => {
    const yaml = write(temporaryFolder(), 'p.yaml', 'persistence: {default_backend: m, backends: {m: {type: memory}}}');
    const store = await open(yaml, { volatile: 'refuse' });
    await expect(store.save('a:1', recordOf('1'), ABSENT)).rejects.toMatchObject({ code: 'not-writable' });
  });

  test.each([
    ['a JSON file', fixture('agentstate-2.x.json')],
    ['a folder of sessions', fixture('jsonsession-1.0.21')],
    ["another program's database", fixture('session.db')],
  ])('%s is no store, also when one is to be made', async (_what, path) => {
    expect((await refusal(path)).code).toBe('not-a-store');
    const copy = temporaryFolder();
    const place = join(copy, 'x.json');
    writeFileSync(place, '{}');
    expect((await refusal(place, { create: true })).code).toBe('not-a-store');
    expect((await refusal(copy, { create: true })).code).toBe('not-a-store');
    expect(readdirSync(copy)).toEqual(['x.json']);
  });

  test('an empty folder becomes a store only when it is to', async () => {
    const folder = temporaryFolder();
    expect((await refusal(folder)).code).toBe('not-a-store');
    expect((await open(folder, { create: true })).kind).toBe('filesystem');
  });

  test("the design's table is a store, whoever made it", async () => {
    const path = makeDatabase(join(temporaryFolder(), 'x.db'), (database) => {
      database.exec(
        'CREATE TABLE agent_states (state_id TEXT NOT NULL, category TEXT NOT NULL, state_type TEXT NOT NULL, state_version TEXT NOT NULL, state_data TEXT NOT NULL, metadata TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (state_id, category))',
      );
      database.exec(
        "INSERT INTO agent_states (state_id, category, state_type, state_version, state_data) VALUES ('a', 'agents', 'T', '1', '{}')",
      );
    });
    expect(await (await open(path)).list()).toEqual(['agent:a']);
  });

  test('other addresses are refused without a word of what they hold', async () => {
    const error = await refusal('mysql://me:hunter2@host/db');
    expect(error.code).toBe('unsupported-url');
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2');
  });

  test('a faulty configuration tells its lines', async () => {
    const yaml = write(
      temporaryFolder(),
      'p.yaml',
      'persistence:\n  default_backend: x\n  backends: {m: {type: memory}}\n',
    );
    expect(await refusal(yaml)).toMatchObject({
      code: 'bad-config',
      details: { reason: expect.stringContaining('line 2') },
    });
  });
});

describe('a folder', () => {
  test('goes on as it was made: packed or not', async () => {
    const folder = temporaryFolder();
    await rememberSettings(folder, { compression: true });
    await (await open(folder)).save('agent:a', recordOf('1'), ABSENT);
    expect(readdirSync(join(folder, 'agents'))).toEqual(['a.json.gz']);
  });

  test('whose states are all packed gets packed ones', async () => {
    const folder = temporaryFolder();
    const made = await openFilesystemBackend({ basePath: folder, compression: true });
    await made.save('agent:a', recordOf('1'), ABSENT);
    await made.close();
    await (await open(folder)).save('agent:b', recordOf('1'), ABSENT);
    mkdirSync(join(folder, 'x'));
    expect(readdirSync(join(folder, 'agents')).toSorted()).toEqual(['a.json.gz', 'b.json.gz']);
  });

  test('that is encrypted needs its passphrase, from the caller or the environment; a plain one is never encrypted by it', async () => {
    const env = { STATESCOPE_PASSPHRASE: 'hunter2' };
    const plain = temporaryFolder();
    await (await open(plain, { create: true, env })).save('agent:a', recordOf('"readable"'), ABSENT);
    expect(readFileSync(join(plain, 'agents', 'a.json'), 'utf8')).toContain('readable');

    const secret = temporaryFolder();
    const yaml = write(
      temporaryFolder(),
      'p.yaml',
      `persistence: {default_backend: f, backends: {f: {type: filesystem, base_path: ${JSON.stringify(secret)}, encryption: true}}}`,
    );
    expect((await refusal(yaml, { create: true })).code).toBe('secret-needed');
    await (await open(yaml, { create: true, env })).save('agent:a', recordOf('"readable"'), ABSENT);
    expect(readFileSync(join(secret, 'agents', 'a.json')).includes('readable')).toBe(false);
    const needed = await refusal(secret);
    expect(needed.code).toBe('secret-needed');
    expect((await refusal(secret, { passphrase: 'other' })).code).toBe('secret-wrong');
    expect(await (await open(secret, { passphrase: 'hunter2' })).load('agent:a')).toMatchObject({ status: 'found' });
  });
});
