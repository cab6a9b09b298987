/**
 * One node: values under keys on this machine's disk, brought together with those of other nodes over a PostgreSQL database
 * (docs/SYNC.md). Reading and writing never wait for the server. What is written is sent when the server can be reached; what others
 * have written is taken over in the order of the table of changes.
 */
import { type PostgresAddress, postgresTarget } from '../sources/postgres-address.ts';
import { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import { readChanges, readStandingPage, type StandingCursor } from './meeting-point-reader.ts';
import { createMeetingPoint } from './meeting-point-schema.ts';
import { appendChanges, beginEpoch } from './meeting-point-writer.ts';
import { isConflict } from './merge.ts';
import { type LoggedChange, type SettlementChoice, type SyncChange, type VersionId, versionName } from './model.ts';
import { type NodeStore, openNodeStore, type Position, type SyncVersionSeen, type WriteOptions } from './node-store.ts';
import { readSituation, tellNode } from './presence.ts';
import { settleAutomatically, settleConflict } from './settle.ts';
import { Wakening } from './wakening.ts';

export interface NodeOptions {
  readonly address: PostgresAddress;
  /** A person's name for this node. */
  readonly id: string;
  /** The node's file, made where it is missing. */
  readonly data: string;
  /** Settle conflicts by what all nodes show, without asking. Default false. */
  readonly automatic?: boolean;
  /** For connecting and for each statement; 30 when absent. */
  readonly timeoutSeconds?: number;
  /** Milliseconds since 1970, only ever shown. Default: the machine's clock. */
  readonly now?: () => number;
  /** What arrives of a page of changes, in the order in which it does. Default: the page. A test delivers twice and in disorder. */
  readonly deliver?: (page: readonly LoggedChange[]) => readonly LoggedChange[];
  readonly onEvent?: (event: NodeEvent) => void;
}

export type NodeEvent =
  | { readonly kind: 'connected' }
  /** The node goes on by itself and tries again. */
  | { readonly kind: 'offline'; readonly error: SourceError }
  | { readonly kind: 'sent'; readonly changes: number; readonly queued: number }
  | { readonly kind: 'applied'; readonly changes: number; readonly keys: ReadonlySet<string> }
  /** Versions with different values stand, others than when it was last told. */
  | { readonly kind: 'conflict'; readonly key: string; readonly versions: readonly VersionId[] }
  /** The database was put back or made anew: everything is compared again. */
  | { readonly kind: 'begun-again' };

/** What stands of a key. */
export interface StandingState {
  /** What all nodes show; null for a deletion. */
  readonly value: Uint8Array | null;
  readonly version: SyncChange;
  /** All that stand, `version` first. More than one: nobody has seen them all yet. */
  readonly versions: readonly SyncChange[];
  readonly isConflict: boolean;
}

const TIMEOUT_SECONDS = 30;
const CONNECTIONS = 2;
const PAGE = 500;
const SEND_BYTES = 8 * 1024 * 1024;
/** Also tells that the node is alive, and finds what a lost notification would have told. */
const LOOK_EVERY_MS = 5000;
const GOODBYE_MS = 2000;
const RETRY_MS = { first: 250, most: 5000 } as const;

export class DistributedStateManager {
  readonly id: string;
  /** URL without the password. */
  readonly location: string;
  readonly #store: NodeStore;
  readonly #pool: PostgresPool;
  readonly #options: NodeOptions;
  readonly #stopped = new AbortController();
  readonly #wakening: Wakening;
  readonly #told = new Map<string, string>();
  /** Conflicts that were there when the node was opened. */
  #hasTold = false;
  #online = false;
  #running: Promise<void> | null = null;
  #syncing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  /** Connects to nothing yet. @throws SourceError `unsupported-url`, and what openNodeStore throws. */
  static async open(options: NodeOptions): Promise<DistributedStateManager> {
    const target = await postgresTarget(options.address);
    const timeoutSeconds = options.timeoutSeconds ?? TIMEOUT_SECONDS;
    const store = openNodeStore(options.data, options.id);
    return new DistributedStateManager(
      options,
      store,
      await PostgresPool.create(target, { size: CONNECTIONS, timeoutSeconds }),
    );
  }

  private constructor(options: NodeOptions, store: NodeStore, pool: PostgresPool) {
    this.#options = options;
    this.#store = store;
    this.#pool = pool;
    this.#wakening = new Wakening(pool.target);
    this.id = store.id;
    this.location = pool.target.location;
  }

  /** Null when nothing is there, or no longer. */
  get(key: string): Uint8Array | null {
    return this.#store.standing(key)[0]?.value ?? null;
  }

  /** With all versions; null when nothing was ever written. */
  state(key: string): StandingState | null {
    const versions = this.#store.standing(key);
    const [version] = versions;
    if (version === undefined) return null;
    return { value: version.value, version, versions, isConflict: isConflict(versions) };
  }

  /** In the order of code points, also those that were deleted. */
  *keys(): Generator<string> {
    for (let page = this.#store.keys(); page.length > 0; page = this.#store.keys(page.at(-1))) yield* page;
  }

  /**
   * Any bytes, also none: empty, `null`, `0` and `false` are values. On the disk when it returns. It is written over `seen`, by default
   * over what all nodes show; a version beside it that the writer has not seen stays, and the conflict with it.
   * @throws SourceError `invalid-key`, `state-too-large`, `disk-full`, …
   */
  set(key: string, value: Uint8Array, seen?: readonly SyncVersionSeen[]): SyncChange {
    return this.write(key, value, { seen });
  }

  /** Leaves a tombstone, so that a change by somebody who has not seen the deletion is told from one by somebody who has. */
  delete(key: string, seen?: readonly SyncVersionSeen[]): SyncChange {
    return this.write(key, null, { seen });
  }

  /** `set`, or `delete` for null, with what else is to be remembered of it. */
  write(key: string, value: Uint8Array | null, options: Omit<WriteOptions, 'time'>): SyncChange {
    const time = new Date((this.#options.now ?? Date.now)()).toISOString();
    const change = this.#store.write(key, value, { ...options, time });
    this.#tellConflicts([key]);
    this.#wakening.wake();
    return change;
  }

  /**
   * Settles a conflict for all nodes, with the server.
   * @throws SourceError `conflict` when other versions stand there than here, `unreachable`, …
   */
  async settle(key: string, choice: SettlementChoice, by: string): Promise<void> {
    await this.sync();
    await settleConflict(this.#pool, { key, versions: this.#store.standing(key), choice, by }, this.#stopped.signal);
    await this.sync();
  }

  get queued(): number {
    return this.#store.queued;
  }

  get position(): Position {
    return this.#store.position;
  }

  /** Of the node's own database; the mirror keeps there what it has seen. */
  get store(): NodeStore {
    return this.#store;
  }

  /** Sends what waits and takes over what is there, once. @throws SourceError `unreachable`, `connection-lost`, `sync-copied`, … */
  sync(signal?: AbortSignal): Promise<void> {
    const stopped = this.#stopped.signal;
    const next = this.#syncing.then(() => this.#sync(signal ? AbortSignal.any([signal, stopped]) : stopped));
    // A failure is for whoever asked for this one.
    this.#syncing = next.catch(() => undefined);
    return next;
  }

  /** Keeps on doing so until `close`, whether the server is there or not. Idempotent. */
  start(): void {
    if (this.#running !== null) return;
    this.#running = this.#run();
    // It is for whoever asks for `ended`, maybe later.
    this.#running.catch(() => undefined);
  }

  /** Resolves after `close`. Rejects when the node cannot go on: `auth-failed`, `sync-copied`, `sync-newer`, … */
  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** What was not sent waits on the disk. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #run(): Promise<void> {
    let wait: number = RETRY_MS.first;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#wakening.listen();
        await this.sync();
        wait = RETRY_MS.first;
        await this.#wakening.wait(LOOK_EVERY_MS);
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw error;
        if (this.#online || wait === RETRY_MS.first) this.#tell({ kind: 'offline', error });
        this.#online = false;
        await this.#wakening.pause(wait);
        wait = Math.min(wait * 2, RETRY_MS.most);
      }
    }
  }

  async #sync(signal: AbortSignal): Promise<void> {
    // Each time: a server that crashed may have lost tables that it had only just made.
    await createMeetingPoint(this.#pool, signal);
    if (!this.#hasTold) this.#tellConflicts(this.#store.divided());
    this.#hasTold = true;
    await this.#begin(signal);
    await this.#send(signal);
    await this.#receive(signal);
    await tellNode(this.#pool, this.#store, false, signal);
    if (this.#options.automatic) await this.#settleAll(signal);
  }

  /** Finds out whether this is the table that was read last; if not, everything is compared. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { epoch, applied, version } = this.#store.position;
    let situation = await readSituation(this.#pool, applied, signal);
    if (!this.#online) this.#tell({ kind: 'connected' });
    this.#online = true;
    const isPutBack = epoch === situation.epoch && applied > 0 && situation.versionThere !== version;
    if (isPutBack) {
      await beginEpoch(this.#pool, epoch, signal);
      situation = await readSituation(this.#pool, 0, signal);
    }
    if (epoch === situation.epoch) return;
    if (epoch !== '') {
      this.#store.queueStanding();
      this.#tell({ kind: 'begun-again' });
    }
    // What is added meanwhile comes after `newest`, and what is replaced meanwhile is replaced by that.
    for (let after: StandingCursor | null = null; ; ) {
      const page = await readStandingPage(this.#pool, after, PAGE, signal);
      this.#apply(page.changes, null);
      if (page.next === null) break;
      after = page.next;
    }
    this.#apply([], { epoch: situation.epoch, applied: situation.newest, version: situation.newestVersion });
  }

  async #send(signal: AbortSignal): Promise<void> {
    for (;;) {
      const changes = this.#store.queue(PAGE, SEND_BYTES);
      if (changes.length === 0) return;
      const { epoch } = this.#store.position;
      const isSent = await appendChanges(
        this.#pool,
        epoch,
        changes.map(({ change }) => change),
        signal,
      );
      if (!isSent) return this.#begin(signal).then(() => this.#send(signal));
      // Only when the position has passed them: should the table be put back to before them, that is noticed.
      await this.#receive(signal);
      this.#store.sent(changes);
      this.#tell({ kind: 'sent', changes: changes.length, queued: this.#store.queued });
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { epoch, applied } = this.#store.position;
      const page = await readChanges(this.#pool, { after: applied, limit: PAGE }, signal);
      const last = page.at(-1);
      if (last === undefined) return;
      const arriving = this.#options.deliver?.(page) ?? page;
      this.#apply(arriving, { epoch, applied: last.seq, version: versionName(last) });
    }
  }

  #apply(changes: readonly LoggedChange[], position: Position | null): void {
    const keys = this.#store.apply(changes, position);
    if (keys.size > 0) this.#tell({ kind: 'applied', changes: changes.length, keys });
    this.#tellConflicts(keys);
  }

  #tellConflicts(keys: Iterable<string>): void {
    for (const key of keys) {
      const versions = this.#store.standing(key);
      const names = isConflict(versions) ? versions.map(versionName).join(' ') : '';
      if (names !== '' && names !== this.#told.get(key)) this.#tell({ kind: 'conflict', key, versions });
      if (names === '') this.#told.delete(key);
      else this.#told.set(key, names);
    }
  }

  async #settleAll(signal: AbortSignal): Promise<void> {
    const keys = [...this.#told.keys()];
    for (const key of keys) await settleAutomatically(this.#pool, key, signal);
    if (keys.length > 0) await this.#receive(signal);
  }

  async #close(): Promise<void> {
    this.#stopped.abort();
    this.#wakening.close();
    await Promise.allSettled([this.#running, this.#syncing]);
    try {
      if (this.#online) await tellNode(this.#pool, this.#store, true, AbortSignal.timeout(GOODBYE_MS));
    } catch (error) {
      // The others see it by the silence.
      if (!isPassing(error)) throw error;
    } finally {
      await this.#pool.close();
      this.#store.close();
    }
  }

  #tell(event: NodeEvent): void {
    this.#options.onEvent?.(event);
  }
}

const PASSING: ReadonlySet<string> = new Set([
  'unreachable',
  'connection-lost',
  'pool-exhausted',
  'timeout',
  'locked',
  'disk-full',
  'cancelled',
]);

/** Waiting may help. */
function isPassing(error: unknown): error is SourceError {
  return error instanceof SourceError && PASSING.has(error.code);
}
