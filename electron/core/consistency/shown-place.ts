/** The place of a finding as a person looks at it: where to jump to, and what stands there. */
import type { FindingPlace } from '../../../shared/ipc/consistency.ts';
import type { ExcerptLine, PlaceExcerpt, ShownPlace } from '../../../shared/ipc/consistency-view.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { pathOf, resolvePath, toDot } from '../../../shared/json/path.ts';
import type { ConversationRef } from '../../../shared/messages/conversation.ts';
import { lastNodeBefore, locate } from '../search/locate.ts';
import type { StateRange } from '../sources/source.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Neighbours before and behind the value. */
const AROUND = 2;
const LINE_BYTES = 400;
const TEXT_BYTES = 240;
const NOTHING: ShownPlace = { node: null, message: null, excerpt: null };

/** @throws SourceError as opening the state does */
export async function shownPlace(workspace: Workspace, place: FindingPlace): Promise<ShownPlace> {
  const { key, path, offset } = place;
  if (key === null || !workspace.source.entries.some((entry) => entry.key === key)) return NOTHING;
  const { node: located } = await locate(workspace, { key, segments: path, offset });
  const { source } = workspace;
  if ((await workspace.paged(key)) !== null && source.range !== undefined) {
    const excerpt = offset === null ? null : await textAround(await source.range(key), offset);
    return { node: located, message: null, excerpt };
  }
  const { document, conversations } = await workspace.state(key);
  const isText = offset !== null && document.start(located) !== offset;
  // Of the text itself nothing but the byte is known: the value in which it stands, or behind which.
  const node = isText && path.length === 0 ? lastNodeBefore(document, offset) : located;
  return {
    node,
    message: messageAt(document, conversations, node),
    excerpt: isText
      ? textIn(document.bytes, offset)
      : valuesAround(document, node, resolvePath(document, path) !== undefined),
  };
}

/** The message that a value is in, of the first conversation that has it. */
function messageAt(
  document: JsonDocument,
  conversations: readonly ConversationRef[],
  node: NodeId,
): ShownPlace['message'] {
  for (let at = node; document.parent(at) >= 0; at = document.parent(at)) {
    const parent = document.parent(at);
    if (conversations.some((conversation) => conversation.node === parent)) {
      return { conversation: parent, index: document.indexInParent(at) };
    }
  }
  return null;
}

/** @param isThere the value itself, and not only what it should be in */
function valuesAround(document: JsonDocument, node: NodeId, isThere: boolean): PlaceExcerpt {
  const marked = isThere && node !== 0 ? node : null;
  const container = marked === null ? node : document.parent(node);
  if (!['object', 'array'].includes(document.kind(container))) {
    return { kind: 'values', in: '', lines: [lineOf(document, container, true)], more: false };
  }
  const at = marked === null ? 0 : document.indexInParent(marked);
  const first = Math.max(0, at - AROUND);
  const lines: ExcerptLine[] = [];
  for (let index = first; lines.length <= 2 * AROUND; index += 1) {
    const child = document.child(container, index);
    if (child === undefined) break;
    lines.push(lineOf(document, child, child === marked));
  }
  const more = document.childCount(container) > lines.length;
  return { kind: 'values', in: toDot(pathOf(document, container)), lines, more };
}

function lineOf(document: JsonDocument, node: NodeId, isPlace: boolean): ExcerptLine {
  const bytes = document.rawBytes(node);
  const cut = bytes.length > LINE_BYTES;
  const inList = document.parent(node) >= 0 && document.kind(document.parent(node)) === 'array';
  return {
    name: document.key(node) ?? null,
    index: inList ? document.indexInParent(node) : null,
    text: decoded(bytes.subarray(0, LINE_BYTES), { cutEnd: cut }).replaceAll(/\s*\n\s*/g, ' '),
    cut,
    isPlace,
  };
}

function textIn(bytes: Uint8Array, offset: number): PlaceExcerpt {
  const [start, end] = [Math.max(0, offset - TEXT_BYTES), Math.min(bytes.length, offset + TEXT_BYTES)];
  return textExcerpt(bytes.subarray(start, offset), bytes.subarray(offset, end), start > 0, end < bytes.length);
}

async function textAround({ access }: StateRange, offset: number): Promise<PlaceExcerpt> {
  const start = Math.max(0, offset - TEXT_BYTES);
  const before = await access.read(start, offset);
  const after = await access.read(offset, Math.min(offset + TEXT_BYTES, access.size ?? offset + TEXT_BYTES));
  return textExcerpt(before, after, start > 0, after.length === TEXT_BYTES);
}

function textExcerpt(before: Uint8Array, after: Uint8Array, cutBefore: boolean, cutAfter: boolean): PlaceExcerpt {
  return {
    kind: 'text',
    before: decoded(before, { cutStart: cutBefore }),
    after: decoded(after, { cutEnd: cutAfter }),
    cutBefore,
    cutAfter,
  };
}

/** Characters that the cut went through are left out. */
function decoded(
  bytes: Uint8Array,
  { cutStart = false, cutEnd = false }: { readonly cutStart?: boolean; readonly cutEnd?: boolean },
): string {
  const text = new TextDecoder().decode(bytes);
  const whole = cutStart ? text.replace(/^\uFFFD+/, '') : text;
  return cutEnd ? whole.replace(/\uFFFD+$/, '') : whole;
}
