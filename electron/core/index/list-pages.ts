/** Pages of a list, and names, some of which have to be fetched from the file. */
import type { RandomAccess } from '../files/random-access.ts';
import { kindOf } from './entry-list.ts';
import { decodeKey } from './index-draft.ts';
import type { EntryList, IndexEntry } from './model.ts';
import { Scanner } from './scanner.ts';

/** The first read between two recorded entries; each further one is twice as long, up to MOST_READ. */
const FIRST_READ = 16 << 10;
const MOST_READ = 1 << 20;

/**
 * Entries `[from, from + count)`; fewer at the end of the list. Reads the file where the list is sparse.
 * @throws what `access.read` throws.
 */
export async function entriesOf(
  access: RandomAccess,
  list: EntryList,
  from: number,
  count: number,
  signal?: AbortSignal,
): Promise<IndexEntry[]> {
  const to = Math.min(from + count, list.count);
  if (list.stride === 1) {
    const entries: IndexEntry[] = [];
    for (let ordinal = Math.max(0, from); ordinal < to; ordinal += 1) entries.push(list.at(ordinal));
    return entries;
  }
  return from < to ? between(access, list, Math.max(0, from), to, signal) : [];
}

async function between(
  access: RandomAccess,
  list: EntryList,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<IndexEntry[]> {
  const recorded = from - (from % list.stride);
  const first = list.at(recorded);
  let at = first.keyStart >= 0 ? first.keyStart : first.start;
  const scanner = Scanner.beginInside(list.kind, at, recorded);
  const entries: IndexEntry[] = [];
  let bytes = FIRST_READ;
  while (entries.length < to - from) {
    const chunk = await access.read(at, at + bytes, signal);
    at += chunk.length;
    const goesOn = scanner.feed(chunk, ({ level, ordinal, keyStart, keyEnd, start, end, kind, count }) => {
      if (level !== 1 || ordinal < from || ordinal >= to) return;
      entries.push({ keyStart, keyEnd, start, end, kind: kindOf(kind), count });
    });
    if (!goesOn || chunk.length < bytes) break;
    bytes = Math.min(bytes * 2, MOST_READ);
  }
  return entries;
}

/**
 * The decoded names of `[from, from + count)`; null for items of an array. Reads those that are not in memory.
 * @throws what `access.read` throws.
 */
export async function keysOf(
  access: RandomAccess,
  list: EntryList,
  from: number,
  count: number,
  signal?: AbortSignal,
): Promise<(string | null)[]> {
  const entries = await entriesOf(access, list, from, count, signal);
  const keys: (string | null)[] = [];
  let kept: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };
  for (const [index, { keyStart, keyEnd }] of entries.entries()) {
    const ordinal = from + index;
    const known = ordinal % list.stride === 0 ? list.keyBytes(ordinal) : null;
    if (keyStart < 0 || known !== null) {
      keys.push(known === null ? null : decodeKey(known));
      continue;
    }
    // Names of small states stand close together: one read has many of them.
    if (keyStart < kept.start || keyEnd > kept.start + kept.bytes.length) {
      kept = { start: keyStart, bytes: await access.read(keyStart, Math.max(keyEnd, keyStart + FIRST_READ), signal) };
    }
    keys.push(decodeKey(kept.bytes.subarray(keyStart - kept.start, keyEnd - kept.start)));
  }
  return keys;
}
