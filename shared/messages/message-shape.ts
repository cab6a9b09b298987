/**
 * What counts as an agent's message. The shapes: AgentScope 1.x and 2.x `Msg` (id, name, role, content, timestamp or
 * created_at), a 1.x `Msg` in a pair with its marks, and the messages of the state-management design (id, timestamp,
 * sender_id, and whatever the caller put in). The test is narrow on purpose: tasks, documents and permissions are lists of
 * objects with names and contents, too.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';

const ROLES = new Set(['user', 'assistant', 'system', 'tool', 'developer', 'function']);

/** Where a message of the state-management design may have its text: its keys are the caller's. */
const CONTENT_KEYS = ['content', 'text', 'message'] as const;

/** No message has more members; an object that does is not searched. */
const MAX_MEMBERS = 64;

/** Characters of an id that are enough to tell messages apart on one screen. */
const SHORT_ID = 8;
/** Longest role, name, id or time that is read. */
const MAX_FIELD = 200;

/** `n` is a message itself, not the pair of a message and its marks. */
export function isMessage(doc: JsonDocument, n: NodeId): boolean {
  if (doc.kind(n) !== 'object' || doc.childCount(n) > MAX_MEMBERS || doc.isOpaque(n)) return false;
  const content = doc.member(n, 'content');
  const role = textOf(doc, n, 'role');
  const known = role !== null && ROLES.has(role);
  const time = has(doc, n, 'timestamp') || has(doc, n, 'created_at');
  if (content !== undefined && isContent(doc, content)) {
    if (known) return true;
    if (role !== null) return time && has(doc, n, 'id') && has(doc, n, 'name');
    if (has(doc, n, 'sender_id') || has(doc, n, 'sender')) return time || has(doc, n, 'id');
  }
  // The last message of a file that was cut off may not have come to its content.
  if (content === undefined && known && doc.isIncomplete(n)) return true;
  return time && isOfDesign(doc, n);
}

/** The message that `n` is, or wraps together with its marks; undefined when it is neither. */
export function messageOf(doc: JsonDocument, n: NodeId): NodeId | undefined {
  if (doc.kind(n) !== 'array') return isMessage(doc, n) ? n : undefined;
  const message = doc.child(n, 0);
  return message !== undefined && isPair(doc, n) && isMessage(doc, message) ? message : undefined;
}

/** An item of a list of messages, unwrapped if it is a pair, whether or not what is in it reads as a message. */
export function unwrap(doc: JsonDocument, item: NodeId): NodeId {
  return isPair(doc, item) ? (doc.child(item, 0) ?? item) : item;
}

/** The marks beside a message, e.g. `compressed`; none for a message that is in no pair. */
export function marksOf(doc: JsonDocument, message: NodeId): string[] {
  const pair = doc.parent(message);
  if (pair < 0 || !isPair(doc, pair)) return [];
  const marks = doc.child(pair, 1);
  if (marks === undefined) return [];
  return Array.from(doc.children(marks), (mark) => doc.string(mark, MAX_FIELD));
}

/** Position of a message in its list, counted in pairs if it is in one; 0 for the root. */
export function positionOf(doc: JsonDocument, message: NodeId): number {
  const pair = doc.parent(message);
  return doc.indexInParent(pair >= 0 && isPair(doc, pair) ? pair : message);
}

/** What it says: a text, a list of blocks, or anything else. */
export function contentOf(doc: JsonDocument, message: NodeId): NodeId | undefined {
  for (const key of CONTENT_KEYS) {
    const content = doc.member(message, key);
    if (content !== undefined) return content;
  }
  return undefined;
}

/** When, as stored: a naive time stays naive. The design may wrap it as `{"__custom_type__": "datetime", "__data__": …}`. */
export function timeOf(doc: JsonDocument, message: NodeId): string | null {
  for (const key of ['timestamp', 'created_at']) {
    const time = doc.member(message, key);
    if (time === undefined) continue;
    return doc.kind(time) === 'object' ? textOf(doc, time, '__data__') : textOf(doc, message, key);
  }
  return null;
}

/** Who sent it, as far as the message says. */
export function senderOf(doc: JsonDocument, message: NodeId): string | null {
  return textOf(doc, message, 'name') ?? textOf(doc, message, 'sender_id') ?? textOf(doc, message, 'sender');
}

/** `role · name · id`, the id shortened; null when `n` is no message and wraps none. For every visible row of a tree. */
export function messageLabel(doc: JsonDocument, n: NodeId): string | null {
  const message = messageOf(doc, n);
  if (message === undefined) return null;
  const id = textOf(doc, message, 'id');
  return [textOf(doc, message, 'role'), senderOf(doc, message), id === null ? null : shorten(id)]
    .filter(Boolean)
    .join(' · ');
}

/** A member as text: strings decoded, numbers as they are written, null for anything else and for what is not there. */
export function textOf(doc: JsonDocument, object: NodeId, key: string): string | null {
  const n = doc.member(object, key);
  if (n === undefined) return null;
  const kind = doc.kind(n);
  if (kind === 'string') return doc.string(n, MAX_FIELD);
  return kind === 'number' ? doc.number(n).text : null;
}

function shorten(id: string): string {
  const text = id.slice(0, SHORT_ID);
  // Not half of a character.
  return text.length < id.length && /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function has(doc: JsonDocument, object: NodeId, key: string): boolean {
  return doc.member(object, key) !== undefined;
}

/** Text, nothing, one object, or a list of blocks: objects with a type, or texts. */
function isContent(doc: JsonDocument, n: NodeId): boolean {
  const kind = doc.kind(n);
  if (kind !== 'array') return kind === 'string' || kind === 'null' || kind === 'object';
  const first = doc.child(n, 0);
  if (first === undefined) return doc.childCount(n) === 0;
  if (doc.kind(first) === 'string') return true;
  return doc.kind(first) === 'object' && (textOf(doc, first, 'type') !== null || doc.isIncomplete(first));
}

/** `[message, [marks]]`, as AgentScope writes it from 1.0.12 on; the marks may have been cut off. */
function isPair(doc: JsonDocument, n: NodeId): boolean {
  if (doc.kind(n) !== 'array') return false;
  const first = doc.child(n, 0);
  if (first === undefined || doc.kind(first) !== 'object') return false;
  const marks = doc.child(n, 1);
  if (marks === undefined) return doc.isIncomplete(n) && doc.parent(n) >= 0 && doc.kind(doc.parent(n)) === 'array';
  if (doc.childCount(n) !== 2 || doc.kind(marks) !== 'array') return false;
  const mark = doc.child(marks, 0);
  return mark === undefined || doc.kind(mark) === 'string';
}

/**
 * A message of the design, recognised by where it is, because its keys are the caller's: `add_conversation_message` adds
 * a timestamp (section 3.1), `add_message` an id and a sender as well (section 4.1).
 */
function isOfDesign(doc: JsonDocument, n: NodeId): boolean {
  const list = doc.parent(n);
  if (list < 0 || doc.kind(list) !== 'array') return false;
  const key = doc.key(list);
  if (key === 'conversation_context') return true;
  return key === 'messages' && (contentOf(doc, n) !== undefined || has(doc, n, 'sender_id'));
}
