/** Names that an object holds more than once, found by their hashes. */
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { GrowingList } from './entry-list.ts';
import { decodeKey } from './index-draft.ts';
import { keysOf } from './list-pages.ts';
import type { DuplicateKey } from './model.ts';

/** In each list. */
const MOST_TOLD = 1000;
/** Entries whose names are compared, at most: hashes that are equal by chance are rare, so these are enough for MOST_TOLD. */
const MOST_COMPARED = 20_000;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** @throws what `access.read` throws. */
export async function findDuplicates(
  access: RandomAccess,
  lists: readonly (GrowingList | null)[],
  signal?: AbortSignal,
): Promise<DuplicateKey[]> {
  const duplicates: DuplicateKey[] = [];
  for (const list of lists) {
    if (list !== null && list.kind === 'object' && list.stride === 1) {
      duplicates.push(...(await duplicatesOf(access, list, signal)));
    }
  }
  return duplicates;
}

async function duplicatesOf(access: RandomAccess, list: GrowingList, signal?: AbortSignal): Promise<DuplicateKey[]> {
  const hashes = new Uint32Array(list.count);
  for (let ordinal = 0; ordinal < hashes.length; ordinal += 1) hashes[ordinal] = hashOf(list, ordinal);
  const sorted = hashes.toSorted();
  const repeated = new Set<number>();
  for (let at = 1; at < sorted.length; at += 1) {
    const hash = sorted[at] ?? 0;
    if (hash === sorted[at - 1]) repeated.add(hash);
  }
  if (repeated.size === 0) return [];

  const ordinals = new Map<string, number[]>();
  let compared = 0;
  for (let ordinal = 0; ordinal < hashes.length && compared < MOST_COMPARED; ordinal += 1) {
    if (!repeated.has(hashes[ordinal] ?? 0)) continue;
    compared += 1;
    const [key] = await keysOf(access, list, ordinal, 1, signal);
    if (typeof key !== 'string') continue;
    const known = ordinals.get(key);
    if (known === undefined) ordinals.set(key, [ordinal]);
    else known.push(ordinal);
  }
  return [...ordinals]
    .filter(([, where]) => where.length > 1)
    .slice(0, MOST_TOLD)
    .map(([key, where]) => ({ level: list.level, key, ordinals: where }));
}

/** Of the name as it is meant: `"a"` and `"\u0061"` have the same. */
function hashOf(list: GrowingList, ordinal: number): number {
  const raw = list.keyHasEscapes(ordinal) ? list.keyBytes(ordinal) : null;
  if (raw === null) return list.keyHash(ordinal);
  let hash = FNV_OFFSET;
  for (const byte of encodeUtf8(decodeKey(raw))) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash;
}
