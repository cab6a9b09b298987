/**
 * A JSON text that was cut off, or stops being JSON in the middle: what is whole stays and is closed. Of a list of records, such
 * as messages, the one that was cut goes as a whole: half a message is none, and AgentScope would not load it.
 */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { type JsonPath, pathOf } from '../../../shared/json/path.ts';
import { findConversations } from '../../../shared/messages/conversation.ts';
import type { Splice } from './model.ts';

export interface ClosedText {
  /** Replaces the end of the text by the brackets that were missing. */
  readonly splice: Splice;
  /** Bytes that are lost: those of what was cut off. */
  readonly lost: number;
  /** The value or record that they belong to; the last container where nothing of a value was there yet. */
  readonly path: JsonPath;
  /** What is lost is (a part of) a message. */
  readonly isMessage: boolean;
}

/** Null for a text that is whole, or of which nothing can stay. */
export function closeText(document: JsonDocument): ClosedText | null {
  const { bytes } = document;
  const chain = incompleteChain(document);
  const root = chain[0];
  if (root === undefined || !isContainer(document, root)) return null;
  const conversations = new Set(findConversations(document).map(({ node }) => node));
  const cut = cutAt(document, chain, conversations);
  const open = chain.slice(0, cut.at);
  const last = open.at(-1) ?? root;
  const keptChild = lastWhole(document, last, cut.child);
  const start = keptChild === null ? document.start(last) + 1 : document.end(keptChild);
  const closers = open.toReversed().map((node) => (document.kind(node) === 'array' ? ']' : '}'));
  return {
    splice: { start, end: bytes.length, text: encodeUtf8(closers.join('')) },
    lost: lostBytes(bytes, start),
    path: pathOf(document, cut.child ?? last),
    isMessage: conversations.has(last),
  };
}

function isContainer(document: JsonDocument, node: NodeId): boolean {
  const kind = document.kind(node);
  return kind === 'array' || kind === 'object';
}

/** From the root down to the value in which the text ends. */
function incompleteChain(document: JsonDocument): readonly NodeId[] {
  const chain: NodeId[] = [];
  for (let at: NodeId | undefined = 0; at !== undefined && document.isIncomplete(at); ) {
    chain.push(at);
    const count: number = document.childCount(at);
    at = isContainer(document, at) && !document.isOpaque(at) ? document.child(at, count - 1) : undefined;
  }
  return chain;
}

/** `at`: how many containers of the chain stay open; `child`: what is dropped in the last of them, null for nothing that has begun. */
function cutAt(
  document: JsonDocument,
  chain: readonly NodeId[],
  conversations: ReadonlySet<NodeId>,
): { readonly at: number; readonly child: NodeId | null } {
  const dropItemOf = (list: number) => {
    const child = chain[list + 1];
    return child === undefined ? null : { at: list + 1, child };
  };
  // The outermost conversation: within a message nothing is a list of records of its own.
  const conversation = chain.findIndex((node) => conversations.has(node));
  if (conversation >= 0) return dropItemOf(conversation) ?? { at: conversation + 1, child: null };
  const records = chain.findLastIndex((node, at) => {
    const item = chain[at + 1];
    return document.kind(node) === 'array' && item !== undefined && isContainer(document, item);
  });
  if (records >= 0) return dropItemOf(records) ?? { at: records + 1, child: null };
  const innermost = chain.at(-1);
  if (innermost === undefined || isContainer(document, innermost)) return { at: chain.length, child: null };
  return { at: chain.length - 1, child: innermost };
}

function lastWhole(document: JsonDocument, container: NodeId, dropped: NodeId | null): NodeId | null {
  let last: NodeId | null = null;
  for (const child of document.children(container)) if (child !== dropped) last = child;
  return last;
}

/** A comma or white space is no loss. */
function lostBytes(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && LOOSE.has(bytes[at] ?? 0)) at++;
  return bytes.length - at;
}

const LOOSE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20, 0x2c]);
