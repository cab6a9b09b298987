/** Every kind of bad input: what opens all the same, what is said about the rest, and that nothing is ever changed. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSource } from './open-source.ts';
import {
  bytesOf,
  codes,
  failure,
  fixture,
  keys,
  makeDatabase,
  Neighbour,
  opened,
  temporaryFolder,
  text,
  write,
} from './test-support.ts';

/** What somebody without rights sees; runs in a process of its own, since root sees everything. */
async function openedByNobody(path: string) {
  return new Neighbour('opening-process.ts', path).line<{
    code?: string;
    message?: string;
    keys?: string[];
    values?: string[];
    problems?: { code: string; location: string }[];
  }>();
}

const SESSION = '{"friday":{"memory":{"content":[]},"_sys_prompt":"x"}}';

describe('the path', () => {
  it('is missing', async () => {
    const path = join(temporaryFolder(), 'gone', 'x.json');
    const error = await failure(openSource(path));
    expect(error).toMatchObject({ code: 'path-missing', details: { location: path } });
    expect(error.message).toContain(path);
  });

  it('is an address', async () => {
    const error = await failure(openSource('mysql://me:hunter2@host/db'));
    expect(error.code).toBe('unsupported-url');
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2');
    const file = await opened(pathToFileURL(fixture('session.db')).href);
    expect(file.format).toBe('agentscope-sqlite-session');
  });

  it.skipIf(process.platform === 'win32')('is a pipe or a device', async () => {
    const pipe = join(temporaryFolder(), 'pipe.json');
    spawnSync('mkfifo', [pipe]);
    expect((await failure(openSource(pipe))).code).toBe('unreadable');
    expect((await failure(openSource('/dev/zero'))).code).toBe('unreadable');
  });

  it('holds a NUL', async () => {
    expect((await failure(openSource('a\0b'))).code).toBe('path-missing');
  });
});

describe.skipIf(process.platform === 'win32')('permission', () => {
  it('is missing for the folder', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', '{}');
    chmodSync(folder, 0o000);
    expect(await openedByNobody(folder)).toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining(folder),
    });
    chmodSync(folder, 0o700);
  });

  it('is missing for a file, a subfolder or a database in it: the rest opens', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', '{}');
    chmodSync(write(folder, 'secret.json', '{}'), 0o000);
    chmodSync(
      makeDatabase(join(folder, 'secret.db'), () => undefined),
      0o000,
    );
    mkdirSync(join(folder, 'sub'), 0o000);
    chmodSync(folder, 0o755);
    const seen = await openedByNobody(folder);
    expect(seen.keys).toEqual(['file:a']);
    expect(seen.problems?.map(({ code, location }) => `${location} ${code}`).toSorted()).toEqual([
      'secret.db permission-denied',
      'secret.json permission-denied',
      'sub permission-denied',
    ]);
  });

  it('is missing for the file itself', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const path = write(folder, 'secret.json', '{}');
    chmodSync(path, 0o000);
    expect(await openedByNobody(path)).toMatchObject({ code: 'permission-denied' });
  });

  it('to write is not needed: a database with a WAL, in a folder that cannot be written', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'live.db');
    const writer = new Neighbour('writing-process.ts', path, 'wal', 'hold');
    await writer.line();
    await writer.kill();
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(await openedByNobody(path)).toMatchObject({ keys: ['session:live'], values: ['{"commits":1}'] });
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toEqual(before);
    chmodSync(folder, 0o700);
  });
});

describe('a JSON file', () => {
  it.each([
    ['', 'empty'],
    ['\n \t\n', 'empty'],
    ['\ufeff', 'empty'],
    ['hello', 'not-json'],
    ['<html></html>', 'not-json'],
    ['2026-11-22 17:00:44 INFO started', 'not-json'],
    ['\0\0\0\0', 'not-json'],
  ])('with nothing to show: %j', async (content, code) => {
    const path = write(temporaryFolder(), 'x.json', content);
    const error = await failure(openSource(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
  });

  it('that was cut off shows what stands before', async () => {
    const source = await opened(fixture('edge/truncated.json'));
    expect(source.format).toBe('agentscope-json-session');
    expect(source.problems).toMatchObject([
      { location: '.', code: 'truncated', offset: 1418, key: 'session:truncated', severity: 'error' },
    ]);
    expect(await text(source, 'session:truncated')).toBe(bytesOf('edge/truncated.json').toString());
  });

  it('with garbage behind its end is read up to it', async () => {
    const source = await opened(fixture('edge/corrupt-trailing-garbage.json'));
    expect(source.problems).toMatchObject([
      { code: 'trailing-garbage', offset: 1279, key: 'session:corrupt-trailing-garbage' },
    ]);
    expect(await text(source, 'session:corrupt-trailing-garbage')).toBe(
      bytesOf('jsonsession-1.0.21/qa.json').toString(),
    );
  });

  it('with a fault in the middle is read up to it', async () => {
    const source = await opened(write(temporaryFolder(), 'x.json', '{"a": 1, "b": oops, "c": 3}'));
    expect(source.problems).toMatchObject([{ code: 'syntax', offset: 14, key: 'file:x' }]);
  });

  it('of 100,000 nested arrays', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const source = await opened(write(temporaryFolder(), 'deep.json', nested));
    expect(source.problems).toEqual([]);
    expect(await text(source, 'file:deep')).toBe(nested);
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(keys(await opened(write(temporaryFolder(), 'deep.json', objects)))).toEqual(['file:deep']);
  });

  it('with a byte order mark and space around is the value', async () => {
    const source = await opened(write(temporaryFolder(), 'x.json', '\ufeff {"a":1}\n'));
    expect(await text(source, 'file:x')).toBe('{"a":1}');
  });
});

describe('a packed file', () => {
  const packed = gzipSync(
    JSON.stringify({ friday: { _sys_prompt: 'x', notes: Array.from({ length: 5000 }, (_, i) => i * i) } }),
  );

  it('that is no gzip but plain JSON opens by its content', async () => {
    expect(keys(await opened(write(temporaryFolder(), 'x.json.gz', SESSION)))).toEqual(['session:x']);
  });

  it('that is neither', async () => {
    const fake = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('plain text')]);
    expect((await failure(openSource(write(temporaryFolder(), 'x.json.gz', fake)))).code).toBe('gzip-invalid');
  });

  it('that was cut off shows what could be unpacked', async () => {
    const source = await opened(write(temporaryFolder(), 'x.json.gz', packed.subarray(0, packed.length >> 1)));
    expect(keys(source)).toEqual(['session:x']);
    expect(codes(source)).toEqual(['gzip-truncated', 'truncated']);
  });

  it('that would unpack to 10 GB is refused quickly', async () => {
    const member = gzipSync(Buffer.alloc(16 << 20), { level: 9 });
    const path = write(temporaryFolder(), 'bomb.json.gz', Buffer.concat(Array.from({ length: 640 }, () => member)));
    const started = performance.now();
    expect((await failure(openSource(path))).code).toBe('gzip-too-large');
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function ourTemporaryFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`statescope-${process.pid}-`));
}

function filled(path: string, rows = 400): string {
  return makeDatabase(path, (database) => {
    database.exec('CREATE TABLE agent_states (state_id TEXT PRIMARY KEY, category TEXT, state_data TEXT)');
    const insert = database.prepare("INSERT INTO agent_states VALUES (?, 'agents', ?)");
    for (let i = 0; i < rows; i++) insert.run(`a${i}`, `{"n": ${i}, "text": "${'x'.repeat(500)}"}`);
  });
}

describe('a SQLite file', () => {
  it('that is none, but named like one', async () => {
    const error = await failure(openSource(write(temporaryFolder(), 'x.db', 'not a database at all')));
    expect(error.code).toBe('sqlite-corrupt');
  });

  it('of which only the header is left, or less', async () => {
    const whole = readFileSync(filled(join(temporaryFolder(), 'x.db')));
    for (const size of [10, 16, 60, 100, 2000]) {
      const path = write(temporaryFolder(), 'x.db', whole.subarray(0, size));
      expect((await failure(openSource(path))).code, `${size} bytes`).toBe('sqlite-corrupt');
    }
  });

  it('that was cut shows the rows that are left', async () => {
    const path = filled(join(temporaryFolder(), 'x.db'));
    truncateSync(path, Math.floor(readFileSync(path).length / 2 / 4096) * 4096);
    const source = await opened(path);
    expect(source.entries.length).toBeGreaterThan(50);
    expect(codes(source)).toContain('sqlite-corrupt');
    for (const { key, id } of source.entries) expect(await text(source, key)).toContain(`"n": ${id.slice(1)},`);
  });

  it('with a page of garbage shows the rows on the other pages', async () => {
    const path = filled(join(temporaryFolder(), 'x.db'));
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 40 * 4096);
    closeSync(file);
    const source = await opened(path);
    expect(source.entries.length).toBeGreaterThan(350);
    expect(source.entries.length).toBeLessThan(400);
    expect(source.problems[0]).toMatchObject({ code: 'sqlite-corrupt', severity: 'error' });
  });

  it('without a table that is known', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'x.db'), (database) => database.exec('CREATE TABLE recipes (x)'));
    const error = await failure(openSource(path));
    expect(error).toMatchObject({ code: 'sqlite-unknown-tables', details: { tables: 'recipes' } });
  });

  it('without rows is open and empty', async () => {
    const source = await opened(filled(join(temporaryFolder(), 'x.db'), 0));
    expect(source.format).toBe('agent-states-sqlite');
    expect(source.entries).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('behind a symbolic link is read with its WAL', async () => {
    const folder = temporaryFolder();
    const writer = new Neighbour('writing-process.ts', join(folder, 'live.db'), 'wal', 'hold');
    await writer.line();
    const link = join(temporaryFolder(), 'link.db');
    symlinkSync(join(folder, 'live.db'), link);
    expect(await text(await opened(link), 'session:live')).toBe('{"commits":1}');
  });

  it('leaves nothing in the temporary folder', async () => {
    const source = await openSource(filled(join(temporaryFolder(), 'x.db')));
    if (process.platform !== 'win32') expect(ourTemporaryFolders()).toEqual([]);
    await source.close();
    await source.close();
    expect(ourTemporaryFolders()).toEqual([]);
  });
});
