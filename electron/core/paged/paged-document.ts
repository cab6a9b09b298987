/**
 * A JSON text of any size as a tree, of which only what is looked at is in memory. A container that is too large to be
 * parsed is known by the offsets of its children, which one pass over it finds; everything smaller is parsed when it is
 * looked at. A node's id is the offset of its value, so that ids mean the same in every reading of the same text.
 */
import { LRUCache } from 'lru-cache';
import type { JsonDocument, JsonKind, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { EntryList, IndexEntry } from '../index/model.ts';
import { entriesOf, indexChildren, keysOf } from '../index/offset-index.ts';
import { SourceError } from '../sources/source-error.ts';

export interface PagedNode {
  /** Where its value begins, in bytes from the beginning of the text; 0 for the root. */
  readonly id: number;
  readonly end: number;
  readonly kind: JsonKind;
  /** The decoded member name; null for items and the root. */
  readonly name: string | null;
  /** Position among its siblings, from 0. */
  readonly index: number;
  readonly parent: PagedNode | null;
  /** Members or items; 0 for anything else. */
  readonly children: number;
  /** The text ends, or stops being JSON, inside of it. */
  readonly incomplete: boolean;
  /** Where it has been parsed; null for a value that is too large for that. */
  readonly parsed: ParsedNode | null;
}

export interface ParsedNode {
  readonly document: JsonDocument;
  readonly node: NodeId;
  /** Offset of the document in the text. */
  readonly base: number;
}

/** Values above this are read in parts. Parsing one takes about a millisecond. */
export const LARGE_VALUE_BYTES = 256 * 1024;
/** A number has no parts; one of more digits than that is not shown. */
const LARGEST_NUMBER_BYTES = 16 * 1024 * 1024;
const PARSED_KEPT_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 1 << 20;
const INDEXES_KEPT = 64;
/** Children that are read at a time while one is looked for by its name. */
const SEARCH_STEP = 1000;

export interface PagedOptions {
  readonly access: RandomAccess;
  /** Bytes of the text. */
  readonly size: number;
  readonly incomplete?: boolean;
  /** Default 256 KiB. */
  readonly largeAbove?: number | undefined;
}

export class PagedDocument {
  readonly access: RandomAccess;
  readonly root: PagedNode;
  readonly #largeAbove: number;
  readonly #indexes = new LRUCache<number, Promise<Children>>({ max: INDEXES_KEPT });
  readonly #parsed = new LRUCache<number, JsonDocument>({
    maxSize: PARSED_KEPT_BYTES,
    maxEntrySize: Number.MAX_SAFE_INTEGER,
    sizeCalculation: (document) => Math.min(PARSED_KEPT_BYTES, document.bytes.length + 1),
  });

  private constructor(options: PagedOptions, root: Omit<PagedNode, 'parent'>) {
    this.access = options.access;
    this.#largeAbove = options.largeAbove ?? LARGE_VALUE_BYTES;
    this.root = { ...root, parent: null };
  }

  /**
   * Goes through the whole text once. The text begins with its value, without white space before it.
   * @throws what `access.read` throws; the signal's reason; SourceError `not-json` for a text without a value.
   */
  static async open(options: PagedOptions, signal?: AbortSignal): Promise<PagedDocument> {
    const { access, size, incomplete = false } = options;
    const kind = kindOf((await access.read(0, 1, signal))[0]);
    const isContainer = kind === 'array' || kind === 'object';
    const index = isContainer ? childrenOf(access, 0, size, incomplete, signal) : null;
    const children = index === null ? 0 : countOf(await index);
    const root = { id: 0, end: size, kind, name: null, index: 0, children, incomplete, parsed: null };
    const document = new PagedDocument(options, root);
    if (index !== null) document.#indexes.set(0, index);
    return document;
  }

  /** Children `[from, from + count)`; fewer at the end. */
  async children(node: PagedNode, from: number, count: number, signal?: AbortSignal): Promise<PagedNode[]> {
    if (node.parsed !== null) return childrenIn(node, node.parsed, from, count);
    if (node.children === 0) return [];
    const { list, last } = await this.#indexOf(node);
    const [entries, keys] = await Promise.all([
      entriesOf(this.access, list, from, count, signal),
      keysOf(this.access, list, from, count, signal),
    ]);
    if (last !== null && from <= list.count && from + count > list.count) {
      entries.push(last.entry);
      keys.push(last.name);
    }
    await this.#parse(entries, signal);
    return entries.map((entry, at) => {
      const child = this.#node(node, entry, keys[at] ?? null, from + at);
      return entry === last?.entry ? { ...child, incomplete: true } : child;
    });
  }

  /** The last member of that name; undefined where there is none. */
  async member(node: PagedNode, name: string, signal?: AbortSignal): Promise<PagedNode | undefined> {
    if (node.kind !== 'object') return undefined;
    if (node.parsed !== null) {
      const { document, node: at, base } = node.parsed;
      const found = document.member(at, name);
      return found === undefined ? undefined : nodeIn(node, document, found, base, document.indexInParent(found));
    }
    const { list, last } = await this.#indexOf(node);
    if (last?.name === name) return (await this.children(node, list.count, 1, signal))[0];
    for (let end = list.count; end > 0; end -= Math.min(end, SEARCH_STEP)) {
      const from = Math.max(0, end - SEARCH_STEP);
      const keys = await keysOf(this.access, list, from, end - from, signal);
      const at = keys.lastIndexOf(name);
      if (at >= 0) return (await this.children(node, from + at, 1, signal))[0];
    }
    return undefined;
  }

  /** A negative position counts from the end. */
  async resolve(path: JsonPath, signal?: AbortSignal): Promise<PagedNode | undefined> {
    let at: PagedNode | undefined = this.root;
    for (const segment of path) {
      if (at === undefined) return undefined;
      if (typeof segment === 'string') at = await this.member(at, segment, signal);
      else {
        const index: number = segment < 0 ? at.children + segment : segment;
        const isThere = at.kind === 'array' && index >= 0 && index < at.children;
        at = isThere ? (await this.children(at, index, 1, signal))[0] : undefined;
      }
    }
    return at;
  }

  /** @throws SourceError `not-found` for an id of no node. */
  async node(id: number): Promise<PagedNode> {
    let at = this.root;
    while (at.id !== id) {
      if (at.parsed !== null) return descendantIn(at, at.parsed, id);
      const next = await this.#childAt(at, id);
      if (next === undefined) throw noNode(id);
      at = next;
    }
    return at;
  }

  /** The text of a node, as it is written. For a large one, ask for pieces. */
  async bytes(node: PagedNode, from = 0, end = node.end - node.id, signal?: AbortSignal): Promise<Uint8Array> {
    if (node.parsed !== null) return node.parsed.document.rawBytes(node.parsed.node).subarray(from, end);
    return this.access.read(node.id + from, node.id + end, signal);
  }

  /** All of its text, as it is written, a megabyte at a time. */
  async *pieces(node: PagedNode): AsyncGenerator<Uint8Array, void, void> {
    const length = node.end - node.id;
    for (let at = 0; at < length; at += PIECE_BYTES) yield this.bytes(node, at, Math.min(length, at + PIECE_BYTES));
  }

  /** The child in which the offset lies. */
  async #childAt(node: PagedNode, id: number): Promise<PagedNode | undefined> {
    if (node.children === 0) return undefined;
    const { list, last } = await this.#indexOf(node);
    let low = 0;
    let high = node.children - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const [found] = await entriesOf(this.access, list, middle, 1);
      const entry = found ?? last?.entry;
      if (entry === undefined) return undefined;
      if (entry.end <= id) low = middle + 1;
      else if (entry.start > id) high = middle - 1;
      else return (await this.children(node, middle, 1))[0];
    }
    return undefined;
  }

  /** Of a container, found in one pass over it, once for all who ask at the same time. */
  #indexOf(node: PagedNode): Promise<Children> {
    const known = this.#indexes.get(node.id);
    if (known) return known;
    const index = childrenOf(this.access, node.id, node.end, node.incomplete);
    this.#indexes.set(node.id, index);
    index.catch(() => this.#indexes.delete(node.id));
    return index;
  }

  /** Reads neighbours in one piece. */
  async #parse(entries: readonly IndexEntry[], signal: AbortSignal | undefined): Promise<void> {
    const wanted = entries.filter((entry) => !this.#isLarge(entry) && !this.#parsed.has(entry.start));
    for (let first = 0; first < wanted.length; ) {
      let last = first;
      const start = wanted[first]?.start ?? 0;
      while ((wanted[last + 1]?.end ?? Infinity) - start <= this.#largeAbove) last += 1;
      const bytes = await this.access.read(start, wanted[last]?.end ?? start, signal);
      for (const entry of wanted.slice(first, last + 1)) {
        const own = bytes.subarray(entry.start - start, entry.end - start);
        const { document } = parseJson(own);
        if (document === null) throw new SourceError('not-json', `At byte ${entry.start} stands no JSON value.`);
        this.#parsed.set(entry.start, document);
      }
      first = last + 1;
    }
  }

  #isLarge({ start, end, kind }: IndexEntry): boolean {
    const hasParts = kind === 'string' || kind === 'array' || kind === 'object';
    return end - start > (hasParts ? this.#largeAbove : LARGEST_NUMBER_BYTES);
  }

  #node(parent: PagedNode, entry: IndexEntry, name: string | null, index: number): PagedNode {
    const document = this.#isLarge(entry) ? undefined : this.#parsed.get(entry.start);
    if (document !== undefined) return { ...nodeIn(parent, document, 0, entry.start, index), name };
    const { start, end, kind, count } = entry;
    return { id: start, end, kind, name, index, parent, children: count, incomplete: false, parsed: null };
  }
}

/** From the root, without it: names, and positions in arrays. */
export function pathOfNode(node: PagedNode): JsonPath {
  const path: (string | number)[] = [];
  for (let at = node; at.parent !== null; at = at.parent) path.push(at.name ?? at.index);
  return path.toReversed();
}

function nodeIn(parent: PagedNode, document: JsonDocument, node: NodeId, base: number, index: number): PagedNode {
  return {
    id: base + document.start(node),
    end: base + document.end(node),
    kind: document.kind(node),
    name: document.key(node) ?? null,
    index,
    parent,
    children: document.childCount(node),
    incomplete: document.isIncomplete(node),
    parsed: { document, node, base },
  };
}

function childrenIn(parent: PagedNode, { document, node, base }: ParsedNode, from: number, count: number) {
  const found: PagedNode[] = [];
  for (let index = from; found.length < count; index++) {
    const child = document.child(node, index);
    if (child === undefined) break;
    found.push(nodeIn(parent, document, child, base, index));
  }
  return found;
}

function descendantIn(from: PagedNode, { document, node, base }: ParsedNode, id: number): PagedNode {
  let low = node;
  let high = document.next(node) - 1;
  // Nodes stand in the order of the text, each after the container that holds it.
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (document.start(middle) <= id - base) low = middle;
    else high = middle - 1;
  }
  if (document.start(low) !== id - base) throw noNode(id);
  const way: NodeId[] = [];
  for (let at = low; at !== node; at = document.parent(at)) way.push(at);
  return way.reduceRight((parent, at) => nodeIn(parent, document, at, base, document.indexInParent(at)), from);
}

interface Children {
  readonly list: EntryList;
  /** The child in which the text ends, which is not in the list. */
  readonly last: { readonly entry: IndexEntry; readonly name: string | null } | null;
}

async function childrenOf(
  access: RandomAccess,
  start: number,
  end: number,
  incomplete: boolean,
  signal?: AbortSignal,
): Promise<Children> {
  const list = await indexChildren(access, start, end, { signal });
  return { list, last: incomplete ? await lastOf(access, list, start, end) : null };
}

/** What stands behind the last whole child of a container that was cut off. */
async function lastOf(access: RandomAccess, list: EntryList, start: number, end: number): Promise<Children['last']> {
  const [before] = await entriesOf(access, list, list.count - 1, 1);
  const from = before?.end ?? start + 1;
  const tail = await access.read(from, Math.min(end, from + LARGE_VALUE_BYTES));
  // As if the child before it were null, and the first, which has no comma before it, came after one.
  const opens = Buffer.from(`${list.kind === 'object' ? '{"":' : '['}null${before === undefined ? ',' : ''}`);
  const { document } = parseJson(Buffer.concat([opens, tail]), { recordDepth: 2 });
  const node = document?.child(0, 1);
  if (document === null || node === undefined) return null;
  const shift = from - opens.length;
  const key = document.keyRange(node);
  const entry: IndexEntry = {
    keyStart: key ? key.start + shift : -1,
    keyEnd: key ? key.end + shift : -1,
    start: document.start(node) + shift,
    end,
    kind: document.kind(node),
    count: document.childCount(node),
  };
  return { entry, name: document.key(node) ?? null };
}

function countOf({ list, last }: Children): number {
  return list.count + (last === null ? 0 : 1);
}

function noNode(id: number): SourceError {
  return new SourceError('not-found', `There is no value at byte ${id} of this state. Open the state again.`);
}

function kindOf(byte: number | undefined): JsonKind {
  switch (byte) {
    case 0x7b:
      return 'object';
    case 0x5b:
      return 'array';
    case 0x22:
      return 'string';
    case 0x74:
    case 0x66:
      return 'boolean';
    case 0x6e:
      return 'null';
    case undefined:
      throw new SourceError('not-json', 'There is no value in this state.');
    default:
      return 'number';
  }
}
