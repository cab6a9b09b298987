/** The messages of all conversations, and the calls and results of tools in them. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type JsonPath, pathOf, resolvePath } from '../../../shared/json/path.ts';
import { findConversations, messageLabel } from '../../../shared/messages/conversation.ts';
import { contentOf, textOf, unwrap } from '../../../shared/messages/message-shape.ts';
import { Largest } from './largest.ts';
import { type Compared, figuresOf, growthIn, type Pair, pairsIn, type Side, valueBytes } from './side.ts';
import { byBytes, type Figures, Parts, PLAIN, type SizeNode, sumGrowth, sumTokens } from './size-node.ts';

/** Names that are told apart; what comes after counts as of no name. */
const MOST_TOOLS = 2000;

interface Tool {
  readonly calls: CallsOrResults;
  readonly results: CallsOrResults;
}
type Way = 'call' | 'result';

/** Calls or results of one tool. */
class CallsOrResults {
  readonly parts: Parts;
  count = 0;
  figures: Figures = { bytes: 0, tokens: 0, growth: { added: 0, removed: 0, grown: 0 } };

  constructor(smallest: number) {
    this.parts = new Parts(smallest);
  }

  add(figures: Figures, largest: number, made: () => SizeNode): void {
    this.count += 1;
    this.figures = plus(this.figures, figures);
    this.parts.add(figures, largest, made);
  }

  node(kind: 'calls' | 'results'): SizeNode {
    return { ...PLAIN, kind, count: this.count, ...this.figures, parts: this.parts.list(null) };
  }
}

export class ConversationSizes {
  readonly largestMessages = new Largest();
  readonly largestResults = new Largest();
  readonly #smallest: number;
  readonly #conversations: Parts;
  readonly #tools = new Map<string, Tool>();
  #messages = 0;
  #inConversations: Figures = NOTHING;
  #inTools: Figures = NOTHING;

  constructor(smallest: number) {
    this.#smallest = smallest;
    this.#conversations = new Parts(smallest);
  }

  /** All conversations of a document, which is a whole state or the value at a path of it. */
  add(key: string, compared: Compared, above: JsonPath = []): void {
    const { now, was } = compared;
    const found = new Set<string>();
    for (const { node, path, label } of now === null ? [] : findConversations(now.doc)) {
      const before = was === null ? undefined : resolvePath(was.doc, path);
      found.add(JSON.stringify(path));
      const pair = { now: node, was: before ?? null, same: false };
      this.addConversation({ key, path: [...above, ...path], label }, compared, pair);
    }
    if (was === null) return;
    for (const { node, path, label } of findConversations(was.doc)) {
      if (found.has(JSON.stringify(path))) continue;
      this.addConversation({ key, path: [...above, ...path], label }, compared, { now: null, was: node, same: false });
    }
  }

  addConversation(of: ConversationName, compared: Compared, pair: Pair): void {
    const conversation = this.begin(of);
    for (const item of pairsIn(compared, pair)) conversation.addItem(compared, item, of.path);
    conversation.end(figuresOf(compared, pair, 'bare'), thenOf(compared, pair), compared, pair);
  }

  /** One whose items come part by part. */
  begin(of: ConversationName): ConversationGathering {
    return new ConversationGathering(of, this.#smallest, {
      message: (bytes, label) => {
        this.#messages += 1;
        this.largestMessages.add(bytes, label);
      },
      block: (way, name, figures, largest, made) => this.#addBlock(way, name, figures, largest, made),
      end: (figures, largest, made) => {
        this.#inConversations = plus(this.#inConversations, figures);
        this.#conversations.add(figures, largest, made);
      },
    });
  }

  #addBlock(way: Way, name: string, figures: Figures, largest: number, made: () => SizeNode): void {
    const known = this.#tools.has(name) || this.#tools.size < MOST_TOOLS;
    const tool = this.#toolOf(known ? name : '');
    (way === 'call' ? tool.calls : tool.results).add(figures, largest, made);
    this.#inTools = plus(this.#inTools, figures);
    if (way === 'result') this.largestResults.add(figures.bytes, name);
  }

  #toolOf(name: string): Tool {
    const known = this.#tools.get(name);
    if (known !== undefined) return known;
    const made = { calls: new CallsOrResults(this.#smallest), results: new CallsOrResults(this.#smallest) };
    this.#tools.set(name, made);
    return made;
  }

  /** @param whole of all states */
  messages(whole: Figures): SizeNode {
    const outside: SizeNode = { ...PLAIN, kind: 'outside', ...minus(whole, this.#inConversations) };
    const parts = [...this.#conversations.list(null), outside].toSorted(byBytes);
    return { ...PLAIN, kind: 'source', count: this.#messages, ...whole, parts };
  }

  tools(whole: Figures): SizeNode {
    const parts: SizeNode[] = [{ ...PLAIN, kind: 'outside', ...minus(whole, this.#inTools) }];
    for (const [name, { calls, results }] of this.#tools) {
      const both = [calls.node('calls'), results.node('results')].filter(({ count }) => count > 0).toSorted(byBytes);
      const figures = both.reduce<Figures>(plus, NOTHING);
      const count = both.reduce((sum, each) => sum + each.count, 0);
      parts.push({ ...PLAIN, kind: 'tool', name, count, ...figures, parts: both });
    }
    return { ...PLAIN, kind: 'source', ...whole, parts: parts.toSorted(byBytes) };
  }
}

export interface ConversationName {
  readonly key: string;
  readonly path: JsonPath;
  readonly label: string;
}

interface Taker {
  message(bytes: number, label: string): void;
  block(way: Way, name: string, figures: Figures, largest: number, made: () => SizeNode): void;
  end(figures: Figures, largest: number, made: () => SizeNode): void;
}

export class ConversationGathering {
  readonly #of: ConversationName;
  readonly #taker: Taker;
  readonly #parts: Parts;
  /** Of calls, by their ids: results may not say which tool they are of. */
  readonly #called = new Map<string, string>();
  #items: Figures = NOTHING;
  #was = 0;
  #count = 0;

  constructor(of: ConversationName, smallest: number, taker: Taker) {
    this.#of = of;
    this.#taker = taker;
    this.#parts = new Parts(smallest);
  }

  /** @param list where it stands; @param index where the item is not in its list, as in a state that is read in parts */
  addItem(compared: Compared, pair: Pair, list: JsonPath, index?: number): void {
    const figures = figuresOf(compared, pair, 'bare');
    const [side, node] = sideOfPair(compared, pair);
    const segments = [...list, index ?? side.doc.indexInParent(node)];
    const name = messageLabel(side.doc, unwrap(side.doc, node)) ?? '';
    this.addFigures(figures, thenOf(compared, pair), name, segments);
    this.#addBlocks(compared, pair, segments);
  }

  addFigures(figures: Figures, was: number, name: string, segments: JsonPath): void {
    this.#count += 1;
    this.#was += was;
    this.#items = plus(this.#items, figures);
    this.#taker.message(figures.bytes, name);
    const place = { key: this.#of.key, segments };
    this.#parts.add(figures, Math.max(figures.bytes, was), () => ({
      ...PLAIN,
      kind: 'message',
      name,
      place,
      ...figures,
    }));
  }

  /** Nothing for what is neither a call nor a result. */
  addBlock(compared: Compared, pair: Pair, segments: JsonPath): void {
    const [{ doc }, node] = sideOfPair(compared, pair);
    const block = blockOf(doc, node);
    if (block !== null) this.addCall(block, figuresOf(compared, pair, 'bare'), thenOf(compared, pair), segments);
  }

  addCall({ way, id, name: named }: CallOrResult, figures: Figures, was: number, segments: JsonPath): void {
    if (way === 'call' && id !== null && named !== null) this.#called.set(id, named);
    const name = named ?? (id === null ? undefined : this.#called.get(id)) ?? '';
    const place = { key: this.#of.key, segments };
    this.#taker.block(way, name, figures, Math.max(figures.bytes, was), () => ({
      ...PLAIN,
      kind: way,
      name: id ?? '',
      place,
      ...figures,
    }));
  }

  end(whole: Figures, was: number, compared: Compared, pair: Pair): void {
    const { key, path, label } = this.#of;
    const own = whole.bytes - this.#items.bytes;
    const growth = growthIn(
      compared.mode,
      pair,
      pair.now === null ? null : own,
      pair.was === null ? null : was - this.#was,
    );
    const parts = this.#parts.list({ bytes: own, tokens: whole.tokens === null ? null : 0, growth });
    const tokens = sumTokens(parts.map((part) => part.tokens));
    const grown = sumGrowth(parts.map((part) => part.growth));
    const figures = { bytes: whole.bytes, tokens, growth: grown };
    const name = `${key} · ${label}`;
    const place = { key, segments: path };
    this.#taker.end(figures, Math.max(whole.bytes, was), () => ({
      ...PLAIN,
      kind: 'conversation',
      name,
      place,
      count: this.#count,
      ...figures,
      parts,
    }));
  }

  #addBlocks(compared: Compared, item: Pair, segments: JsonPath): void {
    const inside = (side: Side | null, node: NodeId | null) => {
      if (side === null || node === null) return null;
      const content = contentOf(side.doc, unwrap(side.doc, node));
      return content !== undefined && side.doc.kind(content) === 'array' ? content : null;
    };
    const pair = { now: inside(compared.now, item.now), was: inside(compared.was, item.was), same: item.same };
    if (pair.now === null && pair.was === null) return;
    for (const block of pairsIn(compared, pair)) {
      const [{ doc }, node] = sideOfPair(compared, block);
      if (blockOf(doc, node) === null) continue;
      const below = pathOf(doc, node).slice(pathOf(doc, sideOfPair(compared, item)[1]).length);
      this.addBlock(compared, block, [...segments, ...below]);
    }
  }
}

export interface CallOrResult {
  readonly way: Way;
  readonly id: string | null;
  readonly name: string | null;
}

/** A call or a result of a tool; null for any other block. */
export function blockOf(doc: JsonDocument, node: NodeId): CallOrResult | null {
  if (doc.kind(node) !== 'object') return null;
  const type = textOf(doc, node, 'type');
  const way = type === 'tool_use' || type === 'tool_call' ? 'call' : type === 'tool_result' ? 'result' : null;
  return way === null ? null : { way, id: textOf(doc, node, 'id'), name: textOf(doc, node, 'name') };
}

function sideOfPair({ now, was }: Compared, pair: Pair): [Side, NodeId] {
  if (now !== null && pair.now !== null) return [now, pair.now];
  if (was !== null && pair.was !== null) return [was, pair.was];
  throw new TypeError('a pair of nothing');
}

function thenOf({ was }: Compared, pair: Pair): number {
  return was === null || pair.was === null ? 0 : valueBytes(was.doc, pair.was);
}

const NOTHING: Figures = { bytes: 0, tokens: 0, growth: { added: 0, removed: 0, grown: 0 } };

function plus(a: Figures, b: Figures): Figures {
  return {
    bytes: a.bytes + b.bytes,
    tokens: sumTokens([a.tokens, b.tokens]),
    growth: sumGrowth([a.growth, b.growth]),
  };
}

function minus(a: Figures, b: Figures): Figures {
  const tokens = a.tokens === null || b.tokens === null ? null : a.tokens - b.tokens;
  const [x, y] = [a.growth, b.growth];
  const growth =
    x === null || y === null
      ? null
      : { added: x.added - y.added, removed: x.removed - y.removed, grown: x.grown - y.grown };
  return { bytes: a.bytes - b.bytes, tokens, growth };
}
