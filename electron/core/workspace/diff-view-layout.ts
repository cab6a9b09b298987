/**
 * The rows of a comparison that are visible under an expansion: branches with differences are open, what is the same is folded.
 * A window of rows can then be cut at any offset; the layout is kept until the expansion or the kinds asked for change.
 */
import type { DiffExpansion } from '../../../shared/ipc/contract.ts';
import { DIFF_KINDS, type DiffTree, type Pair, type Pairs } from './diff-view-tree.ts';

/** One visible row. */
export interface LaidOutRow {
  readonly id: number;
  /** For a fold: the first value behind it. */
  readonly pair: Pair;
  readonly depth: number;
  /** Position among its siblings in the tree of both documents. */
  readonly at: number;
  /** Values behind a fold; 0 for a value. */
  readonly hidden: number;
  readonly expanded: boolean;
  readonly hidesChanges: boolean;
}

/** What decides about the rows. */
export interface DiffLayoutQuery {
  readonly expansion: DiffExpansion;
  /** Kinds of change that are shown; none for all. */
  readonly kinds: readonly (typeof DIFF_KINDS)[number][];
}

export interface SoughtRow {
  readonly index: number;
  readonly id: number;
  readonly expansion: DiffExpansion;
}

/** Columns of the layout. */
const BEFORE = 0;
const AFTER = 1;
const DEPTH = 2;
const AT = 3;
const HIDDEN = 4;
const FLAGS = 5;
const WIDTH = 6;

const EXPANDED = 1;
const HIDES_CHANGES = 2;

/** A container whose children are being laid out. */
interface Frame {
  readonly pairs: Pairs;
  readonly depth: number;
  readonly isFolding: boolean;
  next: number;
  /** Children up to here are shown though they would be folded: their fold is open. */
  unfolded: number;
}

const ROOT: Pair = { before: 0, after: 0 };

export class DiffLayout {
  readonly #tree: DiffTree;
  #query: DiffLayoutQuery | null = null;
  #identity = '';
  #toggled: ReadonlySet<number> = new Set();
  #isMatching = new Uint8Array(0);
  #cells = new Int32Array(0);
  #length = 0;

  constructor(tree: DiffTree) {
    this.#tree = tree;
  }

  /** Rows of the layout. */
  count(query: DiffLayoutQuery): number {
    this.#layOut(query);
    return this.#length;
  }

  rows(query: DiffLayoutQuery, offset: number, limit: number): LaidOutRow[] {
    this.#layOut(query);
    const rows: LaidOutRow[] = [];
    for (let index = offset; index < Math.min(offset + limit, this.#length); index++) rows.push(this.#rowAt(index));
    return rows;
  }

  /** Of a value: names its row wherever it is laid out. */
  idOf({ before, after }: Pair): number {
    return after >= 0 ? after : this.#tree.after.nodeCount + before;
  }

  /** The value of a row that is laid out; null for any other. */
  pairOf(id: number): Pair | null {
    for (let index = 0; index < this.#length; index++) {
      if (this.#isFold(index)) continue;
      const pair = this.#pairAt(index);
      if (this.idOf(pair) === id) return pair;
    }
    return null;
  }

  /**
   * The next row from an index on, or the one before it, that is a difference of the kinds asked for. Branches that are
   * closed over it are opened. Null when there is none.
   */
  seek(query: DiffLayoutQuery, from: number, direction: 'next' | 'previous'): SoughtRow | null {
    this.#layOut(query);
    const step = direction === 'next' ? 1 : -1;
    const start = Math.min(Math.max(from, -1), this.#length);
    if (step > 0 && start >= 0 && start < this.#length) {
      // What is below the row that a person stands on comes after it.
      const inside = this.#insideOf(start, 'next');
      if (inside) return this.#opened(query, inside);
    }
    for (let index = start + step; index >= 0 && index < this.#length; index += step) {
      const pair = this.#pairAt(index);
      const isHit = !this.#isFold(index) && this.#tree.isOperation(pair) && this.#matchesItself(pair);
      if (step > 0 && isHit) return { index, id: this.idOf(pair), expansion: query.expansion };
      const inside = this.#insideOf(index, direction);
      if (inside) return this.#opened(query, inside);
      if (isHit) return { index, id: this.idOf(pair), expansion: query.expansion };
    }
    return null;
  }

  /** The way from a closed branch to the first or last difference in it; null for a row that is no closed branch with one. */
  #insideOf(index: number, direction: 'next' | 'previous'): Pair[] | null {
    const pair = this.#pairAt(index);
    const isOpen = ((this.#cells[index * WIDTH + FLAGS] ?? 0) & EXPANDED) !== 0;
    if (this.#isFold(index) || isOpen || !this.#matchesBelow(pair)) return null;
    const way: Pair[] = [pair];
    for (let at = pair; ; ) {
      const { before, after, length } = this.#tree.children(at);
      let found: Pair | null = null;
      for (let i = 0; i < length && found === null; i++) {
        const child = direction === 'next' ? i : length - 1 - i;
        const candidate = { before: before[child] ?? -1, after: after[child] ?? -1 };
        if (this.#isShown(candidate)) found = candidate;
      }
      if (found === null) return null;
      way.push(found);
      const isOwn = this.#tree.isOperation(found) && this.#matchesItself(found);
      if (!this.#matchesBelow(found) || (isOwn && direction === 'next')) return way;
      at = found;
    }
  }

  /** Opens all but the last of a way. */
  #opened(query: DiffLayoutQuery, way: readonly Pair[]): SoughtRow | null {
    const { expansion } = query;
    const toggled = new Set(expansion.toggled);
    const top = way[0];
    const last = way.at(-1);
    if (top === undefined || last === undefined) return null;
    const depth = this.#depthOf(top);
    for (const [i, pair] of way.slice(0, -1).entries()) {
      if (depth + i < expansion.depth) toggled.delete(this.idOf(pair));
      else toggled.add(this.idOf(pair));
    }
    const opened = { ...expansion, toggled: [...toggled] };
    this.#layOut({ ...query, expansion: opened });
    const index = this.#indexOf(last);
    return index < 0 ? null : { index, id: this.idOf(last), expansion: opened };
  }

  #indexOf(pair: Pair): number {
    for (let index = 0; index < this.#length; index++) {
      if (this.#isFold(index)) continue;
      const { before, after } = this.#pairAt(index);
      if (before === pair.before && after === pair.after) return index;
    }
    return -1;
  }

  #depthOf(pair: Pair): number {
    const index = this.#indexOf(pair);
    return this.#cells[index * WIDTH + DEPTH] ?? 0;
  }

  #layOut(query: DiffLayoutQuery): void {
    const identity = JSON.stringify([query.expansion, query.kinds]);
    if (this.#query !== null && identity === this.#identity) return;
    this.#query = query;
    this.#identity = identity;
    this.#toggled = new Set(query.expansion.toggled);
    this.#isMatching = Uint8Array.from(DIFF_KINDS, (kind) =>
      Number(query.kinds.length === 0 || query.kinds.includes(kind)),
    );
    this.#length = 0;
    this.#addRow(ROOT, 0, 0, this.#isExpanded(ROOT, 0) ? EXPANDED : 0);
    const frames: Frame[] = [];
    if (this.#isExpanded(ROOT, 0)) frames.push(this.#frameOf(ROOT, 1));
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const child = this.#step(frame);
      if (child !== null) frames.push(this.#frameOf(child, frame.depth + 1));
      else if (frame.next >= frame.pairs.length) frames.pop();
    }
  }

  /** Adds the next row of a container. Tells the child when it is open. */
  #step(frame: Frame): Pair | null {
    const { pairs, depth } = frame;
    if (frame.next >= pairs.length) return null;
    const at = frame.next;
    const pair = { before: pairs.before[at] ?? -1, after: pairs.after[at] ?? -1 };
    if (frame.isFolding && at >= frame.unfolded && !this.#isShown(pair)) {
      const end = this.#endOfFold(frame);
      const isLone = end - at === 1 && this.#query?.kinds.length === 0;
      if (!isLone) {
        const isOpen = this.#toggled.has(this.#foldId(pair));
        const flags = (isOpen ? EXPANDED : 0) | (this.#hidesChanges(pairs, at, end) ? HIDES_CHANGES : 0);
        this.#addRow(pair, depth, at, flags, end - at);
        if (isOpen) frame.unfolded = end;
        else frame.next = end;
        return null;
      }
    }
    frame.next++;
    const isOpen = this.#isExpanded(pair, depth);
    this.#addRow(pair, depth, at, isOpen ? EXPANDED : 0);
    return isOpen ? pair : null;
  }

  #frameOf(pair: Pair, depth: number): Frame {
    // Only between differences is anything folded; what a person opens that has none is shown as it is.
    const isFolding = !this.#isAllShown() && this.#tree.countsOf(pair) !== null;
    return { pairs: this.#tree.children(pair), depth, isFolding, next: 0, unfolded: 0 };
  }

  #isAllShown(): boolean {
    return this.#query?.expansion.unchanged === true && this.#query.kinds.length === 0;
  }

  #endOfFold({ pairs, next }: Frame): number {
    let end = next + 1;
    while (end < pairs.length && !this.#isShown({ before: pairs.before[end] ?? -1, after: pairs.after[end] ?? -1 }))
      end++;
    return end;
  }

  #hidesChanges({ before, after }: Pairs, from: number, end: number): boolean {
    if (this.#query?.kinds.length === 0) return false;
    for (let at = from; at < end; at++) {
      const pair = { before: before[at] ?? -1, after: after[at] ?? -1 };
      if (this.#tree.isOperation(pair) || this.#tree.countsOf(pair) !== null) return true;
    }
    return false;
  }

  #isShown(pair: Pair): boolean {
    return (this.#tree.isOperation(pair) && this.#matchesItself(pair)) || this.#matchesBelow(pair);
  }

  #matchesItself(pair: Pair): boolean {
    const kind = this.#tree.kindOf(pair);
    if (kind === 'same') return false;
    if (this.#isMatching[DIFF_KINDS.indexOf(kind)] === 1) return true;
    return this.#tree.isChanged(pair) && this.#isMatching[DIFF_KINDS.indexOf('changed')] === 1;
  }

  #matchesBelow(pair: Pair): boolean {
    const counts = this.#tree.countsOf(pair);
    if (counts === null) return false;
    for (let i = 0; i < counts.length; i++) if ((counts[i] ?? 0) > 0 && this.#isMatching[i] === 1) return true;
    return false;
  }

  #isExpanded(pair: Pair, depth: number): boolean {
    if (!this.#tree.hasChildren(pair)) return false;
    const isOpen = this.#matchesBelow(pair) && depth < (this.#query?.expansion.depth ?? 0);
    return isOpen !== this.#toggled.has(this.idOf(pair));
  }

  #foldId(pair: Pair): number {
    return this.#tree.after.nodeCount + this.#tree.before.nodeCount + this.idOf(pair);
  }

  #addRow({ before, after }: Pair, depth: number, at: number, flags: number, hidden = 0): void {
    const place = this.#length++ * WIDTH;
    if (place + WIDTH > this.#cells.length) {
      const larger = new Int32Array(Math.max(1024 * WIDTH, this.#cells.length * 2));
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells[place + BEFORE] = before;
    this.#cells[place + AFTER] = after;
    this.#cells[place + DEPTH] = depth;
    this.#cells[place + AT] = at;
    this.#cells[place + HIDDEN] = hidden;
    this.#cells[place + FLAGS] = flags;
  }

  #isFold(index: number): boolean {
    return (this.#cells[index * WIDTH + HIDDEN] ?? 0) > 0;
  }

  #pairAt(index: number): Pair {
    return { before: this.#cells[index * WIDTH + BEFORE] ?? -1, after: this.#cells[index * WIDTH + AFTER] ?? -1 };
  }

  #rowAt(index: number): LaidOutRow {
    const place = index * WIDTH;
    const pair = this.#pairAt(index);
    const hidden = this.#cells[place + HIDDEN] ?? 0;
    const flags = this.#cells[place + FLAGS] ?? 0;
    return {
      id: hidden > 0 ? this.#foldId(pair) : this.idOf(pair),
      pair,
      depth: this.#cells[place + DEPTH] ?? 0,
      at: this.#cells[place + AT] ?? 0,
      hidden,
      expanded: (flags & EXPANDED) !== 0,
      hidesChanges: (flags & HIDES_CHANGES) !== 0,
    };
  }
}
