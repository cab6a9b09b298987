/**
 * `kill -9` of a writing process at random moments. Afterwards the store opens; every key holds what was last reported as saved, or,
 * where a write was under way, the old value whole or the new one whole; every entry of the trash is whole; nothing that was ever
 * reported as saved is lost; and no temporary file stays.
 *
 * STATESCOPE_KILLS sets how often each backend is killed.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTemporaryName } from '../files/replace-file.ts';
import { FileLock } from './file-lock.ts';
import { FileTrash } from './file-trash.ts';
import { type KillableStore, type Survived, survive } from './fixtures/killing.ts';
import type { StoreSpec } from './fixtures/store-spec.ts';
import { prepareWriterProgram, type WriterProgram } from './fixtures/writer-program.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';
import { readStateFile } from './state-file.ts';
import { openVault } from './store-vault.ts';

const KILLS = Number(process.env['STATESCOPE_KILLS'] ?? 200);
/** Each opening costs 0.2 s of scrypt, in the process and in the test; and what is packed and plain at once is a special case. */
const FEWER_KILLS = Math.ceil(KILLS / 8);

type FilesSpec = Omit<Extract<StoreSpec, { kind: 'filesystem' }>, 'kind' | 'basePath'>;

async function filesStore(first: FilesSpec, ...others: readonly FilesSpec[]): Promise<KillableStore> {
  const basePath = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const own = join(basePath, '.statescope');
  const trash = new FileTrash(join(basePath, 'backups'));
  const specOf = (spec: FilesSpec) => ({ kind: 'filesystem', basePath, ...spec }) as const;
  return {
    specs: [specOf(first), ...others.map(specOf)],
    transactional: false,
    delayMs: 30,
    async trashed(ids) {
      const vault = await openVault(basePath, own, first.passphrase ?? null, new FileLock(basePath, own, 0));
      const contents: Uint8Array[] = [];
      for (const id of ids) {
        const text = await vault.unseal((await trash.read(id))?.bytes ?? new Uint8Array(), id);
        const state = 'fault' in text ? text : readStateFile(text.bytes);
        if ('fault' in state) throw new Error(`${id}: ${state.fault}`);
        contents.push(state.record.stateData);
      }
      return contents;
    },
    leftovers: () =>
      readdirSync(basePath, { recursive: true, withFileTypes: true })
        .map(({ name }) => name)
        .filter((name) => isTemporaryName(name) || name.includes('.tmp') || name.includes('-journal')),
    settled: async () => undefined,
    dispose: async () => rmSync(basePath, { recursive: true }),
  };
}

async function sqliteStore(): Promise<KillableStore> {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const path = join(folder, 'states.db');
  return {
    specs: [{ kind: 'sqlite', path, create: true }],
    transactional: true,
    delayMs: 30,
    async trashed(ids) {
      const database = new Sqlite(path, { readonly: true });
      const data = database.prepare('SELECT CAST(state_data AS BLOB) FROM statescope_trash WHERE trash_id = ?').pluck();
      const contents = ids.map((id) => data.get(id) as Uint8Array);
      database.close();
      return contents;
    },
    leftovers: () => readdirSync(folder).filter((name) => !/^states\.db(-wal|-shm)?$/.test(name)),
    settled: async () => undefined,
    dispose: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgresStore(server: PostgresTestServer): Promise<KillableStore> {
  const database = await server.makeDatabase();
  const url = server.url(database);
  await (await openPostgresBackend({ url, create: true })).close();
  return {
    specs: [{ kind: 'postgresql', url, poolSize: 3 }],
    transactional: true,
    // The first writes connect, each for itself.
    delayMs: 80,
    async trashed(ids) {
      const sql = 'SELECT trash_id, state_data::text AS data FROM statescope_trash';
      const rows = await server.query(database, sql);
      const data = new Map(rows.map(({ trash_id, data }) => [String(trash_id), String(data)]));
      return ids.map((id) => Buffer.from(data.get(id) ?? ''));
    },
    leftovers: () => [],
    // The server finishes the statement that it was sent, and may still commit.
    async settled() {
      const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'statescope' AND datname = '${database}'`;
      await expect.poll(() => server.query('postgres', sql), { interval: 10, timeout: 10_000 }).toHaveLength(0);
    },
    dispose: async () => undefined,
  };
}

let program: WriterProgram;
beforeAll(async () => {
  program = await prepareWriterProgram();
}, 60_000);

const lines: string[] = [];
afterAll(() => {
  program?.dispose();
  // For whoever runs the tests: not what is required, but what there was.
  for (const line of lines) console.log(line);
});

function report(name: string, begun: number, survived: Survived): void {
  const { kills, amidWrite, amidWriteDone, amidOpening, reported, trashEntries } = survived;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  lines.push(
    `survived: ${name}: ${kills} kills (${amidWrite} amid a write, of which ${amidWriteDone} had taken place; ${amidOpening} amid opening); ${reported} reported writes and ${trashEntries} trash entries whole; ${seconds} s`,
  );
}

async function killed(name: string, kills: number, make: () => Promise<KillableStore>): Promise<void> {
  const begun = performance.now();
  const survived = await survive(program, kills, make);
  report(name, begun, survived);
  expect(survived.kills).toBe(kills);
  expect(survived.amidWrite).toBeGreaterThanOrEqual(Math.floor(kills / 10));
}

const LONG = 600_000;
const passphrase = 'correct horse';
const plain = { compression: false };
const packed = { compression: true };

describe('a process that is killed while it writes loses nothing', () => {
  it('files, plain', () => killed('files, plain', KILLS, () => filesStore(plain)), LONG);
  it('files, packed', () => killed('files, packed', KILLS, () => filesStore(packed)), LONG);
  it(
    'files, by turns plain and packed',
    () => killed('files, both', FEWER_KILLS, () => filesStore(plain, packed)),
    LONG,
  );
  it(
    'files, encrypted',
    () => killed('files, encrypted', FEWER_KILLS, () => filesStore({ ...packed, passphrase })),
    LONG,
  );
  it('SQLite', () => killed('SQLite', KILLS, sqliteStore), LONG);

  describe('PostgreSQL', () => {
    let server: PostgresTestServer;
    beforeAll(async () => {
      server = await startPostgresTestServer();
    }, 60_000);
    afterAll(() => server?.close(), 60_000);
    it('the client', () => killed('PostgreSQL, client', KILLS, () => postgresStore(server)), LONG);
  });
});
