/** States that grow without bound, found in what was recorded of them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonPath } from '../../../shared/json/path.ts';
import type { Journal } from '../tracking/journal.ts';
import { growthByKey, type SeqRange } from '../tracking/journal-figures.ts';
import { evenly } from './evenly.ts';
import { growingValue } from './growing-value.ts';

export interface SizeAt {
  /** Of the commit. */
  readonly seq: number;
  /** Milliseconds. */
  readonly time: number;
  readonly bytes: number;
}

export interface GrowingState {
  readonly key: string;
  readonly first: SizeAt;
  readonly last: SizeAt;
  /** Between the two. */
  readonly commits: number;
  /** What in it grows; the root where no single value has most of it. */
  readonly path: JsonPath;
  /** By how much that value has grown. */
  readonly pathBytes: number;
}

/** States that are looked at closely: those that have grown most lately. */
const MOST_STATES = 8;
/** Moments at which the size of each is looked at. */
const MOMENTS = 9;
const LEAST_MOMENTS = 5;
/** Less is no trouble to anybody. */
const LEAST_GROWTH_BYTES = 16 * 1024;
const LEAST_GROWTH_FACTOR = 1.5;
/** Of the steps between two moments. */
const RISING_SHARE = 0.8;
/** What grows on and on does so in the last third, too, at least by this part of what was to be expected. */
const STILL_GROWING = 0.25;
const MICROS = 1000;
const MOST_REMEMBERED = 5000;

/** Asks a journal for the sizes of its states; those of the past are remembered. Others get a turn after each that was looked at. */
export class StateSizes {
  readonly #sizes = new Map<string, SizeAt>();

  /** After these commits of a key; those after which it has no state are left out. */
  async after(journal: Journal, key: string, commits: readonly number[]): Promise<readonly SizeAt[]> {
    const found: SizeAt[] = [];
    for (const seq of commits) {
      const name = `${seq} ${key}`;
      let size = this.#sizes.get(name) ?? null;
      if (size === null) {
        size = this.#look(journal, key, seq, name);
        await nextTurn();
      }
      if (size !== null) found.push(size);
    }
    return found;
  }

  #look(journal: Journal, key: string, seq: number, name: string): SizeAt | null {
    const text = journal.stateAt(key, { seq });
    const commit = journal.commitAt(seq);
    if (text === null || commit === null) return null;
    const size = { seq, time: commit.time / MICROS, bytes: text.length };
    if (this.#sizes.size >= MOST_REMEMBERED) this.#sizes.clear();
    this.#sizes.set(name, size);
    return size;
  }
}

/**
 * Most growth first. Their sizes are looked at over all that is remembered of them. @param recent where to look for states that have
 * grown: few changes, since each is gone through
 */
export async function growingStates(
  journal: Journal,
  recent: SeqRange,
  sizes: StateSizes,
): Promise<readonly GrowingState[]> {
  const growing: GrowingState[] = [];
  for (const { key } of growthByKey(journal, recent).slice(0, MOST_STATES)) {
    const found = await growingState(journal, key, sizes);
    if (found !== null) growing.push(found);
  }
  return growing.toSorted((a, b) => growthOf(b) - growthOf(a));
}

const growthOf = ({ first, last }: GrowingState): number => last.bytes - first.bytes;

async function growingState(journal: Journal, key: string, sizes: StateSizes): Promise<GrowingState | null> {
  const commits = journal.commitsOf(key);
  const moments = await sizes.after(journal, key, evenly(commits, MOMENTS));
  const first = moments[0];
  const last = moments.at(-1);
  if (first === undefined || last === undefined || !growsWithoutBound(moments.map(({ bytes }) => bytes))) return null;
  const before = journal.stateAt(key, { seq: first.seq });
  await nextTurn();
  const after = journal.stateAt(key, { seq: last.seq });
  await nextTurn();
  const value = before === null || after === null ? null : growingValue(before, after);
  return {
    key,
    first,
    last,
    commits: commits.length - 1,
    path: value?.path ?? [],
    pathBytes: value === null ? last.bytes - first.bytes : value.after - value.before,
  };
}

/**
 * Whether a size rises nearly all the time, by much, and still does so at the end: a list that is kept at its last thousand items grows,
 * and then does not. @param sizes evenly over the changes, oldest first.
 */
export function growsWithoutBound(sizes: readonly number[]): boolean {
  const first = sizes[0] ?? 0;
  const last = sizes.at(-1) ?? 0;
  const growth = last - first;
  if (sizes.length < LEAST_MOMENTS || growth < LEAST_GROWTH_BYTES || last < first * LEAST_GROWTH_FACTOR) return false;
  const steps = sizes.slice(1).map((size, at) => size - (sizes[at] ?? 0));
  if (steps.filter((step) => step > 0).length < RISING_SHARE * steps.length) return false;
  const lastThird = steps.slice(-Math.ceil(steps.length / 3));
  const expected = (growth * lastThird.length) / steps.length;
  return lastThird.reduce((sum, step) => sum + step, 0) >= STILL_GROWING * expected;
}
