import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ANY } from '../persistence/backend.ts';
import { AGENT_STATES } from '../persistence/postgres-schema.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { textRevision } from '../writing/state-writer.ts';
import { openSource } from './open-source.ts';
import { openPostgres } from './postgres-source.ts';
import { failure, keys, opened, text } from './test-support.ts';

let server: PostgresTestServer;
let database: string;
let url: string;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);
beforeEach(async () => {
  database = await server.makeDatabase();
  url = server.url(database);
});

const run = (...statements: string[]) => server.query(database, ...statements);

/** As a Python program of the design makes and fills it. */
const python = (...rows: string[]) =>
  run(
    ...AGENT_STATES,
    ...rows.map(
      (row) =>
        `INSERT INTO agent_states (state_id, category, state_type, state_version, state_data, metadata, updated_at) VALUES (${row})`,
    ),
  );

describe('the table agent_states', () => {
  it('is listed with what its columns and its data tell, and read as it is', async () => {
    await python(
      `'planner', 'agents', 'agents.AgentStateModule', '1.0.0', '{"status": {"__custom_type__": "enum", "__data__": "BUSY"}, "big": 12345678901234567890}', '{"owner": "alice"}', '2025-09-10 10:00:00.25+02'`,
      `'42', 'sessions', 's.S', '2', '{"status": "AgentStatus.IDLE"}', NULL, '2025-09-10 08:00:00Z'`,
      `'x', 'cache', '', '1', '[1]', NULL, now()`,
    );
    const source = await opened(url);
    expect(source).toMatchObject({ format: 'agent-states-postgresql', problems: [] });
    expect(source.location).toBe(`postgresql://postgres@127.0.0.1:${server.port}/${database}`);
    expect(keys(source).toSorted()).toEqual(['agent:planner', 'cache:x', 'session:42']);
    const planner = source.entries.find(({ key }) => key === 'agent:planner');
    const stored = '{"big": 12345678901234567890, "status": {"__data__": "BUSY", "__custom_type__": "enum"}}';
    expect(planner).toMatchObject({
      status: 'busy',
      type: 'agents.AgentStateModule',
      bytes: stored.length,
      updatedAt: '2025-09-10T08:00:00.25Z',
      location: 'agent_states/agents/planner',
    });
    expect(source.entries.find(({ key }) => key === 'session:42')?.status).toBe('idle');
    const { metadata, problems } = await source.read('agent:planner');
    expect(await text(source, 'agent:planner')).toBe(stored);
    expect(problems).toEqual([]);
    expect(metadata).toMatchObject({
      table: 'agent_states',
      file: null,
      version: '1.0.0',
      updatedAt: planner?.updatedAt,
    });
    expect(metadata.fields).toEqual([
      { name: 'category', value: 'agents' },
      { name: 'metadata', value: '{"owner": "alice"}' },
    ]);
  });

  it('is told batch by batch, and can be cancelled in between', async () => {
    await python();
    await run(
      `INSERT INTO agent_states SELECT n::text, 'agents', '', '1', '{"n": 1}' FROM generate_series(1, 1201) AS n`,
    );
    const done: number[] = [];
    const source = await opened(url, { onProgress: ({ done: bytes }) => done.push(bytes) });
    expect(source.entries).toHaveLength(1201);
    expect(done).toEqual([500, 1000, 1201].map((rows) => rows * 8));

    const cancel = new AbortController();
    const opening = openSource(url, { signal: cancel.signal, onProgress: () => cancel.abort() });
    expect((await failure(opening)).code).toBe('cancelled');
  });

  it('that changed since: the state is shown as it is now, and says so', async () => {
    await python(`'a', 'agents', '', '1', '1', NULL, now()`, `'b', 'agents', '', '1', '1', NULL, now()`);
    const source = await opened(url);
    expect(await source.changed()).toEqual(new Set());
    await run(
      `UPDATE agent_states SET state_data = '2' WHERE state_id = 'a'`,
      `INSERT INTO agent_states VALUES ('c', 'sessions', '', '1', '1')`,
    );
    const { bytes, problems } = await source.read('agent:a');
    expect(Buffer.from(bytes).toString()).toBe('2');
    expect(problems).toMatchObject([{ code: 'changed-while-read', key: 'agent:a', severity: 'warning' }]);
    expect((await source.read('agent:b')).problems).toEqual([]);
    expect(await source.changed()).toEqual(new Set(['agent:a', 'session:c']));
    await run(`DELETE FROM agent_states WHERE state_id = 'b'`);
    await expect(source.read('agent:b')).rejects.toMatchObject({ code: 'not-found' });
    expect(await source.changed()).toEqual(new Set(['agent:a', 'agent:b', 'session:c']));
  });

  it('is never written: not by us, and not by a trick of the database', async () => {
    await python(`'a', 'agents', '', '1', '1', NULL, now()`);
    await run(
      `CREATE TABLE seen (n int)`,
      `CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (1); RETURN true; END $$`,
      `ALTER TABLE agent_states ENABLE ROW LEVEL SECURITY`,
      `CREATE POLICY spying ON agent_states USING (spy())`,
      `CREATE ROLE guest_${database} LOGIN PASSWORD 'guest'`,
      `GRANT SELECT ON agent_states, seen TO guest_${database}`,
      `GRANT INSERT ON seen TO guest_${database}`,
    );
    const guest = await failure(openPostgres({ url, user: `guest_${database}`, password: 'guest' }));
    expect(guest.code).toBe('permission-denied');
    expect(guest.details['reason']).toMatch(/read-only transaction/);
    expect(await run('SELECT * FROM seen')).toEqual([]);
    const tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;
    const source = await opened(url);
    await source.read('agent:a');
    expect(await run(tables)).toEqual([{ table_name: 'agent_states' }, { table_name: 'seen' }]);
  });

  it('goes on being read when the server was restarted meanwhile', async () => {
    await python(`'a', 'agents', '', '1', '1', NULL, now()`);
    const source = await opened(url);
    await server.stop();
    onTestFinished(() => server.start());
    await expect(source.read('agent:a')).rejects.toMatchObject({
      code: expect.stringMatching(/unreachable|connection-lost/),
    });
    await server.start();
    expect(await text(source, 'agent:a')).toBe('1');
  });

  it('is written through its writer: what was read is compared, and what is replaced can be put back', async () => {
    await python(`'a', 'agents', 'T', '7', '{"n": 1}', '{"k": 1}', now()`, `'z', 'agent', '', '1', '1', NULL, now()`);
    const source = await opened(url);
    const writer = source.writer({ safetyFolder: '' });
    if (typeof writer === 'string') throw new Error(writer);
    expect(writer.refusal('agent:a')).toBeNull();
    expect(writer.refusal('agent:z')).toBe('format');
    const seen = { kind: 'revision', revision: textRevision((await source.read('agent:a')).bytes) } as const;
    const written = await writer.replace('agent:a', Buffer.from('{"n":2}'), seen);
    expect(
      await run(
        `SELECT state_type, state_version, state_data, metadata->>'k' AS k FROM agent_states WHERE state_id = 'a'`,
      ),
    ).toEqual([{ state_type: 'T', state_version: '7', state_data: { n: 2 }, k: '1' }]);
    expect(await writer.replace('agent:a', Buffer.from('3'), seen)).toMatchObject({ status: 'conflict' });
    await writer.restore((written.status === 'written' && written.trash) || '', ANY);
    expect(await text(source, 'agent:a')).toBe('{"n": 1}');
    await expect(writer.replace('agent:z', Buffer.from('3'), ANY)).rejects.toMatchObject({ code: 'not-writable' });
  });
});

describe("AgentScope 2.x's tables", () => {
  it('agents and sessions are read; credentials never', async () => {
    const columns = 'id varchar PRIMARY KEY, user_id varchar, payload json, created_at timestamp, updated_at timestamp';
    await run(
      `CREATE TABLE agents (${columns})`,
      `CREATE TABLE sessions (${columns}, status varchar)`,
      `CREATE TABLE credentials (${columns})`,
      `INSERT INTO agents VALUES ('a1', 'u', '{"b": 1.0,  "a": "\\u0000"}', '2026-01-02 03:04:05', '2026-01-02 03:04:06.5')`,
      `INSERT INTO sessions VALUES ('s1', 'u', '{"x": 1}', NULL, NULL, 'RUNNING')`,
      `INSERT INTO credentials VALUES ('c1', 'u', '{"key": "sk-secret"}', NULL, NULL)`,
    );
    const source = await opened(url);
    expect(source.format).toBe('agentscope-2-sql');
    expect(keys(source)).toEqual(['agent:a1', 'session:s1']);
    // JSON, unlike JSONB, is kept as it was written; and a time without a zone stays without one.
    expect(await text(source, 'agent:a1')).toBe('{"b": 1.0,  "a": "\\u0000"}');
    expect(source.entries[0]).toMatchObject({ type: 'AgentRecord', updatedAt: '2026-01-02T03:04:06.5' });
    expect(source.entries[1]?.status).toBe('running');
    expect(source.writer({ safetyFolder: '' })).toBe('format');
  });
});

describe('what cannot be opened', () => {
  const secret = 'hunter2-%2F';
  async function refused(address: string) {
    const error = await failure(openSource(address));
    const shown = JSON.stringify([error.message, error.details, String(error.cause)]);
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(server.password);
    return error;
  }

  it('a database without a known table says what it has', async () => {
    await run('CREATE TABLE invoices (id int)');
    expect(await refused(url)).toMatchObject({ code: 'postgres-unknown-tables', details: { tables: 'invoices' } });
    await run('CREATE VIEW agent_states AS SELECT 1 AS state_id');
    expect((await refused(url)).code).toBe('postgres-unknown-tables');
  });

  it('a wrong password, user or database is refused', async () => {
    const { port } = server;
    for (const address of [
      `postgres://postgres:${secret}@127.0.0.1:${port}/${database}`,
      `postgres://nobody:${secret}@127.0.0.1:${port}/${database}`,
      server.url('no-such-database'),
    ]) {
      expect((await refused(address)).code).toBe('auth-failed');
    }
  });

  it('a password is asked for where none is given, and taken from the options or the environment', async () => {
    await python(`'a', 'agents', '', '1', '1', NULL, now()`);
    const address = `postgresql://postgres@127.0.0.1:${server.port}/${database}`;
    vi.stubEnv('PGPASSWORD', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await refused(address)).code).toBe('secret-needed');
    expect(keys(await opened(address, { secret: server.password }))).toEqual(['agent:a']);
    vi.stubEnv('PGPASSWORD', server.password);
    expect(keys(await opened(address))).toEqual(['agent:a']);
  });

  it.each([
    ['nobody listens', `postgresql://me:${secret}@127.0.0.1:1/db`, 'unreachable'],
    ['no such host', `postgresql://me:${secret}@host.invalid/db?sslmode=disable`, 'unreachable'],
    ['no address', `postgresql://me:${secret}@host:port/db`, 'unsupported-url'],
    ['a broken escape', 'postgresql://me:hunter2%zz@host/db', 'unsupported-url'],
    ['a mode that may fall back to plain text', `postgresql://me:${secret}@host/db?sslmode=prefer`, 'bad-config'],
    ['certificates that are not there', `postgresql://me:${secret}@host/db?sslrootcert=/nowhere/ca.crt`, 'bad-config'],
  ])('%s', async (_, address, code) => {
    expect((await refused(address)).code).toBe(code);
  });

  it('a call that was cancelled before it began', async () => {
    const error = await failure(
      openSource(`postgresql://me:${secret}@127.0.0.1:1/db`, { signal: AbortSignal.abort() }),
    );
    expect(error.code).toBe('cancelled');
    expect(error.message).not.toContain('hunter2');
  });
});
