/** A state that is too large to be held: what a person looks at in it, read when it is looked at. */
import type { Calls, Streams } from '../../../shared/ipc/contract.ts';
import type { ConversationPage, Page, StateSummary, TreeRow, ValueDetail } from '../../../shared/ipc/model.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type JsonPath, toBracket, toDot, toJsonPath, toJsonPointer } from '../../../shared/json/path.ts';
import {
  type ConversationRef,
  findConversations,
  type Message,
  messageLabel,
  readMessage,
} from '../../../shared/messages/conversation.ts';
import type { StateEntry, StateRange } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { factsOf, type StateFacts } from '../sources/state-facts.ts';
import { digestOf } from './digest.ts';
import { PagedDocument, type PagedNode, pathOfNode } from './paged-document.ts';
import { formattedPieces, stringPieces } from './paged-text.ts';
import { PagedTree } from './paged-tree.ts';

type StateInput<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace' | 'key'>;

/** What goes to the clipboard in one piece. */
const MOST_COPIED_BYTES = 64 << 20;
const STEPS_SHOWN = 40;
const PATH_CHARACTERS = 2000;

export class PagedState {
  readonly entry: StateEntry;
  readonly document: PagedDocument;
  readonly #range: StateRange;
  readonly #tree: PagedTree;
  /** Asked for with the first look: whoever wants one value only does not need it. */
  #known: Promise<Known> | null = null;

  private constructor(entry: StateEntry, range: StateRange, document: PagedDocument) {
    this.entry = entry;
    this.document = document;
    this.#range = range;
    this.#tree = new PagedTree(document);
  }

  /**
   * Goes through the state once.
   * @param largeAbove values of more bytes are not parsed whole; default 256 KiB
   * @throws SourceError; the signal's reason.
   */
  static async open(
    entry: StateEntry,
    range: StateRange,
    { signal, largeAbove }: { readonly signal?: AbortSignal | undefined; readonly largeAbove?: number } = {},
  ): Promise<PagedState> {
    const { access, incomplete } = range;
    const document = await PagedDocument.open(
      { access, size: access.size ?? entry.bytes, incomplete, largeAbove },
      signal,
    );
    return new PagedState(entry, range, document);
  }

  get problems(): StateRange['problems'] {
    return this.#range.problems;
  }

  async summary(): Promise<StateSummary> {
    const { entry } = this;
    const { facts, conversations } = await this.#look();
    const { root } = this.document;
    return {
      key: entry.key,
      kind: entry.kind,
      id: entry.id,
      status: facts?.status ?? entry.status,
      bytes: root.end,
      nodes: null,
      rootKind: root.kind,
      metadata: this.#range.metadata,
      conversations: conversations.map(({ node, label, count, summary }) => ({ node, label, count, summary })),
      problems: this.#range.problems,
      paged: true,
      revision: '',
      notWritable: 'too-large',
      expiry: null,
      type: null,
      findings: [],
    };
  }

  rows({ expansion, offset, limit }: StateInput<'tree.rows'>): Promise<Page<TreeRow>> {
    return this.#tree.rows(expansion, offset, limit);
  }

  reveal({ expansion, node }: StateInput<'tree.reveal'>): Promise<Calls['tree.reveal']['output']> {
    return this.#tree.reveal(expansion, node);
  }

  async value(id: number): Promise<ValueDetail> {
    const node = await this.document.node(id);
    const { parsed, kind } = node;
    const path = pathOfNode(node);
    const { steps, left } = stepsTo(node);
    return {
      node: node.id,
      kind,
      name: node.name,
      bytes: node.end - node.id,
      children: node.children,
      steps,
      stepsLeft: left,
      paths: {
        dot: shown(toDot(path)),
        bracket: shown(toBracket(path)),
        pointer: shown(toJsonPointer(path)),
        jsonpath: shown(toJsonPath(path)),
      },
      number: parsed !== null && kind === 'number' ? { ...parsed.document.number(parsed.node) } : null,
      stringIsJson: false,
      message: parsed !== null && messageLabel(parsed.document, parsed.node) !== null,
      incomplete: node.incomplete,
      duplicate: parsed?.document.isDuplicateKey(parsed.node) ?? false,
    };
  }

  /** @throws SourceError `state-too-large` for a value that does not go into one text. */
  async copyText({ node: id, what }: StateInput<'value.copy'>): Promise<string> {
    const node = await this.document.node(id);
    if (what === 'value' || what === 'text') {
      if (node.end - node.id > MOST_COPIED_BYTES) throw this.#tooLarge(node.end - node.id);
      return joined(this.#text(node, what === 'value' ? 'json' : 'text'));
    }
    if (what === 'key') return node.name ?? (node.parent === null ? this.entry.key : String(node.index));
    return PATHS[what](pathOfNode(node));
  }

  async *valueText({ node, form }: Pick<Streams['value.text']['input'], 'node' | 'form'>): AsyncGenerator<string> {
    yield* this.#text(await this.document.node(node), form);
  }

  /** One page of messages, of which only those are read. */
  async conversationPage({ node, offset, limit }: StateInput<'conversation.page'>): Promise<ConversationPage> {
    const { conversations } = await this.#look();
    const found = conversations.find((each) => each.node === node);
    if (!found) {
      const { key } = this.entry;
      throw new SourceError('not-found', `${key} has no conversation at byte ${node}.`, { key });
    }
    const list = await this.document.node(node);
    const items = await this.document.children(list, offset, limit);
    return { total: found.count, messages: await Promise.all(items.map((item) => this.#message(item))) };
  }

  #look(): Promise<Known> {
    if (this.#known === null) {
      this.#known = lookInto(this.document);
      // What could not be read may be readable the next time.
      this.#known.catch(() => {
        this.#known = null;
      });
    }
    return this.#known;
  }

  async #message(item: PagedNode): Promise<Message> {
    if (item.parsed === null) return this.#hugeMessage(item);
    const { document, node, base } = item.parsed;
    const message = readMessage(document, node);
    const blocks = message.blocks.map((block) => ({ ...block, node: base + document.start(block.node) }));
    return { ...message, node: base + document.start(message.node), index: item.index, blocks };
  }

  /** One that is larger than what is parsed at once: its beginning. The tree has all of it. */
  async #hugeMessage(item: PagedNode): Promise<Message> {
    const digest = await digestDocument(this.document, item);
    if (digest === null) return { ...EMPTY_MESSAGE, node: item.id, index: item.index };
    const message = readMessage(digest, 0);
    const blocks = message.blocks.map((block) => ({ ...block, node: item.id, ...('cut' in block && { cut: true }) }));
    return { ...message, node: item.id, index: item.index, blocks };
  }

  #text(node: PagedNode, form: 'json' | 'text'): AsyncGenerator<string, void, void> {
    if (node.kind === 'string' && form === 'text') return stringPieces(this.document, node);
    return formattedPieces(this.document, node);
  }

  #tooLarge(bytes: number): SourceError {
    const { key } = this.entry;
    const megabytes = Math.ceil(bytes / 1e6);
    const message = `A value of ${megabytes} MB in ${key} does not go into the clipboard. Copy a part of it, or write it to a file: statescope get`;
    return new SourceError('state-too-large', message, { key, megabytes, limit: Math.floor(MOST_COPIED_BYTES / 1e6) });
  }
}

const PATHS = {
  dot: toDot,
  bracket: toBracket,
  pointer: toJsonPointer,
  jsonpath: toJsonPath,
} satisfies Record<string, (path: JsonPath) => string>;

const EMPTY_MESSAGE: Omit<Message, 'node' | 'index'> = {
  id: null,
  role: null,
  name: null,
  time: null,
  marks: [],
  blocks: [],
};

interface Known {
  readonly facts: StateFacts | null;
  readonly conversations: readonly ConversationRef[];
}

/** What the state is and where its conversations are, by its digest. */
async function lookInto(document: PagedDocument): Promise<Known> {
  const digest = await digestDocument(document, document.root);
  const conversations: ConversationRef[] = [];
  for (const found of digest === null ? [] : findConversations(digest)) {
    const list = await document.resolve(found.path);
    if (list?.kind === 'array') conversations.push({ ...found, node: list.id, count: list.children });
  }
  return { facts: digest && factsOf(digest, 0), conversations };
}

async function digestDocument(document: PagedDocument, node: PagedNode, signal?: AbortSignal) {
  return parseJson(encodeUtf8(await digestOf(document, node, signal))).document;
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

function stepsTo(node: PagedNode): { steps: ValueDetail['steps']; left: number } {
  const steps: { node: number; label: string }[] = [];
  for (let at = node; at.parent !== null; at = at.parent)
    steps.unshift({ node: at.id, label: at.name ?? String(at.index) });
  const left = Math.max(0, steps.length - STEPS_SHOWN);
  if (left > 0) steps.splice(8, left);
  return { steps, left };
}

function shown(path: string): string {
  return path.length > PATH_CHARACTERS ? `${path.slice(0, PATH_CHARACTERS)}…` : path;
}
