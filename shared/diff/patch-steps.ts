/** A diff as the steps of an RFC 6902 patch: one after the other, each at the place that it has by then. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { childNodes } from './compared.ts';
import type { DiffOperation, DiffResult } from './diff.ts';
import { ListOrder } from './list-order.ts';

export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'move';
  /** The array or object of the document after that holds it; null for the whole value. */
  readonly container: NodeId | null;
  readonly segment: string | number;
  /** The position in the same array that a moved item had; null for anything but `move`. */
  readonly from: number | null;
  /** What is put there, in the document that the patch makes; null for `remove` and `move`. */
  readonly value: NodeId | null;
  /** What the opposite step puts there, in the other document. */
  readonly opposite: NodeId | null;
}

/**
 * Lists first, from the outermost on, so that then every path of the document after is valid. Members that a later one of
 * the same name hides are left out: no program that reads the document sees them.
 * @throws RangeError for a diff that does not hold all of its operations.
 */
export function patchSteps(before: JsonDocument, after: JsonDocument, diff: DiffResult): PatchStep[] {
  if (diff.more > 0) throw new RangeError(`a patch takes all operations; ${diff.more} of them were left out`);
  const lists = new Map<NodeId, DiffOperation[]>();
  const others: PatchStep[] = [];
  for (const operation of diff.operations) {
    const { kind, container } = operation;
    if (operation.shadowed) continue;
    if (container !== null && kind !== 'changed' && after.kind(container) === 'array') {
      const known = lists.get(container);
      if (known === undefined) lists.set(container, [operation]);
      else known.push(operation);
    } else others.push(inPlace(before, after, operation));
  }
  const outermostFirst = [...lists].toSorted(([a], [b]) => a - b);
  return outermostFirst.flatMap(([list, operations]) => arranged(before, after, list, operations)).concat(others);
}

/** What undoes the steps: each one's opposite, from the last to the first. */
export function reversedSteps(steps: readonly PatchStep[]): PatchStep[] {
  return steps.toReversed().map((step) => {
    const { op, from, segment, value, opposite } = step;
    const swapped = { ...step, value: opposite, opposite: value };
    switch (op) {
      case 'add':
        return { ...swapped, op: 'remove' };
      case 'remove':
        return { ...swapped, op: 'add' };
      case 'move':
        return { ...swapped, segment: from ?? 0, from: Number(segment) };
      case 'replace':
        return swapped;
      default:
        return op satisfies never;
    }
  });
}

const IN_PLACE = { added: 'add', removed: 'remove', changed: 'replace', moved: 'replace' } as const;

/** For a member of an object, an item that stays where it is, and the whole value. */
function inPlace(before: JsonDocument, after: JsonDocument, operation: DiffOperation): PatchStep {
  const { kind, container, beforeNode, afterNode } = operation;
  const [doc, node] = afterNode === null ? [before, beforeNode ?? 0] : [after, afterNode];
  const segment = container === null ? '' : (doc.key(node) ?? doc.indexInParent(node));
  return { op: IN_PLACE[kind], container, segment, from: null, value: afterNode, opposite: beforeNode };
}

/** What comes to a list, leaves it and moves in it. */
function arranged(
  before: JsonDocument,
  after: JsonDocument,
  container: NodeId,
  operations: readonly DiffOperation[],
): PatchStep[] {
  const places = placesOf(before, after, container, operations);
  const steps = operations.map(({ beforeNode, afterNode }): PatchStep => {
    const taken = beforeNode === null ? null : places.order.take(places.slotBefore(beforeNode));
    const put = afterNode === null ? null : places.order.put(places.slotAfter(afterNode));
    if (taken !== null && put !== null)
      return { op: 'move', container, segment: put, from: taken, value: null, opposite: null };
    if (put !== null) return { op: 'add', container, segment: put, from: null, value: afterNode, opposite: null };
    return { op: 'remove', container, segment: taken ?? 0, from: null, value: null, opposite: beforeNode };
  });
  // Others that moved may have brought an item to its place already.
  return steps.filter(({ op, segment, from }) => op !== 'move' || segment !== from);
}

interface Places {
  readonly order: ListOrder;
  slotBefore(node: NodeId): number;
  slotAfter(node: NodeId): number;
}

/** A slot for every item after and every item before that does not stay: behind one that stays, the new ones come first. */
function placesOf(
  before: JsonDocument,
  after: JsonDocument,
  container: NodeId,
  operations: readonly DiffOperation[],
): Places {
  const leaving = new Set<NodeId>();
  const coming = new Set<NodeId>();
  let list: NodeId | null = null;
  for (const { beforeNode, afterNode } of operations) {
    if (beforeNode !== null) leaving.add(beforeNode);
    if (beforeNode !== null) list = before.parent(beforeNode);
    if (afterNode !== null) coming.add(afterNode);
  }
  // Where nothing leaves, every item has its place after as soon as it comes.
  const itemsBefore = list === null ? new Int32Array(0) : childNodes(before, list);
  const itemsAfter = childNodes(after, container);
  const slots: number[] = [];
  const slotsBefore = new Map<NodeId, number>();
  const slotsAfter = new Map<NodeId, number>();
  let next = 0;
  const passLeaving = (): void => {
    for (let item = itemsBefore[next]; item !== undefined && leaving.has(item); item = itemsBefore[++next]) {
      slotsBefore.set(item, slots.push(1) - 1);
    }
  };
  for (const item of itemsAfter) {
    if (coming.has(item)) {
      slotsAfter.set(item, slots.push(0) - 1);
      continue;
    }
    passLeaving();
    slots.push(1);
    next++;
  }
  passLeaving();
  return {
    order: new ListOrder(Uint8Array.from(slots)),
    slotBefore: (node) => slotsBefore.get(node) ?? 0,
    slotAfter: (node) => slotsAfter.get(node) ?? 0,
  };
}
