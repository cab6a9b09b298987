/** Two conversations as one chat: messages that came and went stand where they are read. */
import {
  type ConversationDiff,
  type ConversationRow,
  diffConversation,
  firstDivergence,
  type MessagePart,
  messageParts,
} from '../../../shared/diff/conversation.ts';
import { diffWords } from '../../../shared/diff/words.ts';
import type { DiffConversationInfo, DiffMessagePart, DiffMessageRow } from '../../../shared/ipc/diff.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import {
  type ConversationRef,
  findConversations,
  type Message,
  type MessageBlock,
  readMessage,
} from '../../../shared/messages/conversation.ts';

const TEXT_CHARACTERS = 8000;
const MEMBER_CHARACTERS = 200;
const OF_ONE_CONVERSATION: ReadonlySet<string | null> = new Set(['id', 'timestamp', 'created_at']);
const MOST_CHANGED = 20_000;

export interface PairedConversation {
  readonly info: DiffConversationInfo;
  readonly diff: ConversationDiff;
}

export interface ConversationPairing {
  /** Two states of one key are two moments of it; others are compared by what is said. */
  readonly by: 'identity' | 'content';
  readonly shouldStop: () => boolean;
  /** Between two long steps; throws once the person has given up. */
  readonly onStep: () => void;
}

/** Those with one name on both sides; or the only one of each. */
export function pairConversations(
  before: JsonDocument,
  after: JsonDocument,
  options: ConversationPairing,
): readonly PairedConversation[] {
  const [ofBefore, ofAfter] = [findConversations(before), findConversations(after)];
  const areLone = ofBefore.length === 1 && ofAfter.length === 1;
  const taken = new Set<ConversationRef>();
  return ofAfter.flatMap((b) => {
    const a = ofBefore.find((each) => !taken.has(each) && (areLone || each.label === b.label));
    if (a === undefined) return [];
    taken.add(a);
    const diff = diffConversation(before, a.node, after, b.node, options);
    options.onStep();
    const parting = firstDivergence(before, a.node, after, b.node, options);
    const row = diff.rows.findIndex((each) => isAt(each, parting.beforeNode, parting.afterNode));
    const { at, afterwards } = parting;
    const changed = diff.rows.flatMap(({ kind }, at) => (kind === 'same' ? [] : [at])).slice(0, MOST_CHANGED);
    const info = {
      label: b.label,
      rows: diff.rows.length,
      counts: diff.counts,
      changed,
      divergence: { at, row: Math.max(0, row), ...afterwards },
    };
    return [{ info, diff }];
  });
}

function isAt(row: ConversationRow, beforeNode: NodeId | null, afterNode: NodeId | null): boolean {
  if (beforeNode !== null && row.beforeNode === beforeNode) return true;
  return afterNode !== null && row.afterNode === afterNode;
}

/** @param by of two agents or sessions the ids and times of messages say nothing. */
export function messageRows(
  [before, after]: readonly [JsonDocument, JsonDocument],
  rows: readonly ConversationRow[],
  by: ConversationPairing['by'],
): DiffMessageRow[] {
  return rows.map(({ kind, beforeNode, afterNode, operations }) => {
    const a = beforeNode === null ? null : readMessage(before, beforeNode, { maxTextChars: TEXT_CHARACTERS });
    const b = afterNode === null ? null : readMessage(after, afterNode, { maxTextChars: TEXT_CHARACTERS });
    const shown = b ?? a;
    const isWhole = kind === 'same' || a === null || b === null || (kind === 'moved' && operations.length === 0);
    const parts = isWhole
      ? (shown?.blocks ?? []).map((block) => wholePart(block))
      : messageParts(before, beforeNode, after, afterNode)
          .map((part) => partOf([before, a], [after, b], part))
          .filter(({ member }) => by === 'identity' || !OF_ONE_CONVERSATION.has(member));
    return {
      kind,
      edited: kind === 'moved' && operations.length > 0,
      indexBefore: a?.index ?? null,
      indexAfter: b?.index ?? null,
      role: shown?.role ?? null,
      name: shown?.name ?? null,
      id: shown?.id ?? null,
      time: shown?.time ?? null,
      marks: shown?.marks ?? [],
      parts,
    };
  });
}

function wholePart(block: MessageBlock): DiffMessagePart {
  return { kind: 'same', block, blockBefore: null, member: null, before: null, after: null, words: null };
}

type MessageSide = readonly [doc: JsonDocument, message: Message | null];

function partOf(
  ofBefore: MessageSide,
  ofAfter: MessageSide,
  { kind, beforeNode, afterNode }: MessagePart,
): DiffMessagePart {
  const [a, b] = [blockAt(ofBefore, beforeNode), blockAt(ofAfter, afterNode)];
  if (a === null && b === null) {
    const [doc, node] = afterNode === null ? [ofBefore[0], beforeNode] : [ofAfter[0], afterNode];
    return {
      kind,
      block: null,
      blockBefore: null,
      member: node === null ? '' : (doc.key(node) ?? String(doc.indexInParent(node))),
      before: shortText(ofBefore[0], beforeNode),
      after: shortText(ofAfter[0], afterNode),
      words: null,
    };
  }
  const [textA, textB] = [a === null ? null : textOf(a), b === null ? null : textOf(b)];
  const words = textA !== null && textB !== null && textA !== textB ? diffWords(textA, textB).pieces : null;
  const isBoth = a !== null && b !== null && kind !== 'same';
  return { kind, block: b ?? a, blockBefore: isBoth ? a : null, member: null, before: null, after: null, words };
}

function blockAt([, message]: MessageSide, node: NodeId | null): MessageBlock | null {
  return node === null ? null : (message?.blocks.find((block) => block.node === node) ?? null);
}

/** What a block says, if that is a text. */
function textOf(block: MessageBlock): string | null {
  switch (block.type) {
    case 'text':
    case 'thinking':
      return block.text;
    case 'tool-call':
      return block.input;
    case 'tool-result':
      return block.output;
    case 'media':
      return null;
    case 'other':
      return block.json;
    default:
      return block satisfies never;
  }
}

function shortText(doc: JsonDocument, node: NodeId | null): string | null {
  if (node === null) return null;
  const text = doc.kind(node) === 'string' ? doc.string(node, MEMBER_CHARACTERS) : doc.rawText(node);
  return text.length > MEMBER_CHARACTERS ? `${text.slice(0, MEMBER_CHARACTERS)}…` : text;
}
