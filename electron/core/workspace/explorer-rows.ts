import type { Calls } from '../../../shared/ipc/contract.ts';
import type { ExplorerRow, Page, Problem } from '../../../shared/ipc/model.ts';
import type { StateEntry } from '../sources/source.ts';
import { STATE_CLASSES, stateClassOf } from './state-class.ts';
import { filterOf } from './state-filter.ts';

type Query = Omit<Calls['explorer.rows']['input'], 'workspace' | 'offset' | 'limit'>;

/** Natural order, so that `agent:2` stands before `agent:10`; one collator, since making one is slow. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Kinds in the order in which a person asks for them; others follow by name. */
const KIND_ORDER = ['session', 'agent', 'conversation'];
const CLASS_NAMES: readonly string[] = STATE_CLASSES;

/** The explorer's rows: states grouped by kind or class, filtered and sorted. Kept until the query changes. */
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
    const identity = JSON.stringify([query.filter, query.groupBy, query.sort, query.collapsed]);
    if (identity !== this.#query) {
      this.#rows = this.#layout(query);
      this.#query = identity;
    }
    return { rows: this.#rows.slice(offset, offset + limit), total: this.#rows.length };
  }

  #layout(query: Query): ExplorerRow[] {
    const fits = filterOf(query.filter);
    const { groupOf, byGroup, order } = GROUPINGS[query.groupBy];
    const groups = new Map<string, StateEntry[]>();
    for (const entry of this.#entries) {
      if (!fits(entry)) continue;
      const name = groupOf(entry);
      const group = groups.get(name);
      if (group) group.push(entry);
      else groups.set(name, [entry]);
    }
    const collapsed = new Set(query.collapsed);
    const rows: ExplorerRow[] = [];
    for (const name of [...groups.keys()].toSorted(byGroup)) {
      const group = groups.get(name) ?? [];
      rows.push({ row: 'group', by: query.groupBy, group: name, count: group.length, collapsed: collapsed.has(name) });
      if (collapsed.has(name)) continue;
      for (const entry of group.toSorted(query.sort === 'key' ? order : ORDERS[query.sort]))
        rows.push(this.#stateRow(entry));
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

interface Grouping {
  readonly groupOf: (entry: StateEntry) => string;
  readonly byGroup: (a: string, b: string) => number;
  /** Of the states of one group, by key. */
  readonly order: (a: StateEntry, b: StateEntry) => number;
}

const byId = (a: StateEntry, b: StateEntry) => collator.compare(a.id, b.id);

const GROUPINGS: Readonly<Record<Query['groupBy'], Grouping>> = {
  kind: { groupOf: ({ kind }) => kind, byGroup: byKind, order: byId },
  class: {
    groupOf: ({ kind }) => stateClassOf(kind),
    byGroup: (a, b) => CLASS_NAMES.indexOf(a) - CLASS_NAMES.indexOf(b),
    order: (a, b) => byKind(a.kind, b.kind) || byId(a, b),
  },
};

const ORDERS = {
  updated: (a: StateEntry, b: StateEntry) =>
    (b.updatedAt ?? '').localeCompare(a.updatedAt ?? '') || collator.compare(a.id, b.id),
  size: (a: StateEntry, b: StateEntry) => b.bytes - a.bytes || collator.compare(a.id, b.id),
} satisfies Record<Exclude<Query['sort'], 'key'>, (a: StateEntry, b: StateEntry) => number>;

function byKind(a: string, b: string): number {
  return rank(a) - rank(b) || collator.compare(a, b);
}

function rank(kind: string): number {
  const index = KIND_ORDER.indexOf(kind);
  return index < 0 ? KIND_ORDER.length : index;
}
