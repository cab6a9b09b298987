/** Which states differ between two moments. */
import { diffDocuments } from '../../../shared/diff/diff.ts';
import type { DiffStateRow } from '../../../shared/ipc/diff.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { Source } from '../sources/source.ts';

export interface StateStep {
  readonly row: DiffStateRow;
  readonly done: number;
  readonly total: number;
}

/** By key. Bytes that are the same are not parsed; others may still be two spellings of one value. */
export async function* compareStates(before: Source, after: Source): AsyncGenerator<StateStep, void, void> {
  const known = new Map(before.entries.map((entry) => [entry.key, entry]));
  const keys = [...new Set([...known.keys(), ...after.entries.map(({ key }) => key)])].toSorted();
  const there = new Set(after.entries.map(({ key }) => key));
  for (const [at, key] of keys.entries()) {
    const a = known.has(key) ? (await before.read(key)).bytes : null;
    const b = there.has(key) ? (await after.read(key)).bytes : null;
    const row: DiffStateRow = {
      key,
      kind: a === null ? 'added' : b === null ? 'removed' : areEqual(a, b) ? 'same' : 'changed',
      bytesBefore: a?.length ?? null,
      bytesAfter: b?.length ?? null,
    };
    yield { row, done: at + 1, total: keys.length };
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const [before, after] = [parseJson(a).document, parseJson(b).document];
  if (before === null || after === null) return false;
  // The first difference is enough.
  return diffDocuments(before, after, { limit: 1 }).equal;
}
