/**
 * Keeps a store of states (a folder, a SQLite database, PostgreSQL) and a node alike: what programs write into the store becomes
 * changes of the node, and what all nodes show is written into the store. What was last seen in the store is remembered, so that a
 * node knows its own writing again, and what a program wrote over is known when it writes: if that was not the newest, it is a
 * concurrent write.
 */
import { createHash } from 'node:crypto';
import {
  ABSENT,
  type Changed,
  type Found,
  type Missing,
  revisionOf,
  type StateBackend,
  type StateRecord,
} from '../persistence/backend.ts';
import { readStateFile, writeStateFile } from '../persistence/state-file.ts';
import { SourceError } from '../sources/source-error.ts';
import type { DistributedStateManager } from './distributed-state-manager.ts';
import { sameVersion } from './model.ts';
import { type Mirrored, type SyncVersionSeen, shownOf } from './node-store.ts';

export interface MirrorOptions {
  readonly store: StateBackend;
  readonly node: DistributedStateManager;
  /** `both`: the store is written, too. `from-store`: it is only read. */
  readonly direction: 'both' | 'from-store';
  /** A state that cannot be mirrored, or a store that cannot be reached (then it is tried again). */
  readonly onProblem: (error: SourceError) => void;
}

const RETRY_MS = 2000;
/** Another program writes the same state all the time. */
const TRIES = 5;

export class StoreMirror {
  readonly #options: MirrorOptions;
  readonly #waiting = new Set<string>();
  #working: Promise<void> | null = null;
  /** What `#retry` tries again: a state, or null for the whole store. */
  readonly #again = new Set<string | null>();
  #retry: NodeJS.Timeout | null = null;
  #stopWatching: (() => Promise<void>) | null = null;
  #closed = false;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Resolves when the store and the node are alike, and every change from now on is heard of. @throws SourceError of the store. */
  async start(): Promise<void> {
    const { store } = this.#options;
    const stop = await store.watch((changed) => this.#changed(changed));
    if (this.#closed) return stop();
    this.#stopWatching = stop;
    await this.all();
  }

  /** Looks at every state once, and resolves when that is done, or at `close`. @throws SourceError of the store. */
  async all(): Promise<void> {
    const { store, node } = this.#options;
    const stored = await store.list();
    // The node's file may be closed by now, too.
    if (this.#closed) return;
    const known = node.store.mirroredKeys();
    // Somebody has put another store there, or it is not mounted: that is no deletion of everything. It is filled again.
    const held = known.filter((key) => node.store.mirrored(key)?.hash !== '');
    if (stored.length === 0 && held.length > 1) for (const key of held) node.store.forgetMirrored(key);
    this.look([...stored, ...known, ...node.keys()]);
    await this.idle();
  }

  /** States that have changed in the node or in the store. */
  look(keys: Iterable<string>): void {
    for (const key of keys) this.#waiting.add(key);
    if (!this.#closed && this.#waiting.size > 0) this.#working ??= this.#work();
  }

  /** Resolves when there is nothing to do. */
  async idle(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  /** Finishes the state that it is at. Idempotent; the store stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const stop = this.#stopWatching;
    this.#stopWatching = null;
    await stop?.();
    await this.idle();
  }

  #changed(changed: Changed): void {
    if (changed !== null) return this.look(changed);
    this.all().catch((error: unknown) => this.#failed(error, null));
  }

  async #work(): Promise<void> {
    for (const key of this.#waiting) {
      if (this.#closed) break;
      this.#waiting.delete(key);
      try {
        await this.#align(key);
      } catch (error) {
        this.#failed(error, key);
      }
    }
    this.#working = null;
  }

  #failed(error: unknown, key: string | null): void {
    if (!(error instanceof SourceError)) throw error;
    this.#options.onProblem(error);
    if (!AGAIN.has(error.code) || this.#closed) return;
    this.#again.add(key);
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      const keys = [...this.#again];
      this.#again.clear();
      if (keys.includes(null)) this.#changed(null);
      this.look(keys.filter((each) => each !== null));
    }, RETRY_MS);
  }

  async #align(key: string): Promise<void> {
    const { store, direction } = this.#options;
    for (let left = TRIES; left > 0; left--) {
      const loaded = await store.load(key);
      // Somebody has to look at it; until then it is neither sent nor written over.
      if (loaded.status === 'corrupt') throw cannot(key, store.location, loaded.reason);
      const known = this.#takeIn(key, loaded);
      if (direction === 'from-store' || (await this.#writeOut(key, loaded, known))) return;
    }
    throw cannot(key, store.location, 'another program writes it all the time');
  }

  /** What was written into the store becomes a change of the node. */
  #takeIn(key: string, loaded: Found | Missing): Mirrored | null {
    const { node } = this.#options;
    const known = node.store.mirrored(key);
    const now = lookOf(loaded);
    if ((known?.hash ?? '') === now.hash) return known;
    const value = loaded.status === 'found' ? valueOf(loaded) : null;
    const shown = node.state(key);
    const isShown = known === null && value !== null && shown !== null && hashOfValue(shown.value) === now.hash;
    // A store that was copied, or filled by hand: there is nothing new in it.
    if (isShown) node.store.setMirrored({ key, ...now, seen: shownOf(shown.versions) });
    else node.write(key, value, { seen: known?.seen ?? [], mirrored: now });
    return node.store.mirrored(key);
  }

  /** What all nodes show is written into the store. Returns false when another program was faster. */
  async #writeOut(key: string, loaded: Found | Missing, known: Mirrored | null): Promise<boolean> {
    const { store, node } = this.#options;
    const state = node.state(key);
    if (state === null) return true;
    const seen = shownOf(state.versions);
    if (isAlike(seen, known?.seen ?? [])) return true;
    const now = lookOf(loaded);
    if (hashOfValue(state.value) === now.hash) {
      node.store.setMirrored({ key, ...now, seen });
      return true;
    }
    const expected = loaded.status === 'found' ? revisionOf(loaded.revision) : ABSENT;
    if (state.value === null) {
      const deleted = await store.delete(key, expected);
      if (deleted.status === 'conflict') return false;
      node.store.setMirrored({ key, revision: '', hash: '', seen });
      return true;
    }
    const file = readStateFile(state.value);
    if ('fault' in file) throw cannot(key, store.location, `its value is no JSON: ${file.fault}`);
    const saved = await store.save(key, file.record, expected);
    if (saved.status === 'conflict') return false;
    // The store may keep it in another form, as JSONB does.
    const stored = await store.load(key);
    const isOurs = stored.status === 'found' && stored.revision === saved.revision;
    const hash = isOurs ? hashOfRecord(stored.record) : hashOfRecord(file.record);
    node.store.setMirrored({ key, revision: saved.revision, hash, seen });
    return true;
  }
}

const AGAIN: ReadonlySet<string> = new Set([
  'unreachable',
  'connection-lost',
  'pool-exhausted',
  'timeout',
  'locked',
  'disk-full',
]);

function lookOf(loaded: Found | Missing): { readonly revision: string; readonly hash: string } {
  if (loaded.status === 'missing') return { revision: '', hash: '' };
  return { revision: loaded.revision, hash: hashOfRecord(loaded.record) };
}

/** The state as a file of the design's layout, or the bare JSON text where nothing else is known of it. */
function valueOf({ record, info }: Found): Uint8Array {
  const { type, timestamp, metadata } = record;
  const isBare = type === '' && timestamp === null && metadata === null;
  return isBare ? record.stateData : writeStateFile(record, null, info.updatedAt);
}

/** Empty for a deletion, and for what is no state. */
function hashOfValue(value: Uint8Array | null): string {
  if (value === null) return '';
  const file = readStateFile(value);
  return 'fault' in file ? '' : hashOfRecord(file.record);
}

/** Without the time: a program that writes the same again has changed nothing. Lengths keep neighbours apart. */
function hashOfRecord({ type, version, stateData, metadata }: StateRecord): string {
  const hash = createHash('sha256');
  for (const part of [Buffer.from(type), Buffer.from(version), stateData, metadata]) {
    hash.update(part === null ? 'null;' : `${part.length};`);
    if (part !== null) hash.update(part);
  }
  return hash.digest('hex');
}

function isAlike(a: readonly SyncVersionSeen[], b: readonly SyncVersionSeen[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameVersion(one, other)));
}

function cannot(key: string, location: string, reason: string): SourceError {
  const message = `${key} of ${location} is not synchronised: ${reason}. Repair it in the store; it is taken up by itself then.`;
  return new SourceError('unreadable', message, { location: `${location} ${key}`, key, reason });
}
