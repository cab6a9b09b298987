/** What differs between two conversations, message by message in the order in which a person reads them. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { contentOf, unwrap } from '../messages/message-shape.ts';
import { alignNumbers } from './aligned-numbers.ts';
import { Compared, childNodes } from './compared.ts';
import { type DiffCounts, type DiffOperation, type DiffResult, diffCompared } from './diff.ts';
import { type ListRow, listRows, type RowKind } from './list-rows.ts';
import { numberedByContent, roleOf } from './said.ts';
import { Stop } from './stop.ts';

export type { RowKind } from './list-rows.ts';

/** An item of the list is a message, or a pair of a message and its marks. */
export type ConversationRow = ListRow;

export interface ConversationDiff {
  /** In the order after; what was removed comes behind what it stood behind. */
  readonly rows: readonly ConversationRow[];
  readonly counts: DiffCounts & { readonly same: number };
  /** Of the two lists; by content, of those messages that were paired and differ. */
  readonly diff: DiffResult;
  readonly coarse: boolean;
}

/** A part of a message: a content block, or another member, e.g. its role. */
export interface MessagePart {
  readonly kind: RowKind;
  readonly beforeNode: NodeId | null;
  readonly afterNode: NodeId | null;
}

export interface ConversationOptions {
  /**
   * `identity`: by ids, as two moments of one conversation. `content`: by what is said in which role, whatever the ids and
   * times, as the conversations of two agents or sessions. Default: identity.
   */
  readonly by?: 'identity' | 'content';
  readonly shouldStop?: () => boolean;
}

/** `beforeNode` and `afterNode`: the lists of messages, `ConversationRef.node`. */
export function diffConversation(
  before: JsonDocument,
  beforeNode: NodeId,
  after: JsonDocument,
  afterNode: NodeId,
  { by = 'identity', ...options }: ConversationOptions = {},
): ConversationDiff {
  if (by === 'content') return byContent([before, beforeNode], [after, afterNode], options);
  const diff = diffCompared(comparedFor(before, after), { ...options, beforeNode, afterNode });
  const rows = listRows([before, beforeNode], [after, afterNode], diff.operations);
  return { rows, counts: countsOf(rows), diff, coarse: diff.coarse };
}

/**
 * The blocks of one row, and its other values where they differ. `beforeNode` and `afterNode` are those of the row. In the
 * order after, blocks first.
 */
export function messageParts(
  before: JsonDocument,
  beforeNode: NodeId | null,
  after: JsonDocument,
  afterNode: NodeId | null,
): readonly MessagePart[] {
  if (beforeNode === null) return afterNode === null ? [] : wholeParts(after, afterNode, 'added');
  if (afterNode === null) return wholeParts(before, beforeNode, 'removed');
  const { operations } = diffCompared(comparedFor(before, after), { beforeNode, afterNode });
  const [contentBefore, contentAfter] = [
    contentOf(before, unwrap(before, beforeNode)),
    contentOf(after, unwrap(after, afterNode)),
  ];
  const areLists =
    contentBefore !== undefined &&
    contentAfter !== undefined &&
    before.kind(contentBefore) === 'array' &&
    after.kind(contentAfter) === 'array';
  const parts: MessagePart[] = areLists ? listRows([before, contentBefore], [after, contentAfter], operations) : [];
  if (!areLists && contentAfter !== undefined && !operations.some((operation) => isOn(operation, contentAfter)))
    parts.push({ kind: 'same', beforeNode: contentBefore ?? null, afterNode: contentAfter });
  const inBlocks = areLists
    ? (node: NodeId | null): boolean => node !== null && node >= contentAfter && node < after.next(contentAfter)
    : () => false;
  for (const { kind, beforeNode: a, afterNode: b, container } of operations) {
    if (!inBlocks(b ?? container)) parts.push({ kind, beforeNode: a, afterNode: b });
  }
  return parts;
}

/** Asked for each row that is shown; hashes of large documents are not made anew for each. */
const compareds = new WeakMap<JsonDocument, Compared>();

function comparedFor(before: JsonDocument, after: JsonDocument): Compared {
  const known = compareds.get(after);
  if (known?.before.doc === before) return known;
  const compared = new Compared(before, after);
  compareds.set(after, compared);
  return compared;
}

function isOn({ afterNode }: DiffOperation, node: NodeId): boolean {
  return afterNode === node;
}

function wholeParts(doc: JsonDocument, item: NodeId, kind: 'added' | 'removed'): MessagePart[] {
  const message = unwrap(doc, item);
  const content = contentOf(doc, message) ?? message;
  const blocks = doc.kind(content) === 'array' ? childNodes(doc, content) : [content];
  return Array.from(blocks, (node) =>
    kind === 'added' ? { kind, beforeNode: null, afterNode: node } : { kind, beforeNode: node, afterNode: null },
  );
}

export interface Divergence {
  /** Position of the first message that says something else, or that only one side has; null where there is none. */
  readonly at: number | null;
  /** Messages before it, which say the same on both sides. */
  readonly equal: number;
  /** From there on: messages of each side, and how many of them the other side has, too, in the same order. */
  readonly afterwards: { readonly before: number; readonly after: number; readonly shared: number };
  /** The items at which they part; null on a side that has ended. */
  readonly beforeNode: NodeId | null;
  readonly afterNode: NodeId | null;
  /** Too much differs for all that is shared to be found, or there was no time to. */
  readonly coarse: boolean;
}

/** Where two conversations part, and how far they drift: by role and by what is said; ids, names and times do not count. */
export function firstDivergence(
  before: JsonDocument,
  beforeNode: NodeId,
  after: JsonDocument,
  afterNode: NodeId,
  { shouldStop }: Pick<ConversationOptions, 'shouldStop'> = {},
): Divergence {
  const compared = comparedFor(before, after);
  const stop = new Stop(shouldStop);
  const [a, b] = numberedByContent(compared.before, beforeNode, compared.after, afterNode, stop);
  let equal = 0;
  while (equal < a.length && equal < b.length && a[equal] === b[equal]) equal++;
  const isSame = equal === a.length && equal === b.length;
  const { beforeOf, coarse } = alignNumbers(a.slice(equal), b.slice(equal));
  const shared = beforeOf.filter((at) => at >= 0).length;
  return {
    at: isSame ? null : equal,
    equal,
    afterwards: { before: a.length - equal, after: b.length - equal, shared },
    beforeNode: isSame ? null : (before.child(beforeNode, equal) ?? null),
    afterNode: isSame ? null : (after.child(afterNode, equal) ?? null),
    coarse: coarse || stop.wasOver,
  };
}

/** Messages that are looked at for one of the same role. */
const LOOK_AHEAD = 8;

type List = readonly [JsonDocument, NodeId];

function byContent(
  [before, beforeList]: List,
  [after, afterList]: List,
  options: Pick<ConversationOptions, 'shouldStop'>,
): ConversationDiff {
  const compared = comparedFor(before, after);
  const stop = new Stop(options.shouldStop);
  const [a, b] = numberedByContent(compared.before, beforeList, compared.after, afterList, stop);
  const [itemsBefore, itemsAfter] = [childNodes(before, beforeList), childNodes(after, afterList)];
  const { beforeOf, coarse: isCoarse } = alignNumbers(a, b);
  const rows: ConversationRow[] = [];
  const operations: DiffOperation[] = [];
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  let coarse = isCoarse || stop.wasOver;

  const pairUp = (from: Span, to: Span): void => {
    const rolesAfter = range(to).map((at) => roleOf(after, itemsAfter[at] ?? 0));
    let next = from.start;
    for (const [offset, role] of rolesAfter.entries()) {
      const afterNode = itemsAfter[to.start + offset] ?? 0;
      const partner = range({ start: next, end: Math.min(next + LOOK_AHEAD, from.end) }).find(
        (at) => roleOf(before, itemsBefore[at] ?? 0) === role,
      );
      if (partner === undefined) {
        rows.push({ kind: 'added', beforeNode: null, afterNode, operations: [] });
        continue;
      }
      for (; next < partner; next++) rows.push(removedRow(itemsBefore[next] ?? 0));
      const beforeNode = itemsBefore[next++] ?? 0;
      const diff = diffCompared(compared, { ...options, beforeNode, afterNode });
      coarse ||= diff.coarse;
      for (const { kind } of diff.operations) counts[kind]++;
      const numbers = diff.operations.map((operation) => operations.push(operation) - 1);
      rows.push({ kind: 'changed', beforeNode, afterNode, operations: numbers });
    }
    for (; next < from.end; next++) rows.push(removedRow(itemsBefore[next] ?? 0));
  };

  let [gone, come] = [0, 0];
  for (let at = 0; at <= b.length; at++) {
    const partner = at === b.length ? a.length : (beforeOf[at] ?? -1);
    if (partner < 0) continue;
    pairUp({ start: gone, end: partner }, { start: come, end: at });
    if (at < b.length)
      rows.push({
        kind: 'same',
        beforeNode: itemsBefore[partner] ?? 0,
        afterNode: itemsAfter[at] ?? 0,
        operations: [],
      });
    [gone, come] = [partner + 1, at + 1];
  }
  const diff = { operations, more: 0, counts, equal: operations.length === 0, coarse };
  return { rows, counts: countsOf(rows), diff, coarse };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function range({ start, end }: Span): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}

function removedRow(beforeNode: NodeId): ConversationRow {
  return { kind: 'removed', beforeNode, afterNode: null, operations: [] };
}

function countsOf(rows: readonly ConversationRow[]): ConversationDiff['counts'] {
  const counts = { same: 0, added: 0, removed: 0, changed: 0, moved: 0 };
  for (const { kind } of rows) counts[kind]++;
  return counts;
}
