/** What the filesystem backend does with files, beyond what every backend does: behaviour-suite.ts. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { ABSENT, ANY, type Changed, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { type FilesystemOptions, openFilesystemBackend } from './filesystem-backend.ts';

async function open(basePath: string, options: Partial<FilesystemOptions> = {}): Promise<StateBackend> {
  const backend = await openFilesystemBackend({ basePath, compression: false, ...options });
  onTestFinished(() => backend.close());
  return backend;
}

async function dataOf(backend: StateBackend, key: string): Promise<string> {
  const found = await backend.load(key);
  return found.status === 'found' ? Buffer.from(found.record.stateData).toString() : found.status;
}

async function refusal(call: Promise<unknown>): Promise<SourceError> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SourceError) return error;
  throw error;
}

const list = (...path: string[]) => readdirSync(join(...path)).toSorted();

function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

describe('the envelope', () => {
  it('of a new file has its own members on lines of their own, and the data as they were handed in', async () => {
    const base = temporaryFolder();
    const metadata = Buffer.from('{"tags":[]}');
    const record = recordOf('{"a":  1.0}', { timestamp: '2025-09-10T08:00:00Z', metadata });
    await (await open(base)).save('agent:planner', record, ABSENT);
    expect(readFileSync(join(base, 'agents/planner.json'), 'utf8')).toBe(`{
  "__type__": "agents.AgentStateModule",
  "__version__": "1.0.0",
  "__timestamp__": "2025-09-10T08:00:00Z",
  "state_data": {"a":  1.0},
  "__metadata__": {"tags":[]}
}
`);
  });

  it('of another program keeps what is not ours, in its place and as it is written', async () => {
    const base = temporaryFolder();
    const before = '{"extra": 12345678901234567890,\n    "state_data": {"old": 1},  "__type__": "t", "last":[ NaN ] }';
    const path = write(base, 'agents/a.json', before);
    const record = recordOf('{"new": 2}', { type: 'u', version: '2', timestamp: '2025-09-10T08:00:00Z' });
    await (await open(base)).save('agent:a', record, ANY);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"extra": 12345678901234567890,\n    "state_data": {"new": 2},  "__type__": "u", "last":[ NaN ], "__version__": "2", "__timestamp__": "2025-09-10T08:00:00Z" }',
    );
  });

  it('JSON without one is a state, and stays without one until there is something to put into it', async () => {
    const base = temporaryFolder();
    const path = write(base, 'sessions/s.json', ' {"memory": []}\n');
    const backend = await open(base);
    const found = await backend.load('session:s');
    expect(found).toMatchObject({ record: { type: '', version: '1.0.0', timestamp: null, metadata: null } });
    if (found.status === 'found')
      await backend.save('session:s', { ...found.record, stateData: Buffer.from('{"memory": [1]}') }, ANY);
    expect(readFileSync(path, 'utf8')).toBe('{"memory": [1]}');
    await backend.save('session:s', recordOf('{"memory": [2]}'), ANY);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      __type__: 'agents.AgentStateModule',
      state_data: { memory: [2] },
    });
  });

  it.each([
    ['no JSON', Buffer.from('hello')],
    ['cut off', Buffer.from('{"__type__": "t", "state_data": {"a"')],
    ['nothing', Buffer.alloc(0)],
    ['gzip that is cut off', gzipSync('{"__type__": "t", "state_data": 1}').subarray(0, -9)],
  ])('%s is corrupt, and is never overwritten without a copy', async (_, bytes) => {
    const base = temporaryFolder();
    const path = write(base, 'agents/bad.json', bytes);
    const backend = await open(base);
    expect(await backend.load('agent:bad')).toMatchObject({ status: 'corrupt', bytes });
    expect(readFileSync(path)).toEqual(bytes);
    await backend.save('agent:bad', recordOf('1'), ANY);
    const [copy = ''] = list(base, 'backups/agents');
    expect(readFileSync(join(base, 'backups/agents', copy))).toEqual(bytes);
  });
});

describe('packed and plain', () => {
  it('both are found, by content and not by name', async () => {
    const base = temporaryFolder();
    write(base, 'agents/a.json', gzipSync('{"__type__": "t", "state_data": "packed"}'));
    write(base, 'agents/b.json.gz', '{"__type__": "t", "state_data": "plain"}');
    const backend = await open(base);
    expect([await dataOf(backend, 'agent:a'), await dataOf(backend, 'agent:b')]).toEqual(['"packed"', '"plain"']);
  });

  it('of two the newest counts; saving leaves one, and both can be restored', async () => {
    const base = temporaryFolder();
    age(write(base, 'agents/a.json', '{"__type__": "t", "state_data": "stale"}'), 60);
    write(base, 'agents/a.json.gz', gzipSync('{"__type__": "t", "state_data": "newest"}'));
    const backend = await open(base);
    expect(await backend.list()).toEqual(['agent:a']);
    expect(await dataOf(backend, 'agent:a')).toBe('"newest"');
    const saved = await backend.save('agent:a', recordOf('"saved"'), ANY);
    expect(list(base, 'agents')).toEqual(['a.json']);
    expect(await dataOf(backend, 'agent:a')).toBe('"saved"');
    expect((await backend.trash()).map(({ key }) => key)).toEqual(['agent:a', 'agent:a']);
    await backend.restore((saved.status === 'saved' && saved.replaced) || '', ANY);
    expect(await dataOf(backend, 'agent:a')).toBe('"newest"');
    expect(list(base, 'agents')).toEqual(['a.json.gz']);
  });

  it('changing between them never brings back what is older, not even where clocks are ahead', async () => {
    const base = temporaryFolder();
    const [plain, packed] = [await open(base), await open(base, { compression: true })];
    for (let n = 0; n < 20; n++) {
      await (n % 2 === 0 ? plain : packed).save('agent:a', recordOf(String(n)), ANY);
      if (n === 18) age(join(base, 'agents/a.json'), -3600);
      expect(await dataOf(plain, 'agent:a')).toBe(String(n));
      expect(list(base, 'agents')).toEqual([n % 2 === 0 ? 'a.json' : 'a.json.gz']);
    }
    // Newer than what it replaces, so that a crash before that is removed brings nothing back.
    expect(statSync(join(base, 'agents/a.json.gz')).mtimeMs).toBeGreaterThan(Date.now() + 3_500_000);
    expect(gunzipSync(readFileSync(join(base, 'agents/a.json.gz'))).toString()).toContain('"state_data": 19');
  });

  it('deleting takes both', async () => {
    const base = temporaryFolder();
    for (const name of ['a.json', 'a.json.gz']) write(base, `agents/${name}`, '{"__type__": "t", "state_data": 1}');
    const backend = await open(base);
    await backend.delete('agent:a', ANY);
    expect(await backend.exists('agent:a')).toBe(false);
    expect(list(base, 'agents')).toEqual([]);
  });
});

describe('names', () => {
  it.skipIf(process.platform === 'win32')('files of other programs keep theirs', async () => {
    const base = temporaryFolder();
    const names = ['100%', 'a%41', 'agent:1', 'sub/x', 'Planner'];
    for (const name of names) write(base, `agents/${name}.json`, '{"__type__": "t", "state_data": 1}');
    const backend = await open(base);
    expect(await backend.list()).toEqual(names.map((name) => `agent:${name}`).toSorted());
    for (const name of names) {
      await backend.save(`agent:${name}`, recordOf('2'), ANY);
      expect(readFileSync(join(base, 'agents', `${name}.json`), 'utf8')).toContain('"state_data": 2');
    }
    expect(list(base, 'agents')).toEqual(['100%.json', 'Planner.json', 'a%41.json', 'agent:1.json', 'sub']);
  });

  it('no two differ in case only, so that a store can be copied to any system', async () => {
    const base = temporaryFolder();
    const backend = await open(base);
    const long = 'Long'.repeat(80);
    const keys = [
      'agent:a',
      'agent:A',
      'agent:Ab',
      'agent:AB',
      'agent:aB',
      `agent:${long}1`,
      `agent:${long.toLowerCase()}2`,
      'Note:x',
      'note:x',
      'NOTE:x',
    ];
    for (const key of keys) await backend.save(key, recordOf(JSON.stringify(key)), ABSENT);
    for (const key of keys) expect(await dataOf(backend, key)).toBe(JSON.stringify(key));
    const paths = readdirSync(base, { recursive: true }).map(String);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
  });
});

describe('the base is never left', () => {
  it.skipIf(process.platform === 'win32')('by a link to a file, nor by a link in place of a category', async () => {
    const outside = temporaryFolder();
    const secret = write(outside, 'secret.json', '{"__type__": "t", "state_data": "secret"}');
    const base = temporaryFolder();
    mkdirSync(join(base, 'agents'));
    symlinkSync(secret, join(base, 'agents/link.json'));
    symlinkSync(outside, join(base, 'sessions'));
    const backend = await open(base);
    expect(await backend.list()).toEqual([]);
    for (const key of ['agent:link', 'session:secret']) {
      expect(await refusal(backend.load(key))).toMatchObject({ code: 'not-a-store' });
      expect(await refusal(backend.save(key, recordOf('1'), ANY))).toMatchObject({ code: 'not-a-store' });
      expect(await refusal(backend.delete(key, ANY))).toMatchObject({ code: 'not-a-store' });
    }
    expect(await refusal(backend.save('session:new', recordOf('1'), ANY))).toMatchObject({ code: 'not-a-store' });
    expect(list(outside)).toEqual(['secret.json']);
    expect(readFileSync(secret, 'utf8')).toContain('secret');
  });

  it.skipIf(process.platform === 'win32')('a link within it is followed, and stays', async () => {
    const base = temporaryFolder();
    write(base, 'agents/real.json', '{"__type__": "t", "state_data": 1}');
    symlinkSync('real.json', join(base, 'agents/link.json'));
    const backend = await open(base);
    await backend.save('agent:link', recordOf('2'), ANY);
    expect(await dataOf(backend, 'agent:real')).toBe('2');
    expect(list(base, 'agents')).toEqual(['link.json', 'real.json']);
  });
});

describe('opening', () => {
  it('makes the folder, unless told not to', async () => {
    const base = join(temporaryFolder(), 'new', 'store');
    expect(await refusal(open(base, { create: false }))).toMatchObject({ code: 'path-missing' });
    await open(base);
    expect(statSync(base).isDirectory()).toBe(true);
    expect(await refusal(open(write(base, 'file', '')))).toMatchObject({ code: 'not-a-store' });
  });

  it('removes what killed writers left behind, and nothing else', async () => {
    const base = temporaryFolder();
    const leftover = write(base, 'agents/.a.json.0123456789ab.tmp', 'half');
    const others = [
      write(base, 'agents/.hidden', ''),
      write(base, '.git/x.0123456789ab.tmp', ''),
      write(base, 'agents/x.tmp', ''),
    ];
    await open(base);
    expect(existsSync(leftover)).toBe(false);
    for (const path of others) expect(existsSync(path)).toBe(true);
  });

  it('writes nothing into a folder that is only read', async () => {
    const base = temporaryFolder();
    write(base, 'agents/a.json', '{"__type__": "t", "state_data": 1}');
    const backend = await open(base);
    await backend.load('agent:a');
    await backend.list();
    await backend.trash();
    expect(list(base)).toEqual(['agents']);
  });
});

describe('encryption', () => {
  const passphrase = 'correct horse';

  it('a wrong passphrase is refused when the store is opened, a missing one when something is read or written', async () => {
    const base = temporaryFolder();
    await (await open(base, { passphrase })).save('agent:a', recordOf('"hidden"'), ANY);
    const error = await refusal(open(base, { passphrase: 'guess' }));
    expect(error).toMatchObject({ code: 'secret-wrong' });
    expect(error.message).not.toContain('guess');
    const without = await open(base);
    expect(await without.list()).toEqual(['agent:a']);
    expect(await refusal(without.load('agent:a'))).toMatchObject({ code: 'secret-needed' });
    expect(await refusal(without.save('agent:b', recordOf('1'), ANY))).toMatchObject({ code: 'secret-needed' });
    expect(await dataOf(await open(base, { passphrase }), 'agent:a')).toBe('"hidden"');
  });

  it('nothing of a state is on the disk in plain, neither its file nor its copy', async () => {
    const base = temporaryFolder();
    const backend = await open(base, { passphrase });
    for (const n of [1, 2]) await backend.save('agent:a', recordOf(`"plain text ${n}"`), ANY);
    for (const entry of readdirSync(base, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name)).includes('plain text')).toBe(false);
    }
  });

  it('tampering is corruption; plain files beside encrypted ones are read, and encrypted when they are saved', async () => {
    const base = temporaryFolder();
    const plain = write(base, 'agents/plain.json', '{"__type__": "t", "state_data": 1}');
    const backend = await open(base, { passphrase });
    expect(await dataOf(backend, 'agent:plain')).toBe('1');
    await backend.save('agent:plain', recordOf('"now hidden"'), ANY);
    const bytes = readFileSync(plain);
    expect(bytes.includes('hidden')).toBe(false);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(plain, bytes);
    expect(await backend.load('agent:plain')).toMatchObject({ status: 'corrupt' });
  });

  it('two processes that encrypt a store for the first time agree on its salt', async () => {
    const base = temporaryFolder();
    const [one, two] = await Promise.all([open(base, { passphrase }), open(base, { passphrase })]);
    await one.save('agent:a', recordOf('1'), ANY);
    expect(await dataOf(two, 'agent:a')).toBe('1');
  });

  it('a damaged store file is told, and not replaced', async () => {
    const base = temporaryFolder();
    const path = write(base, '.statescope/store.json', '{"format": "statesc');
    expect(await refusal(open(base, { passphrase }))).toMatchObject({ code: 'unreadable' });
    expect(readFileSync(path, 'utf8')).toBe('{"format": "statesc');
  });
});

describe('watching', () => {
  it('tells of files of other programs, in new folders too, and of writes in place', async () => {
    const base = temporaryFolder();
    const backend = await open(base);
    const told: Changed[] = [];
    await backend.watch((changed) => told.push(changed));
    const seen = (key: string) =>
      vi.waitFor(() => expect(told.some((changed) => changed === null || changed.has(key))).toBe(true), 3000);
    const path = write(base, 'notes/sub/a.json', '{}');
    await seen('notes:sub/a');
    told.length = 0;
    writeFileSync(path, '{"more": 1}');
    await seen('notes:sub/a');
    write(base, 'notes/readme.txt', 'no state');
    write(base, 'backups/notes/x.json', '{}');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told.flatMap((changed) => [...(changed ?? ['everything'])])).not.toContain('everything');
  });
});
