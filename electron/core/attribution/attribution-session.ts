/** Runs over an open source: what each has found is cut into rows for as long as it is among the last few. */
import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type {
  AttributionProgress,
  AttributionSummary,
  AttributionView,
  DuplicateRow,
  SizePage,
  SizePlace,
  SizeRow,
} from '../../../shared/ipc/attribution.ts';
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import type { Page } from '../../../shared/ipc/model.ts';
import { Turns } from '../search/turns.ts';
import type { MomentContext } from '../snapshots/moments.ts';
import { SourceError } from '../sources/source-error.ts';
import { type Attribution, attributeSource } from './attribute-source.ts';
import { mostSaving, totalsOf } from './duplicates.ts';
import { openSince } from './since.ts';
import { byBytes, netGrowth, Parts, type SizeNode } from './size-node.ts';
import { TokenCounter } from './token-counter.ts';

type CallInput<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;
type JobInput<K extends keyof Jobs> = Omit<Jobs[K]['input'], 'workspace'>;

export interface AttributionRun {
  /** Told also while this thread is busy. */
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: AttributionProgress) => void;
}

const KEPT = 2;
/** Of a part: where one attribute has so much of it, there is nothing to choose between. */
const NEARLY_ALL = 0.95;
/** More parts than that are one: no picture and no list of them would be looked through. */
const MOST_PARTS = 300;
const SEEDS = 2 ** 31;

export class AttributionSession {
  readonly #moments: () => MomentContext;
  readonly #found = new LRUCache<string, Found>({ max: KEPT });
  readonly #seed = randomInt(SEEDS);
  /** With the next run it knows what has not changed. */
  #counter: Promise<TokenCounter> | null = null;
  #last = 0;

  /** @param moments as they are when a run begins */
  constructor(moments: () => MomentContext) {
    this.#moments = moments;
  }

  /** @throws SourceError `cancelled`; as opening the earlier moment does. */
  async run({ since: ref, tokens }: JobInput<'attribution.run'>, run: AttributionRun): Promise<AttributionSummary> {
    const began = performance.now();
    const id = `attribution-${++this.#last}`;
    const context = this.#moments();
    const counter = tokens ? await this.#loaded() : null;
    const since = ref === null ? null : await openSince(ref, context);
    try {
      const attribution = await attributeSource(context.now, {
        turns: new Turns(run.isCancelled),
        counter,
        since,
        seed: this.#seed,
        onProgress: (done, total) => run.onProgress({ run: id, done, total }),
      });
      this.#found.set(id, new Found(attribution));
      const { views, states, unread, firstUnread, answer, duplicates } = attribution;
      const { bytes, tokens: counted, growth } = views.state;
      const milliseconds = Math.round(performance.now() - began);
      const figures = { states, bytes, tokens: counted, growth, unread, firstUnread, answer, milliseconds };
      return { run: id, since: ref, ...figures, duplicates: totalsOf(duplicates) };
    } finally {
      await since?.release();
    }
  }

  parts({ run, view, node }: CallInput<'attribution.parts'>): SizePage {
    return this.#of(run).parts(view, node);
  }

  duplicates({ run, offset, limit }: CallInput<'attribution.duplicates'>): Page<DuplicateRow> {
    return this.#of(run).duplicates(offset, limit);
  }

  places({ run, duplicate, offset, limit }: CallInput<'attribution.places'>): Page<SizePlace> {
    return this.#of(run).places(duplicate, offset, limit);
  }

  #of(run: string): Found {
    const found = this.#found.get(run);
    if (found !== undefined) return found;
    throw new SourceError('not-found', `The sizes ${run} are forgotten. Measure again.`, {});
  }

  #loaded(): Promise<TokenCounter> {
    this.#counter ??= TokenCounter.load();
    return this.#counter;
  }
}

interface Known {
  readonly node: SizeNode;
  readonly above: number | null;
}

/** What a run has found, with numbers for the nodes that were asked for. */
class Found {
  readonly #attribution: Attribution;
  readonly #nodes: Known[] = [];
  readonly #roots = new Map<AttributionView, number>();
  readonly #children = new Map<number, readonly number[]>();

  constructor(attribution: Attribution) {
    this.#attribution = attribution;
  }

  /** @param node null for where there is first something to see */
  parts(view: AttributionView, node: number | null): SizePage {
    const id = node ?? this.#startOf(view);
    const above: SizeRow[] = [];
    for (let at: number | null = id; at !== null; at = this.#known(at).above) above.unshift(this.#row(at));
    const rows = this.#childrenOf(id).map((child) => this.#row(child));
    return { above, rows, total: rows.length };
  }

  duplicates(offset: number, limit: number): Page<DuplicateRow> {
    const all = mostSaving(this.#attribution.duplicates);
    const rows = all.slice(offset, offset + limit).map((found, at) => {
      const { kind, name, preview, bytes, saved, places } = found;
      const first = places[0] ?? { key: '', segments: [] };
      return { duplicate: offset + at, kind, name, preview, bytes, saved, count: places.length, first };
    });
    return { rows, total: all.length };
  }

  places(duplicate: number, offset: number, limit: number): Page<SizePlace> {
    const places = this.#attribution.duplicates[duplicate]?.places ?? [];
    return { rows: places.slice(offset, offset + limit), total: places.length };
  }

  #rootOf(view: AttributionView): number {
    const known = this.#roots.get(view);
    if (known !== undefined) return known;
    const root = this.#learn(this.#attribution.views[view], null);
    this.#roots.set(view, root);
    return root;
  }

  /** The whole; of attributes, below the envelope that all states have in common. */
  #startOf(view: AttributionView): number {
    let start = this.#rootOf(view);
    if (view !== 'attribute') return start;
    while (true) {
      const whole = this.#known(start).node.bytes;
      const only = this.#childrenOf(start).find((id) => {
        const { bytes, parts } = this.#known(id).node;
        return parts.length > 0 && bytes >= NEARLY_ALL * whole;
      });
      if (only === undefined) return start;
      start = only;
    }
  }

  #childrenOf(id: number): readonly number[] {
    const known = this.#children.get(id);
    if (known !== undefined) return known;
    const children = shown(this.#known(id).node.parts).map((part) => this.#learn(part, id));
    this.#children.set(id, children);
    return children;
  }

  #learn(node: SizeNode, above: number | null): number {
    this.#nodes.push({ node, above });
    return this.#nodes.length - 1;
  }

  #known(id: number): Known {
    const known = this.#nodes[id];
    if (known === undefined) throw new SourceError('not-found', `There is no part ${id}. Measure again.`, {});
    return known;
  }

  #row(id: number): SizeRow {
    const { kind, name, count, bytes, tokens, growth, place, parts } = this.#known(id).node;
    return { node: id, kind, name, count, bytes, tokens, growth, place, parts: parts.length };
  }
}

/** The largest parts, and those that have changed the most; all others as one. */
function shown(parts: readonly SizeNode[]): readonly SizeNode[] {
  if (parts.length <= MOST_PARTS) return parts;
  const weight = ({ bytes, growth }: SizeNode) => Math.max(bytes, Math.abs(growth === null ? 0 : netGrowth(growth)));
  const ordered = parts.toSorted((a, b) => weight(b) - weight(a));
  const rest = new Parts(Infinity);
  const kept: SizeNode[] = [];
  for (const part of ordered) {
    if (part.kind === 'smaller' || kept.length >= MOST_PARTS - 1)
      rest.addSmaller(part, part.kind === 'smaller' ? part.count : 1);
    else kept.push(part);
  }
  return [...kept, ...rest.list(null)].toSorted(byBytes);
}
