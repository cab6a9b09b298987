/** The rows of a paged document under an expansion: only the nodes that are open are known, and the rows asked for. */
import type { Expansion } from '../../../shared/ipc/contract.ts';
import type { Page, TreeRow } from '../../../shared/ipc/model.ts';
import { messageLabel } from '../../../shared/messages/conversation.ts';
import { SourceError } from '../sources/source-error.ts';
import { PREVIEW_CHARACTERS, previewOf } from '../workspace/tree-rows.ts';
import type { PagedDocument, PagedNode } from './paged-document.ts';
import { stringPrefix } from './paged-text.ts';

interface OpenNode {
  readonly node: PagedNode;
  /** Those of its children that are open, too, by their position. */
  readonly open: OpenNode[];
  /** Its own row and all below it. */
  rows: number;
}

/** Opening all levels of a gigabyte is never meant: only the first opens by depth, everything else by hand. */
const DEEPEST = 1;

export class PagedTree {
  readonly #document: PagedDocument;
  readonly #nodes = new Map<number, PagedNode | null>();
  #expansion = '';
  #root: OpenNode | null = null;

  constructor(document: PagedDocument) {
    this.#document = document;
  }

  async rows(expansion: Expansion, offset: number, limit: number): Promise<Page<TreeRow>> {
    const root = await this.#layout(expansion);
    const rows: TreeRow[] = [];
    const isOpen = root.rows > 1 || opens(this.#document.root, expansion, 0);
    if (offset === 0 && limit > 0) rows.push(await this.#row(root.node, 0, isOpen));
    if (root.rows > 1) await this.#fill(root, 1, Math.max(0, offset - 1), limit, rows);
    return { rows, total: root.rows };
  }

  /** Opens every node above `id`. The index is that of its row under the expansion returned. */
  async reveal(expansion: Expansion, id: number): Promise<{ index: number; expansion: Expansion }> {
    const node = await this.#document.node(id);
    const toggled = new Set(expansion.toggled);
    const way: PagedNode[] = [];
    for (let at = node.parent; at !== null; at = at.parent) way.unshift(at);
    for (const [depth, each] of way.entries()) {
      if (depth < Math.min(DEEPEST, expansion.depth)) toggled.delete(each.id);
      else toggled.add(each.id);
    }
    const opened = { depth: expansion.depth, toggled: [...toggled] };
    let open: OpenNode | undefined = await this.#layout(opened);
    let index = 0;
    for (const step of [...way.slice(1), node]) {
      if (open === undefined || step === this.#document.root) break;
      index += 1 + step.index;
      for (const before of open.open) if (before.node.index < step.index) index += before.rows - 1;
      open = open.open.find((each) => each.node.id === step.id);
    }
    return { index, expansion: opened };
  }

  async #layout(expansion: Expansion): Promise<OpenNode> {
    const identity = JSON.stringify(expansion);
    if (this.#root !== null && identity === this.#expansion) return this.#root;
    const root: OpenNode = { node: this.#document.root, open: [], rows: 1 };
    if (opens(root.node, expansion, 0)) {
      const known = new Map([[root.node.id, root]]);
      // Ids are offsets, so that what holds a node comes before it.
      for (const id of expansion.toggled.toSorted((a, b) => a - b)) {
        const node = await this.#known(id);
        const parent = node?.parent && known.get(node.parent.id);
        if (!node || !parent || node.children === 0 || known.has(id)) continue;
        const open: OpenNode = { node, open: [], rows: 1 };
        parent.open.push(open);
        known.set(id, open);
      }
      for (const each of [...known.values()].toReversed())
        each.rows = 1 + each.node.children + each.open.reduce((sum, { rows }) => sum + rows - 1, 0);
    }
    this.#root = root;
    this.#expansion = identity;
    return root;
  }

  /** Null for an id of another reading, where no value begins now. */
  async #known(id: number): Promise<PagedNode | null> {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const node = await this.#document.node(id).catch((error: unknown) => {
      if (error instanceof SourceError && error.code === 'not-found') return null;
      throw error;
    });
    this.#nodes.set(id, node);
    return node;
  }

  /** Rows below an open node, without the first `skip` of them, until there are `limit`. */
  async #fill(open: OpenNode, depth: number, skip: number, limit: number, rows: TreeRow[]): Promise<void> {
    let left = skip;
    let at = 0;
    for (const next of [...open.open, null]) {
      const upTo = next?.node.index ?? open.node.children;
      const plain = upTo - at;
      if (left < plain && rows.length < limit) {
        const count = Math.min(plain - left, limit - rows.length);
        for (const child of await this.#document.children(open.node, at + left, count))
          rows.push(await this.#row(child, depth, false));
      }
      left = Math.max(0, left - plain);
      if (next === null || rows.length >= limit) return;
      if (left < next.rows) {
        if (left === 0) rows.push(await this.#row(next.node, depth, true));
        await this.#fill(next, depth + 1, Math.max(0, left - 1), limit, rows);
        left = 0;
      } else left -= next.rows;
      at = upTo + 1;
    }
  }

  async #row(node: PagedNode, depth: number, expanded: boolean): Promise<TreeRow> {
    const { parsed, kind } = node;
    const { preview, cut } = await this.#preview(node);
    return {
      node: node.id,
      depth,
      name: node.name,
      index: node.index,
      siblings: node.parent?.children ?? 1,
      kind,
      children: node.children,
      expanded: expanded && node.children > 0,
      preview,
      previewCut: cut,
      label: parsed !== null && node.children > 0 ? messageLabel(parsed.document, parsed.node) : null,
      duplicate: parsed?.document.isDuplicateKey(parsed.node) ?? false,
      shadowed: parsed?.document.isShadowed(parsed.node) ?? false,
      incomplete: node.incomplete,
      inexact: parsed !== null && kind === 'number' && !parsed.document.number(parsed.node).exact,
      declared: false,
      finding: null,
    };
  }

  async #preview(node: PagedNode): Promise<{ preview: string; cut: boolean }> {
    if (node.parsed !== null) return previewOf(node.parsed.document, node.parsed.node);
    if (node.kind !== 'string') return { preview: '', cut: false };
    const { text, truncated } = await stringPrefix(this.#document, node, PREVIEW_CHARACTERS);
    return { preview: text, cut: truncated };
  }
}

function opens(node: PagedNode, { depth, toggled }: Expansion, at: number): boolean {
  return node.children > 0 && at < Math.min(DEEPEST, depth) !== toggled.includes(node.id);
}
