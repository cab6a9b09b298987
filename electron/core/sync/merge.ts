/**
 * Which versions of a key stand. A version that another one has seen is gone; those that have not seen each other stand side by
 * side until somebody has seen them all. Merging sets of versions is commutative, associative and idempotent, so that nodes that
 * were told the same changes, in whatever order and however often, hold the same versions.
 */
import { merge as mergeVectors, type VersionVector } from '../../../shared/clock/version-vector.ts';
import { type ConcurrentWith, sameVersion, type VersionId, versionName, type WriterName } from './model.ts';

/** As much of a version as decides. */
export interface Standing extends VersionId {
  readonly vector: VersionVector;
  readonly depth: number;
  readonly hash: string;
}

export function hasSeen(vector: VersionVector, { writer, counter }: VersionId): boolean {
  return (vector.get(writer) ?? 0) >= counter;
}

/** The versions of both that no other has seen, in the order of `compareVersions`. */
export function mergeVersions<V extends Standing>(a: readonly V[], b: readonly V[]): readonly V[] {
  const all = new Map([...a, ...b].map((version) => [versionName(version), version]));
  return [...all.values()]
    .filter((one) => ![...all.values()].some((other) => !sameVersion(one, other) && hasSeen(other.vector, one)))
    .toSorted(compareVersions);
}

/**
 * A total order in which no clock has a say: first the one with more changes behind it, then the one whose writer's name is
 * greater (in the order of UTF-16 units), then the later of that writer. The first is what all nodes show, and the automatic choice.
 */
export function compareVersions(a: Standing, b: Standing): number {
  if (a.depth !== b.depth) return b.depth - a.depth;
  if (a.writer !== b.writer) return a.writer < b.writer ? 1 : -1;
  return b.counter - a.counter;
}

/** Versions of one value (two nodes wrote the same) leave nothing to be settled. */
export function isConflict(versions: readonly Standing[]): boolean {
  return versions.some(({ hash }) => hash !== versions[0]?.hash);
}

/** All that any of them has seen. */
export function seenBy(versions: readonly Standing[]): VersionVector {
  return versions.reduce<VersionVector>((seen, { vector }) => mergeVectors(seen, vector), new Map());
}

/**
 * What a new version has neither seen nor been seen by, where `before` are the versions that stood. A version is told of when all
 * that it has seen has been told of, so nothing that was told of before can have seen it.
 */
export function concurrentWith(vector: VersionVector, before: readonly Standing[]): readonly ConcurrentWith[] {
  return [...seenBy(before)]
    .map(([writer, last]) => ({ writer, first: (vector.get(writer) ?? 0) + 1, last }))
    .filter(({ first, last }) => first <= last)
    .toSorted((a, b) => (a.writer < b.writer ? -1 : 1));
}

/**
 * The name that a node writes with: its own, unless it writes over `seen` without having seen what stands and what it wrote itself
 * under that name; then the next of its names. So the changes under one name follow each other, as version vectors require.
 */
export function writerName(node: WriterName, seen: VersionVector, standing: readonly Standing[]): WriterName {
  const top = seenBy(standing);
  for (let number = 1; ; number++) {
    const name = number === 1 ? node : `${node}~${number}`;
    if ((seen.get(name) ?? 0) >= (top.get(name) ?? 0)) return name;
  }
}
