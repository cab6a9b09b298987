import type { JsonDocument, NodeId } from '../json/document.ts';
import { messageOf } from '../messages/message-shape.ts';
import type { ItemEdit } from './items-above.ts';
import type { DiffOperation } from './operation.ts';

/** A list to which something happened. */
export interface TouchedList {
  /** In the document after. */
  readonly list: NodeId;
  /** Null where that does not show from the operations. */
  beforeList: NodeId | null;
  /** Positions of the operations on whole items. */
  readonly whole: number[];
  /** Positions of those that mark one of its messages as compressed. */
  readonly marks: number[];
  /** What happened inside of its items. */
  readonly inside: ItemEdit[];
}

/** AgentScope's mark of a message that a summary stands for. */
const COMPRESSED = 'compressed';

export class TouchedLists {
  readonly #before: JsonDocument;
  readonly #after: JsonDocument;
  readonly #lists = new Map<NodeId, TouchedList>();

  constructor(before: JsonDocument, after: JsonDocument) {
    this.#before = before;
    this.#after = after;
  }

  lists(): Iterable<TouchedList> {
    return this.#lists.values();
  }

  /** An operation on an item of an array. */
  collect(at: number, { kind, container, beforeNode, afterNode }: DiffOperation): void {
    if (container === null) return;
    const touched = this.#of(container);
    touched.whole.push(at);
    if (beforeNode !== null) touched.beforeList ??= this.#before.parent(beforeNode);
    const doc = this.#after;
    const pair = doc.parent(container);
    if (kind !== 'added' || afterNode === null || pair < 0 || messageOf(doc, pair) === undefined) return;
    const isMark =
      doc.kind(pair) === 'array' &&
      doc.kind(afterNode) === 'string' &&
      doc.string(afterNode, COMPRESSED.length + 1) === COMPRESSED;
    if (isMark && doc.parent(pair) >= 0) this.#of(doc.parent(pair)).marks.push(at);
  }

  collectEdit(edit: ItemEdit): void {
    const touched = this.#of(this.#after.parent(edit.item));
    touched.inside.push(edit);
    if (edit.beforeItem !== null) touched.beforeList ??= this.#before.parent(edit.beforeItem);
  }

  #of(list: NodeId): TouchedList {
    const known = this.#lists.get(list);
    if (known !== undefined) return known;
    const touched: TouchedList = { list, beforeList: null, whole: [], marks: [], inside: [] };
    this.#lists.set(list, touched);
    return touched;
  }
}
