/** The meeting point of nodes as a source: of each state the version that all nodes show. Values are read when they are asked for. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import { metadataOf } from '../live/live-entry.ts';
import type { Changed } from '../persistence/backend.ts';
import { notFound } from '../sources/catalog.ts';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { changedSinceOpening, problem } from '../sources/problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from '../sources/source.ts';
import { readStandingPage, readVersions, type StandingCursor } from './meeting-point-reader.ts';
import { findMeetingPoint } from './meeting-point-schema.ts';
import { isConflict, mergeVersions } from './merge.ts';
import { type LoggedChange, sameVersion, type VersionId, versionName } from './model.ts';
import type { Position } from './node-store.ts';
import { readSituation } from './presence.ts';
import { SyncWriter } from './sync-writer.ts';
import { readShown } from './version-reader.ts';
import { syncedEntry, versionLocation } from './version-source.ts';

const PAGE = 500;

interface Shown {
  readonly entry: StateEntry;
  readonly version: VersionId;
}

interface Listed {
  readonly shown: ReadonlyMap<string, Shown>;
  /** Also of states that all nodes show as deleted, and that are not listed. */
  readonly conflicts: readonly LoggedChange[];
  readonly bytes: number;
  readonly looked: Position;
}

/**
 * @param writing makes the connections with which its states are changed
 * @throws SourceError `sync-missing` for a database in which no node was ever started, `sync-newer`
 */
export async function openSyncSource(
  pool: PostgresPool,
  writing: () => Promise<PostgresPool>,
  options: OpenOptions = {},
): Promise<Source> {
  await findMeetingPoint(pool, options.signal);
  // Before the states, so that what comes meanwhile is seen as a change.
  const { epoch, newest, newestVersion } = await readSituation(pool, 0, options.signal);
  const shown = new Map<string, Shown>();
  const conflicts: LoggedChange[] = [];
  let rows: LoggedChange[] = [];
  let bytes = 0;
  const take = (): void => {
    // A version that came while this was read stands beside those that it has seen.
    const standing = mergeVersions(rows, []);
    const [first] = standing;
    rows = [];
    if (first === undefined) return;
    // Values may be large; they are read when they are asked for.
    if (isConflict(standing)) conflicts.push({ ...first, value: null });
    if (first.value === null) return;
    const { writer, counter } = first;
    shown.set(first.key, { entry: syncedEntry(first, first.value), version: { writer, counter } });
  };
  for (let cursor: StandingCursor | null = null; ; ) {
    const page = await readStandingPage(pool, cursor, PAGE, options.signal);
    for (const change of page.changes) {
      if (rows[0]?.key !== change.key) take();
      rows.push(change);
      bytes += change.bytes;
    }
    options.onProgress?.({ phase: 'reading', done: bytes, total: 0, item: rows[0]?.key ?? '' });
    if (page.next === null) break;
    cursor = page.next;
  }
  take();
  const looked = { epoch, applied: newest, version: newestVersion };
  return new SyncSource(pool, writing, { shown, conflicts, bytes, looked });
}

class SyncSource implements Source {
  readonly format: SourceFormat = 'synced-postgresql';
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #pool: PostgresPool;
  readonly #writing: () => Promise<PostgresPool>;
  readonly #listed: Listed;
  /** Changes up to there are among the listed states or in `#changed`. */
  #looked: Position;
  #changed: ReadonlySet<string> = new Set();

  constructor(pool: PostgresPool, writing: () => Promise<PostgresPool>, listed: Listed) {
    this.location = pool.target.location;
    this.bytes = listed.bytes;
    this.entries = [...listed.shown.values()].map(({ entry }) => entry);
    this.problems = listed.conflicts.map(conflictOf);
    this.#pool = pool;
    this.#writing = writing;
    this.#listed = listed;
    this.#looked = listed.looked;
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const listed = this.#listed.shown.get(key);
    if (listed === undefined) throw notFound(key);
    const now = await readShown(this.#pool, key, options.signal);
    const value = now?.value ?? null;
    if (now === null || value === null) throw notFound(key);
    const isSame = sameVersion(now, listed.version);
    return {
      bytes: value,
      metadata: metadataOf(listed.entry, null),
      problems: isSame ? [] : [changedSinceOpening(listed.entry.location, key)],
    };
  }

  writer(): SyncWriter {
    return new SyncWriter(this.#writing, new Set(this.#listed.conflicts.map(({ key }) => key)));
  }

  async changed({ signal }: { signal?: AbortSignal } = {}): Promise<Changed> {
    const { epoch, applied, version } = this.#looked;
    const situation = await readSituation(this.#pool, applied, signal);
    // It was put back to an earlier state: nothing tells which of its states are others now.
    if (situation.epoch !== epoch || situation.versionThere !== version) return null;
    const changed = new Set(this.#changed);
    let last: (VersionId & { readonly seq: number }) | undefined;
    for (let after = applied; after < situation.newest; after = last.seq) {
      const versions = await readVersions(this.#pool, { after, limit: PAGE }, signal);
      for (const { key } of versions) changed.add(key);
      last = versions.at(-1);
      if (last === undefined) break;
    }
    // Asked again and again: what was looked at is not looked at once more.
    if (last !== undefined) this.#looked = { epoch, applied: last.seq, version: versionName(last) };
    this.#changed = changed;
    return changed;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function conflictOf({ key, deleted, ...version }: LoggedChange): Problem {
  const message = `Nodes wrote ${key} without knowing of each other. All of them show ${deleted ? 'it as deleted' : 'this version'} until it is settled (Sync).`;
  const about = deleted ? { location: key } : { location: versionLocation(version), key };
  return problem({ ...about, code: 'sync-conflict', message, severity: 'warning' });
}
