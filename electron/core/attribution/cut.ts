/** A tree of sizes as a list: the parts at a depth, which add up to the whole as those of a node do. */
import type { SizeNode } from './size-node.ts';

export interface CutRow {
  readonly node: SizeNode;
  /** From below the root down to the node. */
  readonly trail: readonly SizeNode[];
}

/** The largest first. */
export function cut(root: SizeNode, depth: number): CutRow[] {
  const rows: CutRow[] = [];
  const visit = (node: SizeNode, trail: readonly SizeNode[]): void => {
    // Items have no name of their own: what is in them is one level below what they are in.
    const names = trail.filter(({ kind }) => kind !== 'items').length;
    if (names >= depth || node.parts.length === 0) rows.push({ node, trail });
    else for (const part of node.parts) visit(part, [...trail, part]);
  };
  visit(root, []);
  return rows.toSorted((a, b) => b.node.bytes - a.node.bytes);
}

/** `state_data.memory.content[].content`, of what is named by the trail. */
export function pathText(trail: readonly SizeNode[]): string {
  let text = '';
  for (const { kind, name } of trail) {
    if (kind === 'items') text += '[]';
    else if (name !== '') text += text === '' ? name : `.${name}`;
  }
  return text;
}
