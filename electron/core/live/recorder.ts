/**
 * Watches a source that others write and records what changes: every save of a file is compared with the one before. Nothing
 * is written into the source; half-written files are waited for.
 */
import { createHash } from 'node:crypto';
import { watch } from 'chokidar';
import type { Changed } from '../persistence/backend.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { ChangeType } from '../tracking/journal-types.ts';
import type { Feed, Follower } from './live-session.ts';

/** What is recorded: a source that can be read anew. */
export interface RecordedSource {
  /** As it was read last. */
  readonly source: Source;
  changed(): Promise<Changed>;
  /** Has `source` be another one, read now. */
  readAnew(): Promise<void>;
  close(): Promise<void>;
}

/** Looking again and again costs at most a twentieth of the time. */
const PAUSE_FACTOR = 20;
const LEAST_PAUSE_MS = 500;
/** From a hint of the file system to looking: a program that saves does more than one thing to a file. */
const HINT_MS = 15;
/** What is shown follows what is recorded at most this often. */
const SHOW_MS = 400;

export class Recorder implements Follower {
  readonly #recorded: RecordedSource;
  readonly #feed: Feed;
  readonly #revisions = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  #shownAt = 0;
  #cost = 0;
  #unwatch: (() => Promise<void>) | null = null;

  /** @param feed also hears when the source cannot be looked at just now; it is tried again. */
  constructor(recorded: RecordedSource, feed: Feed) {
    this.#recorded = recorded;
    this.#feed = feed;
  }

  /** Takes in what is there now, then follows. */
  async start(): Promise<void> {
    await this.#takeAll('external');
    if (this.#stopped) return;
    const { location } = this.#recorded.source;
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
      const watcher = watch(location, { ignoreInitial: true, followSymlinks: false, ignorePermissionErrors: true });
      watcher.on('all', () => this.#hint());
      // Too many files for the system's watches: then looking has to do.
      watcher.on('error', () => undefined);
      this.#unwatch = () => watcher.close();
    }
    this.#schedule(LEAST_PAUSE_MS);
  }

  /** A state that Statescope itself has just written, or taken away. */
  async note(key: string, type: ChangeType): Promise<void> {
    await this.#recorded.readAnew();
    const there = this.#recorded.source.entries.some((entry) => entry.key === key);
    const made = there ? await this.#take(key, type, 'statescope') : this.#gone(key, 'statescope');
    if (made) this.#feed.onCommits();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#unwatch?.();
    await this.#looking;
    await this.#recorded.close();
  }

  #hint(): void {
    if (this.#looking !== null) this.#again = true;
    else this.#schedule(HINT_MS);
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
        const pause = Math.max(LEAST_PAUSE_MS, this.#cost * PAUSE_FACTOR);
        this.#schedule(this.#again ? HINT_MS : pause);
        this.#again = false;
      });
    }, delay);
  }

  async #look(): Promise<void> {
    const began = performance.now();
    try {
      const changed = await this.#recorded.changed();
      if (this.#stopped) return;
      if (changed === null) {
        await this.#readAnew();
        await this.#takeAll('external');
      } else if (changed.size > 0) {
        let made = false;
        for (const key of changed) made = (await this.#take(key, 'external', 'watch')) || made;
        if (made) this.#feed.onCommits();
        if (performance.now() - this.#shownAt > SHOW_MS) {
          await this.#readAnew();
          await this.#takeAll('external');
        } else this.#again = true;
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (!this.#stopped) this.#feed.onError(error);
    } finally {
      this.#cost = performance.now() - began;
    }
  }

  async #readAnew(): Promise<void> {
    await this.#recorded.readAnew();
    this.#shownAt = performance.now();
  }

  /** Everything that differs from what was recorded last, and what is no longer there. */
  async #takeAll(type: ChangeType): Promise<void> {
    let made = false;
    const there = new Set<string>();
    for (const { key } of this.#recorded.source.entries) {
      if (this.#stopped) return;
      there.add(key);
      made = (await this.#take(key, type, 'watch')) || made;
    }
    for (const key of this.#revisions.keys()) if (!there.has(key)) made = this.#gone(key, 'watch') || made;
    if (made) this.#feed.onCommits();
  }

  async #take(key: string, type: ChangeType, origin: string): Promise<boolean> {
    let text: Uint8Array;
    try {
      text = (await this.#recorded.source.read(key)).bytes;
    } catch (error) {
      // Gone, or half-written: the next look tells.
      if (error instanceof SourceError) return false;
      throw error;
    }
    const revision = createHash('sha256').update(text).digest('base64');
    if (this.#revisions.get(key) === revision) return false;
    const { result } = this.#feed.states.recordState(key, text, { origin, type });
    if (result === 'not-json') {
      // A file that is being written in place. What is never mended is a problem of the source, told there.
      this.#again = true;
      return false;
    }
    this.#revisions.set(key, revision);
    return result === 'recorded';
  }

  #gone(key: string, origin: string): boolean {
    this.#revisions.delete(key);
    return this.#feed.states.recordRemoved(key, { origin }).result === 'recorded';
  }
}
