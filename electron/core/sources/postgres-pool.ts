/** Connections to one PostgreSQL server: counted, bounded in time, cancellable, and made anew after the server was away. */
import { Socket } from 'node:net';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import type { PostgresTarget } from './postgres-address.ts';
import { type Doing, sqlState, toPostgresError } from './postgres-errors.ts';
import { SourceError } from './source-error.ts';

export interface PostgresPoolOptions {
  /** Connections at most. */
  readonly size: number;
  /** For connecting or getting a connection, and for each statement. */
  readonly timeoutSeconds: number;
  /** The server refuses every write. */
  readonly readOnly?: boolean;
}

/** How long closing waits for calls that are under way before it cuts them off. */
const CLOSING_GRACE_MS = 2000;
/** How long it then waits for the server to hang up: one that does not answer, or was not even reached yet, never does. */
const GOODBYE_MS = 500;
/** The server is to give up first: its answer says more. */
const LATER_MS = 1000;

export type Work<T> = (client: PoolClient) => Promise<T>;

export class PostgresPool {
  readonly target: PostgresTarget;
  readonly #pool: Pool;
  readonly #size: number;
  readonly #active = new Set<Promise<unknown>>();
  readonly #sockets: ReadonlySet<Socket>;
  readonly #cut = new AbortController();
  #closing: Promise<void> | null = null;

  /** Connects to nothing yet. */
  static async create(target: PostgresTarget, options: PostgresPoolOptions): Promise<PostgresPool> {
    // Loaded when a server is asked for, so that the command line starts fast on files.
    const { Pool } = await import('pg');
    const sockets = new Set<Socket>();
    const stream = (): Socket => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    };
    return new PostgresPool(target, new Pool({ ...poolConfig(target, options), stream }), options.size, sockets);
  }

  private constructor(target: PostgresTarget, pool: Pool, size: number, sockets: ReadonlySet<Socket>) {
    this.target = target;
    this.#size = size;
    this.#sockets = sockets;
    this.#pool = pool;
    // An idle connection was lost: the pool has dropped it and makes another when one is needed.
    pool.on('error', () => undefined);
  }

  /** Reading can be repeated: a connection that turns out to be dead is replaced. */
  read<T>(signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    return this.#run('read', signal, work, () => true);
  }

  /**
   * All of `work` or nothing, unless the connection is lost while committing: then either.
   * `doing` is `read` for `BEGIN … READ ONLY`.
   */
  transaction<T>(begin: string, doing: Doing, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    let begun = false;
    const inside: Work<T> = async (client) => {
      await client.query(begin);
      begun = true;
      try {
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        if (sqlState(error) !== null || error instanceof SourceError) await client.query('ROLLBACK');
        throw error;
      }
    };
    return this.#run(doing, signal, inside, () => !begun);
  }

  /** Idempotent. Calls under way are finished, or cut off after a moment. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const timer = setTimeout(() => this.#cut.abort(), CLOSING_GRACE_MS);
    await Promise.allSettled(this.#active);
    clearTimeout(timer);
    const goodbye = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, GOODBYE_MS);
    await this.#pool.end();
    clearTimeout(goodbye);
  }

  async #run<T>(doing: Doing, signal: AbortSignal | undefined, work: Work<T>, repeatable: () => boolean): Promise<T> {
    if (this.#closing !== null) throw this.#closed();
    const call = this.#repeat(doing, signal, work, repeatable);
    this.#active.add(call);
    try {
      return await call;
    } finally {
      this.#active.delete(call);
    }
  }

  async #repeat<T>(
    doing: Doing,
    signal: AbortSignal | undefined,
    work: Work<T>,
    repeatable: () => boolean,
  ): Promise<T> {
    let lost: SourceError | null = null;
    // After a restart each of the idle connections may turn out to be dead, one after the other.
    for (let left = this.#size; ; left--) {
      try {
        return await this.#once(doing, signal, work);
      } catch (error) {
        // The server went away in the middle, which says more than that it is away now.
        if (lost !== null && error instanceof SourceError && error.code === 'unreachable') throw lost;
        if (!(error instanceof SourceError && error.code === 'connection-lost') || left === 0 || !repeatable())
          throw error;
        lost = error;
      }
    }
  }

  async #once<T>(doing: Doing, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const either = signal === undefined ? this.#cut.signal : AbortSignal.any([signal, this.#cut.signal]);
    if (either.aborted) throw this.#cancelled(either);
    const client = await this.#connect(either);
    let usable = false;
    // The query that is under way rejects with the same error; without a listener it would end the process.
    const lost = () => undefined;
    client.on('error', lost);
    const abort = this.#rejectionOn(either, () => this.#cancelOnServer(client));
    try {
      const result = await Promise.race([work(client), abort.promise]);
      usable = true;
      return result;
    } catch (error) {
      // After an error of the server, or of ours, the connection is as good as before.
      usable = (sqlState(error) !== null || error instanceof SourceError) && !either.aborted;
      throw toPostgresError(error, this.target, doing);
    } finally {
      abort.forget();
      client.removeListener('error', lost);
      client.release(!usable);
    }
  }

  async #connect(signal: AbortSignal): Promise<PoolClient> {
    const abort = this.#rejectionOn(signal);
    const connecting = this.#pool.connect();
    try {
      return await Promise.race([connecting, abort.promise]);
    } catch (error) {
      // Nobody waits for it any more: it goes back when it comes, and whether it fails is nobody's concern.
      if (signal.aborted) connecting.then((client) => client.release()).catch(() => undefined);
      throw toPostgresError(error, this.target, 'connect');
    } finally {
      abort.forget();
    }
  }

  #rejectionOn(signal: AbortSignal, first?: () => void): { promise: Promise<never>; forget: () => void } {
    let onAbort = () => undefined as void;
    const promise = new Promise<never>((_, reject) => {
      onAbort = () => {
        first?.();
        reject(this.#cancelled(signal));
      };
    });
    signal.addEventListener('abort', onAbort, { once: true });
    return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
  }

  /** Closing the connection alone would leave the server at work until it has something to say. */
  #cancelOnServer(client: PoolClient): void {
    const { processID } = client as PoolClient & { readonly processID?: number | null };
    if (typeof processID !== 'number') return;
    const cancel = async () => {
      const { Client } = await import('pg');
      const other = new Client({
        ...this.target.config,
        connectionTimeoutMillis: LATER_MS,
        query_timeout: LATER_MS,
      });
      other.on('error', () => undefined);
      try {
        await other.connect();
        await other.query('SELECT pg_cancel_backend($1)', [processID]);
      } finally {
        await other.end();
      }
    };
    // It was the courteous way; the connection is closed in any case, and the statement's timeout stands.
    cancel().catch(() => undefined);
  }

  #cancelled(signal: AbortSignal): SourceError {
    if (this.#cut.signal.aborted) return this.#closed();
    const { location } = this.target;
    const message = `The call to ${location} was cancelled. Make it again to go on.`;
    return new SourceError('cancelled', message, { location }, { cause: signal.reason });
  }

  #closed(): SourceError {
    const { location } = this.target;
    return new SourceError('connection-lost', `${location} has been closed. Open it again.`, { location });
  }
}

function poolConfig({ config }: PostgresTarget, { size, timeoutSeconds, readOnly }: PostgresPoolOptions): PoolConfig {
  const timeout = timeoutSeconds * 1000;
  return {
    ...config,
    max: size,
    connectionTimeoutMillis: timeout,
    statement_timeout: timeout,
    query_timeout: timeout + LATER_MS,
    idle_in_transaction_session_timeout: timeout,
    ...(readOnly ? { options: '-c default_transaction_read_only=on -c timezone=UTC' } : {}),
  };
}
