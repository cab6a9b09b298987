/** States that are gone with the process: for trying things out, and for a rule that wants nothing kept. */
import { randomUUID } from 'node:crypto';
import { parseJson } from '../../../shared/json/parse.ts';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { type Clock, utcText } from '../../../shared/state/clock.ts';
import {
  type CallOptions,
  type Changed,
  type DeleteResult,
  type Expected,
  type Found,
  type InfoPage,
  type LoadResult,
  type Missing,
  meets,
  type PageRequest,
  type Revision,
  type SaveResult,
  type StateBackend,
  type StateInfo,
  type StateRecord,
  type TrashEntry,
  type TrashId,
} from './backend.ts';
import { parseKey } from './key.ts';
import { callCancelled, readTime, storeClosed, unsupportedValue } from './sql-rows.ts';
import { faultOfRecord } from './state-file.ts';

const LOCATION = 'memory';

interface Kept {
  readonly record: StateRecord;
  readonly createdAt: string;
  /** Of the writing. */
  readonly writtenAt: string;
  readonly revision: Revision;
}

interface Trashed {
  readonly entry: TrashEntry;
  readonly kept: Kept;
}

/** What several clients of one process share. */
export class MemoryStore {
  readonly states = new Map<string, Kept>();
  /** The latest last. */
  readonly trash: Trashed[] = [];
  readonly listeners = new Set<(changed: Changed) => void>();
}

/** Another client when it is given the store of the first. */
export function openMemoryBackend(store: MemoryStore = new MemoryStore(), clock: Clock = Date.now): StateBackend {
  return new MemoryBackend(store, clock);
}

/** Every method does its work at once, so that nothing can come between a comparison and the write behind it. */
class MemoryBackend implements StateBackend {
  readonly kind = 'memory';
  readonly location = LOCATION;
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  readonly #watches = new Set<(changed: Changed) => void>();
  #closed = false;

  constructor(store: MemoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async save(key: string, record: StateRecord, expected: Expected, options: CallOptions = {}): Promise<SaveResult> {
    this.#begin(key, options);
    const fault = faultOfRecord(record);
    if (fault !== null) throw unsupportedValue(LOCATION, key, fault, 'Mend it, then save again');
    const current = this.#store.states.get(key);
    if (!meets(expected, current?.revision ?? null)) return conflict(current);
    const writtenAt = utcText(this.#clock());
    const metadata = record.metadata ?? current?.record.metadata ?? null;
    return this.#put(key, {
      record: {
        ...record,
        timestamp: record.timestamp ?? writtenAt,
        stateData: valueOf(record.stateData),
        metadata: metadata && valueOf(metadata),
      },
      createdAt: current?.createdAt ?? writtenAt,
      writtenAt,
      revision: randomUUID(),
    });
  }

  async load(key: string, options: CallOptions = {}): Promise<LoadResult> {
    this.#begin(key, options);
    const kept = this.#store.states.get(key);
    if (kept === undefined) return { status: 'missing' };
    return { status: 'found', record: kept.record, revision: kept.revision, info: infoOf(key, kept) };
  }

  /** Records are never changed, so that it is the one of `known` where nobody has written. */
  loadAgain(known: Found, options?: CallOptions): Promise<LoadResult> {
    return this.load(known.info.key, options);
  }

  async delete(key: string, expected: Expected, options: CallOptions = {}): Promise<DeleteResult> {
    this.#begin(key, options);
    const current = this.#store.states.get(key);
    if (current === undefined) return { status: 'missing' };
    if (!meets(expected, current.revision)) return conflict(current);
    this.#store.states.delete(key);
    const trash = this.#discard(key, current, 'deleted');
    this.#tell(key);
    return { status: 'deleted', trash };
  }

  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    this.#begin(key, options);
    return this.#store.states.has(key);
  }

  async list(kind?: string, options: CallOptions = {}): Promise<readonly string[]> {
    this.#begin(null, options);
    return this.#keys(kind);
  }

  async info(key: string, options: CallOptions = {}): Promise<StateInfo | null> {
    this.#begin(key, options);
    const kept = this.#store.states.get(key);
    return kept ? infoOf(key, kept) : null;
  }

  async page({ kind, after, limit }: PageRequest, options: CallOptions = {}): Promise<InfoPage> {
    this.#begin(null, options);
    const rest = this.#keys(kind).filter((key) => !after || compareCodePoints(key, after) > 0);
    const keys = rest.slice(0, limit);
    const states = keys.flatMap((key) => {
      const kept = this.#store.states.get(key);
      return kept ? [infoOf(key, kept)] : [];
    });
    return { states, next: rest.length > keys.length ? (keys.at(-1) ?? null) : null };
  }

  async watch(onChange: (changed: Changed) => void): Promise<() => Promise<void>> {
    this.#begin(null);
    // Of its own, so that the same function may watch twice.
    const listener = (changed: Changed) => onChange(changed);
    this.#store.listeners.add(listener);
    this.#watches.add(listener);
    return async () => {
      this.#store.listeners.delete(listener);
      this.#watches.delete(listener);
    };
  }

  async trash(options: CallOptions = {}): Promise<readonly TrashEntry[]> {
    this.#begin(null, options);
    return this.#store.trash.map(({ entry }) => entry).toReversed();
  }

  async restore(id: TrashId, expected: Expected, options: CallOptions = {}): Promise<SaveResult | Missing> {
    this.#begin(null, options);
    const trashed = this.#store.trash.find(({ entry }) => entry.id === id);
    if (trashed === undefined) return { status: 'missing' };
    const { key } = trashed.entry;
    const current = this.#store.states.get(key);
    if (!meets(expected, current?.revision ?? null)) return conflict(current);
    return this.#put(key, { ...trashed.kept, revision: randomUUID() });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const listener of this.#watches) this.#store.listeners.delete(listener);
    this.#watches.clear();
  }

  #begin(key: string | null, { signal }: CallOptions = {}): void {
    if (this.#closed) throw storeClosed(LOCATION);
    if (key !== null) parseKey(key);
    if (signal?.aborted) throw callCancelled(LOCATION, signal.reason);
  }

  #keys(kind: string | undefined): readonly string[] {
    const keys = [...this.#store.states.keys()].filter((key) => kind === undefined || key.startsWith(`${kind}:`));
    return keys.toSorted(compareCodePoints);
  }

  #put(key: string, kept: Kept): SaveResult {
    const current = this.#store.states.get(key);
    const replaced = current ? this.#discard(key, current, 'overwritten') : null;
    this.#store.states.set(key, kept);
    this.#tell(key);
    return { status: 'saved', revision: kept.revision, replaced };
  }

  #discard(key: string, kept: Kept, reason: TrashEntry['reason']): TrashId {
    const id = randomUUID();
    const bytes = kept.record.stateData.length;
    this.#store.trash.push({ entry: { id, key, reason, trashedAt: utcText(this.#clock()), bytes }, kept });
    return id;
  }

  #tell(key: string): void {
    // Not within the writer's call, which a listener that throws would otherwise fail.
    for (const listener of this.#store.listeners) queueMicrotask(() => listener(new Set([key])));
  }
}

/** A copy, so that nobody can change what is kept; without the white space around the value. */
function valueOf(json: Uint8Array): Uint8Array {
  return new Uint8Array(parseJson(json, { recordDepth: 0 }).document?.rawBytes(0) ?? json);
}

function infoOf(key: string, { record, createdAt, writtenAt, revision }: Kept): StateInfo {
  const { type, version, timestamp, stateData } = record;
  const time = timestamp === null ? null : readTime(timestamp);
  const updatedAt = time && !time.naive ? time.utc : writtenAt;
  return {
    key,
    type,
    version,
    bytes: stateData.length,
    createdAt,
    updatedAt,
    revision,
    location: `${LOCATION}/${key}`,
  };
}

function conflict(current: Kept | undefined): SaveResult & { status: 'conflict' } {
  return { status: 'conflict', current: current?.revision ?? null };
}
