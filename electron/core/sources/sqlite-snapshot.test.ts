import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SnapshotOptions, snapshotSqlite } from './sqlite-snapshot.ts';
import { makeDatabase, Neighbour, opened, temporaryFolder, text } from './test-support.ts';

const MODES = ['delete', 'truncate', 'persist', 'wal'];

async function snapshot(path: string, options?: SnapshotOptions) {
  const taken = await snapshotSqlite(path, options);
  onTestFinished(() => taken.close());
  return taken;
}

function emptyTable(): string {
  return makeDatabase(join(temporaryFolder(), 'a.db'), (database) => database.exec('CREATE TABLE t (x)'));
}

/** Names, sizes, times and content of everything in a folder. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
    return `${name} ${size} ${mtimeNs} ${ctimeNs} ${ino} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
}

describe('beside a process that writes without pause', () => {
  it.each(MODES)('every snapshot is one commit, and the writer never waits (journal mode %s)', async (mode) => {
    const folder = temporaryFolder();
    const path = join(folder, 'live.db');
    const writer = new Neighbour('writing-process.ts', path, mode);
    await writer.line();
    const seen = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const { database, damage, close } = await snapshotSqlite(path);
      const sums = database
        .prepare('SELECT sum(amount) AS sum, count(DISTINCT padding) AS paddings FROM account')
        .get();
      expect(sums).toEqual({ sum: 0, paddings: 1 });
      expect(damage).toBeNull();
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      const state = database.prepare("SELECT session_data ->> '$.commits' AS commits FROM as_session").get();
      seen.add((state as { commits: number }).commits);
      close();
      for (const name of readdirSync(folder)) expect(name).toMatch(/^live\.db(-journal|-wal|-shm)?$/);
    }
    const { commits, busy } = await writer.stop<{ commits: number; busy: number }>();
    expect(busy).toBe(0);
    expect(commits).toBeGreaterThan(60);
    expect(seen.size).toBeGreaterThan(20);
  });

  it.each(MODES)('a transaction that is held open is not seen, not disturbed and not waited for (%s)', async (mode) => {
    const path = join(temporaryFolder(), 'held.db');
    const writer = new Neighbour('writing-process.ts', path, mode, 'hold');
    await writer.line();
    const before = await opened(path);
    expect(await text(before, 'session:live')).toBe('{"commits":1}');
    const { database } = await snapshot(path);
    expect(database.prepare('SELECT sum(amount) AS sum FROM account').get()).toEqual({ sum: 0 });
    writer.go();
    expect(await writer.line()).toBe('committed');
    const after = await opened(path);
    expect(await text(after, 'session:live')).toBe('{"commits":"not yet"}');
    expect(await text(before, 'session:live')).toBe('{"commits":1}');
    expect(await writer.stop()).toMatchObject({ busy: 0 });
  });

  it.each(MODES)(
    'what a killed writer left is read as SQLite would recover it, and stays as it is (%s)',
    async (mode) => {
      const folder = temporaryFolder();
      const path = join(folder, 'killed.db');
      const writer = new Neighbour('writing-process.ts', path, mode, 'hold');
      await writer.line();
      await writer.kill();
      const left = fingerprint(folder);
      const { database } = await snapshot(path);
      expect(database.prepare('SELECT sum(amount) AS sum FROM account').get()).toEqual({ sum: 0 });
      expect(database.prepare('SELECT session_data FROM as_session').get()).toEqual({ session_data: '{"commits":1}' });
      expect(fingerprint(folder)).toEqual(left);
    },
  );
});

describe('a large database, copied in chunks', () => {
  it.each(['delete', 'wal'])(
    'is of one moment although a commit and a checkpoint fall between two chunks (%s)',
    async (mode) => {
      const folder = temporaryFolder();
      const path = join(folder, 'large.db');
      const flag = join(temporaryFolder(), 'commit-now');
      const writer = new Neighbour('committing-process.ts', path, mode, flag);
      await writer.line();
      let asked = false;
      const onProgress = (done: number, total: number) => {
        // By then, the first rows are copied and the last are not.
        if (asked || done < total / 2) return;
        asked = true;
        writeFileSync(flag, '');
        while (existsSync(flag)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      };
      const { database } = await snapshot(path, { onProgress });
      const versions = 'SELECT DISTINCT version FROM t WHERE id < 10 OR id >= 1190';
      expect(database.prepare(versions).all()).toEqual([{ version: 1 }]);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(await writer.stop()).toEqual({ commits: 1 });
    },
  );

  it('can be cancelled between two chunks', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'large.db'), (database) => {
      database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000000))');
    });
    const temporary = temporaryFolder();
    const controller = new AbortController();
    const taking = snapshotSqlite(path, {
      temporaryFolder: temporary,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('that is never still is given up with a clear error', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'large.db'), (database) => {
      database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(9000000))');
    });
    const onProgress = () => utimesSync(path, new Date(), new Date());
    await expect(snapshotSqlite(path, { onProgress, patienceMs: 300 })).rejects.toMatchObject({
      code: 'database-busy',
    });
  });
});

describe('the copy', () => {
  it('cannot be written through', async () => {
    const { database } = await snapshot(emptyTable());
    expect(() => database.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly|query_only|attempt to write/);
  });

  it.runIf(process.platform !== 'win32')(
    'has no name any more while it is open, and its folder is private before',
    async () => {
      const temporary = temporaryFolder();
      let mode = 0;
      const onProgress = () => {
        const [folder = ''] = readdirSync(temporary);
        mode = statSync(join(temporary, folder)).mode & 0o777;
      };
      const { database } = await snapshot(emptyTable(), { temporaryFolder: temporary, onProgress });
      expect(mode).toBe(0o700);
      expect(readdirSync(temporary)).toEqual([]);
      expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
    },
  );

  it('leaves nothing behind when the file is no database', async () => {
    const temporary = temporaryFolder();
    const path = join(temporaryFolder(), 'none.db');
    makeDatabase(path, () => undefined);
    await expect(snapshotSqlite(`${path}-missing`, { temporaryFolder: temporary })).rejects.toMatchObject({
      code: 'path-missing',
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('says so when there is no place for it', async () => {
    const missing = join(tmpdir(), 'statescope-test-not-there', 'x');
    await expect(snapshotSqlite(emptyTable(), { temporaryFolder: missing })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('TMPDIR'),
    });
  });
});
