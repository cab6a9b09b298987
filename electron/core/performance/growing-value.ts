/** Which value of a state has grown, between two texts of it. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type JsonPath, pathOf } from '../../../shared/json/path.ts';

export interface GrowingValue {
  /** Within the later text. */
  readonly path: JsonPath;
  /** Bytes of its text; `before` is 0 where it was not there. */
  readonly before: number;
  readonly after: number;
}

/** Deeper than the attributes that people name. */
const DEEPEST = 12;
/** A value that has most of the growth is where to look; where several share it, it is what they are in. */
const MOST_OF_IT = 0.7;

/**
 * The deepest value that has most of the growth; a list is told as a whole, since its items come and go. Null for texts that are no
 * JSON, and where nothing has grown.
 */
export function growingValue(before: Uint8Array, after: Uint8Array): GrowingValue | null {
  const options = { recordDepth: DEEPEST };
  const { document: old } = parseJson(before, options);
  const { document } = parseJson(after, options);
  if (old === null || document === null) return null;
  let node: NodeId = 0;
  let oldNode: NodeId | undefined = 0;
  for (;;) {
    const grown = sizeOf(document, node) - sizeOf(old, oldNode);
    if (grown <= 0) return null;
    const next: Grown | null =
      oldNode === undefined ? null : mostGrown({ document, node }, { document: old, node: oldNode });
    if (next === null || next.grown < MOST_OF_IT * grown) break;
    node = next.node;
    oldNode = next.oldNode;
  }
  return { path: pathOf(document, node), before: sizeOf(old, oldNode), after: sizeOf(document, node) };
}

interface Place {
  readonly document: JsonDocument;
  readonly node: NodeId;
}

interface Grown {
  readonly node: NodeId;
  readonly oldNode: NodeId | undefined;
  readonly grown: number;
}

function mostGrown(place: Place, old: Place): Grown | null {
  const { document, node } = place;
  if (document.kind(node) !== 'object' || old.document.kind(old.node) !== 'object') return null;
  let most: Grown | null = null;
  for (const child of document.children(node)) {
    const key = document.key(child);
    const oldNode = key === undefined ? undefined : old.document.member(old.node, key);
    const grown = sizeOf(document, child) - sizeOf(old.document, oldNode);
    if (grown > (most?.grown ?? 0)) most = { node: child, oldNode, grown };
  }
  return most;
}

function sizeOf(document: JsonDocument, node: NodeId | undefined): number {
  return node === undefined ? 0 : document.end(node) - document.start(node);
}
