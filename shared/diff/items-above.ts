import type { JsonDocument, NodeId } from '../json/document.ts';
import { messageOf, textOf } from '../messages/message-shape.ts';
import { objectOf } from './identity.ts';
import type { DiffOperation } from './operation.ts';

export interface ItemEdit {
  /** The item after. */
  readonly item: NodeId;
  /** Null where that does not show from the operations. */
  readonly beforeItem: NodeId | null;
  /** Positions of the operations inside of it. */
  readonly operations: readonly number[];
}

interface Above {
  readonly message: NodeId | null;
  readonly named: NodeId | null;
}

/** Which message an operation lies in, or else which item of a list that has an id. Of the document after. */
export class ItemsAbove {
  readonly #before: JsonDocument;
  readonly #after: JsonDocument;
  readonly #known = new Map<NodeId, Above>();
  readonly #edits = new Map<NodeId, { beforeItem: NodeId | null; operations: number[] }>();

  constructor(before: JsonDocument, after: JsonDocument) {
    this.#before = before;
    this.#after = after;
  }

  collect(at: number, operation: DiffOperation): void {
    const { container, beforeNode } = operation;
    const item = this.around(operation);
    if (item === null || container === null) return;
    const known = this.#edits.get(item) ?? { beforeItem: null, operations: [] };
    this.#edits.set(item, known);
    known.operations.push(at);
    // What is around an operation is matched on both sides, level by level.
    if (known.beforeItem !== null || beforeNode === null) return;
    let other = this.#before.parent(beforeNode);
    for (let up = container; up !== item && other >= 0; up = this.#after.parent(up)) other = this.#before.parent(other);
    known.beforeItem = other < 0 ? null : other;
  }

  /** Null for an operation on a whole item, and for one in no item. */
  around({ container }: DiffOperation): NodeId | null {
    if (container === null) return null;
    const { message, named } = this.#above(container);
    return message ?? named;
  }

  edits(): ItemEdit[] {
    return Array.from(this.#edits, ([item, edit]) => ({ item, ...edit }));
  }

  #above(node: NodeId): Above {
    const asked: NodeId[] = [];
    let above: Above = { message: null, named: null };
    for (let at = node; at >= 0; at = this.#after.parent(at)) {
      const known = this.#known.get(at);
      if (known !== undefined) {
        above = known;
        break;
      }
      asked.push(at);
    }
    for (const at of asked.toReversed()) {
      above = this.#with(at, above);
      this.#known.set(at, above);
    }
    return above;
  }

  #with(node: NodeId, above: Above): Above {
    const doc = this.#after;
    const list = doc.parent(node);
    if (list < 0 || doc.kind(list) !== 'array') return above;
    const message = messageOf(doc, node);
    // Within a pair with its marks, the pair is the item.
    if (message !== undefined) return messageOf(doc, list) === node ? above : { message: node, named: null };
    const object = objectOf(doc, node);
    return object !== null && textOf(doc, object, 'id') !== null ? { ...above, named: node } : above;
  }
}
