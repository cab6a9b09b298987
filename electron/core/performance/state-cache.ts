/** What was read before, the least recently used forgotten first: bounded in entries, in bytes and in time, and counted. */
import { LRUCache } from 'lru-cache';

export interface CacheBounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** What is larger is not kept. Absent: `maxBytes`, and what is larger than that is kept alone. */
  readonly maxEntryBytes?: number;
  /** Milliseconds after which what was kept is not used any more. Absent: for ever. */
  readonly ttl?: number;
}

/** Counted over the life of whatever they belong to; several caches may count into one. */
export class CacheCounts {
  hits = 0;
  misses = 0;
  /** Made room for others. */
  evictions = 0;
  /** Too old when they were asked for, or looked through. */
  expiries = 0;
  /** Not kept because they are larger than `maxEntryBytes`. */
  refusals = 0;
}

export class StateCache<V extends object> {
  readonly bounds: CacheBounds;
  readonly #entries: LRUCache<string, V>;
  readonly #counts: CacheCounts;
  readonly #bytesOf: (value: V) => number;

  /** @param now monotonic, in milliseconds; for tests */
  constructor(bounds: CacheBounds, bytesOf: (value: V) => number, counts: CacheCounts, now?: () => number) {
    const { maxEntries, maxBytes, maxEntryBytes, ttl = 0 } = bounds;
    this.bounds = bounds;
    this.#counts = counts;
    this.#bytesOf = bytesOf;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      // What is larger than all of the room counts as all of it.
      sizeCalculation: (value) => Math.min(maxEntryBytes ?? maxBytes, maxBytes, Math.max(1, bytesOf(value))),
      ttl,
      ...(now && { perf: { now }, ttlResolution: 0 }),
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') counts.evictions += 1;
        if (reason === 'expire') counts.expiries += 1;
      },
    });
  }

  /** Counts nothing: whether it is a hit, whoever asks knows. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** @param toKeep what is kept in its place, of the same size: not made of what is too large */
  set(key: string, value: V, toKeep: (value: V) => V = (same) => same): void {
    const { maxEntryBytes = Infinity } = this.bounds;
    if (this.#bytesOf(value) <= maxEntryBytes) {
      this.#entries.set(key, toKeep(value));
      return;
    }
    this.#entries.delete(key);
    this.#counts.refusals += 1;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteAll(prefix: string): void {
    const those = [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
    for (const key of those) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Of what is still young enough. */
  size(): { readonly entries: number; readonly bytes: number } {
    this.#entries.purgeStale();
    return { entries: this.#entries.size, bytes: this.#entries.calculatedSize };
  }
}
