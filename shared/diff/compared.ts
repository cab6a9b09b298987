/** Two documents that are being compared, with what is known about their values so far. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { EqualRanges, viewOf } from './byte-compare.ts';
import { decodedBytes } from './decoded-bytes.ts';
import { identityOf } from './identity.ts';
import { NodeHashes } from './node-hashes.ts';

/** What one side knows about a value, whichever side it is. */
export class Side {
  readonly doc: JsonDocument;
  readonly hashes: NodeHashes;

  constructor(doc: JsonDocument, hashes: NodeHashes) {
    this.doc = doc;
    this.hashes = hashes;
  }

  /** What it is called by in its list, as a hash; null where it has no id. */
  identity(node: NodeId): number | null {
    return identityOf(this.doc, this.hashes, node);
  }
}

export class Compared {
  readonly before: Side;
  readonly after: Side;
  readonly #equal: EqualRanges;

  constructor(before: JsonDocument, after: JsonDocument) {
    const [a, b] = [viewOf(before.bytes), viewOf(after.bytes)];
    const seed = (Math.random() * 0x7fffffff) | 0;
    this.before = new Side(before, new NodeHashes(before, a, seed));
    this.after = new Side(after, new NodeHashes(after, b, seed));
    this.#equal = new EqualRanges(a, b);
  }

  /** The two values are the same bytes. */
  sameBytes(a: NodeId, b: NodeId): boolean {
    const start = this.before.doc.start(a);
    const length = this.before.doc.end(a) - start;
    const startB = this.after.doc.start(b);
    return length === this.after.doc.end(b) - startB && this.#equal.same(start, startB, length);
  }

  /** The names of the two members are written alike; false for two spellings of a name. */
  sameName(a: NodeId, b: NodeId): boolean {
    const [nameA, nameB] = [this.before.doc.keyRange(a), this.after.doc.keyRange(b)];
    if (nameA === undefined || nameB === undefined) return false;
    const length = nameA.end - nameA.start;
    return length === nameB.end - nameB.start && this.#equal.same(nameA.start, nameB.start, length);
  }

  /** For two values whose bytes differ and that are not both arrays or both objects on the tape. */
  sameLeaf(a: NodeId, b: NodeId): boolean {
    const [before, after] = [this.before.doc, this.after.doc];
    if (before.kind(a) !== 'string' || after.kind(b) !== 'string') return false;
    // Two plain strings differ when their bytes do.
    if (before.isPlainString(a) && after.isPlainString(b)) return false;
    if (before.isIncomplete(a) !== after.isIncomplete(b)) return false;
    const [rangeA, rangeB] = [before.stringRange(a), after.stringRange(b)];
    const decodedA = decodedBytes(before.bytes, rangeA.start, rangeA.end, NO_SCRATCH);
    const decodedB = decodedBytes(after.bytes, rangeB.start, rangeB.end, NO_SCRATCH);
    return decodedA.length === decodedB.length && decodedA.every((byte, at) => byte === decodedB[at]);
  }

  /** Both are arrays or both are objects, with what is in them on the tape. */
  sameContainers(a: NodeId, b: NodeId): boolean {
    const [before, after] = [this.before.doc, this.after.doc];
    const kind = before.kind(a);
    return (
      (kind === 'array' || kind === 'object') && kind === after.kind(b) && !before.isOpaque(a) && !after.isOpaque(b)
    );
  }
}

const NO_SCRATCH = new Uint8Array(0);

/** The children of a container in their order. */
export function childNodes(doc: JsonDocument, container: NodeId): Int32Array {
  const children = new Int32Array(doc.isOpaque(container) ? 0 : doc.childCount(container));
  for (let child = container + 1, at = 0; at < children.length; child = doc.next(child)) children[at++] = child;
  return children;
}
