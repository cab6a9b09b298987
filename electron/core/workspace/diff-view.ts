/**
 * Comparisons that are open: two states, read at their moments, parsed and compared once. Rows are then cut out of them for as
 * long as they are among the last few. Moments are released as soon as they have been read.
 */
import { LRUCache } from 'lru-cache';
import { type DiffNote, describeDiff } from '../../../shared/diff/describe.ts';
import { type DiffResult, diffDocuments } from '../../../shared/diff/diff.ts';
import { summarizeDiff } from '../../../shared/diff/summary.ts';
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import type { DiffInfo, DiffKeys, DiffMessageRow, DiffRow, DiffSide, DiffStateRow } from '../../../shared/ipc/diff.ts';
import type { Page } from '../../../shared/ipc/model.ts';
import type { MomentRef, StateAt } from '../../../shared/ipc/moments.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type MomentContext, openMoment } from '../snapshots/moments.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { messageRows, type PairedConversation, pairConversations } from './diff-view-conversation.ts';
import { exportDiff } from './diff-view-export.ts';
import { DiffLayout } from './diff-view-layout.ts';
import { diffRow, diffValue, NotesByNode } from './diff-view-rows.ts';
import { compareStates } from './diff-view-states.ts';
import { DiffTree } from './diff-view-tree.ts';

/** What runs while a person waits. */
export interface DiffRun {
  readonly signal?: AbortSignal;
  /** The person has given up; told also while this thread is busy. */
  readonly isCancelled: () => boolean;
}

interface OpenDiff {
  readonly info: DiffInfo;
  readonly tree: DiffTree;
  readonly layout: DiffLayout;
  readonly notes: NotesByNode;
  /** The same in their order. */
  readonly told: readonly DiffNote[];
  readonly result: DiffResult;
  readonly conversations: readonly PairedConversation[];
}

type CallInput<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;
type JobInput<K extends keyof Jobs> = Omit<Jobs[K]['input'], 'workspace'>;

const KEPT = 4;
const KEYS_TOLD = 1000;
/** After so long the rest is told coarsely. */
const LONGEST_MS = 20_000;
const MICROS = 1000;

export class DiffViews {
  readonly #context: () => MomentContext;
  readonly #open = new LRUCache<string, OpenDiff>({ max: KEPT });
  readonly #states = new LRUCache<string, readonly DiffStateRow[]>({ max: KEPT });
  #last = 0;

  /** @param context asked for with each comparison: the source is another after each reading. */
  constructor(context: () => MomentContext) {
    this.#context = context;
  }

  /** @throws SourceError `not-found` for a state that is not there at its moment, `cancelled`, and what opening a moment throws */
  async open({ before, after }: JobInput<'diff.open'>, { isCancelled, signal }: DiffRun): Promise<DiffInfo> {
    const [a, b] = [await this.#read(before, signal), await this.#read(after, signal)];
    const deadline = Date.now() + LONGEST_MS;
    const shouldStop = () => isCancelled() || Date.now() > deadline;
    const onStep = () => throwIfCancelled(isCancelled);
    onStep();
    const result = diffDocuments(a.document, b.document, { shouldStop });
    onStep();
    const told = describeDiff(a.document, b.document, result, { shouldStop });
    onStep();
    const by = matchedBy({ before, after });
    const conversations = pairConversations(a.document, b.document, { by, shouldStop, onStep });
    onStep();
    const id = `diff-${++this.#last}`;
    const info: DiffInfo = {
      diff: id,
      before: a.side,
      after: b.side,
      summary: summarizeDiff(a.document, b.document, result),
      equal: result.equal,
      coarse: result.coarse || conversations.some(({ diff }) => diff.coarse),
      conversations: conversations.map((each) => each.info),
    };
    const tree = new DiffTree(a.document, b.document, result.operations);
    const layout = new DiffLayout(tree);
    this.#open.set(id, { info, tree, layout, notes: new NotesByNode(told), told, result, conversations });
    return info;
  }

  rows({ diff, expansion, kinds, offset, limit }: CallInput<'diff.rows'>): Page<DiffRow> {
    const { tree, layout, notes } = this.#diff(diff);
    const query = { expansion, kinds };
    const rows = layout.rows(query, offset, limit).map((row) => diffRow(tree, notes, row));
    return { rows, total: layout.count(query) };
  }

  value({ diff, row }: CallInput<'diff.value'>): Calls['diff.value']['output'] {
    const { tree, layout, notes } = this.#diff(diff);
    const pair = layout.pairOf(row);
    return pair === null ? null : { id: row, ...diffValue(tree, notes, pair) };
  }

  seek({ diff, expansion, kinds, row, direction }: CallInput<'diff.seek'>): Calls['diff.seek']['output'] {
    return this.#diff(diff).layout.seek({ expansion, kinds }, row, direction);
  }

  conversation({ diff, conversation, offset, limit }: CallInput<'diff.conversation'>): Page<DiffMessageRow> {
    const { tree, conversations, info } = this.#diff(diff);
    const rows = conversations[conversation]?.diff.rows ?? [];
    const page = rows.slice(offset, offset + limit);
    return { rows: messageRows([tree.before, tree.after], page, matchedBy(info)), total: rows.length };
  }

  /** States of two moments, all of them; those that are stored alike are not parsed. */
  async states(
    { before, after }: JobInput<'diff.states'>,
    { isCancelled }: DiffRun,
    onProgress: (progress: { done: number; total: number }) => void,
  ): Promise<Jobs['diff.states']['output']> {
    const [a, b] = [await openMoment(before, this.#context()), await openMoment(after, this.#context())];
    try {
      const rows: DiffStateRow[] = [];
      const counts = { same: 0, added: 0, removed: 0, changed: 0 };
      for await (const { row, done, total } of compareStates(a.source, b.source)) {
        throwIfCancelled(isCancelled);
        rows.push(row);
        counts[row.kind] += 1;
        onProgress({ done, total });
      }
      const states = `states-${++this.#last}`;
      this.#states.set(states, rows);
      return { states, counts };
    } finally {
      await a.release();
      await b.release();
    }
  }

  stateRows({ states, kinds, offset, limit }: CallInput<'diff.stateRows'>): Page<DiffStateRow> {
    const all = this.#states.get(states);
    if (all === undefined) throw forgotten();
    const rows = kinds.length === 0 ? all : all.filter(({ kind }) => kinds.includes(kind));
    return { rows: rows.slice(offset, offset + limit), total: rows.length };
  }

  /** States of a moment, for a person to choose from. */
  async keys({ moment, filter }: Omit<JobInput<'diff.keys'>, 'secret'>): Promise<DiffKeys> {
    const opened = await openMoment(moment, this.#context());
    const { source } = opened;
    try {
      const words = filter.toLowerCase();
      const found = source.entries.filter(({ key }) => key.toLowerCase().includes(words));
      return { location: source.location, keys: found.slice(0, KEYS_TOLD).map(({ key }) => key), total: found.length };
    } finally {
      await opened.release();
    }
  }

  /** A file's text, written piece by piece. */
  async write(diff: string, format: JobInput<'diff.export'>['format'], file: string): Promise<void> {
    const { tree, result, told, info } = this.#diff(diff);
    const { before, after } = tree;
    await exportDiff({ before, after, result, notes: told, info }, format, file);
  }

  #diff(id: string): OpenDiff {
    const found = this.#open.get(id);
    if (found === undefined) throw forgotten();
    return found;
  }

  async #read(
    { moment, key }: StateAt,
    signal?: AbortSignal,
  ): Promise<{ readonly document: JsonDocument; readonly side: DiffSide }> {
    const context = this.#context();
    const opened = await openMoment(moment, context);
    const { source } = opened;
    try {
      const { bytes } = await source.read(entryKey(source, key), signal ? { signal } : {});
      const { document } = parseJson(bytes);
      if (document === null) {
        const message = `${key} in ${source.location} is no JSON, so that it cannot be compared. Look at its problems.`;
        throw new SourceError('not-json', message, { key, location: source.location, offset: 0 });
      }
      const { time, name } = tellsOf(moment, context);
      const { location } = source;
      return { document, side: { moment, key, location, time, name, bytes: bytes.length, nodes: document.nodeCount } };
    } finally {
      await opened.release();
    }
  }
}

/** Two moments of one conversation have the ids of their messages in common; those of two agents or sessions do not. */
function matchedBy({ before, after }: { readonly before: StateAt; readonly after: StateAt }): 'identity' | 'content' {
  return before.key === after.key ? 'identity' : 'content';
}

/** @throws SourceError `not-found` */
function entryKey(source: Source, key: string): string {
  const entries = source.entries.filter((entry) => entry.key === key || entry.aliases.includes(key));
  const found = entries.find((entry) => entry.key === key) ?? entries[0];
  if (found) return found.key;
  const { location } = source;
  throw new SourceError('not-found', `${location} has no state ${key} at this moment. Choose another one.`, {
    key,
    location,
  });
}

/** When a moment was, and what a person calls it. */
function tellsOf(moment: MomentRef, { journal, snapshots }: MomentContext): Pick<DiffSide, 'time' | 'name'> {
  if (moment.at === 'seq') return { time: timeOf(journal, moment.seq), name: null };
  if (moment.at !== 'snapshot') return { time: null, name: null };
  const info = snapshots?.get(moment.snapshot) ?? null;
  return { time: info === null ? null : Date.parse(info.takenAt) * MICROS, name: info?.name || null };
}

/** Microseconds; of a commit without changes, too. */
function timeOf(journal: MomentContext['journal'], seq: number): number | null {
  return (journal?.changeAt(seq) ?? journal?.commitAt(seq))?.time ?? null;
}

function throwIfCancelled(isCancelled: () => boolean): void {
  if (isCancelled()) throw new SourceError('cancelled', 'Comparing was cancelled.', {});
}

function forgotten(): SourceError {
  return new SourceError('not-found', 'This comparison is not open any more. Compare the two again.', {});
}
