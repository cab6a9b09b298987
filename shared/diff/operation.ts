import type { JsonDocument, NodeId } from '../json/document.ts';
import { type JsonPath, pathOf } from '../json/path.ts';

export type DiffKind = 'added' | 'removed' | 'changed' | 'moved';

/**
 * One difference. A whole value that was added or removed is one; what was edited inside a value that moved follows as
 * operations of its own.
 */
export interface DiffOperation {
  readonly kind: DiffKind;
  /** Where it is in the document after; for `removed`, where it was in the one before. */
  readonly path: JsonPath;
  /** Where it was; null for anything but `moved`. */
  readonly from: JsonPath | null;
  /** Null for `added`. */
  readonly beforeNode: NodeId | null;
  /** Null for `removed`. */
  readonly afterNode: NodeId | null;
  /** The array or object after that holds it, or held what was removed; null for the two values that were compared. */
  readonly container: NodeId | null;
  /**
   * A later member of the same name hides it, so that a program that reads the document does not see it; its path means that
   * other member.
   */
  readonly shadowed: boolean;
}

type Nodes = Pick<DiffOperation, 'beforeNode' | 'afterNode' | 'container'>;

/** Paths are found when they are asked for: a hundred thousand levels deep, they are longer than all the rest. */
export class NodeOperation implements DiffOperation {
  readonly kind: DiffKind;
  readonly beforeNode: NodeId | null;
  readonly afterNode: NodeId | null;
  readonly container: NodeId | null;
  readonly #before: JsonDocument;
  readonly #after: JsonDocument;

  constructor(kind: DiffKind, documents: readonly [JsonDocument, JsonDocument], nodes: Nodes) {
    this.kind = kind;
    [this.#before, this.#after] = documents;
    this.beforeNode = nodes.beforeNode;
    this.afterNode = nodes.afterNode;
    this.container = nodes.container;
  }

  get path(): JsonPath {
    return this.afterNode === null ? pathOf(this.#before, this.beforeNode ?? 0) : pathOf(this.#after, this.afterNode);
  }

  get from(): JsonPath | null {
    return this.kind === 'moved' && this.beforeNode !== null ? pathOf(this.#before, this.beforeNode) : null;
  }

  get shadowed(): boolean {
    const doc = this.afterNode === null ? this.#before : this.#after;
    for (let at = this.afterNode ?? this.beforeNode ?? -1; at >= 0; at = doc.parent(at)) {
      if (doc.isShadowed(at)) return true;
    }
    return false;
  }
}
