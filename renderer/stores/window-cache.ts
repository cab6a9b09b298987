/**
 * Rows of a list that stays with the engine: pages are asked for as they come into sight and the least recently seen
 * ones are forgotten. When the list itself changes (`replace`: another filter, a node opened), the old rows stay
 * until those in sight have arrived anew, so that nothing flickers. Answers that nobody waits for are dropped.
 */
import type { Page } from '../../shared/ipc/model.ts';
import type { HostError, Result } from '../../shared/ipc/result.ts';

export type LoadPage<T> = (offset: number, limit: number) => Promise<Result<Page<T>>>;

export interface WindowCacheOptions {
  readonly pageSize: number;
  readonly maxPages: number;
  /** Questions at the same time; further ones wait and are forgotten when they scroll out of sight. */
  readonly maxInFlight: number;
}

const DEFAULTS: WindowCacheOptions = { pageSize: 100, maxPages: 40, maxInFlight: 3 };

/** One state of the list. Pages are kept in the order in which they were last seen. */
interface Generation<T> {
  readonly load: LoadPage<T>;
  readonly pages: Map<number, readonly T[]>;
  readonly inFlight: Set<number>;
  total: number | null;
  error: HostError | null;
}

export class WindowCache<T> {
  readonly #options: WindowCacheOptions;
  readonly #listeners = new Set<() => void>();
  #front: Generation<T> | null = null;
  #back: Generation<T> | null = null;
  #wanted = { first: 0, end: 1 };
  #version = 0;

  constructor(options: Partial<WindowCacheOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Changes with every change of what `row`, `total` or `error` tell. */
  get version(): number {
    return this.#version;
  }

  /** Null until the first page has arrived. */
  get total(): number | null {
    return this.#front?.total ?? null;
  }

  get error(): HostError | null {
    return this.#front?.error ?? null;
  }

  /** Whether rows shown are about to be replaced. */
  get replacing(): boolean {
    return this.#back !== null;
  }

  /** Whether the rows shown are of this list, and not of the one before it. */
  shows(load: LoadPage<T>): boolean {
    return this.#back === null && this.#front?.load === load;
  }

  row(index: number): T | undefined {
    const page = Math.floor(index / this.#options.pageSize);
    return this.#front?.pages.get(page)?.[index - page * this.#options.pageSize];
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The list has changed: asks for the rows in sight and shows them when all of them are there. */
  replace(load: LoadPage<T>): void {
    const next: Generation<T> = { load, pages: new Map(), inFlight: new Set(), total: null, error: null };
    if (this.#front?.total == null) {
      this.#front = next;
      this.#back = null;
    } else {
      this.#back = next;
    }
    this.#ask();
  }

  /** Tells which rows are in sight; `end` is exclusive. */
  want(first: number, end: number): void {
    this.#wanted = { first, end: Math.max(end, first + 1) };
    this.#ask();
  }

  #pagesInSight(total: number | null): number[] {
    const { pageSize } = this.#options;
    const lastRow = Math.max(0, total === null ? this.#wanted.end - 1 : Math.min(this.#wanted.end, total) - 1);
    const last = Math.floor(lastRow / pageSize);
    const first = Math.min(Math.floor(this.#wanted.first / pageSize), last);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  #ask(): void {
    const generation = this.#back ?? this.#front;
    if (!generation) return;
    for (const page of this.#pagesInSight(generation.total)) {
      const rows = generation.pages.get(page);
      if (rows) {
        generation.pages.delete(page);
        generation.pages.set(page, rows);
      } else if (!generation.inFlight.has(page) && generation.inFlight.size < this.#options.maxInFlight) {
        void this.#fetch(generation, page);
      }
    }
  }

  async #fetch(generation: Generation<T>, page: number): Promise<void> {
    generation.inFlight.add(page);
    const answer = await generation.load(page * this.#options.pageSize, this.#options.pageSize);
    generation.inFlight.delete(page);
    if (generation !== this.#front && generation !== this.#back) return;
    if (answer.ok) {
      generation.total = answer.value.total;
      generation.error = null;
      generation.pages.set(page, answer.value.rows);
      this.#forget(generation);
    } else {
      generation.error = answer.error;
      // An empty page keeps a failing question from being asked again and again.
      generation.pages.set(page, []);
      generation.total ??= 0;
    }
    this.#swap();
    if (generation === this.#front) this.#changed();
    this.#ask();
  }

  #forget(generation: Generation<T>): void {
    for (const page of generation.pages.keys()) {
      if (generation.pages.size <= this.#options.maxPages) return;
      generation.pages.delete(page);
    }
  }

  /** Shows the new list once every row in sight is there. */
  #swap(): void {
    const back = this.#back;
    if (back?.total == null) return;
    if (this.#pagesInSight(back.total).some((page) => !back.pages.has(page))) return;
    this.#front = back;
    this.#back = null;
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}
