/**
 * A PostgreSQL server that crashes, is stopped in an instant or in order, and starts again, while a client writes. Whatever the client
 * was told is saved is there or in the trash; a write that was lost amid is there whole or not at all; and the client goes on by itself.
 */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { ANY, type LoadResult, type StateBackend } from './backend.ts';
import { numberedValue, numberIn } from './fixtures/numbered-value.ts';
import { plainRecord } from './fixtures/store-spec.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from './postgres-test-server.ts';

const ROUNDS = 5;
const KEYS = ['agent:a', 'session:b', 'note:c'];
const WRITING_MS = 250;
/** More than a restart takes on a busy machine. */
const BACK_WITHIN_MS = 20_000;

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
const lines: string[] = [];
afterAll(async () => {
  for (const line of lines) console.log(line);
  await server?.close();
}, 60_000);

async function serverProcess(column: 'postmaster' | 'ours'): Promise<number> {
  const sql =
    column === 'ours'
      ? "SELECT pid FROM pg_stat_activity WHERE application_name = 'statescope' ORDER BY random() LIMIT 1"
      : "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid";
  return Number((await server.query('postgres', sql))[0]?.['pid']);
}

/** The process that was killed is listed until the server has begun anew. */
async function hasRecovered(pid: number): Promise<boolean> {
  const rows = await server.query('postgres', `SELECT pid FROM pg_stat_activity WHERE pid = ${pid}`).catch(() => null);
  return rows?.length === 0;
}

async function startAgain(): Promise<void> {
  await server.stop();
  await server.start();
}

const FAULTS: Readonly<Record<string, () => Promise<void>>> = {
  // The server ends all the others, and recovers.
  'kill -9 of a server process': async () => {
    const pid = await serverProcess('ours');
    process.kill(pid, 'SIGKILL');
    // It takes a moment to notice, in which the others go on; the next fault would meet the recovery.
    await expect.poll(() => hasRecovered(pid), { timeout: BACK_WITHIN_MS, interval: 20 }).toBe(true);
  },
  // What `pg_ctl stop -m immediate` does.
  'immediate stop': async () => {
    process.kill(await serverProcess('postmaster'), 'SIGQUIT');
    await startAgain();
  },
  'stop and start': startAgain,
};

class Writer {
  readonly refused = new Map<string, number>();
  /** Of each key, as `KEY NUMBER`: what the client was told is saved. */
  readonly reported = new Set<string>();
  readonly current = new Map<string, number>();
  amidDone = 0;
  ended = false;
  #number = 0;
  readonly #backend: StateBackend;

  constructor(backend: StateBackend) {
    this.#backend = backend;
  }

  async write(key: string): Promise<void> {
    while (!this.ended) {
      const number = ++this.#number;
      try {
        await this.#backend.save(key, plainRecord(numberedValue(key, number)), ANY);
        this.current.set(key, number);
        this.reported.add(`${key} ${number}`);
      } catch (error) {
        this.#refused(error);
        await this.#findOut(key, number);
      }
    }
  }

  #refused(error: unknown): void {
    if (!(error instanceof SourceError)) throw error;
    this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1);
  }

  /** The old value whole, or the new one whole. */
  async #findOut(key: string, attempted: number): Promise<void> {
    const loaded = await this.#loadWhenBack(key);
    const found = loaded.status === 'found' ? numberIn(key, loaded.record.stateData) : undefined;
    const old = this.current.get(key);
    if (found !== old && found !== attempted) throw new Error(`${key} holds ${found}, not ${old} or ${attempted}`);
    if (found !== undefined) this.current.set(key, found);
    if (found === attempted) this.amidDone++;
  }

  async #loadWhenBack(key: string): Promise<LoadResult> {
    const begun = performance.now();
    for (;;) {
      try {
        return await this.#backend.load(key);
      } catch (error) {
        this.#refused(error);
        if (performance.now() - begun > BACK_WITHIN_MS) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

// Windows has no signals that a server would understand.
it.skipIf(process.platform === 'win32').each(Object.entries(FAULTS))(
  '%s: nothing that was reported as saved is lost',
  async (name, fault) => {
    const database = await server.makeDatabase();
    // The server of the tests is told not to wait for its journal; this is about one that is as it should be.
    await server.query('postgres', `ALTER DATABASE ${database} SET synchronous_commit = on`);
    const backend = await openPostgresBackend({
      url: server.url(database),
      create: true,
      poolSize: 3,
      timeoutSeconds: 10,
    });
    onTestFinished(() => backend.close());
    const writer = new Writer(backend);
    const writing = Promise.all(KEYS.map((key) => writer.write(key)));
    // A failure is seen when it is awaited at the end; here it ends the waiting.
    writing.catch(() => {
      writer.ended = true;
    });
    for (let round = 0; round < ROUNDS && !writer.ended; round++) {
      await new Promise((resolve) => setTimeout(resolve, WRITING_MS * (0.2 + Math.random())));
      await fault();
      const { size } = writer.reported;
      const goesOn = () => writer.ended || writer.reported.size > size + KEYS.length;
      await expect.poll(goesOn, { timeout: BACK_WITHIN_MS, interval: 20 }).toBe(true);
    }
    writer.ended = true;
    await writing;

    for (const [key, number] of writer.current) {
      const loaded = await backend.load(key);
      expect(loaded.status === 'found' && numberIn(key, loaded.record.stateData)).toBe(number);
    }
    const sql = 'SELECT state_id, state_data::text AS data FROM statescope_trash';
    const kept = new Set([...writer.current].map(([key, number]) => `${key} ${number}`));
    for (const { state_id, data } of await server.query(database, sql)) {
      const key = KEYS.find((key) => key.endsWith(`:${String(state_id)}`)) ?? '';
      kept.add(`${key} ${numberIn(key, Buffer.from(String(data)))}`);
    }
    expect([...writer.reported].filter((value) => !kept.has(value))).toEqual([]);
    expect(writer.refused.size).toBeGreaterThan(0);
    expect(['connection-lost', 'unreachable']).toEqual(expect.arrayContaining([...writer.refused.keys()]));
    const refused = [...writer.refused].map(([code, times]) => `${times} ${code}`).join(', ');
    lines.push(
      `survived: PostgreSQL, server: ${ROUNDS} times ${name}: ${writer.reported.size} reported writes there; calls refused amid: ${refused}; ${writer.amidDone} of them had taken place`,
    );
  },
  180_000,
);
