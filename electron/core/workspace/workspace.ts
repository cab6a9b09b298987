import { LRUCache } from 'lru-cache';
import type { Calls, Streams } from '../../../shared/ipc/contract.ts';
import type {
  ConversationPage,
  ExplorerRow,
  Overview,
  Page,
  Problem,
  StateSummary,
  TreeRow,
  ValueDetail,
  WorkspaceSummary,
} from '../../../shared/ipc/model.ts';
import type { FieldFinding, NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { pathOf, toBracket, toDot, toJsonPath, toJsonPointer } from '../../../shared/json/path.ts';
import { formatJson, formatJsonChunks } from '../../../shared/json/print.ts';
import {
  type ConversationRef,
  findConversations,
  messageLabel,
  readMessages,
} from '../../../shared/messages/conversation.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import { PagedState } from '../paged/paged-state.ts';
import { StatePerformanceManager } from '../performance/performance-manager.ts';
import type { StateCache } from '../performance/state-cache.ts';
import { storeName } from '../performance/store-name.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { knownTypes } from '../validation/known-types.ts';
import { storedBeside } from '../validation/stored-beside.ts';
import { type StateWriter, textRevision } from '../writing/state-writer.ts';
import { ExplorerList } from './explorer-rows.ts';
import { problemsOfIssues } from './issue-problems.ts';
import { type KnownState, knownState } from './known-state.ts';
import { type OverviewRun, readOverview } from './overview.ts';
import { type NodeMarks, stepsTo, VisibleTree } from './tree-rows.ts';

/** A state that has been read and parsed: its tape, its tree and its conversations. */
export interface OpenState {
  readonly entry: StateEntry;
  readonly stored: StateBytes;
  readonly document: JsonDocument;
  readonly tree: VisibleTree;
  readonly conversations: readonly ConversationRef[];
  readonly problems: readonly Problem[];
  /** What its type says of it; decoded when it is first asked for, since whoever wants bytes only need not wait for it. */
  readonly known: () => KnownState;
}

type Input<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;

/** Parsed states kept at hand, by the memory of their text; a tape takes about as much again. */
const STATES_KEPT_BYTES = 128 * 1024 * 1024;
const PATH_CHARACTERS = 2000;
const CHUNK_CHARACTERS = 64 * 1024;
/** A larger state is read in parts; one of this size takes a tenth of a second to parse. */
export const PAGED_ABOVE_BYTES = 16 * 1024 * 1024;
const PAGED_KEPT = 4;
/** A string up to this long is looked at to see whether it is JSON itself. */
const NESTED_JSON_BYTES = 1024 * 1024;

/** How often the source has been read anew, and whether it may be written: what a summary tells beside the source itself. */
export interface WritingState {
  readonly generation: number;
  readonly armed: boolean;
  /** A reason where the source is only read. */
  readonly writer: StateWriter | NotWritableReason;
  readonly asOf: WorkspaceSummary['asOf'];
}

const READ_ONLY: WritingState = { generation: 0, armed: false, writer: 'format', asOf: null };

/**
 * A source as it was when it was read, with what a person looks at: lists, trees and values, a window of rows at a time.
 * Runs in a worker beside the main process, and in-process on the command line. Nothing in here writes; see
 * editable-workspace.ts.
 */
export class Workspace {
  readonly source: Source;
  readonly #registry: TypeRegistry;
  readonly #openedAt = new Date().toISOString();
  #explorer: ExplorerList;
  #entries: ReadonlyMap<string, StateEntry>;
  readonly #performance: StatePerformanceManager;
  readonly #states: StateCache<OpenState>;
  #overview: Overview | null = null;
  readonly #opening = new Map<string, Promise<OpenState>>();
  readonly #paged = new LRUCache<string, Promise<PagedState>>({ max: PAGED_KEPT });
  readonly #pagedAbove: number;

  /**
   * @param pagedAbove states of more bytes are read in parts, where the source can do that
   * @param performance where it is measured how long reading takes, and how often a state was at hand
   */
  constructor(
    source: Source,
    registry: TypeRegistry = knownTypes(),
    pagedAbove = PAGED_ABOVE_BYTES,
    performance = new StatePerformanceManager({ cacheEnabled: false }),
  ) {
    this.source = source;
    this.#performance = performance;
    const bounds = { maxEntries: performance.config.maxCacheSize, maxBytes: STATES_KEPT_BYTES };
    this.#states = performance.cache(bounds, ({ stored }) => stored.bytes.length);
    this.#registry = registry;
    this.#pagedAbove = pagedAbove;
    this.#explorer = new ExplorerList(source.entries, source.problems);
    this.#entries = new Map(source.entries.map((entry) => [entry.key, entry]));
  }

  /** After the source has grown: its states are listed anew. */
  listAnew(): void {
    const { entries, problems } = this.source;
    this.#explorer = new ExplorerList(entries, problems);
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
    this.#overview = null;
  }

  summary(workspace: string, writing: WritingState = READ_ONLY): WorkspaceSummary {
    const { source } = this;
    const kinds = new Map<string, number>();
    for (const entry of source.entries) kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1);
    return {
      workspace,
      format: source.format,
      location: source.location,
      name: source.location.split(/[\\/]/).findLast((part) => part !== '') ?? source.location,
      states: source.entries.length,
      kinds: Object.fromEntries(kinds),
      bytes: source.bytes,
      problems: source.problems.length,
      unfollowedLinks: source.problems.filter((problem) => problem.code === 'symlink-outside').length,
      openedAt: this.#openedAt,
      generation: writing.generation,
      armed: writing.armed,
      notWritable: typeof writing.writer === 'string' ? writing.writer : null,
      asOf: writing.asOf,
      indexing: source.growth?.indexing ?? null,
    };
  }

  /** A state that is read in parts; null for one that is read at once. */
  async paged(key: string, signal?: AbortSignal): Promise<PagedState | null> {
    const entry = this.entry(key);
    if (entry.bytes <= this.#pagedAbove || this.source.range === undefined) return null;
    // A file that has changed is noticed with every look, not only with the first.
    const range = await this.source.range(entry.key);
    const known = this.#paged.get(entry.key);
    if (known) return known;
    const opening = PagedState.open(entry, range, { signal });
    this.#paged.set(entry.key, opening);
    opening.catch(() => this.#paged.delete(entry.key));
    return opening;
  }

  /**
   * The entry that a person means: its key, or an alias that no other state has.
   * @throws SourceError `not-found`
   */
  entry(key: string): StateEntry {
    const exact = this.#entries.get(key);
    if (exact) return exact;
    const [alias, ...others] = this.source.entries.filter((entry) => entry.aliases.includes(key));
    if (alias && others.length === 0) return alias;
    throw new SourceError(
      'not-found',
      `${this.source.location} has no state ${key}. List its states to see what there is.`,
      {
        key,
        location: this.source.location,
      },
    );
  }

  explorerRows(input: Input<'explorer.rows'>): Page<ExplorerRow> {
    return this.#explorer.page(input, input.offset, input.limit);
  }

  problemRows({ offset, limit }: Input<'problems.rows'>): Page<Problem> {
    const { problems } = this.source;
    return { rows: problems.slice(offset, offset + limit), total: problems.length };
  }

  /** Read when it is first asked for, and kept. */
  async overview(run: OverviewRun): Promise<Overview> {
    this.#overview ??= await readOverview(this.source, this.#openedAt, run);
    return this.#overview;
  }

  /** Reads and parses a state, once for all who ask at the same time. */
  async state(key: string, signal?: AbortSignal): Promise<OpenState> {
    const kept = this.#states.get(key);
    if (kept) {
      this.#performance.hit();
      return kept;
    }
    const opening =
      this.#opening.get(key) ?? this.#read(this.entry(key), signal).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async openState({ key }: Input<'state.open'>, { writer }: WritingState = READ_ONLY): Promise<StateSummary> {
    const paged = await this.paged(key);
    if (paged) return paged.summary();
    const { entry, stored, document, conversations, problems, known } = await this.state(key);
    return {
      key: entry.key,
      kind: entry.kind,
      id: entry.id,
      status: entry.status,
      bytes: stored.bytes.length,
      nodes: document.nodeCount,
      rootKind: document.kind(0),
      metadata: stored.metadata,
      conversations: conversations.map(({ node, label, count, summary }) => ({ node, label, count, summary })),
      problems,
      paged: false,
      revision: textRevision(stored.bytes),
      notWritable: typeof writer === 'string' ? writer : writer.refusal(entry.key),
      expiry: expiryOf(stored.metadata),
      type: known().type,
      findings: known().findings,
    };
  }

  async treeRows({ key, expansion, offset, limit }: Input<'tree.rows'>): Promise<Page<TreeRow>> {
    const paged = await this.paged(key);
    return paged
      ? paged.rows({ expansion, offset, limit })
      : (await this.state(key)).tree.rows(expansion, offset, limit);
  }

  async treeReveal({ key, expansion, node }: Input<'tree.reveal'>): Promise<Calls['tree.reveal']['output']> {
    const paged = await this.paged(key);
    if (paged) return paged.reveal({ expansion, node });
    const state = await this.state(key);
    checkNode(state, node);
    return state.tree.reveal(expansion, node);
  }

  async value({ key, node }: Input<'value.get'>): Promise<ValueDetail> {
    const paged = await this.paged(key);
    if (paged) return paged.value(node);
    const state = await this.state(key);
    checkNode(state, node);
    const { document } = state;
    const kind = document.kind(node);
    const path = pathOf(document, node);
    const { steps, left } = stepsTo(document, node);
    return {
      node,
      kind,
      name: document.key(node) ?? null,
      bytes: document.end(node) - document.start(node),
      children: kind === 'array' || kind === 'object' ? document.childCount(node) : 0,
      steps,
      stepsLeft: left,
      paths: {
        dot: shown(toDot(path)),
        bracket: shown(toBracket(path)),
        pointer: shown(toJsonPointer(path)),
        jsonpath: shown(toJsonPath(path)),
      },
      number: kind === 'number' ? { ...document.number(node) } : null,
      stringIsJson: kind === 'string' && nestedJson(document, node) !== null,
      message: messageLabel(document, node) !== null,
      incomplete: document.isIncomplete(node),
      duplicate: document.isDuplicateKey(node),
    };
  }

  /** What a person gets when copying: the text as it is stored, or the decoded string for `text`. */
  async copyText({ key, node, what }: Input<'value.copy'>): Promise<string> {
    const paged = await this.paged(key);
    if (paged) return paged.copyText({ node, what });
    const state = await this.state(key);
    checkNode(state, node);
    const { document } = state;
    const path = () => pathOf(document, node);
    switch (what) {
      case 'value':
        return formatJson(document, node, { indent: 2 });
      case 'text':
        return document.kind(node) === 'string' ? document.string(node) : document.rawText(node);
      case 'key':
        return document.key(node) ?? String(document.parent(node) < 0 ? key : document.indexInParent(node));
      case 'dot':
        return toDot(path());
      case 'bracket':
        return toBracket(path());
      case 'pointer':
        return toJsonPointer(path());
      case 'jsonpath':
        return toJsonPath(path());
      default:
        return what satisfies never;
    }
  }

  async *valueText({
    key,
    node,
    form,
  }: Omit<Streams['value.text']['input'], 'workspace'>): AsyncGenerator<string, void, void> {
    const paged = await this.paged(key);
    if (paged) {
      yield* paged.valueText({ node, form });
      return;
    }
    const state = await this.state(key);
    checkNode(state, node);
    const { document } = state;
    if (document.kind(node) === 'string' && form === 'text') {
      yield* pieces(document.string(node));
      return;
    }
    const nested = document.kind(node) === 'string' ? nestedJson(document, node) : null;
    yield* formatJsonChunks(nested ?? document, nested ? 0 : node, { indent: 2, chunkChars: CHUNK_CHARACTERS });
  }

  async conversationPage({ key, node, offset, limit }: Input<'conversation.page'>): Promise<ConversationPage> {
    const paged = await this.paged(key);
    if (paged) return paged.conversationPage({ node, offset, limit });
    const state = await this.state(key);
    const conversation = state.conversations.find((candidate) => candidate.node === node);
    if (!conversation) {
      throw new SourceError(
        'not-found',
        `${key} has no conversation at ${toJsonPointer(pathOf(state.document, node))}.`,
        { key },
      );
    }
    return { total: conversation.count, messages: readMessages(state.document, conversation, offset, limit) };
  }

  /** Lets go of what was read; the source stays open. Not to be asked for anything afterwards. */
  forget(): void {
    this.#states.clear();
    this.#performance.letGo(this.#states);
    this.#paged.clear();
  }

  async close(): Promise<void> {
    this.forget();
    await this.source.close();
  }

  async #read(entry: StateEntry, signal: AbortSignal | undefined): Promise<OpenState> {
    const { key } = entry;
    this.#performance.miss();
    const stored = await this.#performance.timed(
      'load',
      { backend: storeName(this.source, key), key },
      () => this.source.read(key, signal ? { signal } : {}),
      ({ bytes }) => bytes.length,
    );
    const { document, issues } = parseJson(stored.bytes);
    if (!document) {
      const [issue] = issues;
      throw new SourceError(
        'not-json',
        `${entry.key} in ${this.source.location} is no JSON any more: ${issue?.message ?? 'empty'}. Reload the source.`,
        {
          key: entry.key,
          location: this.source.location,
          offset: issue?.offset ?? 0,
        },
      );
    }
    const found = problemsOfIssues(issues, entry.location, entry.key);
    const told = this.source.problems.filter(
      (problem) => problem.key === entry.key && !found.some((other) => other.code === problem.code),
    );
    let knowledge: KnownState | null = null;
    const known = () => (knowledge ??= knownState(document, this.#registry, storedBeside(stored.metadata)));
    const state: OpenState = {
      entry,
      stored,
      document,
      known,
      tree: new VisibleTree(document, () => marksOf(known())),
      conversations: findConversations(document),
      problems: [...told, ...found, ...stored.problems],
    };
    this.#states.set(entry.key, state);
    return state;
  }
}

/** As the rules of a persistence.yaml have it. */
function expiryOf({ fields }: StateBytes['metadata']): StateSummary['expiry'] {
  const [expiresAt, ttl] = ['expires_at', 'ttl'].map((name) => fields.find((field) => field.name === name)?.value);
  return expiresAt === undefined || ttl === undefined ? null : { expiresAt, ttlSeconds: Number(ttl) };
}

function marksOf({ type, findings }: KnownState): NodeMarks {
  const declared = (type?.attributes ?? []).flatMap(({ node }) => (node === null ? [] : [node]));
  const first = new Map<NodeId, FieldFinding>();
  for (const finding of findings) if (!first.has(finding.node)) first.set(finding.node, finding);
  return { declared: new Set(declared), findings: first };
}

function checkNode(state: OpenState, node: NodeId): void {
  if (node < state.document.nodeCount) return;
  throw new SourceError(
    'not-found',
    `${state.entry.key} has no node ${node}: it has ${state.document.nodeCount}. Open the state again.`,
    {
      key: state.entry.key,
    },
  );
}

/** The document inside a string that is JSON itself, as the inputs and outputs of tools often are. Null for anything else. */
function nestedJson(document: JsonDocument, node: NodeId): JsonDocument | null {
  if (document.end(node) - document.start(node) > NESTED_JSON_BYTES) return null;
  const text = document.string(node);
  if (!/^\s*[[{]/.test(text)) return null;
  const { document: nested, issues } = parseJson(new TextEncoder().encode(text));
  return issues.length === 0 ? nested : null;
}

/** A path as it is displayed; copying gives all of it. */
function shown(path: string): string {
  return path.length > PATH_CHARACTERS ? `${path.slice(0, PATH_CHARACTERS)}…` : path;
}

function* pieces(text: string): Generator<string, void, void> {
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) yield text.slice(at, at + CHUNK_CHARACTERS);
}
