/**
 * The snapshots of one source: a SQLite database that is ours alone, beside the settings and never inside the source. What does not
 * change between two of them is stored once. Any number of processes may read and write at the same time. Calls are synchronous
 * where nothing is said; a store belongs into a worker thread.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  SNAPSHOT_REASONS,
  type SnapshotInfo,
  type SnapshotPruneReport,
  type SnapshotPruneRule,
  type SnapshotState,
} from '../../../shared/ipc/snapshots.ts';
import { locationName } from '../files/location-name.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { DamagedJournal } from '../tracking/damaged-journal.ts';
import { type Handle, openDatabase, toSnapshotsError } from './snapshot-database.ts';
import { type SnapshotGrowth, snapshotGrowth, snapshotsMark } from './snapshot-growth.ts';
import { snapshotMissing } from './snapshot-missing.ts';
import { planPrune, pruneSteps, removeSnapshots, type SnapshotPrunePlan } from './snapshot-prune.ts';
import {
  infoOf,
  type ListOptions,
  listSnapshots,
  SELECT_INFO,
  type SnapshotList,
  type SnapshotRow,
  searchText,
} from './snapshot-rows.ts';
import { type About, type CapturedState, SnapshotTaking, type TakeOptions } from './snapshot-taking.ts';

/** What is absent stays. */
export interface SnapshotChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly pinned?: boolean | undefined;
}

/** How two snapshots differ, by the hashes of their states. Keys in order. */
export interface SnapshotComparison {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly same: number;
}

export type { CapturedState, ListOptions, SnapshotList, SnapshotPrunePlan, TakeOptions };

const SHORTEST_PREFIX = 4;
const MOST_BETWEEN = 500;

/** Where the snapshots of a source lie. @param source absolute path or URL without a password. */
export function snapshotsFile(folder: string, source: string): string {
  return join(folder, `${locationName(source)}.snapshots`);
}

/** Every method throws a SourceError: `snapshots-corrupt`, `snapshots-newer`, `locked`, `disk-full`, `read-only`, … */
export class SnapshotStore {
  /** Of the source, for people and without a password. */
  readonly source: string;
  /** Absolute path of the database, which is there from the first snapshot on. */
  readonly file: string;
  #handle: Handle | null = null;
  #closed = false;
  /** As it was asked for last; it takes longer than a look whether it still holds. */
  #growth: { readonly mark: string; readonly steps: readonly SnapshotGrowth[] } | null = null;

  private constructor(file: string, source: string) {
    this.file = file;
    this.source = source;
  }

  /** Nothing is made before the first snapshot is. @param folder of the snapshots of all sources. */
  static open(folder: string, source: string): SnapshotStore {
    const store = new SnapshotStore(snapshotsFile(folder, source), source);
    store.#run(() => store.#existing());
    return store;
  }

  /** All of it or nothing: one that is cancelled, or fails, leaves no snapshot behind. */
  async take(
    states: Iterable<CapturedState> | AsyncIterable<CapturedState>,
    options: TakeOptions,
  ): Promise<SnapshotInfo> {
    const { database, objects } = this.#run(() => this.#made());
    const taking = new SnapshotTaking(database, objects);
    try {
      let done = 0;
      for await (const state of states) {
        options.signal?.throwIfAborted();
        this.#run(() => taking.add(state));
        done += 1;
        options.onProgress?.({ done, total: options.total ?? done });
      }
      const n = this.#run(() => taking.finish(options));
      return this.#run(() => this.#infoAt(n));
    } catch (error) {
      this.#run(() => taking.undo());
      if (options.signal?.aborted !== true) throw error;
      const message = `Taking a snapshot of ${this.source} was cancelled. Nothing was kept.`;
      throw new SourceError('cancelled', message, { location: this.source }, { cause: error });
    }
  }

  /** The newest first. */
  list(options: ListOptions): SnapshotList {
    return this.#run(() => {
      const database = this.#existing()?.database;
      return database === undefined ? { rows: [], total: 0, next: null } : listSnapshots(database, options);
    });
  }

  /** @throws SourceError `snapshot-missing`. */
  get(id: string): SnapshotInfo {
    return this.#run(() => infoOf(this.#row(id).row));
  }

  /** The one that a person means: by its id, the beginning of its id where that is clear, or its name, of several the newest. */
  find(text: string): SnapshotInfo | null {
    return this.#run(() => {
      const database = this.#existing()?.database;
      if (database === undefined) return null;
      const ask = (where: string, ...values: (string | number)[]) =>
        database.prepare<(string | number)[], SnapshotRow>(`${SELECT_INFO} WHERE ${where}`).all(...values);
      const [exact] = ask('s.id = ?', text);
      const begins =
        exact || text.length < SHORTEST_PREFIX ? [] : ask('substr(s.id, 1, ?) = ? LIMIT 2', text.length, text);
      if (exact) return infoOf(exact);
      if (begins.length === 1 && begins[0]) return infoOf(begins[0]);
      const [named] = ask("s.name = ? AND s.name <> '' ORDER BY s.taken DESC, s.n DESC LIMIT 1", text);
      return named ? infoOf(named) : null;
    });
  }

  /** Those that a person took, in order, at most some hundreds. Microseconds, both included. */
  takenBetween(from: number, to: number): readonly SnapshotInfo[] {
    return this.#run(() => {
      const sql = `${SELECT_INFO} WHERE s.reason = ${SNAPSHOT_REASONS.indexOf('manual')} AND s.taken BETWEEN ? AND ? ORDER BY s.taken LIMIT ${MOST_BETWEEN}`;
      const rows = this.#existing()?.database.prepare<[number, number], SnapshotRow>(sql).all(from, to) ?? [];
      return rows.map(infoOf);
    });
  }

  /** Its states by key. @throws SourceError `snapshot-missing`. */
  manifest(id: string): readonly SnapshotState[] {
    return this.#run(() => {
      const { row, database } = this.#row(id);
      return database
        .prepare<[number], ManifestRow>(
          `SELECT k.key, a.about, m.updated, o.bytes, o.hash FROM manifest_states m JOIN keys k ON k.id = m.key
           JOIN abouts a ON a.id = m.about JOIN objects o ON o.id = m.object WHERE m.manifest = ? ORDER BY k.key`,
        )
        .all(row.manifest)
        .map(stateOf);
    });
  }

  /** The text of a state, byte for byte. @throws SourceError `snapshot-missing`, `not-found` for a key that it does not have. */
  read(id: string, key: string): Uint8Array {
    return this.#run(() => {
      const { row, database, objects } = this.#row(id);
      const found = database
        .prepare<[number, string], { object: number }>(
          'SELECT m.object FROM keys k JOIN manifest_states m ON m.key = k.id AND m.manifest = ? WHERE k.key = ?',
        )
        .get(row.manifest, key);
      if (found !== undefined) return objects.get(found.object);
      const message = `The snapshot ${id} has no state ${key}. List its states to see their keys.`;
      throw new SourceError('not-found', message, { location: this.source, key });
    });
  }

  /** What people say about it; its states never change. @throws SourceError `snapshot-missing`. */
  change(id: string, change: SnapshotChange): SnapshotInfo {
    return this.#run(() => {
      const { row, database } = this.#row(id);
      const info = infoOf(row);
      const { name = info.name, description = info.description, tags = info.tags, pinned = info.pinned } = change;
      database
        .prepare('UPDATE snapshots SET name = ?, description = ?, tags = ?, pinned = ?, search = ? WHERE n = ?')
        .run(name, description, JSON.stringify(tags), pinned ? 1 : 0, searchText(id, name, description, tags), row.n);
      return this.#infoAt(row.n);
    });
  }

  /** @throws SourceError `snapshot-missing`, `snapshot-pinned`. */
  remove(id: string): void {
    this.#run(() => {
      const { row, database } = this.#row(id);
      if (row.pinned !== 0) {
        const message = `The snapshot ${id} is pinned and stays. Unpin it first.`;
        throw new SourceError('snapshot-pinned', message, { location: this.source, key: id });
      }
      removeSnapshots(database, [row.n]);
    });
  }

  /** From `before` to `after`. States with equal bytes are the same, whatever else is known of them. @throws SourceError `snapshot-missing`. */
  compare(before: string, after: string): SnapshotComparison {
    const sums = (id: string) => new Map(this.manifest(id).map(({ key, sha256 }) => [key, sha256]));
    const [a, b] = [sums(before), sums(after)];
    const common = [...b].filter(([key]) => a.has(key));
    const changed = common.filter(([key, sum]) => a.get(key) !== sum).map(([key]) => key);
    return {
      added: [...b.keys()].filter((key) => !a.has(key)),
      removed: [...a.keys()].filter((key) => !b.has(key)),
      changed,
      same: common.length - changed.length,
    };
  }

  /** What a rule would take away, and what that would really free. Others get a turn between steps. @param now milliseconds. */
  async prunePlan(
    rule: SnapshotPruneRule,
    options: { readonly signal?: AbortSignal; readonly now?: number } = {},
  ): Promise<SnapshotPrunePlan> {
    const database = this.#run(() => this.#existing()?.database);
    if (database === undefined) return { snapshots: [], bytes: 0, remaining: 0 };
    const steps = planPrune(database, rule, options.now ?? Date.now());
    for (;;) {
      const step = this.#run(() => steps.next());
      if (step.done === true) return step.value;
      options.signal?.throwIfAborted();
      await turn();
    }
  }

  /** Those of the plan that are still there and have not been pinned since. Stops between steps when it is cancelled. */
  async prune(plan: SnapshotPrunePlan, signal?: AbortSignal): Promise<SnapshotPruneReport> {
    const database = this.#run(() => this.#existing()?.database);
    const report = { snapshots: 0, bytes: 0 };
    if (database !== undefined) {
      for (const step of pruneSteps(database, plan)) {
        const { snapshots, bytes } = this.#run(step);
        report.snapshots += snapshots;
        report.bytes += bytes;
        if (signal?.aborted === true) break;
        await turn();
      }
    }
    return { ...report, remaining: this.list({ limit: 1 }).total };
  }

  /** Bytes of the file, without what has not been moved there from the log. */
  get bytes(): number {
    return this.#run(() => {
      const database = this.#existing()?.database;
      if (database === undefined) return 0;
      const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
      return number('page_count') * number('page_size');
    });
  }

  /** What is stored, by the time at which it was taken; about. */
  growth(): readonly SnapshotGrowth[] {
    return this.#run(() => {
      const database = this.#existing()?.database;
      if (database === undefined) return [];
      const mark = snapshotsMark(database);
      if (this.#growth?.mark !== mark) this.#growth = { mark, steps: snapshotGrowth(database) };
      return this.#growth.steps;
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#handle?.database.close();
    this.#handle = null;
  }

  /** Null while there is none. Another process may have made it meanwhile. */
  #existing(): Handle | null {
    if (this.#handle === null && existsSync(this.file)) this.#handle = openDatabase(this.file, this.source);
    return this.#handle;
  }

  #made(): Handle {
    if (this.#closed) throw new SourceError('cancelled', `${this.source} was closed.`, { location: this.source });
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    this.#handle ??= openDatabase(this.file, this.source);
    return this.#handle;
  }

  #row(id: string): Handle & { readonly row: SnapshotRow } {
    const handle = this.#existing();
    const row = handle?.database.prepare<[string], SnapshotRow>(`${SELECT_INFO} WHERE s.id = ?`).get(id);
    if (handle === null || row === undefined) throw snapshotMissing(id, this.source);
    return { ...handle, row };
  }

  #infoAt(n: number): SnapshotInfo {
    const row = this.#made().database.prepare<[number], SnapshotRow>(`${SELECT_INFO} WHERE s.n = ?`).get(n);
    if (row === undefined) throw new DamagedJournal('a snapshot that was just written is missing');
    return infoOf(row);
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#handle?.objects.forget();
      throw toSnapshotsError(error, this.file);
    }
  }
}

/** The states of a source, one at a time, as a snapshot takes them. @param keys null for all. */
export async function* capturedStates(
  source: Source,
  keys: readonly string[] | null,
  signal?: AbortSignal,
): AsyncGenerator<CapturedState> {
  const wanted = keys === null ? null : new Set(keys);
  for (const entry of source.entries) {
    if (wanted !== null && !wanted.has(entry.key)) continue;
    const { bytes } = await source.read(entry.key, signal === undefined ? {} : { signal });
    yield { entry, bytes };
  }
}

interface ManifestRow {
  readonly key: string;
  readonly about: string;
  readonly updated: string | null;
  readonly bytes: number;
  readonly hash: Uint8Array;
}

function stateOf({ key, about, updated, bytes, hash: digest }: ManifestRow): SnapshotState {
  const colon = key.indexOf(':');
  const [type, status] = JSON.parse(about) as About;
  const sha256 = Buffer.from(digest).toString('hex');
  return { key, kind: key.slice(0, colon), id: key.slice(colon + 1), type, status, updatedAt: updated, bytes, sha256 };
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
