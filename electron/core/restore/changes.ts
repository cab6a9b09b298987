/**
 * What differs between a state as it is and as it was, in pieces that can be put back one by one. A list in which items have
 * moved is one piece: half of a new order is none.
 */
import { diffDocuments } from '../../../shared/diff/diff.ts';
import type { RestoreChange, RestorePath } from '../../../shared/ipc/restore.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type JsonPath, pathOf } from '../../../shared/json/path.ts';

export interface Change {
  readonly kind: RestoreChange['kind'];
  /** Null for what only the state as it was has. */
  readonly now: NodeId | null;
  /** Null for what only the present has. */
  readonly was: NodeId | null;
  /** What holds it in the state as it was; null for the whole state. */
  readonly container: NodeId | null;
  readonly path: JsonPath;
}

export interface Changes {
  readonly now: JsonDocument;
  readonly was: JsonDocument;
  /** In the order of the state as it was; what was removed comes behind what it stood behind. */
  readonly list: readonly Change[];
  /** The node of the present that a node of the state as it was is compared with; null for none. */
  readonly nowOf: (was: NodeId) => NodeId | null;
}

/** Comparing stops at pieces, never in the middle of one; bigger pieces are the answer to a comparison that takes too long. */
const PATIENCE_MS = 3000;
/** Deeper values are put back with what is around them. */
const DEEPEST = 400;

export function changesBetween(now: JsonDocument, was: JsonDocument): Changes {
  const until = performance.now() + PATIENCE_MS;
  const { operations } = diffDocuments(now, was, { shouldStop: () => performance.now() > until });
  const pairs = new Map<NodeId, NodeId>([[0, 0]]);
  const nowOf = pairing(now, was, pairs, operations);
  // The outermost container of the state as it was that has to be put back as one.
  const whole = new Set<NodeId>();
  for (const { kind, container, afterNode } of operations) {
    if (kind === 'moved' && container !== null) whole.add(container);
    const at = afterNode ?? container;
    const hidden = at === null ? null : outermostHidden(was, at);
    if (hidden !== null) whole.add(was.parent(hidden));
  }
  const list: Change[] = [];
  const told = new Set<NodeId>();
  for (const { kind, beforeNode, afterNode, container } of operations) {
    const one = container === null ? null : wholeAbove(was, container, whole);
    if (one === null) {
      const path = afterNode === null ? pathOf(now, beforeNode ?? 0) : pathOf(was, afterNode);
      if (kind !== 'moved') list.push({ kind, now: beforeNode, was: afterNode, container, path });
      continue;
    }
    if (told.has(one)) continue;
    told.add(one);
    const parent = was.parent(one);
    const path = pathOf(was, one);
    list.push({ kind: 'changed', now: nowOf(one), was: one, container: parent < 0 ? null : parent, path });
  }
  return { now, was, list, nowOf };
}

export function isChosen({ kind, path }: Change, picks: readonly RestorePath[] | null): boolean {
  if (picks === null) return true;
  const side = kind === 'removed' ? 'now' : 'then';
  return picks.some((pick) => (pick.side === null || pick.side === side) && startsWith(path, pick.path));
}

/** A member that only the present has: merging keeps it. The items of a list are what the list was. */
export function isExtraMember(now: JsonDocument, { kind, now: node }: Change): boolean {
  return kind === 'removed' && node !== null && now.keyRange(node) !== undefined;
}

export function startsWith(path: JsonPath, start: JsonPath): boolean {
  return start.length <= path.length && start.every((segment, at) => String(segment) === String(path[at]));
}

type Operations = ReturnType<typeof diffDocuments>['operations'];

/** Pairs are found when they are asked for: from the root down, by name, or by the order of the items that stayed. */
function pairing(
  now: JsonDocument,
  was: JsonDocument,
  pairs: Map<NodeId, NodeId>,
  operations: Operations,
): (was: NodeId) => NodeId | null {
  const gone = new Set<NodeId>();
  const come = new Set<NodeId>();
  const moved = new Map<NodeId, NodeId>();
  for (const { kind, beforeNode, afterNode } of operations) {
    if (kind === 'removed' && beforeNode !== null) gone.add(beforeNode);
    if (kind === 'added' && afterNode !== null) come.add(afterNode);
    if (kind === 'moved' && beforeNode !== null && afterNode !== null) moved.set(afterNode, beforeNode);
  }
  const paired = new Set<NodeId>();
  const pairChildren = (container: NodeId, other: NodeId): void => {
    if (paired.has(container)) return;
    paired.add(container);
    if (was.kind(container) === 'object') {
      for (const child of was.children(container)) {
        const match = now.member(other, was.key(child) ?? '');
        if (match !== undefined) pairs.set(child, match);
      }
      return;
    }
    const movedAway = new Set(moved.values());
    const stayed = [...now.children(other)].filter((child) => !gone.has(child) && !movedAway.has(child));
    let at = 0;
    for (const child of was.children(container)) {
      if (come.has(child)) continue;
      const match = moved.get(child) ?? stayed[at++];
      if (match !== undefined) pairs.set(child, match);
    }
  };
  return (node) => {
    const way: NodeId[] = [];
    for (let at = node; at > 0; at = was.parent(at)) way.push(at);
    let [from, other] = [0, 0];
    for (const next of way.toReversed()) {
      pairChildren(from, other);
      const match = pairs.get(next);
      if (match === undefined) return null;
      [from, other] = [next, match];
    }
    return other;
  };
}

/** The outermost container at or above this one that is put back as one; null for none. */
function wholeAbove(was: JsonDocument, container: NodeId, whole: ReadonlySet<NodeId>): NodeId | null {
  const way: NodeId[] = [];
  for (let at = container; at >= 0; at = was.parent(at)) way.push(at);
  const outermost = way.findLast((at) => whole.has(at));
  if (outermost !== undefined) return outermost;
  return way.length > DEEPEST ? (way.at(-DEEPEST) ?? null) : null;
}

/** A member that a later one of the same name hides has a path that means the other one. */
function outermostHidden(was: JsonDocument, node: NodeId): NodeId | null {
  let found: NodeId | null = null;
  for (let at = node; at > 0; at = was.parent(at)) if (was.isShadowed(at)) found = at;
  return found;
}
