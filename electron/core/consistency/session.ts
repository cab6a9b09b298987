/** Checks of an open source: the report of the last one is kept, cut into rows, and its findings lead to their places. */
import { LRUCache } from 'lru-cache';
import type { ConsistencyFinding, ConsistencyProgress, ConsistencyReport } from '../../../shared/ipc/consistency.ts';
import type { ConsistencyHead, ConsistencyRow, ShownPlace } from '../../../shared/ipc/consistency-view.ts';
import type { Page } from '../../../shared/ipc/model.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type FindingQuery, findingRows } from './finding-rows.ts';
import { shownPlace } from './shown-place.ts';

export interface ConsistencyRun {
  /** Told also while this thread is busy. */
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: ConsistencyProgress) => void;
}

export interface ConsistencyContext {
  /** What is shown: also the past is checked. */
  readonly shown: () => { readonly workspace: Workspace; readonly generation: number };
  /** @throws SourceError `cancelled`, `bad-config` for rules that are not understood */
  readonly check: (run: ConsistencyRun) => Promise<ConsistencyReport>;
}

type RowQuery = FindingQuery & { readonly report: string; readonly offset: number; readonly limit: number };

interface Kept {
  readonly head: ConsistencyHead;
  readonly findings: readonly ConsistencyFinding[];
  readonly byId: ReadonlyMap<string, ConsistencyFinding>;
}

/** Lists of one report: by rule, by state, and as they were filtered last. */
const LISTS_KEPT = 4;

export class ConsistencySession {
  readonly #context: ConsistencyContext;
  #kept: Kept | null = null;
  readonly #lists = new LRUCache<string, readonly ConsistencyRow[]>({ max: LISTS_KEPT });
  #count = 0;

  constructor(context: ConsistencyContext) {
    this.#context = context;
  }

  /** The report before it stays until this one is whole. */
  async run(run: ConsistencyRun): Promise<ConsistencyHead> {
    const { generation } = this.#context.shown();
    const { findings, ...told } = await this.#context.check(run);
    const faults = findings.filter(({ severity }) => severity !== 'note');
    const head = {
      ...told,
      report: `report-${++this.#count}`,
      faulty: new Set(faults.map(({ key, location }) => (key === null ? `file ${location}` : `state ${key}`))).size,
      repairable: faults.filter(({ repair }) => repair !== null).length,
      generation,
    };
    this.#kept = { head, findings, byId: new Map(findings.map((finding) => [finding.id, finding])) };
    this.#lists.clear();
    return head;
  }

  /** Null before the first one. */
  report(): ConsistencyHead | null {
    return this.#kept?.head ?? null;
  }

  /** None for a report that is forgotten: whoever asks has a later one, or checks again. */
  rows({ report, offset, limit, ...query }: RowQuery): Page<ConsistencyRow> {
    if (this.#kept?.head.report !== report) return { rows: [], total: 0 };
    const name = JSON.stringify(query);
    const list = this.#lists.get(name) ?? findingRows(this.#kept.findings, query);
    this.#lists.set(name, list);
    return { rows: list.slice(offset, offset + limit), total: list.length };
  }

  /** @param related which of its related places; null for its own. @throws SourceError as opening the state does */
  async place(id: string, related: number | null): Promise<ShownPlace | null> {
    const finding = this.finding(id);
    const place = related === null ? finding : finding?.related[related];
    return place ? shownPlace(this.#context.shown().workspace, place) : null;
  }

  finding(id: string): ConsistencyFinding | null {
    return this.#kept?.byId.get(id) ?? null;
  }
}
