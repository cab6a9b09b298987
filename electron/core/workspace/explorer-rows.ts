import type { Calls } from '../../../shared/ipc/contract.ts';
import type { ExplorerRow, Page, Problem } from '../../../shared/ipc/model.ts';
import type { StateEntry } from '../sources/source.ts';

type Query = Omit<Calls['explorer.rows']['input'], 'workspace' | 'offset' | 'limit'>;

/** Natural order, so that `agent:2` stands before `agent:10`; one collator, since making one is slow. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Kinds in the order in which a person asks for them; others follow by name. */
const KIND_ORDER = ['session', 'agent', 'conversation'];

/** The explorer's rows: states grouped by kind, filtered and sorted. Kept until the query changes. */
export class ExplorerList {
  readonly #entries: readonly StateEntry[];
  readonly #worst: ReadonlyMap<string, 'error' | 'warning'>;
  #query = '';
  #rows: readonly ExplorerRow[] = [];

  constructor(entries: readonly StateEntry[], problems: readonly Problem[]) {
    this.#entries = entries;
    const worst = new Map<string, 'error' | 'warning'>();
    for (const problem of problems) {
      if (problem.key !== null && worst.get(problem.key) !== 'error') worst.set(problem.key, problem.severity);
    }
    this.#worst = worst;
  }

  page(query: Query, offset: number, limit: number): Page<ExplorerRow> {
    const identity = JSON.stringify([query.filter, query.sort, query.collapsed]);
    if (identity !== this.#query) {
      this.#rows = this.#layout(query);
      this.#query = identity;
    }
    return { rows: this.#rows.slice(offset, offset + limit), total: this.#rows.length };
  }

  #layout(query: Query): ExplorerRow[] {
    const words = query.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = new Map<string, StateEntry[]>();
    for (const entry of this.#entries) {
      if (!matches(entry, words)) continue;
      const group = groups.get(entry.kind);
      if (group) group.push(entry);
      else groups.set(entry.kind, [entry]);
    }
    const collapsed = new Set(query.collapsed);
    const rows: ExplorerRow[] = [];
    for (const kind of [...groups.keys()].toSorted(byKind)) {
      const group = groups.get(kind) ?? [];
      rows.push({ row: 'kind', kind, count: group.length, collapsed: collapsed.has(kind) });
      if (collapsed.has(kind)) continue;
      for (const entry of group.toSorted(ORDERS[query.sort])) rows.push(this.#stateRow(entry));
    }
    return rows;
  }

  #stateRow(entry: StateEntry): ExplorerRow {
    return {
      row: 'state',
      key: entry.key,
      kind: entry.kind,
      id: entry.id,
      type: entry.type,
      status: entry.status,
      bytes: entry.bytes,
      updatedAt: entry.updatedAt,
      problem: this.#worst.get(entry.key) ?? null,
    };
  }
}

/** Every word of the filter stands somewhere in the key, the type or the status. */
function matches(entry: StateEntry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${entry.key} ${entry.type ?? ''} ${entry.status ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const ORDERS = {
  key: (a: StateEntry, b: StateEntry) => collator.compare(a.id, b.id),
  updated: (a: StateEntry, b: StateEntry) =>
    (b.updatedAt ?? '').localeCompare(a.updatedAt ?? '') || collator.compare(a.id, b.id),
  size: (a: StateEntry, b: StateEntry) => b.bytes - a.bytes || collator.compare(a.id, b.id),
} satisfies Record<Query['sort'], (a: StateEntry, b: StateEntry) => number>;

function byKind(a: string, b: string): number {
  return rank(a) - rank(b) || collator.compare(a, b);
}

function rank(kind: string): number {
  const index = KIND_ORDER.indexOf(kind);
  return index < 0 ? KIND_ORDER.length : index;
}
