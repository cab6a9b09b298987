/** Files that change, odd names, links and folders; progress and cancelling. */
import { appendFileSync, closeSync, openSync, readFileSync, rmSync, symlinkSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OpenProgress } from '../../../shared/ipc/model.ts';
import { childPath } from '../files/file-path.ts';
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

const SESSION = '{"friday":{"memory":{"content":[]},"_sys_prompt":"x"}}';

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
