/**
 * Which items of two arrays are the same ones. What both begin and end with is set aside first. Then items are told apart by
 * their ids, or by their content where they have none, and those that occur once on each side are matched wherever they
 * stand. Between them items that occur several times are matched in order, and what is left is paired where it looks
 * edited. The longest increasing run of the matches stayed in place; the other matches moved.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import type { Alignment } from './alignment.ts';
import { type Anchor, Classes } from './classes.ts';
import { commonSubsequence } from './common-subsequence.ts';
import { type Compared, childNodes, type Side } from './compared.ts';
import { objectOf } from './identity.ts';
import { longestIncreasing } from './increasing.ts';
import { similarity } from './similarity.ts';
import type { Stop } from './stop.ts';

/** Pairs of items that are compared in one gap; a gap with more is taken in pieces of so many items on each side. */
const MAX_PAIRS = 4096;
const PIECE = 4;

export function alignItems(compared: Compared, a: NodeId, b: NodeId, stop: Stop): Alignment {
  const [before, after] = [childNodes(compared.before.doc, a), childNodes(compared.after.doc, b)];
  return new ItemAlignment(compared, before, after, stop).align();
}

/**
 * By what items are told apart: some of their bytes, their id, all of their value, or its biggest part. Names, not functions:
 * optimized code that knows a function of one call is thrown away after it.
 */
type Key = 'sketch' | 'identity' | 'value' | 'body';

function keyOf(side: Side, node: NodeId, key: Key): number | null {
  switch (key) {
    case 'sketch':
      return side.hashes.sketch(node);
    case 'identity':
      return side.identity(node);
    case 'value':
      return side.hashes.of(node);
    case 'body':
      return bodyOf(side, node);
    default:
      return key satisfies never;
  }
}

class ItemAlignment {
  readonly #compared: Compared;
  readonly #stop: Stop;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #beforeOf: Int32Array;
  readonly #afterOf: Int32Array;
  /** Positions of items for which a match is still looked for. */
  #openGone: number[] = [];
  #openAdded: number[] = [];
  #isMixed = false;
  /** For each position after, whether its match stays where it is. */
  #stayed: Uint8Array = new Uint8Array(0);

  constructor(compared: Compared, before: Int32Array, after: Int32Array, stop: Stop) {
    this.#compared = compared;
    this.#stop = stop;
    this.#before = before;
    this.#after = after;
    this.#beforeOf = new Int32Array(after.length).fill(-1);
    this.#afterOf = new Int32Array(before.length).fill(-1);
  }

  align(): Alignment {
    const [n, m] = [this.#before.length, this.#after.length];
    const shorter = Math.min(n, m);
    let head = 0;
    while (head < shorter && this.#sameBytes(head, head)) this.#match(head, head++);
    let tail = 0;
    while (tail < shorter - head && this.#sameBytes(n - tail - 1, m - tail - 1)) {
      tail++;
      this.#match(n - tail, m - tail);
    }
    const moved = new Uint8Array(m);
    if (head + tail < shorter)
      this.#alignMiddle({ before: head, after: head }, { before: n - tail, after: m - tail }, moved);
    return { before: this.#before, after: this.#after, beforeOf: this.#beforeOf, moved };
  }

  #alignMiddle(from: Anchor, to: Anchor, moved: Uint8Array): void {
    if (to.before - from.before === 1 && to.after - from.after === 1) {
      // Mostly a list with one edited item, which needs no classes.
      if (this.#similarity(from.before, from.after) > 0) this.#match(from.before, from.after);
      return;
    }
    this.#openGone = this.#goneIn(from, to);
    this.#openAdded = this.#addedIn(from, to);
    this.#isMixed = this.#hasLeavesAndOthers();
    // Most are the same bytes elsewhere and are found by a glance at them. Only the others are read.
    this.#matchBy(from, to, 'sketch');
    this.#settleNamed(this.#matchBy(from, to, 'identity'));
    const classes = this.#matchBy(from, to, 'value');
    this.#matchBy(from, to, 'body');
    this.#stayed = longestIncreasing(this.#beforeOf);
    if (this.#isMixed || classes.repeated) {
      for (const [start, end] of this.#gaps(from, to)) this.#matchRepeated(classes, start, end);
      this.#matchRepeatedElsewhere(classes, from, to);
      this.#stayed = longestIncreasing(this.#beforeOf);
    }
    for (const [start, end] of this.#gaps(from, to)) this.#matchEdited(start, end);
    for (let at = from.after; at < to.after; at++) {
      if ((this.#beforeOf[at] ?? -1) >= 0 && this.#stayed[at] === 0) moved[at] = 1;
    }
  }

  #sameBytes(i: number, j: number): boolean {
    return this.#compared.sameBytes(this.#before[i] ?? 0, this.#after[j] ?? 0);
  }

  #similarity(i: number, j: number): number {
    return similarity(this.#compared, this.#before[i] ?? 0, this.#after[j] ?? 0);
  }

  #match(i: number, j: number): void {
    this.#beforeOf[j] = i;
    this.#afterOf[i] = j;
  }

  /** Matches those of the open items that have a key which no other has on their side. */
  #matchBy(from: Anchor, to: Anchor, key: Key): Classes {
    if (this.#openGone.length === 0 || this.#openAdded.length === 0) return new Classes(from, from);
    const classes = new Classes(from, to);
    const { before, after } = this.#compared;
    for (const i of this.#openGone) classes.addBefore(i, keyOf(before, this.#before[i] ?? 0, key));
    for (const j of this.#openAdded) classes.addAfter(j, keyOf(after, this.#after[j] ?? 0, key));
    for (const [i, j] of classes.singles()) if (this.#isMatch(i, j, key)) this.#match(i, j);
    this.#openGone = this.#openGone.filter((i) => this.#afterOf[i] === -1);
    this.#openAdded = this.#openAdded.filter((j) => this.#beforeOf[j] === -1);
    return classes;
  }

  /** Whether the same key is enough. */
  #isMatch(i: number, j: number, key: Key): boolean {
    if (key === 'identity') return true;
    if (key === 'body') return this.#similarity(i, j) > 0;
    // A number that stands beside an object says little about where the object is.
    if (this.#isMixed && isLeaf(this.#compared.before.doc, this.#before[i] ?? 0)) return false;
    return key === 'value' || this.#sameBytes(i, j);
  }

  /** What has an id of its own that the other side does not know is found nowhere. An id that occurs twice tells nothing. */
  #settleNamed(ids: Classes): void {
    this.#openGone = this.#openGone.filter((i) => !ids.isSingle(ids.ofBefore(i)));
    this.#openAdded = this.#openAdded.filter((j) => !ids.isSingle(ids.ofAfter(j)));
  }

  #hasLeavesAndOthers(): boolean {
    const { doc } = this.#compared.before;
    const leaves = this.#openGone.filter((i) => isLeaf(doc, this.#before[i] ?? 0)).length;
    return leaves > 0 && leaves < this.#openGone.length;
  }

  /** The ranges between items that stayed in which something is not matched on both sides. */
  *#gaps(from: Anchor, to: Anchor): Generator<[Anchor, Anchor]> {
    let start = from;
    for (let j = from.after; j <= to.after; j++) {
      const isEnd = j === to.after;
      if (!isEnd && this.#stayed[j] !== 1) continue;
      const i = isEnd ? to.before : (this.#beforeOf[j] ?? 0);
      if (i > start.before && j > start.after) yield [start, { before: i, after: j }];
      start = { before: i + 1, after: j + 1 };
    }
  }

  #matchRepeated(classes: Classes, start: Anchor, end: Anchor): void {
    const gone = this.#goneIn(start, end).filter((i) => classes.isShared(classes.ofBefore(i)));
    if (gone.length === 0) return;
    const added = this.#addedIn(start, end).filter((j) => classes.isShared(classes.ofAfter(j)));
    if (added.length === 0) return;
    const common = commonSubsequence(
      gone.map((i) => classes.ofBefore(i)),
      added.map((j) => classes.ofAfter(j)),
    );
    // A flag that flipped is one change where it stands, and not one flag less here and one more there.
    const offset = start.after - start.before;
    const inPlace = gone.filter((i) => i + offset < end.after && classes.ofBefore(i) === classes.ofAfter(i + offset));
    const size = end.before - start.before;
    const isAsGood = size === end.after - start.after && size - inPlace.length <= 2 * (size - (common?.length ?? 0));
    if (common === null || isAsGood) for (const i of inPlace) this.#match(i, i + offset);
    else for (const [x, y] of common) this.#match(gone[x] ?? 0, added[y] ?? 0);
  }

  /** Containers only: that one of many equal leaves moved says nothing. */
  #matchRepeatedElsewhere(classes: Classes, from: Anchor, to: Anchor): void {
    const waiting = new Map<number, number[]>();
    for (const i of this.#goneIn(from, to)) {
      if (isLeaf(this.#compared.before.doc, this.#before[i] ?? 0)) continue;
      const known = waiting.get(classes.ofBefore(i));
      if (known === undefined) waiting.set(classes.ofBefore(i), [i]);
      else known.push(i);
    }
    for (const list of waiting.values()) list.reverse();
    if (waiting.size === 0) return;
    for (const j of this.#addedIn(from, to)) {
      const i = waiting.get(classes.ofAfter(j))?.pop();
      if (i !== undefined) this.#match(i, j);
    }
  }

  #matchEdited(start: Anchor, end: Anchor): void {
    const [gone, added] = [this.#goneIn(start, end), this.#addedIn(start, end)];
    if (gone.length * added.length <= MAX_PAIRS) {
      this.#pairPiece(gone, added);
      return;
    }
    for (let at = 0; at < gone.length && at < added.length; at += PIECE) {
      const [gonePiece, addedPiece] = [gone.slice(at, at + PIECE), added.slice(at, at + PIECE)];
      if (this.#stop.isOver()) this.#pairInOrder(gonePiece, addedPiece);
      else this.#pairPiece(gonePiece, addedPiece);
    }
  }

  /** Where there is no time to see what is alike. */
  #pairInOrder(gone: readonly number[], added: readonly number[]): void {
    for (const [at, i] of gone.entries()) {
      const j = added[at];
      if (j === undefined || this.#isOther(i, j)) continue;
      this.#match(i, j);
      this.#stayed[j] = 1;
    }
  }

  #isOther(i: number, j: number): boolean {
    const { before, after } = this.#compared;
    const [idGone, idAdded] = [before.identity(this.#before[i] ?? 0), after.identity(this.#after[j] ?? 0)];
    return idGone !== null && idAdded !== null && idGone !== idAdded;
  }

  /** The pairs in order that are most alike in sum. */
  #pairPiece(gone: readonly number[], added: readonly number[]): void {
    const { before, after } = this.#compared;
    const idsGone = gone.map((i) => before.identity(this.#before[i] ?? 0));
    const idsAdded = added.map((j) => after.identity(this.#after[j] ?? 0));
    const width = added.length + 1;
    const best = new Float64Array((gone.length + 1) * width);
    const scores = new Float64Array(gone.length * added.length);
    for (let x = gone.length - 1; x >= 0; x--) {
      for (let y = added.length - 1; y >= 0; y--) {
        const [idGone, idAdded] = [idsGone[x] ?? null, idsAdded[y] ?? null];
        const isOther = idGone !== null && idAdded !== null && idGone !== idAdded;
        const score = isOther ? 0 : this.#similarity(gone[x] ?? 0, added[y] ?? 0);
        scores[x * added.length + y] = score;
        const paired = score > 0 ? score + (best[(x + 1) * width + y + 1] ?? 0) : 0;
        best[x * width + y] = Math.max(paired, best[(x + 1) * width + y] ?? 0, best[x * width + y + 1] ?? 0);
      }
    }
    for (let x = 0, y = 0; x < gone.length && y < added.length; ) {
      const value = best[x * width + y] ?? 0;
      const score = scores[x * added.length + y] ?? 0;
      if (score > 0 && value === score + (best[(x + 1) * width + y + 1] ?? 0)) {
        const [i, j] = [gone[x++] ?? 0, added[y++] ?? 0];
        this.#match(i, j);
        this.#stayed[j] = 1;
      } else if (value === best[(x + 1) * width + y]) x++;
      else y++;
    }
  }

  #goneIn(start: Anchor, end: Anchor): number[] {
    const positions: number[] = [];
    for (let i = start.before; i < end.before; i++) if (this.#afterOf[i] === -1) positions.push(i);
    return positions;
  }

  #addedIn(start: Anchor, end: Anchor): number[] {
    const positions: number[] = [];
    for (let j = start.after; j < end.after; j++) if (this.#beforeOf[j] === -1) positions.push(j);
    return positions;
  }
}

function isLeaf(doc: JsonDocument, node: NodeId): boolean {
  const kind = doc.kind(node);
  return kind !== 'array' && kind !== 'object';
}

/**
 * Hash of the biggest member of an object without an id: an object that got other marks or metadata is known by it.
 */
function bodyOf(side: Side, item: NodeId): number | null {
  const { doc, hashes } = side;
  const object = objectOf(doc, item);
  if (object === null || side.identity(item) !== null) return null;
  let biggest = -1;
  let size = 0;
  const end = doc.next(object);
  for (let child = object + 1; child < end; child = doc.next(child)) {
    const length = doc.end(child) - doc.start(child);
    if (length <= size) continue;
    size = length;
    biggest = child;
  }
  return biggest < 0 ? null : hashes.of(biggest);
}
