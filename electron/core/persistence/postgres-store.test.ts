/** What only the PostgreSQL backend has to do: columns and JSONB with limits, a server that goes away, and others at work. */
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { SourceError } from '../sources/source-error.ts';
import { ABSENT, ANY, type Changed, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { openPostgresBackend, type PostgresBackendOptions } from './postgres-backend.ts';
import { AGENT_STATES } from './postgres-schema.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

let server: PostgresTestServer;
let database: string;
let url: string;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);
beforeEach(async () => {
  await server.start();
  database = await server.makeDatabase();
  url = server.url(database);
});

const query = (...statements: string[]) => server.query(database, ...statements);

async function store(options: PostgresBackendOptions = {}): Promise<StateBackend> {
  const backend = await openPostgresBackend({ url, create: true, ...options });
  onTestFinished(() => backend.close());
  return backend;
}

async function refusal(call: Promise<unknown>): Promise<SourceError> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    expect(JSON.stringify([error.message, error.details])).not.toContain(server.password);
    return error;
  }
  throw new Error('it was not refused');
}
const codeOf = async (call: Promise<unknown>) => (await refusal(call)).code;

/** Holds the row `agent:a` in a transaction of its own until it is told to let go. */
async function holdRow(): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query("SELECT 1 FROM agent_states WHERE state_id = 'a' FOR UPDATE");
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

const waiting = () =>
  query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'statescope'");

describe('JSONB', () => {
  it('numbers mean the same afterwards, and a float stays one', async () => {
    const backend = await store();
    const digits = fc.stringMatching(/^[0-9]{1,25}$/).map((text) => text.replace(/^0+(?=\d)/, ''));
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits,
        fc.option(digits),
        fc.option(fc.tuple(fc.constantFrom('e', 'E+', 'e-'), fc.nat(400))),
      )
      .map(
        ([sign, whole, part, power]) =>
          `${sign}${whole}${part === null ? '' : `.${part}`}${power === null ? '' : power.join('')}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 30 }), async (numbers) => {
        await backend.save('agent:n', recordOf(`[${numbers.join(',')}]`), ANY);
        const loaded = await backend.load('agent:n');
        if (loaded.status !== 'found') throw new Error(loaded.status);
        const stored = Buffer.from(loaded.record.stateData).toString();
        expect(checksum(stored)).toBe(checksum(`[${numbers.join(',')}]`));
        const isFloat = (text: string) => /[.eE]/.test(text);
        expect(stored.slice(1, -1).split(', ').map(isFloat)).toEqual(numbers.map(isFloat));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['1.7976931348623157e308', 'kept'],
    ['6.022e23', 'kept'],
    ['1e131071', 'kept'],
    ['1e131072', 'refused'],
    ['1.5e-16382', 'kept'],
    ['1e-16384', 'refused'],
    ['0e-20000', 'refused'],
    ['0.0e99999999', 'kept'],
    ['9'.repeat(131_072), 'kept'],
    ['9'.repeat(131_073), 'refused'],
    [`0.${'1'.repeat(16_383)}`, 'kept'],
    [`0.${'1'.repeat(16_384)}`, 'refused'],
  ])('%.30s is %s, as the server has it', async (number, outcome) => {
    const backend = await store();
    const saving = backend.save('agent:n', recordOf(`{"n": ${number}}`), ANY);
    if (outcome === 'kept') {
      await saving;
      const loaded = await backend.load('agent:n');
      expect(checksum(loaded.status === 'found' ? Buffer.from(loaded.record.stateData).toString() : '')).toBe(
        checksum(`{"n": ${number}}`),
      );
    } else {
      const error = await refusal(saving);
      expect(error).toMatchObject({ code: 'unsupported-value', message: expect.stringContaining("$['n']") });
      const cast = await query(`SELECT '${number}'::jsonb`).catch((error: unknown) => error);
      expect(cast).toMatchObject({ code: '22003' });
    }
  });

  it.each([
    ['{"a": [1, {"b": "x\\u0000"}]}', "$['a'][1]['b']", /NUL/],
    ['{"a": {"\\u0000": 1}}', "$['a']['\\u0000']", /NUL/],
    ['{"a": ["\\ud83d"]}', "$['a'][0]", /half of a character/],
    ['{"a": [NaN]}', "$['a'][0]", /NaN/],
    ['{"a": -Infinity}', "$['a']", /-Infinity/],
    ['{"a": 1, "b": 2, "a": 3}', "$['a']", /two members of one name/],
    ['{"a": "\t"}', 'byte 7', /control/],
  ])('%s is refused, and the error says where', async (json, where, what) => {
    const backend = await store();
    for (const record of [recordOf(json), recordOf('1', { metadata: Buffer.from(json) })]) {
      const { code, message } = await refusal(backend.save('agent:a', record, ANY));
      expect(code).toBe('unsupported-value');
      expect(message).toContain(where);
      expect(message).toMatch(what);
    }
    expect(await backend.list()).toEqual([]);
  });

  it('a value that is nested deeper than the server follows is refused by it', async () => {
    const backend = await store();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await codeOf(backend.save('agent:a', recordOf(deep), ANY))).toBe('unsupported-value');
    expect(await backend.exists('agent:a')).toBe(false);
  });
});

describe('columns', () => {
  it('what is longer than a column is refused before it is sent; characters count, not bytes', async () => {
    const backend = await store();
    await backend.save(
      `agent:${'🧠'.repeat(255)}`,
      recordOf('1', { type: '计'.repeat(255), version: '1'.repeat(50) }),
      ABSENT,
    );
    expect(await codeOf(backend.save(`agent:${'x'.repeat(256)}`, recordOf('1'), ANY))).toBe('invalid-key');
    expect(await codeOf(backend.save(`${'k'.repeat(101)}:x`, recordOf('1'), ANY))).toBe('invalid-key');
    expect(await codeOf(backend.save('agent:a', recordOf('1', { type: 'x'.repeat(256) }), ANY))).toBe(
      'unsupported-value',
    );
    expect(await codeOf(backend.save('agent:a', recordOf('1', { version: 'x'.repeat(51) }), ANY))).toBe(
      'unsupported-value',
    );
    expect(await codeOf(backend.save('agent:a', recordOf('1', { type: 'x\0' }), ANY))).toBe('unsupported-value');
    expect(await codeOf(backend.save('agent:a', recordOf('1', { timestamp: '2025-13-01' }), ANY))).toBe(
      'unsupported-value',
    );
  });

  it('microseconds are kept, and a time without a zone is UTC', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('1', { timestamp: '2025-09-10T10:00:00.000001+02:00' }), ANY);
    expect((await backend.info('agent:a'))?.updatedAt).toBe('2025-09-10T08:00:00.000001Z');
    await backend.save('agent:a', recordOf('1', { timestamp: '2025-09-10 10:00:00' }), ANY);
    expect(await backend.load('agent:a')).toMatchObject({ record: { timestamp: '2025-09-10T10:00:00.000Z' } });
  });
});

describe('the tables', () => {
  const made = `SELECT tablename AS name, indexdef AS sql FROM pg_indexes WHERE tablename = 'agent_states'
    UNION ALL SELECT column_name, data_type || coalesce(character_maximum_length::text, '') || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_name = 'agent_states' ORDER BY 1, 2`;

  it('are made when asked for, by several at once, and are those of the design', async () => {
    expect(await codeOf(openPostgresBackend({ url }))).toBe('not-a-store');
    await Promise.all([store(), store(), store()]);
    const ours = await query(made);
    const other = await server.makeDatabase();
    expect(await server.query(other, ...AGENT_STATES, made)).toEqual(ours);
  });

  it('are made once more while somebody writes to them, who is not disturbed', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('1'), ANY);
    // As a save begins: the row is held, and written to later.
    const writer = new Client({ connectionString: url });
    await writer.connect();
    onTestFinished(() => writer.end());
    await writer.query('BEGIN');
    await writer.query("SELECT 1 FROM agent_states WHERE state_id = 'a' FOR UPDATE");
    const second = store();
    await expect.poll(waiting).toHaveLength(1);
    await writer.query("UPDATE agent_states SET state_data = '2' WHERE state_id = 'a'");
    await writer.query('COMMIT');
    expect(await (await second).load('agent:a')).toMatchObject({ record: { stateData: Buffer.from('2') } });
  });

  it.each([
    ['a view of another table', () => ['CREATE VIEW agent_states AS SELECT * FROM theirs']],
    [
      'a table on another server',
      () => [
        'CREATE EXTENSION postgres_fdw',
        `CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '${server.port}', dbname '${database}')`,
        `CREATE USER MAPPING FOR ${server.user} SERVER there OPTIONS (user '${server.user}', password '${server.password}')`,
        "CREATE FOREIGN TABLE agent_states (LIKE theirs) SERVER there OPTIONS (table_name 'theirs')",
      ],
    ],
  ])('may be %s: what is known is loaded again as it is there', async (_name, made) => {
    await query(...AGENT_STATES, `INSERT INTO agent_states VALUES ('a', 'agents', '', '1', '1')`);
    await query('ALTER TABLE agent_states RENAME TO theirs', ...made());
    const backend = await store({ create: false });
    const known = await backend.load('agent:a');
    if (known.status !== 'found') throw new Error('it was not found');
    for (const _again of [1, 2]) expect(await backend.loadAgain(known)).toEqual(known);
    await query("UPDATE theirs SET state_data = '2'");
    expect(await backend.loadAgain(known)).toMatchObject({ record: { stateData: Buffer.from('2') } });
  });

  it("of a Python program stay as they are; the first write makes the trash's", async () => {
    await query(...AGENT_STATES, `INSERT INTO agent_states VALUES ('a', 'agents', '', '1', '{"n": 1}')`);
    const before = await query(made);
    const backend = await store({ create: false });
    expect(await backend.trash()).toEqual([]);
    expect(await query("SELECT to_regclass('statescope_trash') AS trash")).toEqual([{ trash: null }]);
    await backend.save('agent:a', recordOf('2'), ANY);
    expect(await backend.trash()).toHaveLength(1);
    expect(await query(made)).toEqual(before);
  });

  it('changes are told without our trigger, too', async () => {
    await query(...AGENT_STATES, `INSERT INTO agent_states VALUES ('a', 'agents', '', '1', '1')`);
    const backend = await store({ create: false });
    const told = await watched(backend);
    await query(
      `UPDATE agent_states SET state_data = '2'`,
      `INSERT INTO agent_states VALUES ('b', 'agents', '', '1', '1')`,
    );
    await expect.poll(() => [...told].toSorted(), { timeout: 3000 }).toEqual(['agent:a', 'agent:b']);
    told.clear();
    await query(`DELETE FROM agent_states WHERE state_id = 'a'`);
    await expect.poll(() => [...told], { timeout: 3000 }).toEqual(['agent:a']);
  });

  it('of two schemas in one database are told apart', async () => {
    const backend = await store();
    const told = await watched(backend);
    await query('CREATE SCHEMA other', 'SET search_path = other', ...AGENT_STATES);
    await query(
      'CREATE TRIGGER statescope_notify AFTER INSERT ON other.agent_states FOR EACH ROW EXECUTE FUNCTION statescope_notify()',
      `INSERT INTO other.agent_states VALUES ('theirs', 'agents', '', '1', '1')`,
      `INSERT INTO agent_states VALUES ('ours', 'agents', '', '1', '1')`,
    );
    await expect.poll(() => [...told], { timeout: 3000 }).toEqual(['agent:ours']);
  });
});

async function watched(backend: StateBackend): Promise<Set<string>> {
  const told = new Set<string>();
  onTestFinished(
    await backend.watch((changed: Changed) => (changed ?? ['everything']).forEach((key) => void told.add(key))),
  );
  return told;
}

describe('the server', () => {
  it('that was restarted is used again, and a watch learns what happened meanwhile', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('1'), ANY);
    const told = await watched(backend);
    await server.stop();
    expect(await codeOf(backend.load('agent:a'))).toMatch(/^(unreachable|connection-lost)$/);
    expect(await codeOf(backend.save('agent:a', recordOf('2'), ANY))).toBe('unreachable');
    await server.start();
    expect(await backend.load('agent:a')).toMatchObject({ status: 'found' });
    await query(`UPDATE agent_states SET state_data = '3'`);
    await expect.poll(() => told.has('agent:a'), { timeout: 5000 }).toBe(true);
    expect(await backend.save('agent:a', recordOf('4'), ANY)).toMatchObject({ status: 'saved' });
  });

  it.skipIf(process.platform === 'win32')(
    'that fell and lost what it had not written counts its transactions anew, and what is loaded again is what is there',
    async () => {
      const backend = await store();
      await backend.save('agent:a', recordOf('1'), ANY);
      const write = (text: string) =>
        query(
          'SET synchronous_commit = off',
          `UPDATE agent_states SET state_data = '${text}', updated_at = clock_timestamp() RETURNING pg_current_xact_id()::text AS number`,
        );
      await query('CHECKPOINT');
      const [writer] = await query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'");
      process.kill(Number(writer?.['pid']), 'SIGSTOP');
      const lost = await write('2');
      const known = await backend.load('agent:a');
      if (known.status !== 'found') throw new Error('it was not found');
      await backend.loadAgain(known);
      process.kill(Number(writer?.['pid']), 'SIGKILL');
      const text = () => query('SELECT state_data::text AS text FROM agent_states').catch(() => null);
      await expect.poll(text, { timeout: 10_000 }).toEqual([{ text: '1' }]);
      expect(await write('3')).toEqual(lost);
      expect(await backend.loadAgain(known)).toMatchObject({ record: { stateData: Buffer.from('3') } });
    },
  );

  it('that ends a connection in the middle of a transaction: nothing was written, and the next call works', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('"old"'), ANY);
    const letGo = await holdRow();
    const saving = refusal(backend.save('agent:a', recordOf('"new"'), ANY));
    await expect.poll(waiting).toHaveLength(1);
    await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    expect((await saving).code).toBe('connection-lost');
    await letGo();
    expect(await backend.load('agent:a')).toMatchObject({ record: { stateData: Buffer.from('"old"') } });
    expect(await backend.trash()).toEqual([]);
  });

  it('that dropped idle connections: the next call takes a new one', async () => {
    const backend = await store();
    for (let n = 0; n < 3; n++) {
      await Promise.all([backend.list(), backend.list()]);
      await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'statescope'");
      expect(await backend.save('agent:a', recordOf('1'), ANY)).toMatchObject({ status: 'saved' });
    }
  });

  it('whose connections are all in use; that does not answer in time', async () => {
    const backend = await store({ poolSize: 1, timeoutSeconds: 1 });
    await backend.save('agent:a', recordOf('1'), ANY);
    const letGo = await holdRow();
    const slow = refusal(backend.save('agent:a', recordOf('2'), ANY));
    await expect.poll(waiting).toHaveLength(1);
    // It waits for the first to give up, and then holds the connection for as long again.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const slower = refusal(backend.save('agent:a', recordOf('2'), ANY));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const late = refusal(backend.list());
    const codes = (await Promise.all([slow, slower, late])).map(({ code }) => code);
    expect(codes).toEqual(['timeout', 'timeout', 'pool-exhausted']);
    await letGo();
    expect(await backend.save('agent:a', recordOf('3'), ANY)).toMatchObject({ status: 'saved' });
  });

  it('that has no connection left', async () => {
    const role = `few_${database}`;
    await query(`CREATE ROLE ${role} LOGIN PASSWORD 'few' CONNECTION LIMIT 1`);
    await store();
    await query(`GRANT SELECT ON agent_states, statescope_trash TO ${role}`);
    const backend = await store({ user: role, password: 'few', create: false });
    const codes = await Promise.all(
      [1, 2, 3].map(() =>
        backend.list().then(
          () => 'listed',
          (error: SourceError) => error.code,
        ),
      ),
    );
    expect(codes.toSorted()).toContain('pool-exhausted');
  });

  it('is told to stop when a call is cancelled, within a second', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('1'), ANY);
    const letGo = await holdRow();
    const cancel = new AbortController();
    const saving = refusal(backend.save('agent:a', recordOf('2'), ANY, { signal: cancel.signal }));
    await expect.poll(waiting).toHaveLength(1);
    const begun = performance.now();
    cancel.abort();
    expect((await saving).code).toBe('cancelled');
    expect(performance.now() - begun).toBeLessThan(1000);
    await expect.poll(waiting, { timeout: 1000 }).toHaveLength(0);
    await letGo();
    expect(await backend.load('agent:a')).toMatchObject({ record: { stateData: Buffer.from('1') } });
  });

  it('closing does not wait for ever for a call that hangs', async () => {
    const backend = await store();
    await backend.save('agent:a', recordOf('1'), ANY);
    const letGo = await holdRow();
    const saving = refusal(backend.save('agent:a', recordOf('2'), ANY));
    await expect.poll(waiting).toHaveLength(1);
    const begun = performance.now();
    await backend.close();
    expect(performance.now() - begun).toBeLessThan(4000);
    expect((await saving).message).toMatch(/closed/);
    await letGo();
  });
});

describe('what the server reports while a state is written', () => {
  it.each([
    ['53100', 'disk-full'],
    ['25006', 'read-only'],
    ['40P01', 'locked'],
    ['57014', 'timeout'],
    ['54000', 'unsupported-value'],
    ['P0001', 'unreadable'],
  ])('%s is %s, and nothing has changed', async (state, code) => {
    const backend = await store();
    await backend.save('agent:a', recordOf('"old"'), ANY);
    await query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$`,
      'CREATE TRIGGER fail BEFORE UPDATE ON agent_states FOR EACH ROW EXECUTE FUNCTION fail()',
    );
    const error = await refusal(backend.save('agent:a', recordOf('"new"'), ANY));
    expect([error.code, error.details['reason']]).toEqual([code, 'no']);
    expect(await backend.load('agent:a')).toMatchObject({ record: { stateData: Buffer.from('"old"') } });
    expect(await backend.trash()).toEqual([]);
  });

  it('another value than was meant is never committed', async () => {
    const backend = await store();
    await query(
      `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state_data := '"other"'; RETURN NEW; END $$`,
      'CREATE TRIGGER meddle BEFORE INSERT ON agent_states FOR EACH ROW EXECUTE FUNCTION meddle()',
    );
    expect(await codeOf(backend.save('agent:a', recordOf('"meant"'), ANY))).toBe('unsupported-value');
    expect(await backend.exists('agent:a')).toBe(false);
  });
});

describe('rights', () => {
  it('a user who may only read reads; writing says why it cannot be done', async () => {
    const role = `reader_${database}`;
    const backend = await store();
    await backend.save('agent:a', recordOf('1'), ANY);
    await query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'reader'`,
      `GRANT SELECT ON agent_states, statescope_trash TO ${role}`,
    );
    const reader = await store({ user: role, password: 'reader', create: false });
    expect(await reader.list()).toEqual(['agent:a']);
    expect(await codeOf(reader.save('agent:a', recordOf('2'), ANY))).toBe('read-only');
    await query(`REVOKE SELECT ON agent_states FROM ${role}`);
    expect(await codeOf(reader.list())).toBe('permission-denied');
    await query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    const standby = await store({ create: false });
    expect(await standby.list()).toEqual(['agent:a']);
    expect(await codeOf(standby.save('agent:a', recordOf('2'), ANY))).toBe('read-only');
  });

  it('a wrong password, a missing one, a wrong database, a wrong port', async () => {
    const { port } = server;
    const here = { host: '127.0.0.1', port, user: 'postgres', database };
    expect(await codeOf(openPostgresBackend({ ...here, password: 'wrong' }))).toBe('auth-failed');
    expect(await codeOf(openPostgresBackend(here))).toBe('secret-needed');
    expect(await codeOf(openPostgresBackend({ ...here, password: server.password, database: 'none' }))).toBe(
      'auth-failed',
    );
    expect(await codeOf(openPostgresBackend({ ...here, port: 1 }))).toBe('unreachable');
    expect(
      (
        await store({
          url: `${url}?application_name=${server.password.slice(0, 3)}&password=${encodeURIComponent(server.password)}`,
        })
      ).location,
    ).toBe(`postgresql://postgres@127.0.0.1:${port}/${database}`);
  });
});

describe('TLS', () => {
  const authority = fileURLToPath(new URL('./fixtures/tls/ca.crt', import.meta.url));
  // The server's certificate is for `localhost`, from an authority that no system knows.
  it.each([
    ['localhost', { ssl: 'verify-full', sslRootCert: authority }, 'encrypted'],
    ['127.0.0.1', { ssl: 'verify-full', sslRootCert: authority }, 'unreachable'],
    ['127.0.0.1', { ssl: 'verify-ca', sslRootCert: authority }, 'encrypted'],
    ['127.0.0.1', { ssl: 'verify-ca' }, 'unreachable'],
    ['localhost', { ssl: true }, 'unreachable'],
    ['127.0.0.1', { ssl: 'require' }, 'encrypted'],
    ['127.0.0.1', { ssl: 'disable' }, 'plain'],
    ['127.0.0.1', {}, 'plain'],
  ] as const)('%s with %j: %s', async (host, tls, outcome) => {
    const opening = openPostgresBackend({ url, host, create: true, ...tls });
    if (outcome === 'unreachable') {
      const error = await refusal(opening);
      expect([error.code, error.message]).toEqual([outcome, expect.stringMatching(/certificate/)]);
      return;
    }
    onTestFinished(async () => (await opening).close());
    // From the location alone, as from a list of recent sources: the same place, in the same way.
    const { location } = await opening;
    await store({ url: location, password: server.password, create: false });
    const sql = `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
      WHERE application_name = 'statescope' AND datname = '${database}'`;
    expect(await query(sql)).toEqual([{ ssl: outcome === 'encrypted' }]);
  });

  it('a server elsewhere is verified in full unless the address says otherwise', async () => {
    const { postgresTarget } = await import('../sources/postgres-address.ts');
    const tlsOf = async (address: string) => (await postgresTarget({ url: address })).config.ssl;
    expect(await tlsOf('postgres://u@db.example/x')).toMatchObject({ rejectUnauthorized: true });
    expect(await tlsOf('postgres://u@db.example/x?sslmode=disable')).toBe(false);
    expect(await tlsOf('postgres://u@[::1]/x')).toBe(false);
  });
});

function checksum(json: string): string {
  const { document } = parseJson(Buffer.from(json));
  if (document === null) throw new Error(`no JSON: ${json}`);
  return canonicalChecksum(document);
}
