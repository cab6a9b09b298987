/** One state while the rules look at it: parsed once, described once, and let go again. */
import type { FindingPlace } from '../../../shared/ipc/consistency.ts';
import type { StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument, JsonIssue, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type JsonPath, pathOf, resolvePath, toJsonPath } from '../../../shared/json/path.ts';
import { type ConversationRef, findConversations } from '../../../shared/messages/conversation.ts';
import { DateTime } from '../../../shared/state/date-time.ts';
import { describeState, type StateDescription, type StoredBeside } from '../../../shared/state/describe-state.ts';
import { STATE_DATA } from '../../../shared/state/tags.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { StateEntry } from '../sources/source.ts';
import { memberText, plainStatus } from '../sources/state-facts.ts';
import { storedBeside } from '../validation/stored-beside.ts';
import { type Oddities, odditiesIn } from './oddities.ts';

/** What a value is wrapped in by the two formats of the document. */
const TAG_DATA = ['__data__', '__serialized_data__'];

/** A value and its node. */
export interface Noted<T> {
  readonly value: T;
  readonly node: NodeId;
}

/** Its value is lower case, without the name of its enum. */
export interface NotedStatus extends Noted<string> {
  /** As it is written: `busy`, `BUSY`, `AgentStatus.BUSY`. */
  readonly raw: string;
  /** The text itself, within its tag. */
  readonly text: NodeId;
}

/** Where the metadata of a state stands. */
export interface StoredMetadata {
  readonly document: JsonDocument;
  readonly node: NodeId;
  /** In a column of its own, not in the state's text. */
  readonly isBeside: boolean;
}

/** Members and texts that are asked for, after which a step is told. */
const STEP = 4096;

export class StateView {
  readonly entry: StateEntry;
  readonly metadata: StateMetadata;
  readonly document: JsonDocument;
  readonly issues: readonly JsonIssue[];
  readonly beside: StoredBeside;
  /** The members of an envelope's `state_data`, or the state itself. */
  readonly data: NodeId;
  readonly registry: TypeRegistry;
  readonly #onStep: (() => void) | undefined;
  #asked = 0;
  #description: StateDescription | null = null;
  #conversations: readonly ConversationRef[] | null = null;
  #oddities: Oddities | null = null;
  #stored: { readonly found: StoredMetadata | null } | null = null;

  /** @param onStep called again and again while something long is found out; what it throws ends that */
  constructor(
    entry: StateEntry,
    metadata: StateMetadata,
    document: JsonDocument,
    issues: readonly JsonIssue[],
    registry: TypeRegistry,
    onStep?: () => void,
  ) {
    this.entry = entry;
    this.metadata = metadata;
    this.document = document;
    this.issues = issues;
    this.beside = storedBeside(metadata);
    this.data = document.member(0, STATE_DATA) ?? 0;
    this.registry = registry;
    this.#onStep = onStep;
  }

  get key(): string {
    return this.entry.key;
  }

  /** The text ends, or stops being JSON, before the state does: what is missing says nothing. */
  get isCutOff(): boolean {
    return this.document.isIncomplete(0);
  }

  get isEnvelope(): boolean {
    return this.data !== 0;
  }

  /** The last part of the label: `AgentStateModule`. */
  get typeName(): string {
    const label = this.metadata.type ?? memberText(this.document, 0, '__type__') ?? this.entry.type ?? '';
    return label.slice(label.lastIndexOf('.') + 1);
  }

  get description(): StateDescription {
    this.#description ??= describeState(this.document, this.registry, this.beside, this.#onStep);
    return this.#description;
  }

  get conversations(): readonly ConversationRef[] {
    this.#conversations ??= findConversations(this.document);
    return this.#conversations;
  }

  /**
   * The StateMetadata that is kept beside the state: in a column, or in the envelope. Null where there is none, or where only its
   * beginning is known.
   */
  get stored(): StoredMetadata | null {
    this.#stored ??= { found: this.#metadata() };
    return this.#stored.found;
  }

  #metadata(): StoredMetadata | null {
    const column = this.metadata.fields.find(({ name }) => name === 'metadata');
    if (column !== undefined) {
      if (column.value.endsWith('…')) return null;
      const { document } = parseJson(Buffer.from(column.value));
      return document === null ? null : { document, node: 0, isBeside: true };
    }
    const node = this.isEnvelope ? (this.member('__metadata__', 0) ?? this.member('metadata', 0)) : undefined;
    return node === undefined ? null : { document: this.document, node, isBeside: false };
  }

  /** What other programs trip over, found in one walk over all values. */
  get oddities(): Oddities {
    this.#oddities ??= odditiesIn(this.document, this.#onStep);
    return this.#oddities;
  }

  /** A member of the data, or of another object. */
  member(name: string, of: NodeId = this.data): NodeId | undefined {
    this.#step();
    return this.document.kind(of) === 'object' ? this.document.member(of, name) : undefined;
  }

  /** The value within a tag: of `{"__custom_type__": "set", "__data__": […]}` the list. */
  untagged(node: NodeId): NodeId {
    if (this.document.kind(node) !== 'object') return node;
    for (const name of TAG_DATA) {
      const data = this.document.member(node, name);
      if (data !== undefined) return data;
    }
    return node;
  }

  /** A text, also a tagged one. Undefined where there is none. */
  text(name: string, of: NodeId = this.data): Noted<string> | undefined {
    const node = this.member(name, of);
    return node === undefined ? undefined : this.textAt(node);
  }

  textAt(node: NodeId): Noted<string> | undefined {
    this.#step();
    const inner = this.untagged(node);
    return this.document.kind(inner) === 'string' ? { value: this.document.string(inner), node } : undefined;
  }

  #step(): void {
    this.#asked += 1;
    if (this.#asked % STEP === 0) this.#onStep?.();
  }

  status(of: NodeId = this.data): NotedStatus | undefined {
    const found = this.text('status', of);
    const value = found && plainStatus(found.value);
    return found && value ? { value, node: found.node, raw: found.value, text: this.untagged(found.node) } : undefined;
  }

  number(name: string, of: NodeId = this.data): Noted<number> | undefined {
    const node = this.member(name, of);
    if (node === undefined || this.document.kind(node) !== 'number') return undefined;
    return { value: this.document.number(node).value, node };
  }

  /** Undefined for what is missing, null and no time. */
  time(name: string, of: NodeId = this.data): Noted<DateTime> | undefined {
    const node = this.member(name, of);
    return node === undefined ? undefined : this.timeAt(node);
  }

  timeAt(node: NodeId): Noted<DateTime> | undefined {
    const found = this.textAt(node);
    const value = found && timeFrom(found.value);
    return value ? { value, node } : undefined;
  }

  /** The items of a list or of a tagged set; undefined for anything else. */
  list(name: string, of: NodeId = this.data): Noted<readonly NodeId[]> | undefined {
    const node = this.member(name, of);
    if (node === undefined) return undefined;
    const inner = this.untagged(node);
    return this.document.kind(inner) === 'array' ? { value: [...this.document.children(inner)], node } : undefined;
  }

  path(node: NodeId): JsonPath {
    return pathOf(this.document, node);
  }

  place(node: NodeId = 0): FindingPlace {
    return placeOf(this.entry, this.path(node), this.document.start(node));
  }
}

/** A path of which the end may be missing: where it belongs is shown at what is there of it. */
export function placeIn(state: StateView, path: JsonPath): FindingPlace {
  let known = path;
  let node = resolvePath(state.document, known);
  while (node === undefined) {
    known = known.slice(0, -1);
    node = resolvePath(state.document, known);
  }
  return placeOf(state.entry, path, state.document.start(node));
}

/** Null for what is no time. */
export function timeFrom(text: string): DateTime | null {
  try {
    return new DateTime(text);
  } catch {
    // StateValueError: whether it has to be one is for the rules of the type to say.
    return null;
  }
}

export function placeOf(
  { key, location }: Pick<StateEntry, 'key' | 'location'>,
  path: JsonPath = [],
  offset: number | null = null,
): FindingPlace {
  return { key, location, path, at: toJsonPath(path), offset };
}
