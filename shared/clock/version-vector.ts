/**
 * Version vectors: which changes of which writers a version has seen (Parker et al., "Detection of Mutual Inconsistency in
 * Distributed Systems", 1983). A writer without an entry counts as 0. Vectors are values: nothing here changes its arguments.
 */

/** Counters by the name of the writer, each a whole number of at least 1. */
export type VersionVector = ReadonlyMap<string, number>;

/** How the first of two vectors stands to the second. `concurrent`: each has seen what the other has not. */
export type Order = 'before' | 'after' | 'equal' | 'concurrent';

export const EMPTY_VECTOR: VersionVector = new Map();

/** The vector after one more change by `writer`. */
export function increment(vector: VersionVector, writer: string): VersionVector {
  return new Map(vector).set(writer, (vector.get(writer) ?? 0) + 1);
}

/** The least vector that has seen whatever either has. */
export function merge(a: VersionVector, b: VersionVector): VersionVector {
  const merged = new Map(a);
  for (const [writer, counter] of b) merged.set(writer, Math.max(counter, merged.get(writer) ?? 0));
  return merged;
}

export function compare(a: VersionVector, b: VersionVector): Order {
  const lacks = (one: VersionVector, other: VersionVector) =>
    [...other].some(([writer, counter]) => counter > (one.get(writer) ?? 0));
  const aLacks = lacks(a, b);
  const bLacks = lacks(b, a);
  if (aLacks && bLacks) return 'concurrent';
  if (aLacks) return 'before';
  return bLacks ? 'after' : 'equal';
}

/** `{"writer":3}` with the writers in the order of their UTF-16 units, so that equal vectors have equal texts. */
export function vectorText(vector: VersionVector): string {
  const entries = [...vector].filter(([, counter]) => counter > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([writer, counter]) => `${JSON.stringify(writer)}:${counter}`).join(',')}}`;
}

/** Null for what is no vector: no object of whole numbers of at least 0. */
export function parseVector(text: string): VersionVector | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const entries: [string, number][] = [];
  for (const [writer, counter] of Object.entries(data)) {
    if (typeof counter !== 'number' || !Number.isSafeInteger(counter) || counter < 0) return null;
    if (counter > 0) entries.push([writer, counter]);
  }
  return new Map(entries);
}
