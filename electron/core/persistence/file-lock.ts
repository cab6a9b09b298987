/**
 * One writer at a time for a folder, among the calls of this process and among processes.
 *
 * The lock is a transaction of a SQLite database that holds nothing. Node has no flock, and a lock file outlives a process that is
 * killed: whoever comes next must guess whether its owner still runs. SQLite's lock belongs to the process and ends with it, after
 * kill -9 and a power cut too, on all three systems; and better-sqlite3 is here already.
 *
 * On POSIX, closing any descriptor of a file drops the locks that the process holds on it: nothing may open `lock.db` but this class.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite, { type Database } from 'better-sqlite3';
import { toWriteError } from '../files/replace-file.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import type { CallOptions } from './backend.ts';
import { callCancelled } from './sql-rows.ts';

const LONGEST_PAUSE_MS = 20;
const STORE_TIMEOUT_MS = 10_000;
/** For what belongs to a store itself. */
export const OWN_FOLDER = '.statescope';

/**
 * The lock of everybody who writes states of a store in the design's layout.
 * @param base without symbolic links. @param location of the store, for people. @param timeoutMs how long others are waited for.
 */
export function lockOfStore(base: string, location: string = base, timeoutMs: number = STORE_TIMEOUT_MS): FileLock {
  return new FileLock(location, join(base, OWN_FOLDER), timeoutMs);
}

export class FileLock {
  /** Of the store, for people. */
  readonly #location: string;
  /** Where `lock.db` lies. */
  readonly #folder: string;
  readonly #timeoutMs: number;
  #database: Database | null = null;
  /** The call that came last. */
  #last: Promise<unknown> = Promise.resolve();

  /** Nothing is written before the lock is first asked for. */
  constructor(location: string, folder: string, timeoutMs: number) {
    this.#location = location;
    this.#folder = folder;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Runs the work when everybody who came before is done. Calls of one process take their turns; the time limit counts from a
   * call's own turn on.
   * @throws SourceError `locked`, `read-only`, `cancelled`; whatever the work throws.
   */
  run<T>(work: () => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
    const done = this.#last.then(async () => {
      const release = await this.#acquire(signal);
      try {
        return await work();
      } finally {
        release();
      }
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** When everybody who came before is done. Idempotent. */
  async close(): Promise<void> {
    await this.#last;
    this.#database?.close();
    this.#database = null;
  }

  async #acquire(signal: AbortSignal | undefined): Promise<() => void> {
    const started = performance.now();
    for (let attempt = 0; ; attempt++) {
      if (signal?.aborted) throw callCancelled(this.#location, signal.reason);
      const database = await this.#opened();
      if (begin(database, this.#location)) {
        return () => {
          database.exec('ROLLBACK');
        };
      }
      if (performance.now() - started >= this.#timeoutMs) throw this.#locked();
      await sleep(Math.min(LONGEST_PAUSE_MS, 2 ** attempt) * (0.5 + Math.random()));
    }
  }

  async #opened(): Promise<Database> {
    if (this.#database) return this.#database;
    try {
      await mkdir(this.#folder, { recursive: true });
      // No waiting inside SQLite, which would hold up the whole thread.
      const database = new Sqlite(join(this.#folder, 'lock.db'), { timeout: 0 });
      // There is nothing to roll back: no journal is made for each lock, and none stays when its owner is killed.
      database.pragma('journal_mode = MEMORY');
      this.#database = database;
      return database;
    } catch (error) {
      throw asWriteError(error, this.#location);
    }
  }

  #locked(): SourceError {
    const seconds = Math.round(this.#timeoutMs / 100) / 10;
    const message = `Another program has been writing to ${this.#location} for more than ${seconds} s. Wait for it, or end it, then try again.`;
    return new SourceError('locked', message, { location: this.#location });
  }
}

/** False when another process has the lock. */
function begin(database: Database, location: string): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (errorCode(error).startsWith('SQLITE_BUSY')) return false;
    throw asWriteError(error, location);
  }
}

function asWriteError(error: unknown, location: string): SourceError {
  const reason = errorCode(error);
  const known = /^SQLITE_(READONLY|CANTOPEN|PERM)/.test(reason)
    ? 'EACCES'
    : reason.startsWith('SQLITE_FULL')
      ? 'ENOSPC'
      : null;
  return toWriteError(known ? Object.assign(new Error(reason, { cause: error }), { code: known }) : error, location);
}
