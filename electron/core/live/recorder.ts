/**
 * Watches a source that others write and records what changes: every save of a file is compared with the one before. Nothing
 * is written into the source; half-written files are waited for.
 */
import { createHash } from 'node:crypto';
import { watch } from 'chokidar';
import type { Changed } from '../persistence/backend.ts';
import type { Source, StateBytes } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { ChangeType, MarkInput } from '../tracking/journal-types.ts';
import type { Feed, Follower } from './feed.ts';

/** What is recorded: a source that can be read anew. Whatever fails is a SourceError. */
export interface RecordedSource {
  /** As it was read last. */
  readonly source: Source;
  changed(): Promise<Changed>;
  /** Several at once, since one that is being written is waited for. `take` gets each, in order; null for what cannot be read. */
  read(keys: readonly string[], take: (key: string, state: StateBytes | null) => void): Promise<void>;
  /** Has `source` be another one, read now. */
  readAnew(): Promise<void>;
  close(): Promise<void>;
}

/** Looking again and again costs at most a twentieth of the time. */
const PAUSE_FACTOR = 20;
const LEAST_PAUSE_MS = 500;
/** From a hint of the file system to looking: a program that saves does more than one thing to a file. */
const HINT_MS = 15;
/** What is shown follows what is recorded at most this often, and reading all of it takes at most a fifth of the time. */
const SHOW_MS = 400;
const SHOW_FACTOR = 4;
/** A database says that it has changed, and not what: then reading all of it is the only way to look. */
const READ_ALL_MS = 50;
/** What could not be read is looked at again when the file system tells of something, and at least this often. */
const BROKEN_PAUSE_MS = 5000;
/** A source that is away for a moment, or half-written, is nothing to tell of. */
const PATIENCE_MS = 2000;
/** Whoever closes a source does not wait for more than this. */
const QUICK_MS = 1000;

/** Reading is mostly waiting. */
const AT_ONCE = 32;

interface Known {
  /** Hash of the text that was recorded last; null for what an earlier recording left. */
  readonly revision: string | null;
  /** Null: not known. */
  readonly location: string | null;
}

export class Recorder implements Follower {
  readonly #recorded: RecordedSource;
  readonly #feed: Feed;
  readonly #known = new Map<string, Known>();
  /** What Statescope itself is writing, until that is recorded. */
  readonly #own = new Map<string, { readonly type: ChangeType; readonly mark: MarkInput | undefined }>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #hinted = false;
  /** States have changed since all was read. */
  #stale = false;
  /** One more look, and no more. */
  #ending = false;
  #stopped = false;
  #readAt = 0;
  #readCost = 0;
  #lookCost = 0;
  #failingSince: number | null = null;
  #told = false;
  #unwatch: (() => Promise<void>) | null = null;

  /** @param feed also hears when the source cannot be looked at for a while; it is tried again. */
  constructor(recorded: RecordedSource, feed: Feed) {
    this.#recorded = recorded;
    this.#feed = feed;
    for (const key of feed.known) this.#known.set(key, { revision: null, location: null });
  }

  /** Takes in what is there now, then follows. */
  async start(): Promise<void> {
    const { location } = this.#recorded.source;
    const began = performance.now();
    // Before looking, so that nothing falls in between.
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
      const watcher = watch(location, { ignoreInitial: true, followSymlinks: false, ignorePermissionErrors: true });
      watcher.on('all', () => this.#hint());
      // Too many files for the system's watches: then looking has to do.
      watcher.on('error', () => undefined);
      this.#unwatch = () => watcher.close();
    }
    await this.#takeAll(this.#recorded.source);
    this.#readAt = performance.now();
    this.#readCost = this.#readAt - began;
    this.#schedule(this.#hinted ? HINT_MS : LEAST_PAUSE_MS);
  }

  /** States that Statescope itself has just written, or taken away. */
  async note(keys: readonly string[], type: ChangeType, mark?: MarkInput): Promise<void> {
    const owns = new Map(keys.map((key, at) => [key, { type, mark: at === 0 ? mark : undefined }]));
    // At once: whoever looks meanwhile must not take it for somebody else's.
    for (const [key, own] of owns) this.#own.set(key, own);
    try {
      await this.#recorded.readAnew();
      const there = new Map(this.#recorded.source.entries.map(({ key, location }) => [key, location]));
      const stays = keys.filter((key) => there.has(key));
      await this.#takeSome(stays, (key) => there.get(key) ?? null);
      let made = false;
      for (const key of keys) if (!there.has(key)) made = this.#gone(key) || made;
      if (made) this.#feed.onCommits();
    } finally {
      for (const [key, own] of owns) if (this.#own.get(key) === own) this.#own.delete(key);
    }
  }

  /** What was saved before is recorded, unless all of a large source would have to be read for that. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ending = true;
    if (this.#unwatch !== null) {
      await this.#looking;
      await (this.#looking ??= this.#look());
    }
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#unwatch?.();
    await this.#looking;
    await this.#recorded.close();
  }

  #hint(): void {
    this.#hinted = true;
    // While it is looking the file system may tell what looking itself has not seen: it looks once more.
    if (this.#looking === null) this.#schedule(this.#pause());
  }

  /** Never later than what is due already: hints that do not end would put it off for ever. */
  #schedule(delay: number): void {
    const at = performance.now() + delay;
    if (this.#stopped || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
        this.#schedule(this.#pause());
      });
    }, delay);
  }

  #pause(): number {
    if (this.#hinted) return Math.max(HINT_MS, this.#lookCost);
    const idle = Math.max(LEAST_PAUSE_MS, this.#lookCost * PAUSE_FACTOR);
    return this.#stale ? Math.min(idle, Math.max(HINT_MS, this.#untilReading(SHOW_MS))) : idle;
  }

  #untilReading(pause: number): number {
    return this.#readAt + Math.max(pause, this.#readCost * SHOW_FACTOR) - performance.now();
  }

  async #look(): Promise<void> {
    const began = performance.now();
    const hinted = this.#hinted;
    this.#hinted = false;
    try {
      const changed = await this.#recorded.changed();
      if (this.#stopped) return;
      await this.#takeSome([...(changed ?? [])], (key) => this.#known.get(key)?.location ?? null);
      this.#lookCost = performance.now() - began;
      const waited = began - this.#readAt > BROKEN_PAUSE_MS;
      if (changed === null || changed.size > 0 || ((hinted || waited) && isBroken(this.#recorded.source.problems)))
        this.#stale = true;
      const wait = this.#ending ? 0 : this.#untilReading(changed === null ? READ_ALL_MS : SHOW_MS);
      // At the end it is enough to know what has changed, where that is known.
      const isNeeded = this.#ending ? changed === null && this.#readCost < QUICK_MS : this.#stale;
      if (isNeeded && wait <= 0) await this.#readAll();
      this.#recovered();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#failed(error);
    }
  }

  async #readAll(): Promise<void> {
    const began = performance.now();
    try {
      await this.#recorded.readAnew();
      await this.#takeAll(this.#recorded.source);
      this.#stale = false;
    } catch (error) {
      // A folder whose last state was taken away is one without states.
      const isEmpty = error instanceof SourceError && error.code === 'nothing-to-open';
      if (!isEmpty || error.details['problems'] !== 0) throw error;
      await this.#takeAll({ entries: [], problems: [] });
      this.#stale = false;
    } finally {
      this.#readAt = performance.now();
      this.#readCost = this.#readAt - began;
    }
  }

  /** Everything that differs from what was recorded last, and what is no longer there. */
  async #takeAll({ entries, problems }: Pick<Source, 'entries' | 'problems'>): Promise<void> {
    const there = new Map(entries.map(({ key, location }) => [key, location]));
    await this.#takeSome([...there.keys()], (key) => there.get(key) ?? null);
    if (this.#stopped) return;
    let made = false;
    for (const [key, { location }] of this.#known) {
      if (!there.has(key) && !isBroken(problems, location)) made = this.#gone(key) || made;
    }
    if (made) this.#feed.onCommits();
  }

  async #takeSome(keys: readonly string[], placeOf: (key: string) => string | null): Promise<void> {
    for (let at = 0; at < keys.length && !this.#stopped; at += AT_ONCE) {
      let made = false;
      await this.#recorded.read(keys.slice(at, at + AT_ONCE), (key, state) => {
        // What is gone, or half-written, the next look tells.
        if (state !== null) made = this.#take(key, placeOf(key), state) || made;
      });
      if (made) this.#feed.onCommits();
    }
  }

  #take(key: string, location: string | null, { bytes: text, problems }: StateBytes): boolean {
    // Once is said of every file that was saved since it was opened, twice of one that was being saved while it was read.
    if (problems.filter(({ code }) => code === 'changed-while-read').length > 1) return this.#later();
    const revision = createHash('sha256').update(text).digest('base64');
    if (this.#known.get(key)?.revision === revision) return false;
    const own = this.#own.get(key);
    const { result } = this.#feed.states.recordState(key, text, {
      origin: own === undefined ? 'watch' : 'statescope',
      type: own?.type ?? 'external',
      mark: own?.mark,
    });
    // A file that is being written in place. What is never mended is a problem of the source, told there.
    if (result === 'not-json') return this.#later();
    this.#known.set(key, { revision, location });
    return result === 'recorded';
  }

  #later(): false {
    this.#stale = true;
    return false;
  }

  #gone(key: string): boolean {
    this.#known.delete(key);
    const own = this.#own.get(key);
    const origin = own === undefined ? 'watch' : 'statescope';
    return this.#feed.states.recordRemoved(key, { origin, mark: own?.mark }).result === 'recorded';
  }

  #failed(error: SourceError): void {
    this.#failingSince ??= performance.now();
    if (this.#stopped || this.#told || performance.now() - this.#failingSince < PATIENCE_MS) return;
    this.#told = true;
    this.#feed.onError(error);
  }

  #recovered(): void {
    this.#failingSince = null;
    if (!this.#told) return;
    this.#told = false;
    this.#feed.onRecovered();
  }
}

/** Whether anything cannot be read, or what a state is stored in: it may be half-written, and is not gone. */
function isBroken(problems: Source['problems'], location: string | null = null): boolean {
  return problems.some(
    ({ severity, location: place }) =>
      severity === 'error' &&
      (location === null || place === '.' || location === place || location.startsWith(`${place}/`)),
  );
}
