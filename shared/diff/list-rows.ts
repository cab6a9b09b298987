/** All items of two lists side by side, those that are the same included. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { childNodes } from './compared.ts';
import type { DiffOperation } from './operation.ts';

export type RowKind = 'same' | 'added' | 'removed' | 'changed' | 'moved';

export interface ListRow {
  /** An item that moved and was edited is `moved`, and has operations. */
  readonly kind: RowKind;
  /** Null for `added`. */
  readonly beforeNode: NodeId | null;
  /** Null for `removed`. */
  readonly afterNode: NodeId | null;
  /** Positions among the operations of what differs inside of the item; none for what came or went whole. */
  readonly operations: readonly number[];
}

const NONE: readonly number[] = [];

/**
 * In the order of the list after; what was removed comes behind what it stood behind. `operations`: all that tell the two
 * lists apart, and perhaps others. Where one of the two is no list, or all is told as changed whole, everything went and came.
 */
export function listRows(
  [before, beforeList]: readonly [JsonDocument, NodeId],
  [after, afterList]: readonly [JsonDocument, NodeId],
  operations: readonly DiffOperation[],
): ListRow[] {
  const [itemsBefore, itemsAfter] = [itemsOf(before, beforeList), itemsOf(after, afterList)];
  const removed = new Set<NodeId>();
  const added = new Set<NodeId>();
  const movedFrom = new Map<NodeId, NodeId>();
  const movedAway = new Set<NodeId>();
  const inside = new Map<NodeId, number[]>();
  for (const [at, { kind, beforeNode, afterNode, container }] of operations.entries()) {
    if (kind === 'changed' && afterNode === afterList) return [...gone(itemsBefore), ...come(itemsAfter)];
    if (container === afterList && kind !== 'changed') {
      if (afterNode === null) removed.add(beforeNode ?? 0);
      else if (beforeNode === null) added.add(afterNode);
      else {
        movedFrom.set(afterNode, beforeNode);
        movedAway.add(beforeNode);
      }
      continue;
    }
    const item = itemAround(after, itemsAfter, afterNode ?? container ?? 0);
    if (item === undefined) continue;
    const known = inside.get(item);
    if (known === undefined) inside.set(item, [at]);
    else known.push(at);
  }

  const rows: ListRow[] = [];
  let next = 0;
  const passThoseThatLeft = (): void => {
    for (let item = itemsBefore[next]; item !== undefined; item = itemsBefore[++next]) {
      if (removed.has(item)) rows.push({ kind: 'removed', beforeNode: item, afterNode: null, operations: NONE });
      else if (!movedAway.has(item)) return;
    }
  };
  passThoseThatLeft();
  for (const item of itemsAfter) {
    const differences = inside.get(item) ?? NONE;
    const from = movedFrom.get(item);
    if (added.has(item)) rows.push({ kind: 'added', beforeNode: null, afterNode: item, operations: NONE });
    else if (from !== undefined)
      rows.push({ kind: 'moved', beforeNode: from, afterNode: item, operations: differences });
    else {
      const kind = differences.length > 0 ? 'changed' : 'same';
      rows.push({ kind, beforeNode: itemsBefore[next++] ?? null, afterNode: item, operations: differences });
      passThoseThatLeft();
    }
  }
  return rows;
}

function itemsOf(doc: JsonDocument, node: NodeId): Int32Array {
  return doc.kind(node) === 'array' ? childNodes(doc, node) : new Int32Array(0);
}

function gone(items: Int32Array): ListRow[] {
  return Array.from(items, (item) => ({ kind: 'removed', beforeNode: item, afterNode: null, operations: NONE }));
}

function come(items: Int32Array): ListRow[] {
  return Array.from(items, (item) => ({ kind: 'added', beforeNode: null, afterNode: item, operations: NONE }));
}

/** The item that a value is or lies in: a subtree is a range of nodes. Undefined for what is in none. */
export function itemAround(doc: JsonDocument, items: Int32Array, node: NodeId): NodeId | undefined {
  let low = 0;
  for (let high = items.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((items[middle] ?? 0) <= node) low = middle + 1;
    else high = middle;
  }
  const item = items[low - 1];
  return item !== undefined && node < doc.next(item) ? item : undefined;
}
