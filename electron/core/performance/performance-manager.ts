/**
 * The design's StatePerformanceManager (8.1): a cache in front of backends, compression, and what both were measured to do. Every
 * figure is measured; what was not measured is absent.
 */
import type { ManagerFigures, ManagerStats, StateOperation } from '../../../shared/ipc/performance.ts';
import type { Found, StateBackend } from '../persistence/backend.ts';
import { CachedBackend, keptBytes } from './cached-backend.ts';
import { LatencyBook, type OperationFigures } from './latency-book.ts';
import { type CacheBounds, CacheCounts, StateCache } from './state-cache.ts';
import { type CompressionAlgorithm, type CompressionFigures, StateCompressor } from './state-compressor.ts';

export interface PerformanceConfig {
  readonly cacheEnabled: boolean;
  readonly compressionEnabled: boolean;
  /** States. */
  readonly maxCacheSize: number;
  /** Seconds. */
  readonly cacheTtl: number;
  /** Of all states that are kept together. */
  readonly maxCacheBytes: number;
  /** A larger state is not kept. */
  readonly maxStateBytes: number;
  /** `none` where compression is not enabled. */
  readonly compression: CompressionAlgorithm;
}

const MIB = 1 << 20;

/** The first four are the design's. */
export const PERFORMANCE_DEFAULTS: PerformanceConfig = {
  cacheEnabled: true,
  compressionEnabled: true,
  maxCacheSize: 1000,
  cacheTtl: 3600,
  maxCacheBytes: 64 * MIB,
  maxStateBytes: 8 * MIB,
  compression: 'gzip',
};

/** Since the manager was made. */
export interface PerformanceStats {
  readonly hits: number;
  readonly misses: number;
  /** 0 to 1. Absent where nothing was asked for. */
  readonly hitRate?: number;
  readonly evictions: number;
  readonly expiries: number;
  /** States that were too large to be kept. */
  readonly refusals: number;
  readonly operations: readonly OperationFigures[];
  /** Of states' texts, from stores and to them; absent where no state was. */
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  /** Absent where nothing was compressed. */
  readonly compression?: CompressionFigures;
  readonly cache?: ManagerStats['cache'];
}

export class StatePerformanceManager {
  readonly config: PerformanceConfig;
  readonly #counts = new CacheCounts();
  readonly #latencies = new LatencyBook();
  readonly #compressor: StateCompressor;
  readonly #cache: StateCache<Found> | null;
  readonly #caches = new Set<Sized>();
  readonly #now: () => number;
  #backends = 0;
  #sampled = { hits: 0, misses: 0, bytesIn: 0, bytesOut: 0 };

  /** @param now monotonic, in milliseconds; for tests */
  constructor(config: Partial<PerformanceConfig> = {}, now: () => number = () => performance.now()) {
    this.config = { ...PERFORMANCE_DEFAULTS, ...config };
    const { cacheEnabled, compressionEnabled, compression, maxCacheSize, maxCacheBytes, maxStateBytes, cacheTtl } =
      this.config;
    this.#now = now;
    this.#compressor = new StateCompressor(compressionEnabled ? compression : 'none');
    const bounds = {
      maxEntries: maxCacheSize,
      maxBytes: maxCacheBytes,
      maxEntryBytes: Math.min(maxStateBytes, maxCacheBytes),
      ttl: cacheTtl * 1000,
    };
    const hasRoom = maxCacheSize > 0 && maxCacheBytes > 0;
    this.#cache = cacheEnabled && hasRoom ? this.cache(bounds, keptBytes) : null;
  }

  /**
   * The same backend, cached and measured; closing it closes the one behind it.
   * @param name under which it is measured: that of a persistence.yaml, or its kind
   */
  front(backend: StateBackend, name: string = backend.kind): StateBackend {
    this.#backends += 1;
    return new CachedBackend(backend, name, `${this.#backends} `, {
      cache: this.#cache,
      counts: this.#counts,
      latencies: this.#latencies,
      now: this.#now,
    });
  }

  /** A cache for whoever keeps states in a form of their own; its figures count here until it is let go. */
  cache<V extends object>(bounds: CacheBounds, bytesOf: (value: V) => number): StateCache<V> {
    const cache = new StateCache(bounds, bytesOf, this.#counts, this.#now);
    this.#caches.add(cache);
    return cache;
  }

  letGo(cache: Sized): void {
    this.#caches.delete(cache);
  }

  hit(): void {
    this.#counts.hits += 1;
  }

  miss(): void {
    this.#counts.misses += 1;
  }

  /**
   * Measures how long one state takes, where no backend is in front of it. What fails is not counted.
   * @param bytesOf of the state's text; null where nothing was loaded or saved, which is not counted either
   */
  async timed<T>(
    operation: StateOperation,
    { backend, key }: { readonly backend: string; readonly key: string },
    work: () => Promise<T>,
    bytesOf: (result: T) => number | null,
  ): Promise<T> {
    const began = this.#now();
    const result = await work();
    const milliseconds = this.#now() - began;
    const bytes = bytesOf(result);
    const kind = key.slice(0, Math.max(0, key.indexOf(':')));
    if (bytes !== null) this.#latencies.record({ operation, backend, kind, milliseconds, bytes });
    return result;
  }

  compress(text: Uint8Array): Promise<Uint8Array> {
    return this.#compressor.compress(text);
  }

  /** @throws SourceError `gzip-invalid`, `gzip-too-large`; `location` is for its message. */
  decompress(packed: Uint8Array, location: string): Promise<Uint8Array> {
    return this.#compressor.decompress(packed, location);
  }

  getPerformanceStats(): PerformanceStats {
    const { hits, misses, evictions, expiries, refusals } = this.#counts;
    const operations = this.#latencies.total();
    const compression = this.#compressor.figures();
    const cache = this.#cacheNow();
    return {
      ...rated(hits, misses),
      evictions,
      expiries,
      refusals,
      operations,
      ...sum('bytesRead', operations, 'load'),
      ...sum('bytesWritten', operations, 'save'),
      ...(compression && { compression }),
      ...(cache && { cache }),
    };
  }

  /** For the monitor: `recent` is what was measured since this was called last. */
  takeSample(): ManagerStats {
    const { hits, misses } = this.#counts;
    const compression = this.#compressor.figures();
    const before = this.#sampled;
    this.#sampled = { hits, misses, bytesIn: compression?.bytesIn ?? 0, bytesOut: compression?.bytesOut ?? 0 };
    const cache = this.#cacheNow();
    return {
      total: figures(hits, misses, this.#latencies.total(), compression),
      recent: figures(
        hits - before.hits,
        misses - before.misses,
        this.#latencies.takeRecent(),
        compression && since(compression, before),
      ),
      ...(cache && { cache }),
    };
  }

  #cacheNow(): ManagerStats['cache'] | null {
    if (this.#caches.size === 0) return null;
    let [entries, bytes, maxEntries, maxBytes] = [0, 0, 0, 0];
    for (const cache of this.#caches) {
      const size = cache.size();
      entries += size.entries;
      bytes += size.bytes;
      maxEntries += cache.bounds.maxEntries;
      maxBytes += cache.bounds.maxBytes;
    }
    const { evictions } = this.#counts;
    const ttl = this.#cache?.bounds.ttl;
    return { entries, bytes, maxEntries, maxBytes, ...(ttl !== undefined && { ttl }), evictions };
  }
}

type Sized = Pick<StateCache<object>, 'size' | 'bounds'>;

function rated(hits: number, misses: number): Pick<ManagerFigures, 'hits' | 'misses' | 'hitRate'> {
  return { hits, misses, ...(hits + misses > 0 && { hitRate: hits / (hits + misses) }) };
}

function figures(
  hits: number,
  misses: number,
  operations: readonly OperationFigures[],
  compression: CompressionFigures | null,
): ManagerFigures {
  const latencies = operations.flatMap(({ operation, backend, kind, count, p50, p95, p99, max }) =>
    operation === 'cached-load' ? [] : [{ operation, backend, kind, count, p50, p95, p99, max }],
  );
  return { ...rated(hits, misses), latencies, ...(compression && { compression }) };
}

function since(now: CompressionFigures, before: { bytesIn: number; bytesOut: number }): CompressionFigures | null {
  const [bytesIn, bytesOut] = [now.bytesIn - before.bytesIn, now.bytesOut - before.bytesOut];
  return bytesIn === 0 ? null : { algorithm: now.algorithm, bytesIn, bytesOut, ratio: bytesOut / bytesIn };
}

function sum<Name extends string>(
  name: Name,
  operations: readonly OperationFigures[],
  wanted: StateOperation,
): Partial<Record<Name, number>> {
  const those = operations.filter(({ operation }) => operation === wanted);
  return those.length === 0
    ? {}
    : ({ [name]: those.reduce((all, { bytes }) => all + bytes, 0) } as Record<Name, number>);
}
