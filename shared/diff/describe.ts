/**
 * What happened, in a person's terms, where operations alone tell only that a value came, went, changed or moved: a text was
 * cut, a run of messages became a summary, a number is written another way.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { messageLabel, textOf } from '../messages/message-shape.ts';
import { Compared } from './compared.ts';
import { listNotes, summaryOwner } from './describe-list.ts';
import { valueNote } from './describe-value.ts';
import type { DiffOperation, DiffResult } from './diff.ts';
import { objectOf } from './identity.ts';
import { ItemsAbove } from './items-above.ts';
import { type DiffNote, type DiffNoteKind, SAME_MEANING } from './note.ts';
import { forms } from './same-meaning.ts';
import { TouchedLists } from './touched-lists.ts';

export { type DiffNote, type DiffNoteKind, SAME_MEANING } from './note.ts';

export interface DescribeOptions {
  /** Asked now and then; once it says so, the rest is not described. */
  readonly shouldStop?: () => boolean;
}

/** What these notes are about is no edit: it means the same, or a summary stands for it. */
const EXPLAINS: ReadonlySet<DiffNoteKind> = new Set([...SAME_MEANING, 'summarised']);

const STEPS_BETWEEN_QUESTIONS = 64;

/** Of the operations that the diff handed out, in the order of their first operations. */
export function describeDiff(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  { shouldStop = () => false }: DescribeOptions = {},
): readonly DiffNote[] {
  const notes: DiffNote[] = [];
  const touched = new TouchedLists(before, after);
  const objects = new Map<NodeId, NamedOperations>();
  const summaries = new Map<NodeId, number>();
  const items = new ItemsAbove(before, after);
  let asked = 0;
  const isOver = (): boolean => ++asked % STEPS_BETWEEN_QUESTIONS === 0 && shouldStop();

  for (const [at, operation] of diff.operations.entries()) {
    if (isOver()) return sorted(notes);
    const { kind, beforeNode, afterNode, container } = operation;
    if (kind === 'changed' && beforeNode !== null && afterNode !== null) {
      const told = valueNote(before, beforeNode, after, afterNode);
      if (told !== null) notes.push({ ...told, operations: [at], beforeNode, afterNode });
    }
    if (container === null) continue;
    if (after.kind(container) === 'object') collectName(objects, [before, after], at, operation);
    else touched.collect(at, operation);
    const owner = summaryOwner(after, operation);
    if (owner !== null) summaries.set(owner, at);
    items.collect(at, operation);
  }
  for (const object of objects.values()) {
    if (isOver()) return sorted(notes);
    notes.push(...nameNotes(object));
  }
  const edits = items.edits();
  for (const edit of edits) touched.collectEdit(edit);
  const compared = new Compared(before, after);
  for (const list of touched.lists()) {
    if (isOver()) return sorted(notes);
    notes.push(...listNotes(compared, diff.operations, list, summaries));
  }
  const explained = new Set(notes.filter(({ note }) => EXPLAINS.has(note)).flatMap(({ operations }) => operations));
  for (const { item, beforeItem, operations } of edits) {
    if (isOver()) return sorted(notes);
    if (operations.every((at) => explained.has(at))) continue;
    const params = { label: labelOf(after, item), count: operations.length };
    notes.push({ note: 'edited', operations, beforeNode: beforeItem, afterNode: item, params });
  }
  return sorted(notes);
}

function labelOf(doc: JsonDocument, item: NodeId): string {
  const object = objectOf(doc, item);
  return messageLabel(doc, item) ?? (object === null ? null : textOf(doc, object, 'id')) ?? '';
}

function sorted(notes: readonly DiffNote[]): DiffNote[] {
  return notes.toSorted((a, b) => (a.operations[0] ?? 0) - (b.operations[0] ?? 0));
}

/** What came to an object and went from it. */
interface NamedOperations {
  readonly added: { readonly at: number; readonly name: string; readonly node: NodeId }[];
  readonly removed: Map<string, { readonly at: number; readonly name: string; readonly node: NodeId }>;
}

function collectName(
  objects: Map<NodeId, NamedOperations>,
  [before, after]: readonly [JsonDocument, JsonDocument],
  at: number,
  { kind, container, beforeNode, afterNode }: DiffOperation,
): void {
  if (container === null || (kind !== 'added' && kind !== 'removed')) return;
  const known: NamedOperations = objects.get(container) ?? { added: [], removed: new Map() };
  objects.set(container, known);
  if (afterNode !== null) known.added.push({ at, name: after.key(afterNode) ?? '', node: afterNode });
  else if (beforeNode !== null) {
    const name = before.key(beforeNode) ?? '';
    known.removed.set(name.normalize('NFC'), { at, name, node: beforeNode });
  }
}

function* nameNotes({ added, removed }: NamedOperations): Generator<DiffNote> {
  for (const { at, name, node } of added) {
    const other = removed.get(name.normalize('NFC'));
    const alike = other === undefined ? null : forms(other.name, name);
    if (other === undefined || alike === null) continue;
    const operations = [at, other.at].toSorted((a, b) => a - b);
    const params = { context: 'name', before: alike[0], after: alike[1] };
    yield { note: 'normalization', operations, beforeNode: other.node, afterNode: node, params };
  }
}
