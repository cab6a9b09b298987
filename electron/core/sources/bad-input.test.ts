/** Every kind of bad input: what opens all the same, what is said about the rest, and that nothing is ever changed. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { childPath } from '../files/file-path.ts';
import { openSource } from './open-source.ts';
import type { OpenProgress } from './source.ts';
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
    expect(error).toMatchObject({ code: 'path-missing', details: { path } });
    expect(error.message).toContain(path);
  });

  it('is an address', async () => {
    const error = await failure(openSource('postgresql://me:hunter2@host/db'));
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

describe('a file that changes', () => {
  it('after opening: a state that is the file is shown as it is now, and said to have changed', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'a.json', '{"n": 1}');
    write(folder, 'b.json', '{}');
    for (const location of [path, folder]) {
      write(folder, 'a.json', '{"n": 1}');
      const source = await opened(location);
      write(folder, 'a.json', '\n{"n": 22}');
      const { bytes, problems } = await source.read('file:a');
      expect(Buffer.from(bytes).toString()).toBe('{"n": 22}');
      expect(problems).toMatchObject([{ code: 'changed-while-read', key: 'file:a', severity: 'warning' }]);
    }
  });

  it('after opening: a state among others in the file cannot be found any more', async () => {
    const path = write(temporaryFolder(), 'b.json', '{"metadata": {"total_states": 1}, "states": {"a:1": {"n": 1}}}');
    const source = await opened(path);
    appendFileSync(path, ' ');
    await expect(source.read('a:1')).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('Reload'),
    });
  });

  it('after opening: it is broken, or gone', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'a.json', '{"n": 1}');
    const source = await opened(folder);
    write(folder, 'a.json', 'oops');
    await expect(source.read('file:a')).rejects.toMatchObject({ code: 'unreadable' });
    rmSync(path);
    await expect(source.read('file:a')).rejects.toMatchObject({ code: 'not-found' });
    await expect(source.read('file:never')).rejects.toMatchObject({
      code: 'not-found',
      details: { key: 'file:never' },
    });
  });

  it('packed: is unpacked again, and the same', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json.gz', gzipSync(SESSION));
    const source = await opened(folder);
    expect(await text(source, 'session:a')).toBe(SESSION);
  });

  it('while a program saves it over and over: every read is one version', async () => {
    const path = join(temporaryFolder(), 'live.json');
    const writer = new Neighbour('saving-process.ts', path);
    await writer.line();
    const seen = new Set<string>();
    while (seen.size < 12) {
      const source = await openSource(path);
      const value = await text(source, 'file:live');
      const [, version = '', filler = ''] = /^\{"version":(\d+),"text":"(.*)"\}$/.exec(value) ?? [];
      expect(filler).toBe(version.repeat(20_000));
      expect(codes(source)).toEqual([]);
      seen.add(version);
      await source.close();
    }
    await writer.stop();
  });
});

describe('names', () => {
  it.runIf(process.platform === 'linux')(
    'with surrogates, other bytes or new lines open, and have keys of their own',
    async () => {
      const folder = temporaryFolder();
      const names = [
        Buffer.from('a\nb.json'),
        Buffer.from([0xed, 0xa0, 0xbd, ...Buffer.from('.json')]),
        Buffer.from('caf\xe9.json', 'latin1'),
      ];
      for (const [index, name] of names.entries()) {
        const file = openSync(childPath(folder, name), 'w');
        writeSync(file, `{"friday":{"_sys_prompt":"${index}"}}`);
        closeSync(file);
      }
      const source = await opened(folder);
      expect(keys(source)).toEqual(['session:\\xed\\xa0\\xbd', 'session:a\nb', 'session:caf\\xe9']);
      expect(await text(source, 'session:\\xed\\xa0\\xbd')).toContain('"1"');
      expect(await text(source, 'session:caf\\xe9')).toContain('"2"');
      // As a command line hands it over: the bytes have become U+FFFD.
      const alone = await opened(join(folder, Buffer.from('caf\xe9.json', 'latin1').toString()));
      expect(keys(alone)).toEqual(['session:caf\\xe9']);
      expect(alone.location).toBe(join(folder, 'caf\\xe9.json'));
    },
  );

  it('of files that would have the same key', async () => {
    const folder = temporaryFolder();
    write(folder, 'x', '{}');
    write(folder, 'x.json', '{}');
    const source = await opened(folder);
    expect(source.problems).toEqual([]);
    expect(keys(source)).toEqual(['file:x', 'file:x.json']);
  });
});

describe.skipIf(process.platform === 'win32')('symbolic links out of the folder', () => {
  it('are followed only after asking', async () => {
    const outside = write(temporaryFolder(), 'theirs.json', SESSION);
    const folder = temporaryFolder();
    write(folder, 'own.json', SESSION);
    symlinkSync(outside, join(folder, 'link.json'));
    const careful = await opened(folder);
    expect(keys(careful)).toEqual(['session:own']);
    expect(careful.problems).toMatchObject([
      { code: 'symlink-outside', location: 'link.json', severity: 'warning', details: { target: outside } },
    ]);
    const trusting = await opened(folder, { followLinks: true });
    expect(keys(trusting)).toEqual(['session:link', 'session:own']);
    expect(trusting.problems).toEqual([]);
  });
});

describe('a folder', () => {
  it('with nothing to open says what was looked for', async () => {
    const folder = temporaryFolder();
    write(folder, 'notes.txt', 'hello');
    const error = await failure(openSource(folder));
    expect(error.code).toBe('nothing-to-open');
    expect(error.message).toMatch(/\*\.json, \*\.json\.gz.*SQLite/);
  });

  it('in which everything is broken names the first problem', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', 'oops');
    const error = await failure(openSource(folder));
    expect(error.code).toBe('nothing-to-open');
    expect(error.message).toContain('a.json');
  });

  it('in which one file or database is bad: the rest opens', async () => {
    const folder = temporaryFolder();
    write(folder, 'good.json', SESSION);
    write(folder, 'bad.json', 'oops');
    write(folder, 'bad.json.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    write(folder, 'cut.db', bytesOf('session.db').subarray(0, 50));
    makeDatabase(join(folder, 'other.db'), (database) => database.exec('CREATE TABLE recipes (x)'));
    const source = await opened(folder);
    expect(keys(source)).toEqual(['session:good']);
    const found = source.problems.map(({ location, code, severity }) => `${location} ${code} ${severity}`);
    expect(found.toSorted()).toEqual([
      'bad.json not-json error',
      'bad.json.gz gzip-invalid error',
      'cut.db sqlite-corrupt error',
      'other.db sqlite-unknown-tables warning',
    ]);
  });
});

describe('opening', () => {
  it('tells how far it is', async () => {
    const seen: OpenProgress[] = [];
    await opened(fixture('jsonsession-1.0.21'), { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { phase: 'detecting', done: 0, total: 0, item: '.' },
      { phase: 'reading', done: 2819, total: 4098, item: 'alice_trip-planner.json' },
      { phase: 'reading', done: 4098, total: 4098, item: 'qa.json' },
    ]);
    seen.length = 0;
    await opened(fixture('session.db'), { onProgress: (progress) => seen.push(progress) });
    expect(seen).toContainEqual({ phase: 'copying', done: 12288, total: 12288, item: '.' });
  });

  it.each(['jsonsession-1.0.21', 'session.db', 'agentstate-2.x.json'])('can be cancelled (%s)', async (name) => {
    const early = await failure(openSource(fixture(name), { signal: AbortSignal.abort() }));
    expect(early.code).toBe('cancelled');
    const controller = new AbortController();
    const late = await failure(
      openSource(fixture(name), { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    expect(late.code).toBe('cancelled');
  });

  it('a database of many rows can be cancelled while its rows are read', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'x.db'), (database) => {
      database.exec('CREATE TABLE as_session (session_id, session_data)');
      database.exec(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO as_session SELECT i, \'{"i":1}\' FROM n',
      );
    });
    const controller = new AbortController();
    const onProgress = ({ phase }: OpenProgress) => {
      if (phase === 'reading') controller.abort();
    };
    expect((await failure(openSource(path, { signal: controller.signal, onProgress }))).code).toBe('cancelled');
  });

  it('changes neither the file nor its time', async () => {
    const path = write(temporaryFolder(), 'a.json', SESSION);
    utimesSync(path, 1_600_000_000, 1_600_000_000);
    const source = await opened(path);
    expect(source.entries[0]?.updatedAt).toBe('2020-09-13T12:26:40.000Z');
    expect(readFileSync(path, 'utf8')).toBe(SESSION);
  });
});
