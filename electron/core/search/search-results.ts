/** What a search has found, by state: counted in full, kept up to a bound, and laid out as rows. */
import type { Page } from '../../../shared/ipc/model.ts';
import type { SearchHit, SearchProgress, SearchRow } from '../../../shared/ipc/search.ts';
import type { SearchStep } from './search-states.ts';

/** What a person has opened and closed: states by their keys. */
export interface SearchExpansion {
  readonly collapsed: readonly string[];
  /** Those that show all that is kept, and not only the first few. */
  readonly expanded: readonly string[];
}

interface Group {
  readonly key: string;
  readonly hits: SearchHit[];
  found: number;
}

/** Hits that a state shows before a person asks for more. */
const SHOWN_FIRST = 5;
const KEPT_PER_STATE = 1000;
/** Some 20 MB. Of what is found after that hardly more than the numbers are kept. */
const KEPT_IN_ALL = 20_000;
const KEPT_AT_MOST = 50_000;

export class SearchResults {
  readonly #groups: Group[] = [];
  readonly #byKey = new Map<string, Group>();
  #kept = 0;
  #hits = 0;
  #done = 0;
  #total = 0;
  #unread = 0;
  #firstUnread: string | null = null;
  #layout: { readonly of: string; readonly starts: readonly number[]; readonly total: number } | null = null;

  /** Why the first state that could not be searched could not be. */
  get firstUnread(): string | null {
    return this.#firstUnread;
  }

  /** Further hits of a state that would be kept: what is more than that need not be put together. */
  wanted(key: string): number {
    const kept = this.#byKey.get(key)?.hits.length ?? 0;
    // The first one of a state is kept for longer, so that hardly any state has none to show.
    const first = this.#kept < KEPT_AT_MOST ? 1 - kept : 0;
    return Math.max(0, Math.min(KEPT_PER_STATE - kept, Math.max(KEPT_IN_ALL - this.#kept, first)));
  }

  totals(): Omit<SearchProgress, 'search'> {
    return {
      done: this.#done,
      total: this.#total,
      hits: this.#hits,
      states: this.#groups.length,
      unread: this.#unread,
    };
  }

  take(step: SearchStep): void {
    if (step.step === 'progress') {
      this.#done = step.done;
      this.#total = step.total;
    } else if (step.step === 'unread') {
      this.#unread += 1;
      this.#firstUnread ??= step.reason;
    } else {
      this.#add(step.key, step.hits, step.found);
    }
  }

  rows(expansion: SearchExpansion, offset: number, limit: number): Page<SearchRow> {
    const collapsed = new Set(expansion.collapsed);
    const expanded = new Set(expansion.expanded);
    const { starts, total } = this.#laidOut(expansion, collapsed, expanded);
    const rows: SearchRow[] = [];
    const end = Math.min(offset + limit, total);
    for (let at = groupAt(starts, offset); at < this.#groups.length && (starts[at] ?? end) < end; at += 1) {
      const group = this.#groups[at];
      const start = starts[at] ?? 0;
      if (group === undefined) break;
      const shown = shownOf(group, collapsed, expanded);
      for (let row = Math.max(offset, start); row < Math.min(end, start + rowsOf(group, shown)); row += 1) {
        rows.push(rowOf(group, shown, row - start));
      }
    }
    return { rows, total };
  }

  #add(key: string, hits: readonly SearchHit[], found: number): void {
    const group = this.#byKey.get(key) ?? { key, hits: [], found: 0 };
    if (group.found === 0) {
      this.#groups.push(group);
      this.#byKey.set(key, group);
    }
    const kept = hits.slice(0, this.wanted(key));
    group.hits.push(...kept);
    group.found += found;
    this.#kept += kept.length;
    this.#hits += found;
    this.#layout = null;
  }

  #laidOut(expansion: SearchExpansion, collapsed: ReadonlySet<string>, expanded: ReadonlySet<string>) {
    const of = JSON.stringify([expansion.collapsed, expansion.expanded]);
    if (this.#layout?.of === of) return this.#layout;
    let total = 0;
    const starts = this.#groups.map((group) => {
      const start = total;
      total += rowsOf(group, shownOf(group, collapsed, expanded));
      return start;
    });
    this.#layout = { of, starts, total };
    return this.#layout;
  }
}

/** Null: closed. */
function shownOf(group: Group, collapsed: ReadonlySet<string>, expanded: ReadonlySet<string>): number | null {
  if (collapsed.has(group.key)) return null;
  return expanded.has(group.key) ? group.hits.length : Math.min(SHOWN_FIRST, group.hits.length);
}

/** With its own, and the one that tells how many more there are. */
function rowsOf(group: Group, shown: number | null): number {
  return shown === null ? 1 : 1 + shown + (shown < group.found ? 1 : 0);
}

function rowOf(group: Group, shown: number | null, row: number): SearchRow {
  const { key, found } = group;
  if (row === 0) return { row: 'state', key, hits: found, open: shown !== null };
  const hit = row <= (shown ?? 0) ? group.hits[row - 1] : undefined;
  if (hit !== undefined) return { row: 'hit', key, hit };
  return { row: 'more', key, left: found - (shown ?? 0), kept: (shown ?? 0) < group.hits.length };
}

/** The last group that begins at or before a row. */
function groupAt(starts: readonly number[], row: number): number {
  let low = 0;
  for (let high = starts.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
