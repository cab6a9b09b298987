/**
 * The document's StateChangeTracker (2.2.4), as SEED-DECISIONS 15 to 20 have it: modules of this process tell of their assignments,
 * states of other programs come as texts or as single values. Everything goes into the journal, where there is one.
 */

import { toDot } from '../../../shared/json/path.ts';
import type { StateCodec } from '../../../shared/state/codec.ts';
import type { EnhancedStateModule, LoadReport } from '../../../shared/state/enhanced-state-module.ts';
import { reasonOf, StateError, StateKeyError, StateValueError } from '../../../shared/state/errors.ts';
import { isPlainObject } from '../../../shared/state/plain.ts';
import type { Journal } from './journal.ts';
import type { ChangeType, JournalChange } from './journal-types.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';
import { ModuleListeners } from './module-listeners.ts';
import { wholeJson } from './state-overlay.ts';
import {
  type Commit,
  type RecordOptions,
  type RecordResult,
  StateRecorder,
  type ValueChange,
} from './state-recorder.ts';

/** The document's StateChange, with values as JSON texts: nothing that happens later reaches them. */
export interface StateChange {
  readonly seq: number;
  readonly moduleId: string;
  /** The path of the value as `toDot` writes it; `status`, `memory.content[3]`, empty for the whole state. */
  readonly attribute: string;
  readonly old: string | null;
  readonly new: string | null;
  /** Microseconds. */
  readonly time: number;
  readonly type: ChangeType;
  readonly origin: string;
}

/** An immutable capture of one module. Its text stays with the tracker. */
export interface TrackedSnapshot {
  readonly id: string;
  /** The module that it was taken of, and the only one that it goes back into. */
  readonly owner: string;
  /** For people; need not be unique. */
  readonly name: string;
  /** Microseconds. */
  readonly time: number;
}

export interface SnapshotRestore {
  /** False: the module is as it was. */
  readonly restored: boolean;
  /** What the module was before; restore it to undo. Null when nothing was restored. */
  readonly safety: TrackedSnapshot | null;
  /** What is different in the module now. */
  readonly changes: readonly JournalChange[];
  /** What the module said to the load; null when it did not come to that. */
  readonly report: LoadReport | null;
  readonly error: StateError | null;
}

export interface HistoryFilter {
  readonly moduleId?: string | undefined;
  /** The whole path. */
  readonly attribute?: string | undefined;
  /** The latest so many; 0 is none. */
  readonly limit?: number | undefined;
}

export interface TrackerOptions {
  readonly codec: StateCodec;
  /** Milliseconds. */
  readonly now: () => number;
  readonly journal?: Journal | undefined;
  readonly writing?: JournalWriterOptions | undefined;
  /** Changes that `getChangeHistory` has; the journal has its own rule. Default 1,000. */
  readonly maxHistory?: number | undefined;
  /** Snapshots in memory; the oldest go first. Default 1,000. */
  readonly maxSnapshots?: number | undefined;
}

interface Tracked {
  readonly module: EnhancedStateModule;
  readonly listeners: ModuleListeners;
}

const MODULE_ORIGIN = 'module';
const MICROS = 1000;

export class ChangeTracker {
  /** Null without a journal. */
  readonly writer: JournalWriter | null;
  readonly #codec: StateCodec;
  readonly #now: () => number;
  readonly #journal: Journal | null;
  readonly #recorder: StateRecorder;
  readonly #modules = new Map<string, Tracked>();
  readonly #snapshots = new Map<string, { readonly snapshot: TrackedSnapshot; readonly text: Uint8Array }>();
  readonly #maxHistory: number;
  readonly #maxSnapshots: number;
  #history: StateChange[] = [];
  #snapshotCount = 0;

  constructor({ codec, now, journal, writing, maxHistory = 1000, maxSnapshots = 1000 }: TrackerOptions) {
    this.#codec = codec;
    this.#now = now;
    this.#journal = journal ?? null;
    this.writer = journal === undefined ? null : new JournalWriter(journal, writing);
    this.#recorder = new StateRecorder({ journal: this.#journal, writer: this.writer, now });
    this.#maxHistory = maxHistory;
    this.#maxSnapshots = maxSnapshots;
    this.#recorder.onCommit((commit) => this.#remember(commit));
  }

  /** Told of every commit, in order, before it is durable. Returns what ends it. */
  onCommit(listener: (commit: Commit) => void): () => void {
    return this.#recorder.onCommit(listener);
  }

  /**
   * Listens to a module and those nested in it, and takes a first snapshot. Changes that are made in place, without an assignment,
   * are found at the next snapshot.
   * @throws StateValueError `already-registered`; StateTypeError for a state that has no form in JSON.
   */
  registerModule(moduleId: string, module: EnhancedStateModule): TrackedSnapshot {
    if (this.#modules.has(moduleId)) {
      throw new StateValueError(
        'already-registered',
        `${JSON.stringify(moduleId)} is tracked already: unregister it first`,
      );
    }
    const listeners = new ModuleListeners(module, (path, value) => {
      const text = value === undefined ? null : Buffer.from(this.#codec.encodeValue(value)).toString('utf8');
      this.#recorder.recordChanges(moduleId, [{ path, value: text }], {
        origin: MODULE_ORIGIN,
        type: 'attribute_change',
      });
    });
    this.#modules.set(moduleId, { module, listeners });
    try {
      return this.createSnapshot(moduleId);
    } catch (error) {
      listeners.end();
      this.#modules.delete(moduleId);
      throw error;
    }
  }

  /** Takes its listeners away. Its history and its snapshots stay. Whether there was one. */
  unregisterModule(moduleId: string): boolean {
    const tracked = this.#modules.get(moduleId);
    if (tracked === undefined) return false;
    tracked.listeners.end();
    this.#modules.delete(moduleId);
    return true;
  }

  get moduleIds(): readonly string[] {
    return [...this.#modules.keys()];
  }

  /** What is in memory, oldest first: the latest 1,000 changes at most. The journal has them all. */
  getChangeHistory({ moduleId, attribute, limit }: HistoryFilter = {}): readonly StateChange[] {
    const found = this.#history.filter((change) => {
      return (moduleId ?? change.moduleId) === change.moduleId && (attribute ?? change.attribute) === change.attribute;
    });
    if (limit === undefined) return found;
    return limit > 0 ? found.slice(-limit) : [];
  }

  /** @throws StateKeyError for a module that is not registered; StateTypeError for a state that has no form in JSON. */
  createSnapshot(moduleId: string, name?: string): TrackedSnapshot {
    const { module } = this.#tracked(moduleId);
    const text = this.#textOf(module);
    const time = this.#now() * MICROS;
    this.#snapshotCount += 1;
    const id = `${moduleId}@${new Date(time / MICROS).toISOString()}#${this.#snapshotCount}`;
    const snapshot = Object.freeze({ id, owner: moduleId, name: name ?? id, time });
    const mark = { kind: 'snapshot', id, name: snapshot.name } as const;
    this.#recorder.recordState(moduleId, text, { origin: MODULE_ORIGIN, type: 'attribute_change', time, mark });
    this.#snapshots.set(id, { snapshot, text });
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= this.#maxSnapshots) break;
      this.#snapshots.delete(oldest);
    }
    return snapshot;
  }

  /** Oldest first. */
  snapshots(moduleId?: string): readonly TrackedSnapshot[] {
    const all = [...this.#snapshots.values()].map(({ snapshot }) => snapshot);
    return moduleId === undefined ? all : all.filter(({ owner }) => owner === moduleId);
  }

  deleteSnapshot(id: string): boolean {
    return this.#snapshots.delete(id);
  }

  /** What a snapshot holds, as JSON text: a copy. Those of earlier runs come out of the journal. */
  snapshotText(id: string): Uint8Array | null {
    return this.#snapshotOf(id)?.text.slice() ?? null;
  }

  /** Puts a module back, all or nothing, after a safety snapshot. Never throws for a snapshot or a state: it reports. */
  restoreSnapshot(moduleId: string, snapshotId: string): SnapshotRestore {
    const refused = (error: unknown, report: LoadReport | null = null): SnapshotRestore => {
      const known = error instanceof StateError ? error : new StateError('load-refused', reasonOf(error), error);
      return { restored: false, safety: null, changes: [], report, error: known };
    };
    try {
      const { module, listeners } = this.#tracked(moduleId);
      const kept = this.#snapshotOf(snapshotId);
      if (kept === null) throw new StateKeyError('key-missing', `there is no snapshot ${JSON.stringify(snapshotId)}`);
      if (kept.owner !== moduleId) {
        const message = `the snapshot ${JSON.stringify(snapshotId)} is of ${JSON.stringify(kept.owner)}, not of ${JSON.stringify(moduleId)}`;
        throw new StateValueError('invalid-value', message);
      }
      const document = wholeJson(kept.text);
      const data = document === null ? null : this.#codec.decodeValue(document).value;
      if (!isPlainObject(data))
        throw new StateError('corrupt', `the snapshot ${JSON.stringify(snapshotId)} holds no state`);
      const safety = this.createSnapshot(moduleId, `before ${kept.name}`);
      const report = listeners.silently(() => module.load(data));
      if (!report.applied) {
        this.#snapshots.delete(safety.id);
        return refused(
          report.error ?? new StateError('load-refused', report.findings[0]?.message ?? 'it was refused'),
          report,
        );
      }
      const mark = { kind: 'restore', id: snapshotId, name: kept.name } as const;
      const options = { origin: MODULE_ORIGIN, type: 'snapshot_restore', mark } as const;
      const recorded = this.#recorder.recordState(moduleId, this.#textOf(module), options);
      const changes = recorded.result === 'recorded' ? recorded.commit.changes : [];
      return { restored: true, safety, changes, report, error: null };
    } catch (error) {
      return refused(error);
    }
  }

  /** A whole text of a state of another program. @throws SourceError when the journal takes no more. */
  recordState(key: string, text: Uint8Array, options: RecordOptions): RecordResult {
    return this.#recorder.recordState(key, text, options);
  }

  /** Single values of such a state. @throws as `recordState`; RangeError for a path of more than 500 segments. */
  recordChanges(key: string, changes: readonly ValueChange[], options: RecordOptions): RecordResult {
    return this.#recorder.recordChanges(key, changes, options);
  }

  /** Such a state is gone. @throws as `recordState`. */
  recordRemoved(key: string, options: RecordOptions): RecordResult {
    return this.#recorder.recordRemoved(key, options);
  }

  /** The text that was recorded last. */
  lastText(key: string): Uint8Array | null {
    return this.#recorder.lastText(key);
  }

  /** Everything is in the journal afterwards. @throws SourceError. */
  flush(): void {
    this.writer?.flush();
  }

  /** Ends all listening and flushes. The journal stays open, for whoever opened it to close. @throws SourceError. */
  close(): void {
    for (const id of this.moduleIds) this.unregisterModule(id);
    this.writer?.close();
  }

  #tracked(moduleId: string): Tracked {
    const tracked = this.#modules.get(moduleId);
    if (tracked === undefined)
      throw new StateKeyError('key-missing', `${JSON.stringify(moduleId)} is not tracked: register it first`);
    return tracked;
  }

  #textOf(module: EnhancedStateModule): Uint8Array {
    return this.#codec.encodeValue(module.stateDict());
  }

  #snapshotOf(id: string): { readonly owner: string; readonly name: string; readonly text: Uint8Array } | null {
    const known = this.#snapshots.get(id);
    if (known !== undefined) return { owner: known.snapshot.owner, name: known.snapshot.name, text: known.text };
    if (this.#journal === null) return null;
    this.flush();
    const mark = this.#journal.marks().find((one) => one.kind === 'snapshot' && one.id === id);
    const text = mark === undefined ? null : this.#journal.stateAt(mark.key, { seq: mark.seq });
    return mark === undefined || text === null ? null : { owner: mark.key, name: mark.name, text };
  }

  #remember({ seq, key, time, type, origin, changes }: Commit): void {
    for (const [at, change] of changes.entries()) {
      const { path, old, new: next } = change;
      this.#history.push({ seq: seq + at, moduleId: key, attribute: toDot(path), old, new: next, time, type, origin });
    }
    if (this.#history.length > this.#maxHistory) this.#history.splice(0, this.#history.length - this.#maxHistory);
  }
}
