/**
 * JSONPath (RFC 9535) over a document. json-p3 reads and checks the expression; the evaluation is ours, on the tape:
 * json-p3's own stops at 50 levels, overflows the stack on lists of 100,000 items and puts members named like numbers
 * first. Members are in document order; of duplicate members only the last counts; numbers compare as doubles. What lies
 * in an opaque container is not seen. json-p3 2.3.1 refuses escapes of control characters (`\u0007`) in names.
 */
import { compile, JSONPathError, type JSONPathQuery, jsonpath } from 'json-p3';
import type { JsonDocument, NodeId } from './document.ts';
import type { JsonPath } from './path.ts';
import { Filter } from './query-filter.ts';

const { FilterSelector, IndexSelector, NameSelector, SliceSelector, WildcardSelector } = jsonpath.selectors;
type Segment = JSONPathQuery['segments'][number];
type Selector = Segment['selectors'][number];
type Slice = InstanceType<typeof SliceSelector>;

export type QueryResult =
  | {
      readonly ok: true;
      /** In the order of RFC 9535, which may name a node twice (`$[0, 0]`). */
      readonly nodes: NodeId[];
      /** The expression can match one node at most. */
      readonly singular: boolean;
    }
  | {
      readonly ok: false;
      readonly message: string;
      /** Where in the expression, in UTF-16 units. */
      readonly offset: number;
    };

export interface QueryOptions {
  /** Nodes that may be looked at in all before the query is given up. Default 50,000,000. */
  readonly maxSteps?: number;
}

/** Never throws for an expression or a document. */
export function queryJsonPath(doc: JsonDocument, expression: string, options: QueryOptions = {}): QueryResult {
  try {
    const query = compile(expression);
    const nodes = new Evaluation(doc, options.maxSteps ?? 50_000_000).run(query, 0);
    return { ok: true, nodes, singular: query.singularQuery() };
  } catch (error) {
    if (error instanceof JSONPathError) {
      return { ok: false, message: withoutContext(error.message), offset: error.token.index };
    }
    if (error instanceof TooManySteps) return { ok: false, message: error.message, offset: 0 };
    // The library parses by recursion; only an expression with thousands of brackets gets here, never a document.
    if (error instanceof RangeError && error.message.includes('call stack'))
      return { ok: false, message: 'the expression is nested too deeply', offset: 0 };
    throw error;
  }
}

/** The names and positions of an expression that has nothing else; null for any other, and for one that is none. */
export function singularPath(expression: string): JsonPath | null {
  try {
    const query = compile(expression);
    if (!query.singularQuery()) return null;
    const path: (string | number)[] = [];
    for (const [selector] of query.segments.map(({ selectors }) => selectors)) {
      if (selector instanceof NameSelector) path.push(selector.name);
      else if (selector instanceof IndexSelector) path.push(selector.index);
    }
    return path;
  } catch (error) {
    if (error instanceof JSONPathError || error instanceof RangeError) return null;
    throw error;
  }
}

class TooManySteps extends Error {}

/** json-p3 ends its messages with an excerpt and the position, which we hand out as a number. */
function withoutContext(message: string): string {
  return message.replace(/ \('[^]*':\d+\)$/, '');
}

class Evaluation {
  readonly #doc: JsonDocument;
  readonly #filter: Filter;
  #steps: number;

  constructor(doc: JsonDocument, maxSteps: number) {
    this.#doc = doc;
    this.#steps = maxSteps;
    this.#filter = new Filter(doc, (query, from) => this.run(query, from));
  }

  run(query: JSONPathQuery, from: NodeId): NodeId[] {
    let nodes = [from];
    for (const segment of query.segments) {
      const found: NodeId[] = [];
      const descends = isDescendant(segment);
      for (const node of nodes) {
        if (descends) this.#descend(segment, node, found);
        else for (const selector of segment.selectors) this.#select(selector, node, found);
      }
      nodes = found;
    }
    return nodes;
  }

  /** The node itself and all below it, in document order, which is the order of the ids. */
  #descend(segment: Segment, node: NodeId, found: NodeId[]): void {
    const doc = this.#doc;
    const end = doc.next(node);
    const shadowed = new Set<NodeId>();
    for (let at = node; at < end; ) {
      if (shadowed.delete(at)) {
        at = doc.next(at);
        continue;
      }
      this.#step();
      if (doc.childCount(at) > 0) {
        if (doc.hasDuplicateKeys(at)) {
          for (const child of doc.children(at)) if (doc.isShadowed(child)) shadowed.add(child);
        }
        for (const selector of segment.selectors) this.#select(selector, at, found);
      }
      at++;
    }
  }

  #select(selector: Selector, node: NodeId, found: NodeId[]): void {
    const doc = this.#doc;
    this.#step();
    if (selector instanceof NameSelector) {
      const member = doc.member(node, selector.name);
      if (member !== undefined) found.push(member);
    } else if (selector instanceof IndexSelector) {
      if (doc.kind(node) !== 'array') return;
      const { index } = selector;
      const item = doc.child(node, index < 0 ? doc.childCount(node) + index : index);
      if (item !== undefined) found.push(item);
    } else if (selector instanceof WildcardSelector) {
      this.#eachChild(node, (child) => found.push(child));
    } else if (selector instanceof SliceSelector) {
      this.#slice(selector, node, found);
    } else if (selector instanceof FilterSelector) {
      const { expression } = selector;
      this.#eachChild(node, (child) => {
        if (this.#filter.accepts(expression, child)) found.push(child);
      });
    } else {
      throw new TypeError(`selector ${selector.toString()} is none of RFC 9535`);
    }
  }

  #eachChild(node: NodeId, visit: (child: NodeId) => void): void {
    const doc = this.#doc;
    const end = doc.next(node);
    const duplicates = doc.hasDuplicateKeys(node);
    for (let child = node + 1; child < end; child = doc.next(child)) {
      this.#step();
      if (!duplicates || !doc.isShadowed(child)) visit(child);
    }
  }

  /** RFC 9535, section 2.3.4.2.2. */
  #slice({ start, stop, step = 1 }: Slice, node: NodeId, found: NodeId[]): void {
    const doc = this.#doc;
    if (doc.kind(node) !== 'array' || step === 0) return;
    const length = doc.childCount(node);
    const absolute = (at: number): number => (at < 0 ? length + at : at);
    const take = (index: number): void => {
      this.#step();
      const item = doc.child(node, index);
      if (item !== undefined) found.push(item);
    };
    if (step > 0) {
      const upper = clamp(absolute(stop ?? length), 0, length);
      for (let at = clamp(absolute(start ?? 0), 0, length); at < upper; at += step) take(at);
    } else {
      const lower = stop === undefined ? -1 : clamp(absolute(stop), -1, length - 1);
      for (let at = clamp(absolute(start ?? length - 1), -1, length - 1); at > lower; at += step) take(at);
    }
  }

  #step(): void {
    if (--this.#steps < 0) throw new TooManySteps('the expression looks at too many values; make it more specific');
  }
}

/** json-p3 exports no class for it; a descendant segment writes itself with two dots. */
function isDescendant(segment: Segment): boolean {
  const known = descendants.get(segment);
  if (known !== undefined) return known;
  const descends = segment.toString().startsWith('..');
  descendants.set(segment, descends);
  return descends;
}

const descendants = new WeakMap<Segment, boolean>();

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
