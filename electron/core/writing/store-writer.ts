/** Changes states of a store of the design's table, through its backend, which is open only while it is needed. */
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { FIRST_VERSION } from '../../../shared/state/state-type.ts';
import type {
  CallOptions,
  Conflict,
  Expected,
  LoadResult,
  Missing,
  SaveResult,
  StateBackend,
  StateRecord,
  TrashEntry,
  TrashId,
} from '../persistence/backend.ts';
import { ABSENT, revisionOf } from '../persistence/backend.ts';
import { withMetadata } from '../persistence/store-metadata.ts';
import { jsonInPlace } from './json-in-place.ts';
import {
  conflictWith,
  isExpected,
  notWritable,
  type StateWriter,
  textRevision,
  type WriteOptions,
  type Written,
} from './state-writer.ts';

interface KeptOpen {
  /** Null before the first write. */
  backend: StateBackend | null;
  trash: ReadonlyMap<TrashId, TrashEntry> | null;
}

export class StoreWriter implements StateWriter {
  readonly #open: () => Promise<StateBackend>;
  /** Of a state as the source lists it, by its key there; null where no key of the store leads to it. */
  readonly #storeKey: (key: string) => string | null | undefined;
  /** While several writes are made together. */
  #kept: KeptOpen | null = null;

  constructor(open: () => Promise<StateBackend>, storeKey: (key: string) => string | null | undefined) {
    this.#open = open;
    this.#storeKey = storeKey;
  }

  refusal(key: string): NotWritableReason | null {
    return this.#storeKey(key) === null ? 'format' : null;
  }

  createRefusal(key: string): NotWritableReason | null {
    return this.refusal(key);
  }

  create(
    key: string,
    text: Uint8Array,
    _place: string | null,
    options: WriteOptions = {},
  ): Promise<Written | Conflict> {
    return this.replace(key, text, ABSENT, options);
  }

  replace(key: string, text: Uint8Array, expected: Expected, options: WriteOptions = {}): Promise<Written | Conflict> {
    return this.#with(async (backend) => {
      const storeKey = this.#keyIn(backend, key);
      const loaded = await backend.load(storeKey, options);
      const stored = textOf(loaded);
      if (!isExpected(expected, stored)) return conflictWith(stored);
      const record = withMetadata(
        recordWith(loaded, text, options),
        loaded.status === 'found' ? loaded.record : null,
        Date.now,
      );
      const saved = await backend.save(storeKey, record, expectedOf(loaded), options);
      return this.#told(backend, storeKey, saved);
    });
  }

  remove(key: string, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#with(async (backend) => {
      const storeKey = this.#keyIn(backend, key);
      const loaded = await backend.load(storeKey, options);
      const stored = textOf(loaded);
      if (stored === null) return { status: 'missing' };
      if (!isExpected(expected, stored)) return conflictWith(stored);
      const deleted = await backend.delete(storeKey, expectedOf(loaded), options);
      if (deleted.status !== 'deleted') return deleted;
      return { status: 'written', revision: null, trash: deleted.trash };
    });
  }

  trash(options: CallOptions = {}): ReturnType<StateWriter['trash']> {
    return this.#with((backend) => backend.trash(options));
  }

  restore(id: TrashId, expected: Expected, options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    return this.#with(async (backend) => {
      const entry = await this.#trashed(backend, id, options);
      if (entry === undefined) return { status: 'missing' };
      const loaded = await backend.load(entry.key, options);
      const stored = textOf(loaded);
      if (!isExpected(expected, stored)) return conflictWith(stored);
      const restored = await backend.restore(id, expectedOf(loaded), options);
      return restored.status === 'missing' ? restored : this.#told(backend, entry.key, restored);
    });
  }

  async together<T>(work: () => Promise<T>): Promise<T> {
    const kept: KeptOpen = { backend: null, trash: null };
    this.#kept = kept;
    try {
      return await work();
    } finally {
      this.#kept = null;
      await kept.backend?.close();
    }
  }

  /** Entries do not change, so that one list serves all that were there when it was made. */
  async #trashed(backend: StateBackend, id: TrashId, options: CallOptions): Promise<TrashEntry | undefined> {
    const kept = this.#kept;
    const known = kept?.trash?.get(id);
    if (known !== undefined) return known;
    const entries = new Map((await backend.trash(options)).map((entry) => [entry.id, entry]));
    if (kept !== null) kept.trash = entries;
    return entries.get(id);
  }

  /** A key that the source does not list is a new one. */
  #keyIn(backend: StateBackend, key: string): string {
    const storeKey = this.#storeKey(key);
    if (storeKey === null) throw notWritable(backend.location, 'format');
    return storeKey ?? key;
  }

  async #told(backend: StateBackend, storeKey: string, saved: SaveResult): Promise<Written | Conflict> {
    if (saved.status === 'conflict') return saved;
    // As it is stored now: JSONB has its own order of names.
    const stored = textOf(await backend.load(storeKey));
    return { status: 'written', revision: stored === null ? null : textRevision(stored), trash: saved.replaced };
  }

  async #with<T>(work: (backend: StateBackend) => Promise<T>): Promise<T> {
    const kept = this.#kept;
    if (kept !== null) {
      kept.backend ??= await this.#open();
      return work(kept.backend);
    }
    const backend = await this.#open();
    try {
      return await work(backend);
    } finally {
      await backend.close();
    }
  }
}

/** As a source shows it: of a damaged one the value that it begins with. */
function textOf(loaded: LoadResult): Uint8Array | null {
  if (loaded.status === 'missing') return null;
  return loaded.status === 'found' ? loaded.record.stateData : (jsonInPlace(loaded.bytes)?.text ?? loaded.bytes);
}

function expectedOf(loaded: LoadResult): Expected {
  return loaded.status === 'missing' ? ABSENT : revisionOf(loaded.revision);
}

function recordWith(loaded: LoadResult, stateData: Uint8Array, { labels }: WriteOptions): StateRecord {
  const written = { ...labels, timestamp: null, stateData };
  if (loaded.status === 'found') return { ...loaded.record, ...written };
  return { type: '', version: FIRST_VERSION, metadata: null, ...written };
}
