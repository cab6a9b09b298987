/** What only the SQLite backend has to do: sharing a file with Python programs, and what a disk and other processes do to it. */
import { chmodSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { makeDatabase, Neighbour, temporaryFolder } from '../sources/test-support.ts';
import { ABSENT, ANY, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { openSqliteBackend, type SqliteBackendOptions } from './sqlite-backend.ts';
import { toSqliteError } from './sqlite-errors.ts';
import { AGENT_STATES, MIGRATIONS } from './sqlite-schema.ts';

async function store(options: SqliteBackendOptions): Promise<StateBackend> {
  const backend = await openSqliteBackend(options);
  onTestFinished(() => backend.close());
  return backend;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof SourceError) return error.code;
    throw error;
  }
}

const place = () => join(temporaryFolder(), 'state_storage.db');

/** As the Python sketch of the design leaves it. */
function pythonDatabase(): string {
  return makeDatabase(place(), (database) => {
    database.exec(AGENT_STATES);
    database
      .prepare(
        `INSERT OR REPLACE INTO agent_states (state_id, category, state_type, state_version, state_data, metadata, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, '2025-09-10 08:00:00')`,
      )
      .run(
        'planner',
        'agents',
        'agents.AgentStateModule',
        '1.0.0',
        '{"n": NaN, "big": 12345678901234567890}',
        '{"owner": "a"}',
      );
  });
}

function schemaOf(path: string): unknown {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'agent_states' ORDER BY name").all();
  } finally {
    database.close();
  }
}

describe("a Python program's database", () => {
  it('is taken over: its table stays as it is, and what is in it is read', async () => {
    const path = pythonDatabase();
    const before = schemaOf(path);
    const backend = await store({ path });
    expect(await backend.load('agent:planner')).toMatchObject({
      status: 'found',
      record: {
        type: 'agents.AgentStateModule',
        // Naive, as CURRENT_TIMESTAMP writes it, and UTC by SQLite's definition.
        timestamp: '2025-09-10T08:00:00.000',
        stateData: Buffer.from('{"n": NaN, "big": 12345678901234567890}'),
        metadata: Buffer.from('{"owner": "a"}'),
      },
      info: { updatedAt: '2025-09-10T08:00:00.000Z', location: 'agent_states/agent:planner' },
    });
    await backend.save('agent:planner', recordOf('1'), ANY);
    expect(await backend.trash()).toHaveLength(1);
    await backend.close();
    expect(schemaOf(path)).toEqual(before);
  });

  it('and ours look alike', async () => {
    const path = place();
    await (await store({ path, create: true })).close();
    expect(schemaOf(path)).toEqual(schemaOf(pythonDatabase()));
  });

  it('is written by both: INSERT OR REPLACE within the same second is seen as another revision, and told', async () => {
    const path = pythonDatabase();
    const backend = await store({ path });
    const told = new Set<string>();
    const stop = await backend.watch((changed) => changed?.forEach((key) => void told.add(key)));
    const python = new Sqlite(path);
    onTestFinished(() => void python.close());
    const replace = python.prepare(
      `INSERT OR REPLACE INTO agent_states (state_id, category, state_type, state_version, state_data, updated_at)
      VALUES ('x', 'agents', '', '1', ?, CURRENT_TIMESTAMP)`,
    );
    const revisions = new Set<string>();
    for (const data of ['1', '2', '3']) {
      replace.run(data);
      revisions.add((await backend.info('agent:x'))?.revision ?? '');
      told.clear();
      await expect.poll(() => told.has('agent:x'), { timeout: 3000 }).toBe(true);
    }
    expect(revisions.size).toBe(3);
    await stop();
  });

  it('a row that is written twice within a second, at the same length, is told beside others', async () => {
    const path = pythonDatabase();
    const backend = await store({ path });
    const python = new Sqlite(path);
    onTestFinished(() => void python.close());
    const second = new Date(Date.now() + 5000).toISOString().slice(0, 19).replace('T', ' ');
    for (const id of ['a', 'b']) {
      const insert = python.prepare("INSERT INTO agent_states VALUES (?, 'agents', '', '1', '1', NULL, NULL, ?)");
      insert.run(id, second);
    }
    const told = new Set<string>();
    const stop = await backend.watch((changed) => (changed ?? ['everything']).forEach((key) => void told.add(key)));
    python.exec(`BEGIN;
      UPDATE agent_states SET state_data = '[1, 2]' WHERE state_id = 'a';
      UPDATE agent_states SET state_data = '2' WHERE state_id = 'b';
      COMMIT`);
    await expect.poll(() => [...told].toSorted(), { timeout: 3000 }).toEqual(['agent:a', 'agent:b']);
    await stop();
  });

  it('keeps rows that no key leads to, and passes them over', async () => {
    const path = pythonDatabase();
    makeDatabase(path, (database) => {
      const insert = database.prepare(
        "INSERT INTO agent_states VALUES ('planner', ?, '', '1', '\"hidden\"', NULL, NULL, NULL)",
      );
      for (const category of ['agent', '', 'a:b']) insert.run(category);
    });
    const backend = await store({ path });
    expect(await backend.list()).toEqual(['agent:planner']);
    await backend.delete('agent:planner', ANY);
    expect(await backend.list()).toEqual([]);
    expect(await codeOf(backend.load('agents:planner'))).toBe('invalid-key');
  });
});

describe('migrations', () => {
  it.each(MIGRATIONS.map((_, version) => version))(
    'from version %i to the newest, with what is in it',
    async (version) => {
      const path = makeDatabase(place(), (database) => {
        for (const sql of MIGRATIONS.slice(0, version)) database.exec(sql);
        database.pragma(`user_version = ${version}`);
        if (version > 0)
          database.exec("INSERT INTO agent_states VALUES ('a', 'agents', 'T', '1', '1', NULL, NULL, NULL)");
      });
      const backend = await store({ path, create: version === 0 });
      expect(await backend.list()).toEqual(version === 0 ? [] : ['agent:a']);
      await backend.save('agent:a', recordOf('2'), ANY);
      await backend.delete('agent:a', ANY);
      expect((await backend.trash()).map(({ reason }) => reason)).toEqual(
        version === 0 ? ['deleted'] : ['deleted', 'overwritten'],
      );
      await backend.close();
      makeDatabase(path, (database) =>
        expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length),
      );
    },
  );

  it('a database of a newer version is refused, and left as it is', async () => {
    const path = makeDatabase(place(), (database) => {
      database.exec(AGENT_STATES);
      database.pragma('user_version = 99');
    });
    const before = readFileSync(path);
    await expect(openSqliteBackend({ path })).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringMatching(/version 99 .* knows 2/),
    });
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('what is no store', () => {
  it('is refused by what it is', async () => {
    const path = place();
    expect(await codeOf(openSqliteBackend({ path }))).toBe('path-missing');
    expect(existsSync(path)).toBe(false);
    const other = makeDatabase(place(), (database) => database.exec('CREATE TABLE invoices (id)'));
    expect(await codeOf(openSqliteBackend({ path: other }))).toBe('not-a-store');
    const alike = makeDatabase(place(), (database) => database.exec('CREATE TABLE agent_states (state_id)'));
    expect(await codeOf(openSqliteBackend({ path: alike, create: true }))).toBe('not-a-store');
    const wide = makeDatabase(place(), (database) => {
      database.pragma("encoding = 'UTF-16'");
      database.exec(AGENT_STATES);
    });
    expect(await codeOf(openSqliteBackend({ path: wide }))).toBe('not-writable');
    expect(await codeOf(openSqliteBackend({ path: join(temporaryFolder(), 'no', 'folder.db'), create: true }))).toBe(
      'unreadable',
    );
  });

  it('a damaged file is refused before anything is read from it', async () => {
    const path = place();
    const backend = await openSqliteBackend({ path, create: true });
    for (let n = 0; n < 200; n++) await backend.save(`agent:${n}`, recordOf(`"${'x'.repeat(500)}"`), ANY);
    await backend.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 8 * 4096);
    expect(await codeOf(openSqliteBackend({ path }))).toBe('sqlite-corrupt');
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 0);
    expect(await codeOf(openSqliteBackend({ path }))).toBe('sqlite-corrupt');
  });
});

describe('what other processes and the disk do', () => {
  it('a lock that is held for longer than is waited', async () => {
    const path = place();
    const backend = await store({ path, create: true, busyTimeoutMs: 50 });
    const other = new Sqlite(path);
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(await codeOf(backend.save('agent:a', recordOf('1'), ANY))).toBe('locked');
    expect(await backend.exists('agent:a')).toBe(false);
    other.exec('ROLLBACK');
    expect(await backend.save('agent:a', recordOf('1'), ABSENT)).toMatchObject({ status: 'saved' });
  });

  it('a full disk: SQLite says so in one way, whatever is full', () => {
    const path = makeDatabase(place(), (database) => {
      database.exec(AGENT_STATES);
      database.pragma('max_page_count = 8');
      const fill = () =>
        database.exec("INSERT INTO agent_states VALUES ('a', 'b', '', '', zeroblob(100000), NULL, NULL, NULL)");
      let full: unknown;
      try {
        fill();
      } catch (error) {
        full = error;
      }
      expect(toSqliteError(full, 'states.db')).toMatchObject({ code: 'disk-full', details: { reason: 'SQLITE_FULL' } });
    });
    expect(existsSync(path)).toBe(true);
  });

  it.skipIf(process.platform === 'win32').each(['file', 'folder'])('a %s that may only be read', async (what) => {
    const path = pythonDatabase();
    chmodSync(path, what === 'file' ? 0o444 : 0o666);
    chmodSync(dirname(path), what === 'file' ? 0o777 : 0o555);
    const spec = JSON.stringify({ kind: 'sqlite', path });
    const reader = new Neighbour('../../persistence/fixtures/read-only-process.ts', spec);
    const there = { keys: ['agent:planner'], load: 'found', trash: 0 };
    const refused = { save: 'read-only', add: 'read-only', remove: 'read-only', restore: 'missing' };
    expect(await reader.line()).toEqual({ ...there, ...refused, after: there });
    chmodSync(dirname(path), 0o700);
  });

  it('a clock that stands still or goes back gives another revision all the same', async () => {
    const backend = await store({ path: place(), create: true });
    await backend.save('agent:a', recordOf('1', { timestamp: '2999-01-01T00:00:00.000001Z' }), ANY);
    const seen = new Set<string>();
    for (let n = 0; n < 20; n++) {
      const saved = await backend.save('agent:a', recordOf('1'), ANY);
      if (saved.status === 'saved') seen.add(saved.revision);
    }
    expect(seen.size).toBe(20);
    expect((await backend.info('agent:a'))?.updatedAt).toBe('2999-01-01T00:00:00.020Z');
  });
});

describe('values', () => {
  it('any JSON text comes back byte for byte', async () => {
    const backend = await store({ path: place(), create: true });
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.constantFrom('', ' ', '\n\t'), async (json, space) => {
        const bytes = Buffer.from(`${space}${json}${space}`);
        await backend.save('agent:a', recordOf(bytes), ANY);
        const loaded = await backend.load('agent:a');
        expect(loaded.status === 'found' && Buffer.from(loaded.record.stateData)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('a text that Python could not read is refused', async () => {
    const backend = await store({ path: place(), create: true });
    const bytes = Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]);
    expect(await codeOf(backend.save('agent:a', recordOf(bytes), ANY))).toBe('unsupported-value');
    expect(await codeOf(backend.save('agent:a', recordOf('1', { timestamp: 'yesterday' }), ANY))).toBe(
      'unsupported-value',
    );
  });
});
