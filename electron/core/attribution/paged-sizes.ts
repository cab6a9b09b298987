/** A state that is too large to be parsed at once, measured part by part, so that memory stays flat. */
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { findConversations, messageLabel } from '../../../shared/messages/conversation.ts';
import { digestOf } from '../paged/digest.ts';
import { PagedDocument, type PagedNode } from '../paged/paged-document.ts';
import { stringPieces } from '../paged/paged-text.ts';
import type { StateRange } from '../sources/source.ts';
import type { Attribute } from './attribute-sizes.ts';
import { blockOf, type ConversationGathering } from './conversation-sizes.ts';
import type { Measuring } from './measuring.ts';
import { type Compared, figuresOf, growthIn, type Pair, sideOf } from './side.ts';
import { type Figures, Parts, PLAIN, type SizeNode, sumTokens } from './size-node.ts';
import { valueSizes } from './value-sizes.ts';

/** Values up to this are parsed as one. */
const PART_BYTES = 1 << 20;
const CHILDREN_AT_ONCE = 100;

/** What a value is to the conversation that it is in. */
type Role = 'list' | 'pair' | 'message' | 'content';

interface Within {
  readonly role: Role;
  readonly gathering: ConversationGathering;
}

interface Here {
  readonly node: PagedNode;
  readonly path: JsonPath;
  readonly attribute: Attribute;
  readonly within: Within | null;
}

export interface PagedOptions {
  /** Bytes. */
  readonly size: number;
  /** Nothing within it is compared: all of it is new, unchanged, or not known. */
  readonly mode: Compared['mode'];
  /** Told the bytes from its beginning that were gone through. */
  readonly onPassed: (bytes: number) => void;
}

export async function pagedSizes(
  key: string,
  { access, incomplete }: StateRange,
  options: PagedOptions,
  measuring: Measuring,
): Promise<SizeNode> {
  const document = await PagedDocument.open({ access, size: options.size, incomplete, largeAbove: PART_BYTES });
  const paged = new PagedSizes(key, document, options, measuring);
  return paged.measure();
}

class PagedSizes {
  readonly #key: string;
  readonly #document: PagedDocument;
  readonly #mode: Compared['mode'];
  readonly #onPassed: PagedOptions['onPassed'];
  readonly #measuring: Measuring;
  readonly #conversations = new Map<number, string>();

  constructor(key: string, document: PagedDocument, { mode, onPassed }: PagedOptions, measuring: Measuring) {
    this.#key = key;
    this.#document = document;
    this.#mode = mode;
    this.#onPassed = onPassed;
    this.#measuring = measuring;
  }

  async measure(): Promise<SizeNode> {
    const { root } = this.#document;
    const digest = await this.#digest(root);
    for (const { path, label } of digest === null ? [] : findConversations(digest)) {
      const list = await this.#document.resolve(path);
      if (list?.kind === 'array') this.#conversations.set(list.id, label);
    }
    return this.#large({ node: root, path: [], attribute: this.#measuring.attributes.root, within: null });
  }

  async #large({ node, path, attribute, within: outer }: Here): Promise<SizeNode> {
    const { smallest, turns, attributes, conversations } = this.#measuring;
    const label = this.#conversations.get(node.id);
    const gathering =
      label === undefined || node.kind !== 'array' ? null : conversations.begin({ key: this.#key, path, label });
    const within: Within | null = gathering === null ? outer : { role: 'list', gathering };
    const parts = new Parts(smallest);
    let bytes = 0;
    let tokens: number | null = 0;
    for (let from = 0; from < node.children; from += CHILDREN_AT_ONCE) {
      for (const child of await this.#document.children(node, from, CHILDREN_AT_ONCE)) {
        await turns.breathe();
        const here = {
          node: child,
          path: [...path, child.name ?? child.index],
          attribute: attributes.child(attribute, child.name),
          within,
        };
        const figures = child.parsed === null ? await this.#largePart(here, parts) : await this.#parsed(here, parts);
        bytes += figures.bytes;
        tokens = sumTokens([tokens, figures.tokens]);
        this.#onPassed(child.end - this.#document.root.id);
      }
    }
    const own = node.end - node.id - bytes;
    if (node.kind === 'string') tokens = await this.#tokensOf(node);
    const whole = { bytes: node.end - node.id, tokens, growth: this.#growth(node.end - node.id) };
    attribute.add(whole);
    attribute.addOwn({ bytes: own, tokens: node.kind === 'string' ? tokens : 0, growth: this.#growth(own) });
    gathering?.end(whole, 0, { now: null, was: null, mode: this.#mode }, { now: node.id, was: null, same: false });
    const kind = node.kind === 'array' || node.kind === 'object' ? node.kind : 'value';
    const structure = { bytes: own, tokens: tokens === null ? null : 0, growth: this.#growth(own) };
    return {
      ...PLAIN,
      kind,
      name: String(path.at(-1) ?? ''),
      place: { key: this.#key, segments: path },
      ...whole,
      parts: node.children === 0 ? [] : parts.list(structure),
    };
  }

  async #largePart({ node, path, attribute, within }: Here, parts: Parts): Promise<Figures> {
    const made = await this.#large({ node, path, attribute, within: inside(within, node) });
    parts.add(made, made.bytes, () => made);
    if (within === null) return made;
    const { role, gathering } = within;
    if (role !== 'list' && role !== 'content') return made;
    const digest = await this.#digest(node);
    if (digest === null) return made;
    const { bytes, tokens, growth } = made;
    const figures = { bytes, tokens, growth };
    if (role === 'list') gathering.addFigures(figures, 0, messageLabel(digest, 0) ?? '', path);
    const block = role === 'content' ? blockOf(digest, 0) : null;
    if (block !== null) gathering.addCall(block, figures, 0, path);
    return made;
  }

  async #parsed({ node, path, attribute, within }: Here, parts: Parts): Promise<Figures> {
    const { parsed } = node;
    if (parsed === null) throw new TypeError('a value that is not parsed');
    const { seed, smallest, attributes, conversations, duplicates, counter, turns } = this.#measuring;
    const plain = sideOf(parsed.document, seed);
    const before = (await counter?.before(parsed.document, (each) => plain.hashes.of(each), turns)) ?? null;
    const side = { ...plain, tokens: before };
    const compared: Compared = { now: side, was: null, mode: this.#mode };
    const pair: Pair = { now: parsed.node, was: null, same: false };
    const figures = figuresOf(compared, pair);
    const kind = node.kind === 'array' || node.kind === 'object' ? node.kind : 'value';
    const named = { kind, name: String(path.at(-1) ?? ''), path } as const;
    parts.add(figures, figures.bytes, () => valueSizes(this.#key, compared, pair, named, smallest));
    attributes.add(compared, pair, attribute);
    duplicates.add(this.#key, side, path);
    const label = this.#conversations.get(node.id);
    if (label !== undefined) conversations.addConversation({ key: this.#key, path, label }, compared, pair);
    else if (within === null) conversations.add(this.#key, compared, path);
    else addPart(within, compared, pair, path, node);
    return figures;
  }

  async #tokensOf(node: PagedNode): Promise<number | null> {
    const { counter, turns } = this.#measuring;
    if (counter === null) return null;
    let tokens = 0;
    for await (const piece of stringPieces(this.#document, node)) tokens += await counter.count(piece, turns);
    return tokens;
  }

  #growth(bytes: number): Figures['growth'] {
    return growthIn(this.#mode, { same: false }, bytes, null);
  }

  async #digest(node: PagedNode) {
    return parseJson(encodeUtf8(await digestOf(this.#document, node))).document;
  }
}

/** What a large value in a conversation is, by what holds it. */
function inside(within: Within | null, node: PagedNode): Within | null {
  if (within === null) return null;
  const { gathering } = within;
  switch (within.role) {
    case 'list':
      return { gathering, role: node.kind === 'array' ? 'pair' : 'message' };
    case 'pair':
      return { gathering, role: 'message' };
    case 'message':
      return node.name === 'content' && node.kind === 'array' ? { gathering, role: 'content' } : null;
    case 'content':
      return null;
    default:
      return within.role satisfies never;
  }
}

function addPart({ role, gathering }: Within, compared: Compared, pair: Pair, path: JsonPath, node: PagedNode): void {
  if (role === 'list') gathering.addItem(compared, pair, path.slice(0, -1), node.index);
  else if (role === 'content') gathering.addBlock(compared, pair, path);
  else if (role === 'message' && node.name === 'content' && node.kind === 'array' && node.parsed !== null) {
    const { document } = node.parsed;
    for (const block of document.children(node.parsed.node))
      gathering.addBlock(compared, { now: block, was: null, same: false }, [...path, document.indexInParent(block)]);
  }
}
