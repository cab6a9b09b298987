/** Several backends behind the one port: a persistence.yaml's rules say which of them a key belongs to. */
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  ABSENT,
  ANY,
  type CallOptions,
  type Changed,
  type DeleteResult,
  type Expected,
  type Found,
  type InfoPage,
  type LoadResult,
  type Missing,
  type PageRequest,
  type SaveResult,
  type StateBackend,
  type StateInfo,
  type StateRecord,
  type TrashEntry,
  type TrashId,
} from './backend.ts';
import { MergedPages } from './router-pages.ts';
import { expiresAt, type RuleMatch, ruleFor } from './rules.ts';
import type { PersistenceConfig } from './rules-config.ts';

/** A state in a backend that its rule does not name: written before the rule was, or by a program with other rules. */
export interface Misplaced {
  readonly key: string;
  /** Where it is. */
  readonly backend: string;
  /** Where its rule puts it. */
  readonly belongsTo: string;
  /** The backend it belongs to has one of the same key: that one counts. */
  readonly shadowed: boolean;
}

/**
 * A key belongs to the backend that its rule names. Where that has nothing under the key, another backend's state is shown and deleted
 * instead; writing always goes to where the key belongs and leaves the other where it is. Deleting a key deletes it
 * everywhere, so that it does not come back. Nothing is ever deleted for its time to live.
 */
export class RoutedBackend implements StateBackend {
  readonly kind = 'routed';
  readonly location: string;
  readonly config: PersistenceConfig;
  readonly #backends: ReadonlyMap<string, StateBackend>;
  readonly #refusesVolatile: boolean;

  /**
   * @param backends all that the configuration names; they are closed with this.
   * @param options volatile: `refuse` what would go to a memory backend, because it is gone when this is closed.
   */
  constructor(
    location: string,
    config: PersistenceConfig,
    backends: ReadonlyMap<string, StateBackend>,
    options: { readonly volatile?: 'keep' | 'refuse' | undefined } = {},
  ) {
    this.location = location;
    this.config = config;
    this.#backends = backends;
    this.#refusesVolatile = options.volatile === 'refuse';
  }

  rule(key: string): RuleMatch {
    return ruleFor(this.config, key);
  }

  /** Where a key is written. */
  backendOf(key: string): StateBackend {
    return this.#named(this.rule(key).backend);
  }

  /** ISO 8601 UTC; null for ever. */
  expiresAt(info: Pick<StateInfo, 'key' | 'updatedAt'>): string | null {
    return expiresAt(this.config, info);
  }

  async save(key: string, record: StateRecord, expected: Expected, options?: CallOptions): Promise<SaveResult> {
    const { backend: name } = this.rule(key);
    const own = this.#named(name);
    if (this.#refusesVolatile && own.kind === 'memory') throw notKept(key, name, this.location);
    if (expected.kind === 'any' || (await own.exists(key, options))) {
      return inTrashOf(name, await own.save(key, record, expected, options));
    }
    const elsewhere = await this.#elsewhere(key, own, options);
    const current = elsewhere === null ? null : await revisionAt(elsewhere, key, options);
    if (current === null) return inTrashOf(name, await own.save(key, record, expected, options));
    if (expected.kind === 'absent' || expected.revision !== current) return { status: 'conflict', current };
    return inTrashOf(name, await own.save(key, record, ABSENT, options));
  }

  async load(key: string, options?: CallOptions): Promise<LoadResult> {
    const own = this.backendOf(key);
    const loaded = await own.load(key, options);
    if (loaded.status !== 'missing') return loaded;
    const elsewhere = await this.#elsewhere(key, own, options);
    return elsewhere === null ? loaded : elsewhere.load(key, options);
  }

  async loadAgain(known: Found, options?: CallOptions): Promise<LoadResult> {
    const own = this.backendOf(known.info.key);
    const loaded = await own.loadAgain(known, options);
    if (loaded.status !== 'missing') return loaded;
    const elsewhere = await this.#elsewhere(known.info.key, own, options);
    return elsewhere === null ? loaded : elsewhere.loadAgain(known, options);
  }

  async delete(key: string, expected: Expected, options?: CallOptions): Promise<DeleteResult> {
    let first: DeleteResult = { status: 'missing' };
    for (const backend of this.#ownFirst(key)) {
      const deleted = await backend.delete(key, first.status === 'deleted' ? ANY : expected, options);
      if (deleted.status === 'conflict' && deleted.current !== null) return deleted;
      if (deleted.status === 'deleted' && first.status !== 'deleted') {
        first = { status: 'deleted', trash: trashId(this.#nameOf(backend), deleted.trash) };
      } else if (first.status === 'missing') {
        first = deleted;
      }
    }
    return first;
  }

  async exists(key: string, options?: CallOptions): Promise<boolean> {
    for (const backend of this.#ownFirst(key)) if (await backend.exists(key, options)) return true;
    return false;
  }

  async list(kind?: string, options?: CallOptions): Promise<readonly string[]> {
    const lists = await Promise.all([...this.#backends.values()].map((backend) => backend.list(kind, options)));
    return [...new Set(lists.flat())].toSorted(compareCodePoints);
  }

  async info(key: string, options?: CallOptions): Promise<StateInfo | null> {
    for (const backend of this.#ownFirst(key)) {
      const info = await backend.info(key, options);
      if (info !== null) return info;
      // What is there and corrupt hides the others, as it does for `load`.
      if (await backend.exists(key, options)) return null;
    }
    return null;
  }

  page(request: PageRequest, options?: CallOptions): Promise<InfoPage> {
    return new MergedPages(this.#backends, (key) => this.rule(key).backend).page(request, options);
  }

  async misplaced(options?: CallOptions): Promise<readonly Misplaced[]> {
    const found: Misplaced[] = [];
    const keys = new Map<string, ReadonlySet<string>>();
    for (const [name, backend] of this.#backends) keys.set(name, new Set(await backend.list(undefined, options)));
    for (const [backend, there] of keys) {
      for (const key of there) {
        const belongsTo = this.rule(key).backend;
        if (belongsTo === backend) continue;
        found.push({ key, backend, belongsTo, shadowed: keys.get(belongsTo)?.has(key) ?? false });
      }
    }
    return found.toSorted((a, b) => compareCodePoints(a.key, b.key));
  }

  async watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    const stops: (() => Promise<void>)[] = [];
    const stop = async () => {
      for (const one of stops) await one();
    };
    try {
      for (const backend of this.#backends.values()) stops.push(await backend.watch(onChange));
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  }

  async trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    const all: TrashEntry[] = [];
    for (const [name, backend] of this.#backends) {
      for (const entry of await backend.trash(options)) all.push({ ...entry, id: trashId(name, entry.id) });
    }
    return all.toSorted((a, b) => compareCodePoints(b.trashedAt, a.trashedAt));
  }

  /** Back to the backend it was trashed in, also where the rules put its key elsewhere by now. */
  async restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<SaveResult | Missing> {
    const slash = id.indexOf('/');
    const name = [...this.#backends.keys()].find((known) => encodeURIComponent(known) === id.slice(0, slash));
    if (slash < 0 || name === undefined) return { status: 'missing' };
    return inTrashOf(name, await this.#named(name).restore(id.slice(slash + 1), expected, options));
  }

  async close(): Promise<void> {
    await closeAll(this.#backends.values());
  }

  #named(name: string): StateBackend {
    const backend = this.#backends.get(name);
    if (backend !== undefined) return backend;
    const message = `${this.location} names a backend ${name} that is not open. Open the file again.`;
    throw new SourceError('bad-config', message, { location: this.location, reason: name });
  }

  #nameOf(backend: StateBackend): string {
    return [...this.#backends].find(([, other]) => other === backend)?.[0] ?? '';
  }

  #ownFirst(key: string): readonly StateBackend[] {
    const own = this.backendOf(key);
    return [own, ...[...this.#backends.values()].filter((backend) => backend !== own)];
  }

  async #elsewhere(key: string, own: StateBackend, options?: CallOptions): Promise<StateBackend | null> {
    for (const backend of this.#backends.values()) {
      if (backend !== own && (await backend.exists(key, options))) return backend;
    }
    return null;
  }
}

/** Closes every one, also when one of them fails; then fails itself. */
export async function closeAll(backends: Iterable<StateBackend>): Promise<void> {
  const closed = await Promise.allSettled([...backends].map((backend) => backend.close()));
  const failed = closed.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function notKept(key: string, name: string, location: string): SourceError {
  const reason = `the rule of ${key} names the memory backend ${name}, which keeps nothing when the program ends`;
  const message = `${key} was not written to ${location}: ${reason}. Change its rule first.`;
  return new SourceError('not-writable', message, { key, location, reason });
}

async function revisionAt(backend: StateBackend, key: string, options?: CallOptions) {
  const loaded = await backend.load(key, options);
  return loaded.status === 'missing' ? null : loaded.revision;
}

function inTrashOf<T extends SaveResult | Missing>(name: string, result: T): T {
  if (result.status !== 'saved' || result.replaced === null) return result;
  return { ...result, replaced: trashId(name, result.replaced) };
}

function trashId(name: string, id: TrashId): TrashId {
  return `${encodeURIComponent(name)}/${id}`;
}
