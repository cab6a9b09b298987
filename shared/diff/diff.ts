/**
 * What differs between two values. White space, the spelling of strings and the order of members are no difference. A number
 * is its text: 553.0 and 553 differ, because the programs that write them tell them apart.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { align } from './align.ts';
import { type Step, stepsOf } from './alignment.ts';
import { Compared } from './compared.ts';
import { type DiffKind, type DiffOperation, NodeOperation } from './operation.ts';
import { Stop } from './stop.ts';

export type { DiffKind, DiffOperation } from './operation.ts';

export interface DiffOptions {
  /** The values to compare; the roots where nothing is said. */
  readonly beforeNode?: NodeId;
  readonly afterNode?: NodeId;
  /** Operations that are handed out; the others are counted. Default: all. */
  readonly limit?: number;
  /** Asked now and then, also while a long list is aligned; once it says so, the rest is compared no deeper. */
  readonly shouldStop?: () => boolean;
  /** Values that are looked at, of both sides together; beyond it, the rest is compared no deeper. Default: all. */
  readonly budget?: number;
}

/** Operations by kind. */
export type DiffCounts = Readonly<Record<DiffKind, number>>;

export interface DiffResult {
  /** In the order of the document after; what was removed comes behind what it stood behind. */
  readonly operations: readonly DiffOperation[];
  /** Operations beyond the limit. */
  readonly more: number;
  /** Those beyond the limit included. */
  readonly counts: DiffCounts;
  /** There is no operation. */
  readonly equal: boolean;
  /** It was stopped, or the budget was used up: some values that are told as changed whole differ in part only, or in their spelling only. */
  readonly coarse: boolean;
}

interface PlacedStep extends Step {
  /** What the values stand in, in the document after; null for the values that were given. */
  readonly container: NodeId | null;
}

/** @throws RangeError for a node that is not on its tape. */
export function diffDocuments(before: JsonDocument, after: JsonDocument, options: DiffOptions = {}): DiffResult {
  return diffCompared(new Compared(before, after), options);
}

/** For many parts of the same two documents: what is known about their values is kept in `compared`. */
export function diffCompared(compared: Compared, options: DiffOptions): DiffResult {
  const [before, after] = [compared.before.doc, compared.after.doc];
  const limit = options.limit ?? Infinity;
  const operations: DiffOperation[] = [];
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  const report = (kind: DiffKind, { before: a, after: b, container }: PlacedStep): void => {
    counts[kind]++;
    if (operations.length >= limit) return;
    const nodes = { beforeNode: a < 0 ? null : a, afterNode: b < 0 ? null : b, container };
    operations.push(new NodeOperation(kind, [before, after], nodes));
  };
  const stop = new Stop(options.shouldStop);
  let left = options.budget ?? Infinity;
  const root = { before: options.beforeNode ?? 0, after: options.afterNode ?? 0, moved: false, container: null };
  const waiting: PlacedStep[] = [root];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { before: a, after: b } = step;
    if (a < 0) report('added', step);
    else if (b < 0) report('removed', step);
    else {
      if (step.moved) report('moved', step);
      if (compared.sameBytes(a, b)) continue;
      if (!compared.sameContainers(a, b)) {
        if (!compared.sameLeaf(a, b)) report('changed', step);
      } else if (left <= 0 || stop.isOver()) report('changed', step);
      else {
        left -= before.childCount(a) + after.childCount(b);
        for (const next of stepsOf(compared, align(compared, a, b, stop)).toReversed())
          waiting.push({ ...next, container: b });
      }
    }
  }
  const total = counts.added + counts.removed + counts.changed + counts.moved;
  return { operations, more: total - operations.length, counts, equal: total === 0, coarse: left <= 0 || stop.wasOver };
}
