/** What a search finds in one parsed state. */
import type { SearchHit, SearchWhere } from '../../../shared/ipc/search.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type JsonPath, pathOf, toDot } from '../../../shared/json/path.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import type { Search } from './compile.ts';
import type { Span } from './matcher.ts';

/** A node that was found; `hit` puts together what is told of it. */
export interface Found {
  readonly node: NodeId;
  readonly where: SearchWhere;
  readonly text: string;
  readonly span: Span;
}

const BEFORE_CHARACTERS = 40;
const MATCH_CHARACTERS = 200;
const AFTER_CHARACTERS = 120;
const PATH_CHARACTERS = 500;
/** Nodes that are looked at between two breaths. */
const BREATH = 4096;

export interface FindOptions {
  /** Where candidates begin, ascending. Without it every node is looked at. */
  readonly places?: Iterable<number> | null;
  /** Where in the state the document stands, when it is a part of one. */
  readonly above?: JsonPath;
}

/** In the order of the document. Null now and then: a moment to let others have their turn. */
export function* findIn(
  document: JsonDocument,
  search: Search,
  { places = null, above = [] }: FindOptions = {},
): Generator<Found | null, void, void> {
  const { matcher, query } = search;
  if (matcher === null) {
    yield* selected(document, query.text);
    return;
  }
  const inKeys = query.in.includes('keys');
  const inValues = query.in.includes('values');
  const paths = query.in.includes('paths') ? new PathTexts(document, above) : null;
  const candidates = places === null ? null : new Candidates(places);
  for (let node = 0; node < document.nodeCount; node += 1) {
    if (node % BREATH === BREATH - 1) yield null;
    const name = inKeys ? nameOf(document, node, candidates, above) : null;
    const named = name === null ? null : matcher.find(name);
    if (name !== null && named !== null) yield { node, where: 'key', text: name, span: named };
    if (paths !== null && named === null && (node > 0 || above.length > 0)) {
      const { text, parent } = paths.of(node);
      const span = endingBehind(matcher, text, parent);
      if (span !== null) yield { node, where: 'path', text, span };
    }
    const kind = document.kind(node);
    if (!inValues || kind === 'array' || kind === 'object') continue;
    if (candidates?.lieIn(document.start(node), document.end(node)) === false) continue;
    const text = kind === 'string' ? document.string(node) : document.rawText(node);
    const span = matcher.find(text);
    if (span !== null) yield { node, where: 'value', text, span };
  }
}

/** Of a container that is not parsed itself: its name, or its path. */
export function findInName({ matcher, query }: Search, path: JsonPath): Omit<Found, 'node'> | null {
  const name = path.at(-1);
  const named = typeof name === 'string' && query.in.includes('keys') ? (matcher?.find(name) ?? null) : null;
  if (typeof name === 'string' && named !== null) return { where: 'key', text: name, span: named };
  if (matcher === null || !query.in.includes('paths')) return null;
  const text = fullPath(path);
  const span = endingBehind(matcher, text, fullPath(path.slice(0, -1)).length);
  return span === null ? null : { where: 'path', text, span };
}

/** The name to look at; null where there is none, or nothing in it. */
function nameOf(document: JsonDocument, node: NodeId, candidates: Candidates | null, above: JsonPath): string | null {
  if (node === 0) {
    const last = above.at(-1);
    return typeof last === 'string' ? last : null;
  }
  const range = document.keyRange(node);
  if (range === undefined || candidates?.lieIn(range.start, range.end) === false) return null;
  return document.key(node) ?? null;
}

function* selected(document: JsonDocument, expression: string): Generator<Found | null, void, void> {
  const result = queryJsonPath(document, expression);
  if (!result.ok) return;
  for (const [at, node] of result.nodes.entries()) {
    if (at % BREATH === BREATH - 1) yield null;
    const isText = document.kind(node) === 'string';
    const text = isText ? document.string(node, AFTER_CHARACTERS + 1) : beginningOf(document, node);
    yield { node, where: 'node', text, span: { start: 0, end: 0 } };
  }
}

/** A match that reaches into the last segment: what ends before it is found at the node above. */
function endingBehind(matcher: NonNullable<Search['matcher']>, text: string, parent: number): Span | null {
  for (let from = 0; from <= text.length; ) {
    const span = matcher.find(text, from);
    if (span === null || span.end > parent) return span;
    from = span.start + 1;
  }
  return null;
}

/** @param place where the document stands in its state: the path above it, and the offset of its first byte. */
export function hitOf(
  document: JsonDocument,
  { node, where, text, span }: Found,
  place: { readonly above: JsonPath; readonly offset: number } = { above: [], offset: 0 },
): SearchHit {
  const segments = [...place.above, ...pathOf(document, node)];
  return {
    where,
    kind: document.kind(node),
    path: pathText(segments),
    segments,
    offset: place.offset + document.start(node),
    ...excerpt(text, span),
    moment: null,
  };
}

/** `$.memory.content[12]`, as it is shown. */
export function pathText(segments: JsonPath): string {
  const text = fullPath(segments);
  return text.length > PATH_CHARACTERS ? `${text.slice(0, PATH_CHARACTERS)}…` : text;
}

function fullPath(segments: JsonPath): string {
  const dot = toDot(segments);
  return dot === '' || dot.startsWith('[') ? `$${dot}` : `$.${dot}`;
}

type Excerpt = Pick<SearchHit, 'before' | 'match' | 'after' | 'cutBefore' | 'cutAfter'>;

/** A match with some characters around it. No pair of surrogates is split. */
export function excerpt(text: string, { start, end }: Span): Excerpt {
  const from = boundary(text, start - BEFORE_CHARACTERS);
  const matchEnd = boundary(text, Math.min(end, start + MATCH_CHARACTERS));
  const to = boundary(text, matchEnd + AFTER_CHARACTERS);
  return {
    before: text.slice(from, start),
    match: text.slice(start, matchEnd),
    after: matchEnd < end ? '' : text.slice(matchEnd, to),
    cutBefore: from > 0,
    cutAfter: to < text.length || matchEnd < end,
  };
}

function boundary(text: string, at: number): number {
  const place = Math.min(Math.max(0, at), text.length);
  const splits = place > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(place - 1, place + 1));
  return splits ? place - 1 : place;
}

function beginningOf(document: JsonDocument, node: NodeId): string {
  const bytes = document.rawBytes(node).subarray(0, AFTER_CHARACTERS * 4);
  return Buffer.from(bytes).toString('utf8');
}

/** Asked for ranges that ascend, tells whether a candidate begins in one. */
class Candidates {
  readonly #places: Iterator<number>;
  #next: number;

  constructor(places: Iterable<number>) {
    this.#places = places[Symbol.iterator]();
    this.#next = this.#take();
  }

  lieIn(start: number, end: number): boolean {
    while (this.#next < start) this.#next = this.#take();
    return this.#next < end;
  }

  #take(): number {
    const next = this.#places.next();
    return next.done === true ? Infinity : next.value;
  }
}

/** The paths of nodes in the order of the document, each made from that of its parent. */
class PathTexts {
  readonly #document: JsonDocument;
  readonly #above: JsonPath;
  /** Open containers from the root on: the node, its path, and how many of its children have come. */
  readonly #open: { readonly node: NodeId; readonly text: string; children: number }[] = [];

  constructor(document: JsonDocument, above: JsonPath) {
    this.#document = document;
    this.#above = above;
  }

  /** @returns the path, and the length of that of its parent. In order; of the items of a list every one is asked for. */
  of(node: NodeId): { readonly text: string; readonly parent: number } {
    if (node === 0) return { text: fullPath(this.#above), parent: fullPath(this.#above.slice(0, -1)).length };
    const parent = this.#document.parent(node);
    while ((this.#open.at(-1)?.node ?? -1) > parent) this.#open.pop();
    if (this.#open.at(-1)?.node !== parent) {
      this.#open.push({
        node: parent,
        text: fullPath([...this.#above, ...pathOf(this.#document, parent)]),
        children: 0,
      });
    }
    const above = this.#open.at(-1) ?? { text: '$', children: 0 };
    const key = this.#document.key(node);
    const last = toDot([key ?? above.children]);
    above.children += 1;
    return { text: above.text + (last.startsWith('[') ? last : `.${last}`), parent: above.text.length };
  }
}
