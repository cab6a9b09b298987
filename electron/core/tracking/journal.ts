/**
 * The durable history of one source: a SQLite database that is ours alone, beside the settings and never inside the source. One
 * process records, any number may read meanwhile. All calls are synchronous; a journal belongs into a worker thread.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { DamagedJournal } from './damaged-journal.ts';
import { Appender } from './journal-append.ts';
import { lockJournal } from './journal-lock.ts';
import {
  type Density,
  type HistoryPage,
  JournalReader,
  type JournalTotals,
  type KeyAt,
  type LaneValue,
  type ListedCommit,
  type PageOptions,
} from './journal-reader.ts';
import { checkJournal, prepareJournal } from './journal-schema.ts';
import { JournalStates, type StateStep } from './journal-states.ts';
import type { CommitInfo, FullChange, JournalCommit, Mark, Moment } from './journal-types.ts';
import type { Query } from './query.ts';
import { addQueryFunctions } from './query-sql.ts';
import { applyRetention, planRetention, type RetentionPlan, type RetentionRule } from './retention.ts';

export interface JournalOptions {
  /** What is recorded, for people and without a password. A new journal keeps it. */
  readonly source: string;
  /** `read` takes no lock and finds a journal that is there. Default `record`. */
  readonly mode?: 'record' | 'read';
}

/** How the recording before this one ended, when it was not closed. */
export interface UncleanEnd {
  /** Microseconds. What happened within a tenth of a second after it, or before the next recording began, is not in the journal. */
  readonly flushedAt: number;
  readonly lastSeq: number;
}

const BUSY_TIMEOUT_MS = 5000;
/** Larger ones are looked at where they are read; checking takes about a second for 500 MB. */
const CHECKED_BYTES = 64 * 1024 * 1024;
const MICROS = 1000;

/**
 * @throws SourceError `journal-newer`, `journal-corrupt` (set the file aside, begin another), `journal-foreign` (leave it alone),
 * `locked` (another process records into it), `path-missing` (only when reading), `read-only`, `permission-denied`, `disk-full`.
 */
export function openJournal(path: string, options: JournalOptions): Journal {
  const location = resolve(path);
  const isRecording = options.mode !== 'read';
  const release = isRecording ? lockJournal(location) : () => undefined;
  let database: Database | null = null;
  try {
    if (!isRecording) statSync(location);
    database = new Sqlite(location, { readonly: !isRecording, timeout: BUSY_TIMEOUT_MS });
    database.pragma('trusted_schema = OFF');
    checkJournal(database, location);
    refuseDamage(database, location);
    if (isRecording) {
      prepareJournal(database, location, options.source);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      // Checkpoints of some 40 MB: fewer of them, and each copies a page once however often it was written.
      database.pragma('wal_autocheckpoint = 10000');
    }
    addQueryFunctions(database);
    return new Journal(database, location, isRecording, release);
  } catch (error) {
    database?.close();
    release();
    throw toJournalError(error, location);
  }
}

function refuseDamage(database: Database, location: string): void {
  const bytes = statSync(location).size;
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  const wal = statSync(`${location}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const wanted = number('page_count') * number('page_size');
  if (wal === 0 && bytes < wanted) throw new DamagedJournal(`it has ${bytes} bytes where ${wanted} are expected`);
  if (bytes > CHECKED_BYTES) return;
  const found = String(database.pragma('quick_check(1)', { simple: true }));
  if (found !== 'ok') throw new DamagedJournal(found);
}

/** A wrong argument is for the caller and stays what it is. @param location absolute path of the journal. */
function toJournalError(error: unknown, location: string): unknown {
  if (error instanceof SourceError || error instanceof RangeError || error instanceof TypeError) return error;
  const reason = errorCode(error);
  if (reason === 'ENOENT') {
    const message = `There is no journal ${location}. Check the path.`;
    return new SourceError('path-missing', message, { location }, { cause: error });
  }
  const isDamage =
    error instanceof DamagedJournal || error instanceof SyntaxError || /^(SQLITE_(CORRUPT|NOTADB)|Z_)/.test(reason);
  if (!isDamage) return toSqliteError(error, location);
  const what = error instanceof DamagedJournal || error instanceof SyntaxError ? error.message : reason;
  const message = `The journal ${location} is damaged or cut off (${what}). Keep it aside and record into a new one; the source itself opens without it.`;
  return new SourceError('journal-corrupt', message, { location, reason: what }, { cause: error });
}

/** The same for the same file, whatever it is called. */
function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

export class Journal {
  /** Absolute path. */
  readonly location: string;
  /** Null after a clean end, and for a new journal. */
  readonly uncleanEnd: UncleanEnd | null;
  readonly isRecording: boolean;
  readonly #database: Database;
  readonly #appender: Appender;
  readonly #states: JournalStates;
  readonly #reader: JournalReader;
  readonly #release: () => void;
  readonly #identity: string | null;
  #putMeta: Statement<[string, string]> | null = null;
  #lastSeq: number;
  #closed = false;

  /** For `openJournal`. */
  constructor(database: Database, location: string, isRecording: boolean, release: () => void) {
    this.#database = database;
    this.location = location;
    this.isRecording = isRecording;
    this.#release = release;
    this.#identity = identityOf(location);
    this.#states = new JournalStates(database);
    this.#appender = new Appender(database, this.#states);
    this.#reader = new JournalReader(database);
    this.#reader.floor = Number(this.meta('floor') ?? 1);
    this.#lastSeq = this.#readLastSeq();
    const recording = this.meta('recording');
    this.uncleanEnd = recording === null || !isRecording ? null : (JSON.parse(recording) as UncleanEnd);
    if (isRecording) this.#noteFlush(Date.now() * MICROS);
  }

  /** What it was begun for. */
  get source(): string {
    return this.meta('source') ?? '';
  }

  /** Sequence of the newest change, 0 for none. A reader of a journal that another process records into asks anew. */
  get lastSeq(): number {
    if (!this.isRecording) this.#lastSeq = this.#readLastSeq();
    return this.#lastSeq;
  }

  /** Bytes of the file, without what has not been moved there from the log. */
  get bytes(): number {
    return this.#run(() => {
      const number = (pragma: string) => Number(this.#database.pragma(pragma, { simple: true }));
      return number('page_count') * number('page_size');
    });
  }

  /**
   * Writes all of them or none. Deltas and patches must follow the last commit of their key. Returns the sequence of the last change.
   * @throws SourceError `journal-moved`, and what writing may come to.
   */
  append(commits: readonly JournalCommit[]): number {
    if (!this.isInPlace) {
      const message = `The journal ${this.location} was moved, deleted or replaced while it was recorded into. Put it back, or begin another by switching recording off and on.`;
      throw new SourceError('journal-moved', message, { location: this.location });
    }
    return this.#run(() => {
      try {
        this.#lastSeq = this.#database
          .transaction(() => {
            const last = this.#appender.append(commits, this.#lastSeq + 1);
            this.#noteFlush(Date.now() * MICROS, last);
            return last;
          })
          .immediate();
      } catch (error) {
        this.#appender.forget();
        throw error;
      }
      return this.#lastSeq;
    });
  }

  /** The text of a state, byte for byte; null where there was none. */
  stateAt(key: string, moment: Moment): Uint8Array | null {
    return this.#run(() => {
      const seq = this.#reader.seqAt(moment);
      const id = this.#appender.keys.find(key);
      return id === undefined || seq < this.#reader.floor - 1 ? null : this.#states.at(id, seq);
    });
  }

  /** Commits, about, that opening the last state of a key goes through. */
  sinceKeyframe(key: string): number {
    const id = this.keyId(key);
    return id === undefined ? 0 : this.#run(() => this.#states.sinceKeyframe(id));
  }

  /** After each commit of a key, in order; null after a removal. Take a text before the next step, or leave it. */
  *statesOf(key: string): Generator<StateStep> {
    const id = this.#appender.keys.find(key);
    if (id !== undefined) yield* this.#states.all(id, this.lastSeq);
  }

  /** Sequences of the commits after which a key has a state, in order. */
  commitsOf(key: string): readonly number[] {
    return this.#run(() => {
      const id = this.#appender.keys.find(key);
      return id === undefined ? [] : this.#reader.commitsOf(id);
    });
  }

  keysAt(moment: Moment): readonly KeyAt[] {
    return this.#run(() => this.#reader.keysAt(this.#reader.seqAt(moment)));
  }

  seqAt(moment: Moment): number {
    return this.#run(() => this.#reader.seqAt(moment));
  }

  page(query: Query, options: PageOptions): HistoryPage {
    return this.#run(() => this.#reader.page(query, options));
  }

  countSince(seq: number, query: Query): { readonly count: number; readonly atLeast: boolean } {
    return this.#run(() => this.#reader.countSince(seq, query));
  }

  density(from: number, to: number, buckets: number, query: Query): Density {
    return this.#run(() => this.#reader.density(from, to, buckets, query));
  }

  lane(
    key: string,
    path: string,
    limit: number,
  ): { readonly before: string | null; readonly values: readonly LaneValue[] } {
    return this.#run(() => this.#reader.lane(key, path, limit));
  }

  changeAt(seq: number): FullChange | null {
    return this.#run(() => this.#reader.changeAt(seq));
  }

  /** Commits, the newest first, before a sequence (null: of all). @param key null for all states */
  commits(key: string | null, before: number | null, limit: number): readonly ListedCommit[] {
    return this.#run(() => this.#reader.commits(key, before, limit));
  }

  commitAt(seq: number): CommitInfo | null {
    return this.#run(() => this.#reader.commitAt(seq));
  }

  marks(): readonly Mark[] {
    return this.#run(() => this.#reader.marks());
  }

  totals(): JournalTotals {
    return this.#run(() => this.#reader.totals());
  }

  /** What a rule would forget; nothing is changed. @param now milliseconds. */
  planRetention(rule: RetentionRule, now = Date.now()): RetentionPlan {
    return this.#run(() => planRetention(this.#database, rule, now, this.#reader.floor));
  }

  /** Forgets what the plan says. States at any later moment can still be had. Between steps others get a turn. */
  async retain(plan: RetentionPlan, signal?: AbortSignal): Promise<void> {
    const steps = applyRetention(this.#database, this.#states, plan);
    for (;;) {
      const isDone = this.#run(() => {
        const { value: step, done } = steps.next();
        if (done !== true) step();
        return done;
      });
      if (isDone === true) return;
      this.#reader.floor = Number(this.meta('floor') ?? 1);
      this.#appender.forget();
      if (signal?.aborted === true) return;
      await new Promise<void>((done) => setImmediate(done));
    }
  }

  /** Small things kept with a journal, such as its watches. */
  meta(name: string): string | null {
    return this.#run(() => {
      const row = this.#database
        .prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?')
        .get(name);
      return row?.value ?? null;
    });
  }

  setMeta(name: string, value: string): void {
    this.#run(() => {
      // Written with every batch, and not at all where a journal is only read.
      this.#putMeta ??= this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
      this.#putMeta.run(name, value);
    });
  }

  /** For the modules of this folder that keep tables of their own in it. */
  withDatabase<T>(work: (database: Database) => T): T {
    return this.#run(() => work(this.#database));
  }

  /** The id of a key; undefined for one that was never recorded. */
  keyId(key: string): number | undefined {
    return this.#run(() => this.#appender.keys.find(key));
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.isRecording) {
        this.#database.prepare("DELETE FROM meta WHERE name = 'recording'").run();
        this.#database.pragma('wal_checkpoint(TRUNCATE)');
      }
    } catch (error) {
      throw toJournalError(error, this.location);
    } finally {
      this.#database.close();
      this.#release();
    }
  }

  /** Whether its name still leads to it. A file that was moved or deleted can be written for as long as it is open. */
  get isInPlace(): boolean {
    return identityOf(this.location) === this.#identity;
  }

  #readLastSeq(): number {
    return this.#run(() => {
      const row = this.#database
        .prepare<[], { seq: number | null }>(
          'SELECT max((SELECT coalesce(max(seq), 0) FROM changes), (SELECT coalesce(max(seq), 0) FROM commits)) AS seq',
        )
        .get();
      return Math.max(row?.seq ?? 0, this.#reader.floor - 1);
    });
  }

  #noteFlush(flushedAt: number, lastSeq = this.#lastSeq): void {
    this.setMeta('recording', JSON.stringify({ flushedAt, lastSeq } satisfies UncleanEnd));
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toJournalError(error, this.location);
    }
  }
}
