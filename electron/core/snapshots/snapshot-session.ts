/** The snapshots of an open source, and the answers to a person's questions about them. */
import { basename } from 'node:path';
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import type { HistoryMark } from '../../../shared/ipc/history.ts';
import type { AsOf, Page } from '../../../shared/ipc/model.ts';
import type {
  SnapshotInfo,
  SnapshotProgress,
  SnapshotPruneReport,
  SnapshotRows,
  SnapshotState,
} from '../../../shared/ipc/snapshots.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { exportSnapshot, importSnapshot } from './snapshot-file.ts';
import { SnapshotSource } from './snapshot-source.ts';
import { capturedStates, type SnapshotStore } from './snapshot-store.ts';

export interface SnapshotSessionOptions {
  /** Of the journal; null where nothing is recorded. */
  readonly seq: () => number | null;
  /** Of its newest change, microseconds. */
  readonly lastTime: () => number | null;
  readonly onChanged: () => void;
}

interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SnapshotProgress) => void;
}

type Input<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;

const MICROS = 1000;

export class SnapshotSession {
  readonly #workspace: EditableWorkspace;
  readonly #options: SnapshotSessionOptions;

  constructor(workspace: EditableWorkspace, options: SnapshotSessionOptions) {
    this.#workspace = workspace;
    this.#options = options;
  }

  rows({ words, offset, limit }: Input<'snapshots.rows'>): SnapshotRows {
    const { snapshots, snapshotProblem } = this.#workspace;
    const problem = snapshotProblem && {
      code: snapshotProblem.code,
      message: snapshotProblem.message,
      details: snapshotProblem.details,
    };
    if (snapshots === null) return { rows: [], total: 0, stored: 0, problem };
    const { rows, total } = snapshots.list({ filter: { words }, offset, limit });
    return { rows, total, stored: snapshots.bytes, problem };
  }

  states({ snapshot, offset, limit }: Input<'snapshots.states'>): Page<SnapshotState> {
    const states = this.#store().manifest(snapshot);
    return { rows: states.slice(offset, offset + limit), total: states.length };
  }

  change({ snapshot, change }: Input<'snapshots.change'>): SnapshotInfo {
    return this.#told(this.#store().change(snapshot, change));
  }

  remove({ snapshot }: Input<'snapshots.remove'>): null {
    this.#store().remove(snapshot);
    return this.#told(null);
  }

  async prune({ rule, dryRun }: Input<'snapshots.prune'>): Promise<SnapshotPruneReport> {
    const store = this.#store();
    const plan = await store.prunePlan(rule);
    const { bytes, remaining } = plan;
    if (dryRun) return { snapshots: plan.snapshots.length, bytes, remaining };
    return this.#told(await store.prune(plan));
  }

  /** Of what is shown, which may be the past. */
  async take(input: Omit<Jobs['snapshots.take']['input'], 'workspace'>, run: Run): Promise<SnapshotInfo> {
    const { name, description, tags, keys } = input;
    const store = this.#store();
    const { source } = this.#workspace.reading;
    const { asOf } = this.#workspace.summary();
    const seq = asOf === null ? this.#options.seq() : asOf.seq;
    const total = keys === null ? source.entries.length : keys.length;
    // Between writes: a snapshot of several states is of one moment, as far as we are concerned.
    const taken = await this.#workspace.exclusively(() =>
      store.take(capturedStates(source, keys, run.signal), {
        ...run,
        reason: 'manual',
        name,
        description,
        tags,
        seq,
        total,
      }),
    );
    return this.#told(taken);
  }

  async export(snapshot: string, file: string): Promise<null> {
    await exportSnapshot(this.#store(), snapshot, file);
    return null;
  }

  async import(file: string, signal: AbortSignal): Promise<SnapshotInfo> {
    return this.#told(await importSnapshot(this.#store(), file, signal));
  }

  /** What `EditableWorkspace.travel` shows. @throws SourceError `snapshot-missing`. */
  asOf(id: string): { readonly source: Source; readonly asOf: AsOf } {
    const store = this.#store();
    const { name, takenAt } = store.get(id);
    const source = new SnapshotSource(store, id, this.#workspace.source);
    return { source, asOf: { seq: null, time: Date.parse(takenAt) * MICROS, snapshot: { id, name } } };
  }

  /** Those that a person took, for the timeline. It ends with the last change: what was taken later stands there. Microseconds. */
  marks(from: number, to: number): readonly HistoryMark[] {
    const last = this.#options.lastTime();
    const until = last !== null && last <= to ? Number.MAX_SAFE_INTEGER : to;
    return (this.#workspace.snapshots?.takenBetween(from, until) ?? []).map((info) => ({
      kind: 'snapshot',
      name: info.name === '' ? info.id : info.name,
      seq: info.seq ?? 0,
      time: Math.min(to, Date.parse(info.takenAt) * MICROS),
      key: info.states === 1 ? info.firstKey : basename(this.#workspace.source.location),
      snapshot: info.id,
    }));
  }

  #store(): SnapshotStore {
    const { snapshots, snapshotProblem } = this.#workspace;
    if (snapshots !== null) return snapshots;
    const { location } = this.#workspace.source;
    throw snapshotProblem ?? new SourceError('unreadable', `No snapshots of ${location} are kept.`, { location });
  }

  #told<T>(value: T): T {
    this.#options.onChanged();
    return value;
  }
}
