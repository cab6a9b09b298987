/** The conversations within a state: where they are, and their messages page by page. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { type JsonPath, pathOf, toDot } from '../json/path.ts';
import { readBlocks } from './blocks.ts';
import type { Message } from './message.ts';
import { contentOf, marksOf, messageOf, positionOf, senderOf, textOf, timeOf, unwrap } from './message-shape.ts';
import { toolIdsOf } from './tool-ids.ts';

export type { Message, MessageBlock } from './message.ts';
export { messageLabel } from './message-shape.ts';

export interface ConversationRef {
  /** The array of messages. */
  readonly node: NodeId;
  readonly path: JsonPath;
  /** What tells it from the others of the same state, e.g. `friday` for `friday.memory.content`. */
  readonly label: string;
  /**
   * `list`: messages one after the other. `marked`: pairs of a message and its marks. `context`: of an AgentScope 2.x
   * state. `messages`: `conversation_context` and `messages` of the state-management design.
   */
  readonly shape: 'list' | 'marked' | 'context' | 'messages';
  readonly count: number;
  /** What the agent kept of messages that it dropped; null where there is none. */
  readonly summary: string | null;
}

export interface ReadMessageOptions {
  /** Longer texts are cut. Default 20,000. */
  readonly maxTextChars?: number;
}

const MAX_TEXT = 20_000;
/** Bounds of the search: values looked at in one container, and in all. */
const MAX_CHILDREN = 2000;
const MAX_VISITED = 100_000;
/** Items by which a list is recognised. */
const SAMPLE = 8;

/**
 * All lists of messages of a state, in the order of the document. The search goes level by level and does not descend
 * into messages, so a conversation is found whatever else the state holds, unless it lies behind 100,000 other values.
 */
export function findConversations(doc: JsonDocument): ConversationRef[] {
  const found: Omit<ConversationRef, 'label'>[] = [];
  const pending: NodeId[] = [0];
  let visited = 0;
  for (let at = 0; at < pending.length && visited < MAX_VISITED; at++) {
    const container = pending[at] ?? 0;
    const conversation = doc.kind(container) === 'array' ? conversationAt(doc, container) : undefined;
    if (conversation) {
      found.push(conversation);
      continue;
    }
    let children = 0;
    for (const child of doc.children(container)) {
      visited++;
      if (++children > MAX_CHILDREN) break;
      const kind = doc.kind(child);
      if ((kind === 'array' || kind === 'object') && !doc.isShadowed(child)) pending.push(child);
    }
  }
  found.sort((a, b) => a.node - b.node);
  return withLabels(found);
}

/** The message at a position, unwrapped; undefined out of range. */
export function messageNode(doc: JsonDocument, conversation: ConversationRef, index: number): NodeId | undefined {
  const item = doc.child(conversation.node, index);
  return item === undefined ? undefined : unwrap(doc, item);
}

/** One message, or whatever stands in its place. What only the conversation knows (answered, orphan) is null. */
export function readMessage(doc: JsonDocument, node: NodeId, options: ReadMessageOptions = {}): Message {
  return read(doc, node, null, options);
}

/** A page of a conversation, from `offset` on. */
export function readMessages(
  doc: JsonDocument,
  conversation: ConversationRef,
  offset: number,
  limit: number,
  options: ReadMessageOptions = {},
): Message[] {
  const messages: Message[] = [];
  for (let index = Math.max(0, offset); messages.length < limit; index++) {
    const item = doc.child(conversation.node, index);
    if (item === undefined) break;
    messages.push(read(doc, item, conversation.node, options));
  }
  return messages;
}

function read(doc: JsonDocument, item: NodeId, list: NodeId | null, options: ReadMessageOptions): Message {
  const node = unwrap(doc, item);
  const tools = list === null ? null : toolIdsOf(doc, list);
  const blocks = { maxTextChars: options.maxTextChars ?? MAX_TEXT, tools };
  // What is no message, or has no content by any name, is shown as it stands.
  const content =
    contentOf(doc, node) ?? (messageOf(doc, node) === undefined || !doc.isIncomplete(node) ? node : undefined);
  return {
    node,
    index: positionOf(doc, node),
    id: textOf(doc, node, 'id'),
    role: textOf(doc, node, 'role'),
    name: senderOf(doc, node),
    time: timeOf(doc, node),
    marks: marksOf(doc, node),
    blocks: readBlocks(doc, content, blocks),
  };
}

function conversationAt(doc: JsonDocument, list: NodeId): Omit<ConversationRef, 'label'> | undefined {
  const count = doc.childCount(list);
  const owner = doc.parent(list);
  const key = doc.key(list);
  const place = owner >= 0 && key !== undefined ? placeOf(doc, owner, key) : 'list';
  const messages = countMessages(doc, list);
  if (messages === undefined || (messages === 0 && place === 'list')) return undefined;
  const shape = place === 'memory' || place === 'list' ? listShape(doc, list, place) : place;
  return { node: list, path: pathOf(doc, list), shape, count, summary: summaryOf(doc, owner, place) };
}

/** What a list is by its name and by what stands beside it. An empty list is a conversation only if this says so. */
type Place = 'memory' | 'context' | 'messages' | 'list';

function placeOf(doc: JsonDocument, owner: NodeId, key: string): Place {
  const beside = (...names: string[]): boolean => names.some((name) => doc.member(owner, name) !== undefined);
  if (key === 'content' && (doc.key(owner) === 'memory' || beside('_compressed_summary'))) return 'memory';
  if (key === 'context' && beside('session_id') && beside('reply_context', 'summary', 'permission_context'))
    return 'context';
  if (key === 'conversation_context') return 'messages';
  if (key === 'messages' && beside('session_id', 'message_count', 'participants')) return 'messages';
  return 'list';
}

/** An empty memory with a summary beside it comes from an AgentScope that writes marks. */
function listShape(doc: JsonDocument, list: NodeId, place: Place): 'list' | 'marked' {
  const first = doc.child(list, 0);
  if (first !== undefined) return doc.kind(first) === 'array' ? 'marked' : 'list';
  return place === 'memory' && doc.member(doc.parent(list), '_compressed_summary') !== undefined ? 'marked' : 'list';
}

function summaryOf(doc: JsonDocument, owner: NodeId, place: Place): string | null {
  const key = place === 'memory' ? '_compressed_summary' : place === 'context' ? 'summary' : null;
  const n = key === null ? undefined : doc.member(owner, key);
  if (n === undefined || doc.kind(n) !== 'string') return null;
  return doc.string(n, MAX_TEXT) || null;
}

/**
 * How many of the first items are messages; undefined when one of them is something else. What the end of the text cut
 * off counts as neither, because it may not have come to what makes it a message.
 */
function countMessages(doc: JsonDocument, list: NodeId): number | undefined {
  let messages = 0;
  for (let index = 0; index < SAMPLE; index++) {
    const item = doc.child(list, index);
    if (item === undefined) break;
    if (messageOf(doc, item) !== undefined) messages++;
    else if (!doc.isIncomplete(item)) return undefined;
  }
  return messages;
}

/** The agent's name for a memory, the member's name otherwise; the whole path where that is not enough. */
function withLabels(found: readonly Omit<ConversationRef, 'label'>[]): ConversationRef[] {
  const short = found.map(({ path }) => shortLabel(path));
  return found.map((conversation, at) => {
    const label = short[at] ?? '';
    const unique = short.indexOf(label) === short.lastIndexOf(label);
    return { ...conversation, label: unique ? label : toDot(conversation.path) };
  });
}

function shortLabel(path: JsonPath): string {
  const last = path.at(-1);
  if (last !== 'content' || path.length < 2) return typeof last === 'string' ? last : toDot(path) || 'messages';
  const memory = path.slice(0, -1);
  return toDot(memory.at(-1) === 'memory' && memory.length > 1 ? memory.slice(0, -1) : memory);
}
