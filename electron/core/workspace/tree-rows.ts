import type { Expansion } from '../../../shared/ipc/contract.ts';
import type { Page, PathStep, TreeRow } from '../../../shared/ipc/model.ts';
import type { FieldFinding } from '../../../shared/ipc/writing.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { messageLabel } from '../../../shared/messages/conversation.ts';

export const PREVIEW_CHARACTERS = 200;

/** What is known about nodes beyond the text. */
export interface NodeMarks {
  /** Attributes that the state's type declares. */
  readonly declared: ReadonlySet<NodeId>;
  /** The first rule that a node breaks. */
  readonly findings: ReadonlyMap<NodeId, FieldFinding>;
}

const NO_MARKS: NodeMarks = { declared: new Set(), findings: new Map() };

/**
 * The rows that are visible under an expansion, in document order, as node ids. A window of rows can then be cut at any
 * offset. For a million open nodes this takes some 20 ms and 4 MB, so it is kept until the expansion changes.
 */
export class VisibleTree {
  readonly #document: JsonDocument;
  readonly #marksOf: () => NodeMarks;
  #marks: NodeMarks | null = null;
  #expansion: Expansion = { depth: 1, toggled: [] };
  #visible: Int32Array | null = null;
  #depths: Int32Array | null = null;
  #length = 0;

  /** @param marks asked for with the first rows. */
  constructor(document: JsonDocument, marks: () => NodeMarks = () => NO_MARKS) {
    this.#document = document;
    this.#marksOf = marks;
  }

  rows(expansion: Expansion, offset: number, limit: number): Page<TreeRow> {
    const marks = (this.#marks ??= this.#marksOf());
    const { visible, depths } = this.#layout(expansion);
    const rows: TreeRow[] = [];
    for (let i = offset; i < Math.min(offset + limit, this.#length); i += 1) {
      rows.push(this.#row(visible[i] ?? 0, depths[i] ?? 0, visible[i + 1], i + 1 < this.#length, marks));
    }
    return { rows, total: this.#length };
  }

  /** Opens every node above `node`. The index is that of its row under the expansion returned. */
  reveal(expansion: Expansion, node: NodeId): { index: number; expansion: Expansion } {
    const document = this.#document;
    if (node >= document.nodeCount) throw new RangeError(`no node ${node}: the document has ${document.nodeCount}`);
    const ancestors: NodeId[] = [];
    for (let at = document.parent(node); at >= 0; at = document.parent(at)) ancestors.push(at);
    const toggled = new Set(expansion.toggled);
    for (const [i, ancestor] of ancestors.entries()) {
      const depth = ancestors.length - 1 - i;
      if (depth < expansion.depth) toggled.delete(ancestor);
      else toggled.add(ancestor);
    }
    const opened = { depth: expansion.depth, toggled: [...toggled] };
    const { visible } = this.#layout(opened);
    return { index: lowerBound(visible, this.#length, node), expansion: opened };
  }

  #layout(expansion: Expansion): { visible: Int32Array; depths: Int32Array } {
    if (this.#visible && this.#depths && sameExpansion(this.#expansion, expansion)) {
      return { visible: this.#visible, depths: this.#depths };
    }
    const document = this.#document;
    const toggled = new Set(expansion.toggled);
    let visible = new Int32Array(1024);
    let depths = new Int32Array(1024);
    let length = 0;
    let depth = 0;
    const ends: NodeId[] = [];
    for (let node = 0; node < document.nodeCount; ) {
      while (depth > 0 && node >= (ends[depth - 1] ?? 0)) {
        depth -= 1;
        ends.pop();
      }
      if (length === visible.length) {
        visible = grown(visible);
        depths = grown(depths);
      }
      visible[length] = node;
      depths[length] = depth;
      length += 1;
      const after = document.next(node);
      const open = document.childCount(node) > 0 && depth < expansion.depth !== toggled.has(node);
      if (open) {
        ends.push(after);
        depth += 1;
        node += 1;
      } else {
        node = after;
      }
    }
    this.#expansion = { depth: expansion.depth, toggled: [...expansion.toggled] };
    this.#visible = visible;
    this.#depths = depths;
    this.#length = length;
    return { visible, depths };
  }

  #row(node: NodeId, depth: number, following: NodeId | undefined, hasFollowing: boolean, marks: NodeMarks): TreeRow {
    const document = this.#document;
    const kind = document.kind(node);
    const parent = document.parent(node);
    const children = kind === 'array' || kind === 'object' ? document.childCount(node) : 0;
    const { preview, cut } = previewOf(document, node);
    return {
      node,
      depth,
      name: document.key(node) ?? null,
      index: parent < 0 ? 0 : document.indexInParent(node),
      siblings: parent < 0 ? 1 : document.childCount(parent),
      kind,
      children,
      // The next visible row is the first child exactly when the node is open.
      expanded: children > 0 && hasFollowing && following === node + 1,
      preview,
      previewCut: cut,
      label: children > 0 ? messageLabel(document, node) : null,
      duplicate: document.isDuplicateKey(node),
      shadowed: document.isShadowed(node),
      incomplete: document.isIncomplete(node),
      inexact: kind === 'number' && !document.number(node).exact,
      declared: marks.declared.has(node),
      finding: marks.findings.get(node) ?? null,
    };
  }
}

/** Of a deep path the first and the last steps are told; nobody reads a hundred thousand of them. */
const STEPS_FROM_ROOT = 8;
const STEPS_TO_NODE = 32;

/** The way from the root to a node, each step with the name a person knows it by. */
export function stepsTo(document: JsonDocument, node: NodeId): { steps: PathStep[]; left: number } {
  const nodes: NodeId[] = [];
  for (let at = node; at > 0; at = document.parent(at)) nodes.push(at);
  const left = Math.max(0, nodes.length - STEPS_FROM_ROOT - STEPS_TO_NODE);
  if (left > 0) nodes.splice(STEPS_TO_NODE, left);
  const steps = nodes
    .toReversed()
    .map((at) => ({ node: at, label: document.key(at) ?? String(document.indexInParent(at)) }));
  return { steps, left };
}

/** A scalar as a row shows it; nothing for a container. */
export function previewOf(document: JsonDocument, node: NodeId): { preview: string; cut: boolean } {
  const kind = document.kind(node);
  switch (kind) {
    case 'array':
    case 'object':
      return { preview: '', cut: false };
    case 'string': {
      const { text, truncated } = document.stringPrefix(node, PREVIEW_CHARACTERS);
      return { preview: text, cut: truncated };
    }
    case 'number':
    case 'boolean':
    case 'null': {
      const text = document.rawText(node);
      return { preview: text.slice(0, PREVIEW_CHARACTERS), cut: text.length > PREVIEW_CHARACTERS };
    }
    default:
      return kind satisfies never;
  }
}

function sameExpansion(a: Expansion, b: Expansion): boolean {
  return (
    a.depth === b.depth && a.toggled.length === b.toggled.length && a.toggled.every((node, i) => node === b.toggled[i])
  );
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Index of the last visible row whose node is not after `node`: rows are in document order. */
function lowerBound(visible: Int32Array, length: number, node: NodeId): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((visible[middle] ?? 0) <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}
