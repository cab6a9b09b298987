/** What became of a list as a whole: shortened, summarised, a set, ids that are not unique. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { contentOf, messageOf, textOf } from '../messages/message-shape.ts';
import { BUILTIN_TAGS, TAG_WORDS } from '../state/tags.ts';
import { type Compared, childNodes } from './compared.ts';
import { objectOf } from './identity.ts';
import type { DiffNote } from './note.ts';
import type { DiffOperation } from './operation.ts';
import type { TouchedList } from './touched-lists.ts';

/** Items of a list, and characters of a message, that are looked at. */
const MAX_ITEMS = 100_000;
const MAX_START = 300;
/** Notes on repeated ids of one list. */
const MAX_REPEATED = 5;

const SUMMARY_NAMES = ['_compressed_summary', 'summary'] as const;
const SAYS_SUMMARY = /summar|compress|compact|摘要|总结|總結|压缩/i;

export function* listNotes(
  compared: Compared,
  operations: readonly DiffOperation[],
  touched: TouchedList,
  summaries: ReadonlyMap<NodeId, number>,
): Generator<DiffNote> {
  if (isSet(compared.after.doc, touched.list)) {
    yield* setNotes(compared, touched);
    return;
  }
  yield* lossNotes(compared, operations, touched, summaries);
  yield* repeatedIds(compared, operations, touched);
}

/** A summary that came or changed, by the object that holds it. */
export function summaryOwner(after: JsonDocument, { kind, container, afterNode }: DiffOperation): NodeId | null {
  if (container === null || afterNode === null || (kind !== 'added' && kind !== 'changed')) return null;
  const name = after.key(afterNode);
  const isSummary = SUMMARY_NAMES.some((known) => known === name);
  return isSummary && after.kind(afterNode) === 'string' && after.stringByteLength(afterNode) > 0 ? container : null;
}

function isSet(doc: JsonDocument, list: NodeId): boolean {
  const owner = doc.parent(list);
  if (owner < 0) return false;
  for (const words of Object.values(TAG_WORDS)) {
    if (words === undefined || doc.key(list) !== words.data) continue;
    const tag = BUILTIN_TAGS.get(textOf(doc, owner, words.type) ?? '');
    if (tag === 'set' || tag === 'frozenset') return true;
  }
  return false;
}

function* setNotes({ before, after }: Compared, { list, beforeList, whole }: TouchedList): Generator<DiffNote> {
  if (beforeList === null || whole.length === 0) {
    if (whole.length > 0) {
      const params = { added: whole.length, removed: 0 };
      yield { note: 'set', operations: whole, beforeNode: null, afterNode: list, params };
    }
    return;
  }
  const counts = new Map<number, number>();
  for (const item of childNodes(before.doc, beforeList)) {
    const hash = before.hashes.of(item);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  let added = 0;
  for (const item of childNodes(after.doc, list)) {
    const hash = after.hashes.of(item);
    const left = counts.get(hash) ?? 0;
    if (left > 0) counts.set(hash, left - 1);
    else added++;
  }
  const removed = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const about = { operations: whole, beforeNode: beforeList, afterNode: list };
  if (added === 0 && removed === 0) yield { note: 'set-order', ...about, params: {} };
  else yield { note: 'set', ...about, params: { added, removed } };
}

/** Messages that went for a summary, or items that went from one end of their list. */
function* lossNotes(
  { before: { doc: before }, after: { doc: after } }: Compared,
  operations: readonly DiffOperation[],
  { list, beforeList, whole, marks }: TouchedList,
  summaries: ReadonlyMap<NodeId, number>,
): Generator<DiffNote> {
  const removed = whole.filter((at) => operations[at]?.kind === 'removed');
  const gone = removed.map((at) => operations[at]?.beforeNode ?? 0);
  const messages = gone.filter((node) => messageOf(before, node) !== undefined).length;
  const summary = summaries.get(after.parent(list));
  const said = whole.find((at) => operations[at]?.kind === 'added' && isSummary(after, operations[at]?.afterNode ?? 0));
  const by = summary ?? said;
  if (by !== undefined && messages + marks.length > 0 && (summary !== undefined || messages > 1)) {
    const about = [...(messages > 0 ? removed : []), ...marks, by].toSorted((a, b) => a - b);
    const params = { count: messages + marks.length };
    const afterNode = operations[by]?.afterNode ?? null;
    yield { note: 'summarised', operations: about, beforeNode: gone[0] ?? null, afterNode, params };
    return;
  }
  if (beforeList === null || removed.length === 0 || after.childCount(list) === 0) return;
  const isConversation = messages === removed.length;
  // A list that got other items instead was edited; a conversation goes on while its beginning is dropped.
  if (!isConversation && removed.length < whole.length) return;
  const positions = gone.map((node) => before.indexInParent(node)).toSorted((a, b) => a - b);
  const [first, last] = [positions[0] ?? 0, positions.at(-1) ?? 0];
  const isRun = last - first + 1 === positions.length && positions.length < before.childCount(beforeList);
  if (!isRun) return;
  const isEnd = last === before.childCount(beforeList) - 1 && removed.length === whole.length;
  if (first !== 0 && !isEnd) return;
  const params = { context: first === 0 ? 'listStart' : 'listEnd', by: removed.length };
  yield { note: 'truncated', operations: removed, beforeNode: beforeList, afterNode: list, params };
}

/** A message that says of itself that it stands for others: by its name, its marks of the program, or how it begins. */
function isSummary(doc: JsonDocument, item: NodeId): boolean {
  const message = messageOf(doc, item);
  if (message === undefined) return false;
  const metadata = doc.member(message, 'metadata');
  const names = metadata === undefined ? [] : Array.from(doc.children(metadata), (child) => doc.key(child) ?? '');
  const content = contentOf(doc, message);
  const first = content !== undefined && doc.kind(content) === 'array' ? doc.child(content, 0) : content;
  const text = first === undefined ? undefined : (doc.member(first, 'text') ?? first);
  const start = text !== undefined && doc.kind(text) === 'string' ? doc.string(text, MAX_START) : '';
  return [textOf(doc, message, 'name') ?? '', textOf(doc, message, 'type') ?? '', ...names, start].some((told) =>
    SAYS_SUMMARY.test(told),
  );
}

function* repeatedIds(
  { before: { doc: before }, after: { doc: after } }: Compared,
  operations: readonly DiffOperation[],
  { list, beforeList, whole, inside }: TouchedList,
): Generator<DiffNote> {
  const repeated = new Map([
    ...(beforeList === null ? [] : repeatedIn(before, beforeList)),
    ...repeatedIn(after, list),
  ]);
  if (repeated.size === 0) return;
  const concerned = new Map<string, number[]>();
  const concern = (name: string | null, about: readonly number[]): void => {
    if (name === null || !repeated.has(name)) return;
    const known = concerned.get(name);
    if (known === undefined) concerned.set(name, [...about]);
    else known.push(...about);
  };
  for (const at of whole) {
    const { beforeNode = null, afterNode = null } = operations[at] ?? {};
    if (afterNode !== null) concern(nameOf(after, afterNode), [at]);
    else if (beforeNode !== null) concern(nameOf(before, beforeNode), [at]);
  }
  for (const { item, operations: about } of inside) concern(nameOf(after, item), about);
  for (const [name, about] of [...concerned].slice(0, MAX_REPEATED)) {
    const params = { id: idIn(name), count: repeated.get(name) ?? 0 };
    const sorted = [...new Set(about)].toSorted((a, b) => a - b);
    yield { note: 'repeated-id', operations: sorted, beforeNode: beforeList, afterNode: list, params };
  }
}

/** Names that several items of a list have, and how many. */
function repeatedIn(doc: JsonDocument, list: NodeId): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of childNodes(doc, list).subarray(0, MAX_ITEMS)) {
    const name = nameOf(doc, item);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map([...counts].filter(([, count]) => count > 1));
}

/** Type and id: a tool call and its result share an id. Null for an item without an id. */
function nameOf(doc: JsonDocument, item: NodeId): string | null {
  const object = objectOf(doc, item);
  const id = object === null ? null : textOf(doc, object, 'id');
  return object === null || id === null || id === '' ? null : `${textOf(doc, object, 'type') ?? ''}\n${id}`;
}

function idIn(name: string): string {
  return name.slice(name.lastIndexOf('\n') + 1);
}
