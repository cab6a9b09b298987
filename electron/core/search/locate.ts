/** Where a hit stands in a state that is open. */
import type { SearchHit } from '../../../shared/ipc/search.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { pathOf, resolvePath, toJsonPointer } from '../../../shared/json/path.ts';
import type { Workspace } from '../workspace/workspace.ts';

export type HitPlace = Pick<SearchHit, 'segments' | 'offset'> & { readonly key: string };

/** The node, or the deepest one above it that is still there. @throws SourceError as opening the state does */
export async function locate(workspace: Workspace, { key, segments, offset }: HitPlace): Promise<{ node: number }> {
  // A state that is read in parts counts its nodes by their offsets.
  if ((await workspace.paged(key)) !== null) return { node: offset ?? 0 };
  const { document } = await workspace.state(key);
  const exact = offset === null ? null : nodeAt(document, offset);
  const path = toJsonPointer(segments);
  if (exact !== null && toJsonPointer(pathOf(document, exact)) === path) return { node: exact };
  for (let length = segments.length; length > 0; length -= 1) {
    const node = resolvePath(document, segments.slice(0, length));
    if (node !== undefined) return { node };
  }
  return { node: 0 };
}

function nodeAt(document: JsonDocument, offset: number): NodeId | null {
  const node = lastNodeBefore(document, offset);
  return document.start(node) === offset ? node : null;
}

/** The last value that begins at a byte or before it: nodes are in the order of their first bytes. */
export function lastNodeBefore(document: JsonDocument, offset: number): NodeId {
  let low = 0;
  for (let high = document.nodeCount - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (document.start(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
