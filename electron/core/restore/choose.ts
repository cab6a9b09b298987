/** Which states a request is about. */
import type { RestoreCheck, RestorePath, RestoreRequest } from '../../../shared/ipc/restore.ts';
import { matchesGlob } from '../persistence/rules-glob.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { checkOf } from './checks.ts';
import { placeOf } from './place.ts';

/** A row of a database is no place among files. */
const JSON_FILE = /\.json(?:\.gz)?$/i;

export interface ChosenState {
  readonly key: string;
  /** It goes by another key where it is so broken that it is no longer told for what it was: then it is what lies in its place. */
  readonly now: StateEntry | null;
  /** Null for one that the moment did not have. */
  readonly was: StateEntry | null;
  /** Where one that is gone belongs, as an entry's `location`; null where that cannot be told, and for one that is there. */
  readonly place: string | null;
  readonly paths: readonly RestorePath[] | null;
}

/** Keys and aliases as they are written, else as a pattern with `*` and `?`. Of several picks of one state the paths add up. */
export function chooseStates(
  { picks, mode, removeOthers }: RestoreRequest,
  now: Source,
  was: Source,
): { readonly states: readonly ChosenState[]; readonly checks: readonly RestoreCheck[] } {
  const [here, there] = [byKey(now), byKey(was)];
  const chosen = new Map<string, ChosenState>();
  const checks: RestoreCheck[] = [];
  const removes = removeOthers && mode === 'replace';
  const places = new Map(now.entries.map((entry) => [entry.location, entry]));
  let isLaidOutAlike: boolean | null = null;
  /** Where a state that is gone belongs. */
  const placeAgain = ({ key, location }: StateEntry): string | null => {
    const kept = keptFile(was, key);
    if (kept !== null) isLaidOutAlike ??= hasLayoutOf(was, here);
    return kept !== null && isLaidOutAlike === true ? kept : placeOf(key, location, now.entries);
  };
  const add = (key: string, paths: readonly RestorePath[] | null): void => {
    const known = chosen.get(key);
    const all = known === undefined ? paths : known.paths && paths && [...known.paths, ...paths];
    const [entry, was] = [here.get(key), there.get(key) ?? null];
    const place = entry !== undefined || was === null ? null : placeAgain(was);
    const instead = place === null ? undefined : places.get(place);
    const isOther = instead !== undefined && there.has(instead.key);
    chosen.set(key, { key, now: entry ?? (isOther ? null : (instead ?? null)), was, place, paths: all });
  };
  if (picks === null) {
    for (const key of there.keys()) add(key, null);
    const taken = new Set([...chosen.values()].map(({ now: entry }) => entry?.key));
    if (removes) for (const key of here.keys()) if (!taken.has(key)) add(key, null);
    return { states: inOrder(chosen), checks };
  }
  for (const { key: asked, paths } of picks) {
    const keys = keysFor(asked, was.entries, now.entries);
    for (const key of keys) {
      if (there.has(key) || removes) add(key, paths);
      else checks.push(checkOf('not-then', key));
    }
    if (keys.length === 0) checks.push(checkOf('not-then', asked));
  }
  return { states: inOrder(chosen), checks };
}

/** The file in which a state was, as far as a backup tells. */
function keptFile(was: Source, key: string): string | null {
  const kept = was.keptPlace?.(key) ?? null;
  return kept !== null && JSON_FILE.test(kept) ? kept : null;
}

/** Whether files lie here where the backup says that they did, as far as both have them. */
function hasLayoutOf(was: Source, here: ReadonlyMap<string, StateEntry>): boolean {
  return was.entries.every(({ key }) => {
    const [entry, kept] = [here.get(key), keptFile(was, key)];
    return entry === undefined || kept === null || entry.location === kept;
  });
}

/** By code points, whatever order a moment keeps. */
function inOrder(chosen: ReadonlyMap<string, ChosenState>): readonly ChosenState[] {
  return [...chosen.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function keysFor(asked: string, ...lists: readonly (readonly StateEntry[])[]): readonly string[] {
  for (const entries of lists) {
    const exact = entries.find(({ key }) => key === asked) ?? entries.find(({ aliases }) => aliases.includes(asked));
    if (exact) return [exact.key];
  }
  if (!/[*?]/.test(asked)) return [];
  const keys = new Set(lists.flatMap((entries) => entries.map(({ key }) => key)));
  return [...keys].filter((key) => matchesGlob(asked, key));
}

function byKey({ entries }: Source): ReadonlyMap<string, StateEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}
