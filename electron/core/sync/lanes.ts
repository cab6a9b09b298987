/**
 * Changes in lanes, one for each node: what followed what, what happened without knowing of each other, and what was lost that
 * way. Where nothing has a clock only the order in which they were recorded is left, and that is said.
 */
import { compare, type VersionVector } from '../../../shared/clock/version-vector.ts';
import type { Lane, LaneEvent, LaneMark, LanePage } from '../../../shared/ipc/sync.ts';
import { hasSeen } from './merge.ts';
import { type LoggedVersion, versionName } from './model.ts';

/** The lanes of a page in the order of their names; settlements, which no node made, come last. */
class Lanes {
  readonly list: readonly Lane[];
  readonly #at: ReadonlyMap<string, number>;

  constructor(names: Iterable<string>) {
    const sorted = [...new Set(names)].toSorted((a, b) => Number(a === '') - Number(b === '') || (a < b ? -1 : 1));
    this.list = sorted.map((name) => ({ name }));
    this.#at = new Map(sorted.map((name, at) => [name, at]));
  }

  of(name: string): number {
    return this.#at.get(name) ?? 0;
  }
}

/**
 * @param shown in the order of seq, all of their keys' versions among `known`
 * @param known versions of the keys that are shown: what is concurrent is found among these
 * @param next of the page before
 */
export function lanesOfVersions(
  shown: readonly LoggedVersion[],
  known: readonly LoggedVersion[],
  next: number | null,
): LanePage {
  const lanes = new Lanes(shown.map(({ node }) => node));
  const byKey = byKeyOf(known);
  const seqs = new Map(known.map((version) => [versionName(version), version.seq]));
  const events = shown.map((version): LaneEvent => {
    const others = byKey.get(version.key) ?? [];
    const concurrent = others.filter((other) => isConcurrent(version, other));
    return {
      seq: version.seq,
      lane: lanes.of(version.node),
      key: version.key,
      time: version.time,
      what: version.deleted ? 'removed' : version.parents.length === 0 ? 'created' : 'changed',
      bytes: version.deleted ? null : version.bytes,
      mark: markOf(version, concurrent, others),
      parents: version.parents.flatMap((parent) => seqs.get(versionName(parent)) ?? []),
      concurrentWith: concurrent.map(({ seq }) => seq),
      version: { writer: version.writer, counter: version.counter },
    };
  });
  return { order: 'causal', lanes: lanes.list, events: events.toReversed(), next };
}

function byKeyOf<T extends { readonly key: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const byKey = new Map<string, T[]>();
  for (const one of all) {
    const others = byKey.get(one.key);
    if (others === undefined) byKey.set(one.key, [one]);
    else others.push(one);
  }
  return byKey;
}

function isConcurrent(a: LoggedVersion, b: LoggedVersion): boolean {
  return a.seq !== b.seq && !hasSeen(a.vector, b) && !hasSeen(b.vector, a);
}

/** A version whose value nobody took up: who has seen it and another one has another value. */
function markOf(
  version: LoggedVersion,
  concurrent: readonly LoggedVersion[],
  others: readonly LoggedVersion[],
): LaneMark | null {
  if (version.parents.length > 1) return 'settles';
  const rivals = concurrent.filter(({ hash }) => hash !== version.hash);
  if (rivals.length === 0) return null;
  const settlement = others.find(
    (other) =>
      other.parents.length > 1 &&
      hasSeen(other.vector, version) &&
      rivals.some((rival) => hasSeen(other.vector, rival)),
  );
  if (settlement === undefined) return 'concurrent';
  return settlement.hash === version.hash ? null : 'lost';
}

/** A change of the journal. */
export interface RecordedChange {
  readonly seq: number;
  readonly key: string;
  readonly origin: string;
  /** ISO 8601. */
  readonly time: string;
  readonly what: LaneEvent['what'];
  /** What it has seen of other writers; null where nothing says so. */
  readonly vector: VersionVector | null;
}

/** @param changes the newest first */
export function lanesOfChanges(changes: readonly RecordedChange[], next: number | null): LanePage {
  const lanes = new Lanes(changes.map(({ origin }) => origin));
  const isCausal = changes.some(({ vector }) => vector !== null);
  const byKey = byKeyOf(changes);
  const events = changes.map((change): LaneEvent => {
    const others = byKey.get(change.key) ?? [];
    const concurrent = others.filter((other) => areConcurrent(change, other)).map(({ seq }) => seq);
    return {
      seq: change.seq,
      lane: lanes.of(change.origin),
      key: change.key,
      time: change.time,
      what: change.what,
      bytes: null,
      // A later one that had not seen it has taken its place: there is one text of a state in a journal.
      mark: concurrent.some((seq) => seq > change.seq) ? 'lost' : concurrent.length > 0 ? 'concurrent' : null,
      parents: [],
      concurrentWith: concurrent,
      version: null,
    };
  });
  return { order: isCausal ? 'causal' : 'time', lanes: lanes.list, events, next };
}

function areConcurrent(a: RecordedChange, b: RecordedChange): boolean {
  return a.vector !== null && b.vector !== null && compare(a.vector, b.vector) === 'concurrent';
}
