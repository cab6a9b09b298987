/** What the managers of agents (3.2) and of sessions (4.2) have in common. */
import type { NodeId } from '../json/document.ts';
import { quoteJson } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { joinPieces, type Pieces } from '../json/pieces.ts';
import { canonicalChecksum } from './checksum.ts';
import { type Clock, utcText } from './clock.ts';
import type { DecodedState, StateCodec } from './codec.ts';
import { type EnhancedStateModule, StateLoadError } from './enhanced-state-module.ts';
import { reasonOf, StateError, StateKeyError, StateTypeError, StateValueError } from './errors.ts';
import { GlobalSnapshot, type ItemResult } from './global-snapshot.ts';
import { isPlainObject } from './plain.ts';
import type { StateType } from './state-type.ts';

export type ManagerEvent =
  | { readonly event: 'created' | 'removed' | 'loaded'; readonly id: string }
  | { readonly event: 'expired'; readonly id: string }
  | { readonly event: 'snapshot' | 'restored'; readonly snapshot: string }
  | { readonly event: 'cleanup-failed'; readonly error: unknown };

export interface RestoreReport {
  /** False: nothing was changed. */
  readonly restored: boolean;
  readonly items: readonly ItemResult[];
}

interface Managed<M> {
  readonly module: M;
  /** The label of the file that it came from. */
  readonly label: string | undefined;
}

export abstract class StateManager<M extends EnhancedStateModule> {
  protected readonly clock: Clock;
  readonly #codec: StateCodec;
  readonly #type: StateType;
  #states = new Map<string, Managed<M>>();
  readonly #snapshots = new Map<string, GlobalSnapshot>();
  readonly #listeners = new Set<(event: ManagerEvent) => void>();
  #listenerErrors: readonly unknown[] = [];
  #snapshotCount = 0;

  constructor(codec: StateCodec, type: StateType, clock: Clock) {
    this.#codec = codec;
    this.#type = type;
    this.clock = clock;
  }

  /** An empty module for this id. */
  protected abstract make(id: string): M;

  /** In the order of their creation. */
  get ids(): readonly string[] {
    return [...this.#states.keys()];
  }

  get modules(): readonly M[] {
    return [...this.#states.values()].map(({ module }) => module);
  }

  get(id: string): M | undefined {
    return this.#states.get(id)?.module;
  }

  /** @throws StateValueError `already-exists`. */
  protected add(id: string): M {
    if (this.#states.has(id))
      throw new StateValueError('already-exists', `there is a state for ${quoteJson(id)} already`);
    const module = this.make(id);
    this.#states.set(id, { module, label: undefined });
    this.emit({ event: 'created', id });
    return module;
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    if (!this.#states.delete(id)) return false;
    this.emit({ event: 'removed', id });
    return true;
  }

  protected idsWhere(matches: (module: M) => boolean): readonly string[] {
    return [...this.#states].filter(([, { module }]) => matches(module)).map(([id]) => id);
  }

  /** What listeners threw, oldest first, the latest 100. */
  get listenerErrors(): readonly unknown[] {
    return this.#listenerErrors;
  }

  /** Returns what ends it. An error of a listener is collected and stops nothing. */
  onEvent(listener: (event: ManagerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  protected emit(event: ManagerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#listenerErrors = [...this.#listenerErrors, error].slice(-100);
      }
    }
  }

  /** `{id: envelope}` as UTF-8. Writing it to a file, safely, is for the caller. */
  saveAll(): Uint8Array<ArrayBuffer> {
    const members = [...this.#states].map(([id, state], at): Pieces => {
      return [at > 0 ? ',\n' : '\n', quoteJson(id), ': ', this.#encode(state)];
    });
    return joinPieces(['{', ...members.flat(), members.length > 0 ? '\n}' : '}']);
  }

  /**
   * Loads what `saveAll` or the document's programs wrote: each state on its own, so one that is refused leaves the others
   * alone, and an existing one of its id as it was. @throws StateError `incomplete`, StateTypeError `not-a-dict` for the whole.
   */
  loadAll(bytes: Uint8Array): readonly ItemResult[] {
    const { document, issues } = parseJson(bytes);
    const issue = issues.find(({ severity }) => severity === 'error');
    if (!document || issue) throw new StateError('incomplete', `nothing was loaded: ${issue?.message ?? 'no JSON'}`);
    if (document.kind(0) !== 'object')
      throw new StateTypeError('not-a-dict', 'nothing was loaded: it is no dict of states');
    const nodes = new Map<string, NodeId>();
    for (const child of document.children(0)) nodes.set(document.key(child) ?? '', child);
    return [...nodes].map(([id, node]) =>
      this.#attempt(id, () => {
        this.#states.set(id, this.#read(id, this.#codec.decode(document, node)));
        this.emit({ event: 'loaded', id });
      }),
    );
  }

  /** Names need not be unique: ids are. */
  createGlobalSnapshot(name?: string): GlobalSnapshot {
    const createdAt = utcText(this.clock());
    const content = [...this.#states].map(([id, state]) => {
      const bytes = this.#encode(state);
      const { origin, type, version } = this.#codec.decodeBytes(bytes);
      return [
        { id, type, version, sizeBytes: bytes.length, checksum: canonicalChecksum(origin.document) },
        bytes,
      ] as const;
    });
    this.#snapshotCount += 1;
    const id = `global_${createdAt}_${this.#snapshotCount}`;
    const snapshot = new GlobalSnapshot({ id, name: name ?? id, createdAt }, content);
    this.#snapshots.set(id, snapshot);
    this.emit({ event: 'snapshot', snapshot: id });
    return snapshot;
  }

  get snapshots(): readonly GlobalSnapshot[] {
    return [...this.#snapshots.values()];
  }

  deleteSnapshot(id: string): boolean {
    return this.#snapshots.delete(id);
  }

  /**
   * Puts all states back to what they were: those that were created since are gone, those that were removed are there again,
   * the others are loaded in place. All of it, or nothing. @throws StateKeyError for an id that is no snapshot.
   */
  restoreGlobalSnapshot(id: string): RestoreReport {
    const snapshot = this.#snapshots.get(id);
    if (!snapshot) throw new StateKeyError('key-missing', `there is no snapshot ${quoteJson(id)}`);
    const next = new Map<string, Managed<M>>();
    const items = snapshot.manifest.map((entry) =>
      this.#attempt(entry.id, () => {
        const decoded = this.#codec.decodeBytes(snapshot.bytesOf(entry.id) ?? new Uint8Array(0));
        if (canonicalChecksum(decoded.origin.document) !== entry.checksum) {
          throw new StateError('corrupt', `${quoteJson(entry.id)} is not what was captured`);
        }
        next.set(entry.id, this.#read(entry.id, decoded));
      }),
    );
    if (!items.every(({ loaded }) => loaded)) return { restored: false, items };
    const undo: (() => void)[] = [];
    for (const [key, { module, label }] of next) {
      const existing = this.#states.get(key)?.module;
      if (!existing) continue;
      const before = existing.stateDict();
      const report = existing.load(module.stateDict());
      if (!report.applied) {
        for (const step of undo.toReversed()) step();
        const failed = { id: key, loaded: false, error: new StateLoadError(report) };
        return { restored: false, items: items.map((item) => (item.id === key ? failed : item)) };
      }
      undo.push(() => existing.loadStateDict(before));
      next.set(key, { module: existing, label });
    }
    this.#states = next;
    this.emit({ event: 'restored', snapshot: id });
    return { restored: true, items };
  }

  #encode({ module, label }: Managed<M>): Uint8Array {
    return this.#codec.encode(this.#codec.stateOf(module, label));
  }

  /** @throws StateError with the reason. */
  #read(id: string, { type, version, stateData, dialect }: DecodedState): Managed<M> {
    if (dialect !== 'plain' && this.#codec.registry.stateType(type ?? '')?.type !== this.#type) {
      throw new StateTypeError('wrong-type', `${quoteJson(id)} is a ${type ?? '(nothing)'}, not a ${this.#type.name}`);
    }
    if (!isPlainObject(stateData)) throw new StateTypeError('not-a-dict', `the state of ${quoteJson(id)} is no dict`);
    const module = this.make(id);
    const report = module.load(stateData, version === undefined ? {} : { version });
    if (!report.applied) throw new StateLoadError(report);
    return { module, label: type };
  }

  #attempt(id: string, work: () => void): ItemResult {
    try {
      work();
      return { id, loaded: true, error: undefined };
    } catch (error) {
      const known = error instanceof StateError ? error : new StateError('load-refused', reasonOf(error), error);
      return { id, loaded: false, error: known };
    }
  }
}
