/** Values that are stored more than once: the same content, however it is spelled and in whatever order its members stand. */

import type { DuplicateKind, SizePlace } from '../../../shared/ipc/attribution.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { messageLabel } from '../../../shared/messages/conversation.ts';
import { blockOf } from './conversation-sizes.ts';
import { type Side, valueBytes } from './side.ts';

export interface Duplicate {
  readonly kind: DuplicateKind;
  readonly name: string;
  readonly preview: string;
  readonly bytes: number;
  readonly saved: number;
  readonly places: readonly SizePlace[];
}

const PREVIEW_BYTES = 160;
const MOST_KEPT = 1000;

/** A value that may stand elsewhere, too. */
interface Candidate {
  readonly key: string;
  /** Path of the part of the state in which it stands, which is that of the state where it is read whole. */
  readonly above: JsonPath;
  /** The one that holds it, by its position in the list; -1 for none. */
  readonly parent: number;
  readonly segment: string | number;
  readonly bytes: number;
}

interface Group {
  readonly members: number[];
  /** Known from the second one on: most values are there once. */
  about: About | null;
}

type About = Pick<Duplicate, 'kind' | 'name' | 'preview'>;

export class Duplicates {
  readonly #smallest: number;
  readonly #candidates: Candidate[] = [];
  /**
   * By a hash of 53 bits with a random seed. Of a million candidates, more than there are at the size from which they are
   * looked at, two would be the same by chance once in 20,000 runs.
   */
  readonly #groups = new Map<number, Group>();

  /** @param smallest bytes of a value that is looked at */
  constructor(smallest: number) {
    this.#smallest = smallest;
  }

  /** All values of a document, which is a state or the value at a path of it. */
  add(key: string, { doc, hashes }: Side, above: JsonPath = []): void {
    const known = new Map<NodeId, number>();
    const [smallest, candidates] = [this.#smallest, this.#candidates];
    for (let node: NodeId = 0; node < doc.nodeCount; ) {
      const bytes = valueBytes(doc, node);
      if (bytes < smallest) {
        node = doc.next(node);
        continue;
      }
      const kind = doc.kind(node);
      if ((kind === 'string' || kind === 'array' || kind === 'object') && !doc.isIncomplete(node)) {
        const parent = node === 0 ? -1 : (known.get(doc.parent(node)) ?? -1);
        const segment = node === 0 ? '' : (doc.key(node) ?? doc.indexInParent(node));
        known.set(node, candidates.length);
        const hash = hashes.of(node);
        const group = this.#groups.get(hash);
        if (group === undefined) this.#groups.set(hash, { members: [candidates.length], about: null });
        else {
          group.members.push(candidates.length);
          group.about ??= describe(doc, node, above);
        }
        candidates.push({ key, above, parent, segment, bytes });
      }
      node += 1;
    }
  }

  /** What saves the most first. What is within a copy is not counted once more. */
  list(): Duplicate[] {
    const candidates = this.#candidates;
    const isCopy = new Uint8Array(candidates.length);
    const bytesOf = (at: number) => candidates[at]?.bytes ?? 0;
    const within = (at: number): boolean => {
      for (let above = candidates[at]?.parent ?? -1; above >= 0; above = candidates[above]?.parent ?? -1)
        if (isCopy[above] === 1) return true;
      return false;
    };
    const several = [...this.#groups.values()].filter(({ members }) => members.length > 1);
    // What holds another comes first, also where one of its places is spelled shorter.
    const shortest = (group: Group) => group.members.reduce((least, at) => Math.min(least, bytesOf(at)), Infinity);
    const ordered = several.map((group) => ({ group, bytes: shortest(group) })).toSorted((a, b) => b.bytes - a.bytes);
    const found: Duplicate[] = [];
    for (const { group } of ordered) {
      const left = group.members.filter((at) => !within(at));
      if (left.length < 2) continue;
      const copies = left.slice(1);
      for (const at of copies) isCopy[at] = 1;
      const saved = copies.reduce((sum, at) => sum + bytesOf(at), 0);
      // The same may be indented in one place and not in another.
      const bytes = Math.round((saved + bytesOf(left[0] ?? 0)) / left.length);
      if (group.about === null) continue;
      found.push({ ...group.about, bytes, saved, places: left.map((at) => this.#placeOf(at)) });
    }
    return found.toSorted((a, b) => b.saved - a.saved);
  }

  #placeOf(at: number): SizePlace {
    const segments: (string | number)[] = [];
    let each = this.#candidates[at];
    const [key, above] = [each?.key ?? '', each?.above ?? []];
    while (each !== undefined && each.parent >= 0) {
      segments.push(each.segment);
      each = this.#candidates[each.parent];
    }
    return { key, segments: [...above, ...segments.toReversed()] };
  }
}

export function totalsOf(found: readonly Duplicate[]): { groups: number; saved: number } {
  return { groups: found.length, saved: found.reduce((sum, { saved }) => sum + saved, 0) };
}

/** So that what is shown stays small. */
export function mostSaving(found: readonly Duplicate[]): readonly Duplicate[] {
  return found.slice(0, MOST_KEPT);
}

function describe(doc: JsonDocument, node: NodeId, above: JsonPath): About {
  const preview =
    doc.kind(node) === 'string'
      ? doc.string(node, PREVIEW_BYTES)
      : decodeUtf8(doc.bytes, doc.start(node), Math.min(doc.end(node), doc.start(node) + PREVIEW_BYTES));
  return { ...whatIs(doc, node, above), preview };
}

function whatIs(doc: JsonDocument, node: NodeId, above: JsonPath): Pick<About, 'kind' | 'name'> {
  if (node === 0 && above.length === 0) return { kind: 'state', name: '' };
  // The same output of two calls stands in blocks that have different ids; a message may have nothing but a block.
  const only = doc.childCount(node) === 1 ? doc.child(node, 0) : undefined;
  for (const each of [node, doc.parent(node), only ?? -1]) {
    const block = each >= 0 ? blockOf(doc, each) : null;
    if (block !== null) return { kind: block.way === 'call' ? 'tool-call' : 'tool-result', name: block.name ?? '' };
  }
  const message = messageLabel(doc, node);
  if (message !== null) return { kind: 'message', name: message };
  return { kind: doc.kind(node) === 'string' ? 'text' : 'value', name: '' };
}
