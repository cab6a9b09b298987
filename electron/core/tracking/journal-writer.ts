/** Commits on their way into a journal: a transaction costs the same for one change as for a thousand. */
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from './journal.ts';
import { type JournalCommit, slotsOf } from './journal-types.ts';

export interface JournalWriterOptions {
  /** How long a commit waits at most, in milliseconds; what a kill -9 can cost. Default 50. */
  readonly maxDelayMs?: number;
  /** Changes that are written at once without waiting. Default 1,000. */
  readonly batch?: number;
  /** Changes that are kept while writing fails, a full disk for instance. Then `add` throws. Default 50,000. */
  readonly maxWaiting?: number;
  /** Writing failed, for another reason than the last time; it is tried again with the next commit, and every second. */
  readonly onError?: (error: SourceError) => void;
  /** All that waited has been written. */
  readonly onRecovered?: () => void;
}

export interface WriterCounts {
  readonly commits: number;
  readonly changes: number;
  readonly flushes: number;
  /** Changes that are not in the journal yet. */
  readonly waiting: number;
  /** Commits that `add` refused. */
  readonly refused: number;
}

const RETRY_MS = 1000;

export class JournalWriter {
  readonly #journal: Journal;
  readonly #maxDelayMs: number;
  readonly #batch: number;
  readonly #maxWaiting: number;
  readonly #onError: (error: SourceError) => void;
  readonly #onRecovered: () => void;
  #queue: JournalCommit[] = [];
  /** Sequences that the queue takes. */
  #slots = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | null = null;
  #failure: SourceError | null = null;
  #listeners: (() => void)[] = [];
  #commits = 0;
  #changes = 0;
  #flushes = 0;
  #refused = 0;

  constructor(journal: Journal, options: JournalWriterOptions = {}) {
    this.#journal = journal;
    this.#maxDelayMs = options.maxDelayMs ?? 50;
    this.#batch = options.batch ?? 1000;
    this.#maxWaiting = options.maxWaiting ?? 50_000;
    this.#onError = options.onError ?? (() => undefined);
    this.#onRecovered = options.onRecovered ?? (() => undefined);
  }

  get counts(): WriterCounts {
    const { length } = this.#queue;
    return {
      commits: this.#commits - length,
      changes: this.#changes - this.#waiting,
      flushes: this.#flushes,
      waiting: this.#waiting,
      refused: this.#refused,
    };
  }

  /** Whether more should wait for `ready`: the journal does not keep up, which after a thousand changes only a fault can cause. */
  get isFull(): boolean {
    return this.#waiting >= this.#maxWaiting;
  }

  /**
   * Takes a commit; the sequence of its first change.
   * @throws SourceError, the reason why writing fails, when too much is waiting; the commit was not taken then.
   */
  add(commit: JournalCommit): number {
    if (this.isFull && !this.tryFlush() && this.#failure !== null) {
      this.#refused += 1;
      throw this.#failure;
    }
    const seq = this.#journal.lastSeq + this.#slots + 1;
    this.#queue.push(commit);
    this.#slots += slotsOf(commit);
    this.#waiting += commit.changes.length;
    this.#commits += 1;
    this.#changes += commit.changes.length;
    if (this.#slots >= this.#batch && this.#failure === null) this.tryFlush();
    else this.#schedule(this.#failure === null ? this.#maxDelayMs : RETRY_MS);
    return seq;
  }

  /** Resolves when there is room again. */
  async ready(): Promise<void> {
    if (!this.isFull) return;
    await new Promise<void>((resolve) => this.#listeners.push(resolve));
  }

  /** Everything that was taken is in the journal afterwards. @throws SourceError; what was taken is kept and tried again. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#queue.length === 0) return;
    try {
      this.#journal.append(this.#queue);
    } catch (error) {
      const before = this.#failure;
      const failure = asSourceError(error, this.#journal.location);
      this.#failure = failure;
      this.#schedule(RETRY_MS);
      if (before?.code !== failure.code) this.#onError(failure);
      throw failure;
    }
    const hadFailed = this.#failure !== null;
    this.#queue = [];
    this.#slots = 0;
    this.#waiting = 0;
    this.#flushes += 1;
    this.#failure = null;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
    if (hadFailed) this.#onRecovered();
  }

  /** As `flush`; false where that fails, which `onError` tells. */
  tryFlush(): boolean {
    try {
      this.flush();
      return true;
    } catch (error) {
      if (error instanceof SourceError) return false;
      throw error;
    }
  }

  /** Flushes and writes nothing any more. The journal stays open. @throws as `flush`. */
  close(): void {
    try {
      this.flush();
    } finally {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  #schedule(delay: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.tryFlush();
    }, delay);
  }
}

function asSourceError(error: unknown, location: string): SourceError {
  if (error instanceof SourceError) return error;
  const message = `${location} cannot be written: ${String(error)}. Record into another file.`;
  return new SourceError('unreadable', message, { location, reason: String(error) }, { cause: error });
}
