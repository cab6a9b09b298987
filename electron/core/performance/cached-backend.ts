/**
 * A backend behind a cache, measured. A load is answered from the cache only after the backend has said, within this very call, that
 * what it stores has the revision that is kept (`loadAgain`); revisions are hashes of content. So nothing is ever invalidated by
 * being told of a change, and whoever wrote, in this process or another, is seen by the next load.
 */
import type {
  CallOptions,
  Changed,
  DeleteResult,
  Expected,
  Found,
  InfoPage,
  LoadResult,
  Missing,
  PageRequest,
  SaveResult,
  StateBackend,
  StateInfo,
  StateRecord,
  TrashEntry,
  TrashId,
} from '../persistence/backend.ts';
import type { LatencyBook, MeasuredOperation } from './latency-book.ts';
import type { CacheCounts, StateCache } from './state-cache.ts';

/** What several backends share. */
export interface CachedBackendContext {
  /** Null: loads are measured, and never answered from memory. */
  readonly cache: StateCache<Found> | null;
  readonly counts: CacheCounts;
  readonly latencies: LatencyBook;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Of a kept state beside its texts, about. */
const ENTRY_BYTES = 500;

export function keptBytes({ record: { stateData, metadata } }: Found): number {
  return ENTRY_BYTES + stateData.length + (metadata?.length ?? 0);
}

export class CachedBackend implements StateBackend {
  readonly kind: StateBackend['kind'];
  readonly location: string;
  readonly #backend: StateBackend;
  readonly #name: string;
  /** In the cache, its keys begin with this. */
  readonly #place: string;
  readonly #context: CachedBackendContext;
  readonly #cache: StateCache<Found> | null;

  /**
   * @param backend closed with this
   * @param name under which it is measured
   * @param place like no other backend's
   */
  constructor(backend: StateBackend, name: string, place: string, context: CachedBackendContext) {
    this.kind = backend.kind;
    this.location = backend.location;
    this.#backend = backend;
    this.#name = name;
    this.#place = place;
    this.#context = context;
    // What is in memory already is not put there twice. A router's backends have caches of their own.
    this.#cache = backend.kind === 'memory' || backend.kind === 'routed' ? null : context.cache;
  }

  async load(key: string, options?: CallOptions): Promise<LoadResult> {
    const began = this.#context.now();
    const kept = this.#cache?.get(this.#place + key);
    if (kept === undefined) return this.#loaded(key, await this.#backend.load(key, options), began);
    const loaded = await this.#backend.loadAgain(kept, options);
    if (loaded.status !== 'found' || loaded.record !== kept.record) return this.#loaded(key, loaded, began);
    this.#context.counts.hits += 1;
    this.#measure('cached-load', key, began, kept.record);
    return copyOf(loaded);
  }

  /** For whoever keeps the state: answered by the backend. */
  async loadAgain(known: Found, options?: CallOptions): Promise<LoadResult> {
    const began = this.#context.now();
    const loaded = await this.#backend.loadAgain(known, options);
    const isKnown = loaded.status === 'found' && loaded.record === known.record;
    return isKnown ? loaded : this.#loaded(known.info.key, loaded, began);
  }

  async save(key: string, record: StateRecord, expected: Expected, options?: CallOptions): Promise<SaveResult> {
    const began = this.#context.now();
    const saved = await this.#backend.save(key, record, expected, options);
    if (saved.status !== 'saved') return saved;
    this.#measure('save', key, began, record);
    // Not kept as it was handed in: a backend stores it in its own form. It would not be used any more, so it makes room.
    this.#forget(key);
    return saved;
  }

  async delete(key: string, expected: Expected, options?: CallOptions): Promise<DeleteResult> {
    const deleted = await this.#backend.delete(key, expected, options);
    if (deleted.status === 'deleted') this.#forget(key);
    return deleted;
  }

  exists(key: string, options?: CallOptions): Promise<boolean> {
    return this.#backend.exists(key, options);
  }

  list(kind?: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#backend.list(kind, options);
  }

  info(key: string, options?: CallOptions): Promise<StateInfo | null> {
    return this.#backend.info(key, options);
  }

  page(request: PageRequest, options?: CallOptions): Promise<InfoPage> {
    return this.#backend.page(request, options);
  }

  watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    return this.#backend.watch(onChange);
  }

  trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    return this.#backend.trash(options);
  }

  restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<SaveResult | Missing> {
    return this.#backend.restore(id, expected, options);
  }

  async close(): Promise<void> {
    this.#cache?.deleteAll(this.#place);
    await this.#backend.close();
  }

  /** What is missing is neither a hit nor a miss: there was nothing to be kept. */
  #loaded(key: string, loaded: LoadResult, began: number): LoadResult {
    if (loaded.status === 'missing') {
      this.#forget(key);
      return loaded;
    }
    if (this.#cache !== null) this.#context.counts.misses += 1;
    if (loaded.status === 'corrupt') {
      this.#forget(key);
      return loaded;
    }
    this.#measure('load', key, began, loaded.record);
    // Whoever loaded it may change the bytes that they were handed.
    this.#cache?.set(this.#place + key, loaded, copyOf);
    return loaded;
  }

  #forget(key: string): void {
    this.#cache?.delete(this.#place + key);
  }

  #measure(operation: MeasuredOperation, key: string, began: number, { stateData }: StateRecord): void {
    const milliseconds = this.#context.now() - began;
    const kind = key.slice(0, key.indexOf(':'));
    this.#context.latencies.record({ operation, backend: this.#name, kind, milliseconds, bytes: stateData.length });
  }
}

function copyOf(found: Found): Found {
  const { record } = found;
  const metadata = record.metadata && Buffer.from(record.metadata);
  return { ...found, record: { ...record, stateData: Buffer.from(record.stateData), metadata } };
}
