/** What a diff comes to, in numbers: for a heading, a badge, a line in a list. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { messageOf } from '../messages/message-shape.ts';
import type { DiffCounts, DiffResult } from './diff.ts';

export interface DiffSummary extends DiffCounts {
  /** Whole messages that came, went or moved, and messages in which something differs. Of the operations handed out. */
  readonly messages: DiffCounts;
}

/** Items of an added or removed list that are looked at. */
const MAX_ITEMS = 10_000;

export function summarizeDiff(before: JsonDocument, after: JsonDocument, diff: DiffResult): DiffSummary {
  const messages = { added: 0, removed: 0, changed: 0, moved: 0 };
  const above = new MessagesAbove(after);
  const changed = new Set<NodeId>();
  for (const { kind, beforeNode, afterNode, container } of diff.operations) {
    // A removed value is inside of what stayed around it.
    const inside = afterNode ?? container;
    const message = inside === null ? null : above.of(inside);
    if (message !== null && (message !== afterNode || kind === 'changed')) changed.add(message);
    else if (afterNode !== null) messages[kind] += messagesIn(after, afterNode);
    else if (beforeNode !== null) messages[kind] += messagesIn(before, beforeNode);
  }
  messages.changed += changed.size;
  return { ...diff.counts, messages };
}

/** 1 for a message, or how many of the items of a list are messages. */
function messagesIn(doc: JsonDocument, node: NodeId): number {
  if (messageOf(doc, node) !== undefined) return 1;
  if (doc.kind(node) !== 'array') return 0;
  let found = 0;
  let seen = 0;
  for (const item of doc.children(node)) {
    if (++seen > MAX_ITEMS) break;
    if (messageOf(doc, item) !== undefined) found++;
  }
  return found;
}

/** The message that a value belongs to: the item of a list, be it the message itself or its pair with marks. */
class MessagesAbove {
  readonly #doc: JsonDocument;
  readonly #known = new Map<NodeId, NodeId | null>();

  constructor(doc: JsonDocument) {
    this.#doc = doc;
  }

  of(node: NodeId): NodeId | null {
    const asked: NodeId[] = [];
    let found: NodeId | null = null;
    for (let at = node; at >= 0; at = this.#doc.parent(at)) {
      const known = this.#known.get(at);
      if (known !== undefined) {
        found = known;
        break;
      }
      asked.push(at);
      const message = messageOf(this.#doc, at);
      if (message === undefined) continue;
      const parent = this.#doc.parent(at);
      found = parent >= 0 && messageOf(this.#doc, parent) === at ? parent : at;
      break;
    }
    for (const at of asked) this.#known.set(at, found);
    return found;
  }
}
