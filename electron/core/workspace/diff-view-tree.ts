/**
 * Two documents as one tree: what stayed once, what was removed beside what was added. Nothing is laid out here; children are
 * told one container at a time, in the order in which the differences are told.
 */
import { alignMembers } from '../../../shared/diff/align-members.ts';
import { Compared, childNodes } from '../../../shared/diff/compared.ts';
import type { DiffKind, DiffOperation } from '../../../shared/diff/diff.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';

/** A value on both sides, or on one; -1 for the side that does not have it. */
export interface Pair {
  readonly before: NodeId;
  readonly after: NodeId;
}

/** The children of a pair, in order. */
export interface Pairs {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly length: number;
}

export const DIFF_KINDS: readonly DiffKind[] = ['added', 'removed', 'changed', 'moved'];

const ADDED = 1;
const CHANGED = 2;
const MOVED = 4;
const GONE = 1;

const NONE = new Int32Array(0);

export class DiffTree {
  readonly before: JsonDocument;
  readonly after: JsonDocument;
  readonly #compared: Compared;
  /** By node: what happened to a value of the document after, and which of the one before is there no more. */
  readonly #came: Uint8Array;
  readonly #gone: Uint8Array;
  readonly #movedFrom = new Map<NodeId, NodeId>();
  readonly #movedAway: Uint8Array;
  /** For a container with differences below: where its numbers begin, one for each kind. */
  readonly #countsAt = new Map<NodeId, number>();
  #counts = new Int32Array(64);

  constructor(before: JsonDocument, after: JsonDocument, operations: readonly DiffOperation[]) {
    this.before = before;
    this.after = after;
    this.#compared = new Compared(before, after);
    this.#came = new Uint8Array(after.nodeCount);
    this.#gone = new Uint8Array(before.nodeCount);
    this.#movedAway = new Uint8Array(before.nodeCount);
    for (const { kind, beforeNode, afterNode, container } of operations) {
      if (kind === 'removed') this.#gone[beforeNode ?? 0] = GONE;
      else if (afterNode !== null) {
        this.#came[afterNode] = (this.#came[afterNode] ?? 0) | bitOf(kind);
        if (kind === 'moved' && beforeNode !== null) {
          this.#movedFrom.set(afterNode, beforeNode);
          this.#movedAway[beforeNode] = GONE;
        }
      }
      if (container !== null) this.#count(container, kind, 1);
    }
    this.#sumUp();
  }

  /** What happened to a value as a whole. */
  kindOf({ before, after }: Pair): 'same' | DiffKind {
    if (before < 0) return 'added';
    if (after < 0) return 'removed';
    const came = this.#came[after] ?? 0;
    if ((came & MOVED) !== 0) return 'moved';
    return (came & CHANGED) !== 0 ? 'changed' : 'same';
  }

  /** It is told as changed whole, whether or not it moved as well. */
  isChanged({ before, after }: Pair): boolean {
    return before >= 0 && after >= 0 && ((this.#came[after] ?? 0) & CHANGED) !== 0;
  }

  /** It is a difference itself, not inside of one that was added or removed whole. */
  isOperation({ before, after }: Pair): boolean {
    return after < 0 ? this.#gone[before] === GONE : (this.#came[after] ?? 0) !== 0;
  }

  /** Differences below a value, by kind as `DIFF_KINDS` has them; null for none. */
  countsOf({ before, after }: Pair): Int32Array | null {
    if (before < 0 || after < 0) return null;
    const at = this.#countsAt.get(after);
    return at === undefined ? null : this.#counts.subarray(at, at + DIFF_KINDS.length);
  }

  hasChildren(pair: Pair): boolean {
    const { before, after } = pair;
    const ofBefore = before < 0 ? 0 : shownChildren(this.before, before);
    return ofBefore > 0 || (after >= 0 && shownChildren(this.after, after) > 0);
  }

  /** What stands in a value on both sides; of two values that have nothing in common first all of the one, then of the other. */
  children(pair: Pair): Pairs {
    const { before, after } = pair;
    const ofBefore = before < 0 ? NONE : childNodes(this.before, before);
    const ofAfter = after < 0 ? NONE : childNodes(this.after, after);
    if (before < 0 || after < 0 || this.isChanged(pair)) return apart(ofBefore, ofAfter);
    const isList = this.after.kind(after) === 'array';
    const beforeOf = isList
      ? this.#itemsBefore(ofBefore, ofAfter)
      : alignMembers(this.#compared, before, after).beforeOf;
    return this.#merged(ofBefore, ofAfter, beforeOf);
  }

  /** What stayed in a list stayed in its order. */
  #itemsBefore(before: Int32Array, after: Int32Array): Int32Array {
    const beforeOf = new Int32Array(after.length).fill(-1);
    let next = 0;
    const positions = new Map<NodeId, number>();
    for (let at = 0; at < before.length; at++) {
      const node = before[at] ?? 0;
      if (this.#movedAway[node] === GONE) positions.set(node, at);
    }
    for (let at = 0; at < after.length; at++) {
      const came = this.#came[after[at] ?? 0] ?? 0;
      if ((came & ADDED) !== 0) continue;
      if ((came & MOVED) !== 0) {
        beforeOf[at] = positions.get(this.#movedFrom.get(after[at] ?? 0) ?? -1) ?? -1;
        continue;
      }
      while (next < before.length && this.#isAway(before[next] ?? 0)) next++;
      if (next < before.length) beforeOf[at] = next++;
    }
    return beforeOf;
  }

  #merged(before: Int32Array, after: Int32Array, beforeOf: Int32Array): Pairs {
    const pairs = { before: new Int32Array(before.length + after.length), after: NONE, length: 0 };
    const afters = new Int32Array(before.length + after.length);
    const add = (a: NodeId, b: NodeId): void => {
      pairs.before[pairs.length] = a;
      afters[pairs.length++] = b;
    };
    let next = 0;
    /** Up to a position and on to the next that stayed. */
    const tellRemoved = (until: number): void => {
      for (; next < before.length && (next < until || this.#isAway(before[next] ?? 0)); next++) {
        if (this.#gone[before[next] ?? 0] === GONE) add(before[next] ?? 0, -1);
      }
    };
    tellRemoved(0);
    for (let at = 0; at < after.length; at++) {
      const [from, node] = [beforeOf[at] ?? -1, after[at] ?? 0];
      add(from < 0 ? -1 : (before[from] ?? 0), node);
      // Members may stay in another order: then some that were passed already are met again.
      if (from < next || ((this.#came[node] ?? 0) & MOVED) !== 0) continue;
      tellRemoved(from);
      next = Math.max(next, from + 1);
      tellRemoved(0);
    }
    return { before: pairs.before, after: afters, length: pairs.length };
  }

  #isAway(node: NodeId): boolean {
    return this.#gone[node] === GONE || this.#movedAway[node] === GONE;
  }

  #count(container: NodeId, kind: DiffKind, by: number): void {
    const at = this.#placeOf(container) + DIFF_KINDS.indexOf(kind);
    this.#counts[at] = (this.#counts[at] ?? 0) + by;
  }

  #placeOf(container: NodeId): number {
    const known = this.#countsAt.get(container);
    if (known !== undefined) return known;
    const at = this.#countsAt.size * DIFF_KINDS.length;
    this.#countsAt.set(container, at);
    if (at + DIFF_KINDS.length > this.#counts.length) {
      const larger = new Int32Array(this.#counts.length * 2);
      larger.set(this.#counts);
      this.#counts = larger;
    }
    return at;
  }

  /** Adds what is in each container to the one around it, the innermost first: ids are in document order. */
  #sumUp(): void {
    const waiting = [...this.#countsAt.keys()];
    for (const container of waiting) {
      let at = this.after.parent(container);
      while (at >= 0 && !this.#countsAt.has(at)) {
        this.#placeOf(at);
        at = this.after.parent(at);
      }
    }
    for (const container of [...this.#countsAt.keys()].toSorted((a, b) => b - a)) {
      const parent = this.after.parent(container);
      if (parent < 0) continue;
      const [from, to] = [this.#placeOf(container), this.#placeOf(parent)];
      for (let i = 0; i < DIFF_KINDS.length; i++) {
        this.#counts[to + i] = (this.#counts[to + i] ?? 0) + (this.#counts[from + i] ?? 0);
      }
    }
  }
}

function bitOf(kind: DiffKind): number {
  if (kind === 'added') return ADDED;
  return kind === 'moved' ? MOVED : CHANGED;
}

function shownChildren(doc: JsonDocument, node: NodeId): number {
  const kind = doc.kind(node);
  return (kind === 'array' || kind === 'object') && !doc.isOpaque(node) ? doc.childCount(node) : 0;
}

function apart(ofBefore: Int32Array, ofAfter: Int32Array): Pairs {
  const length = ofBefore.length + ofAfter.length;
  const [before, after] = [new Int32Array(length).fill(-1), new Int32Array(length).fill(-1)];
  before.set(ofBefore, 0);
  after.set(ofAfter, ofBefore.length);
  return { before, after, length };
}
