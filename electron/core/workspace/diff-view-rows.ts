/** What a row of a comparison says, and one value of it in full. */
import type { DiffNote } from '../../../shared/diff/describe.ts';
import { diffWords, type WordPiece } from '../../../shared/diff/words.ts';
import type { DiffRow, DiffRowNote, DiffValue, DiffValueDetail } from '../../../shared/ipc/diff.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { pathOf, toDot } from '../../../shared/json/path.ts';
import { formatJsonChunks } from '../../../shared/json/print.ts';
import { messageLabel } from '../../../shared/messages/conversation.ts';
import type { LaidOutRow } from './diff-view-layout.ts';
import { DIFF_KINDS, type DiffTree, type Pair } from './diff-view-tree.ts';
import { previewOf } from './tree-rows.ts';

/** Of a long text: what stands before the first difference, and all that is looked at. */
const LEAD = 40;
const SNIPPET = 320;
const DETAIL_CHARACTERS = 64 * 1024;
const PATH_CHARACTERS = 2000;
const NOTES_SHOWN = 3;

/** Notes by the value that they are about. */
export class NotesByNode {
  readonly #before = new Map<NodeId, DiffNote[]>();
  readonly #after = new Map<NodeId, DiffNote[]>();

  constructor(notes: readonly DiffNote[]) {
    for (const note of notes) {
      if (note.afterNode !== null) add(this.#after, note.afterNode, note);
      else if (note.beforeNode !== null) add(this.#before, note.beforeNode, note);
    }
  }

  of({ before, after }: Pair): readonly DiffRowNote[] {
    const notes = (after >= 0 ? this.#after.get(after) : this.#before.get(before)) ?? [];
    return notes.slice(0, NOTES_SHOWN).map(({ note, params }) => ({ note, params }));
  }
}

function add(map: Map<NodeId, DiffNote[]>, node: NodeId, note: DiffNote): void {
  const known = map.get(node);
  if (known === undefined) map.set(node, [note]);
  else known.push(note);
}

export function diffRow(tree: DiffTree, notes: NotesByNode, laidOut: LaidOutRow): DiffRow {
  const { pair, hidden } = laidOut;
  const kind = hidden > 0 ? 'same' : tree.kindOf(pair);
  const [doc, node] = shownSide(tree, pair);
  const counts = hidden > 0 ? null : tree.countsOf(pair);
  const isMoved = kind === 'moved';
  const isEdited = isMoved && (tree.isChanged(pair) || counts !== null);
  return {
    id: laidOut.id,
    row: hidden > 0 ? 'fold' : 'value',
    depth: laidOut.depth,
    kind,
    edited: isEdited,
    name: doc.key(node) ?? null,
    index: doc.parent(node) < 0 ? 0 : doc.indexInParent(node),
    from: isMoved ? tree.before.indexInParent(pair.before) : null,
    label: messageLabel(doc, node),
    expandable: hidden > 0 || tree.hasChildren(pair),
    expanded: laidOut.expanded,
    before: hidden > 0 || pair.before < 0 ? null : valueOf(tree.before, pair.before),
    after: hidden > 0 || pair.after < 0 ? null : valueOf(tree.after, pair.after),
    words: hidden > 0 || !tree.isChanged(pair) ? null : snippetWords(tree, pair),
    counts: counts === null ? null : byKind(counts),
    notes: hidden > 0 ? [] : notes.of(pair),
    hidden,
    hidesChanges: laidOut.hidesChanges,
  };
}

export function diffValue(tree: DiffTree, notes: NotesByNode, pair: Pair): Omit<DiffValueDetail, 'id'> {
  const [doc, node] = shownSide(tree, pair);
  const before = pair.before < 0 ? null : textIn(tree.before, pair.before);
  const after = pair.after < 0 ? null : textIn(tree.after, pair.after);
  const areTexts = isText(tree.before, pair.before) && isText(tree.after, pair.after);
  const kind = tree.kindOf(pair);
  return {
    path: shortPath(doc, node),
    from: kind === 'moved' ? shortPath(tree.before, pair.before) : null,
    kind,
    before: before?.text ?? null,
    after: after?.text ?? null,
    cut: (before?.cut ?? false) || (after?.cut ?? false),
    words: areTexts && tree.isChanged(pair) ? diffWords(before?.text ?? '', after?.text ?? '').pieces : null,
    notes: notes.of(pair),
  };
}

/** The document after where a value is in both. */
function shownSide(tree: DiffTree, { before, after }: Pair): readonly [JsonDocument, NodeId] {
  return after >= 0 ? [tree.after, after] : [tree.before, before];
}

function valueOf(doc: JsonDocument, node: NodeId): DiffValue {
  const kind = doc.kind(node);
  const { preview, cut } = previewOf(doc, node);
  const children = kind === 'array' || kind === 'object' ? doc.childCount(node) : 0;
  return { node, kind, children, preview, previewCut: cut };
}

function byKind(counts: Int32Array): NonNullable<DiffRow['counts']> {
  const [added, removed, changed, moved] = DIFF_KINDS.map((_, i) => counts[i] ?? 0);
  return { added: added ?? 0, removed: removed ?? 0, changed: changed ?? 0, moved: moved ?? 0 };
}

function isText(doc: JsonDocument, node: NodeId): boolean {
  return node >= 0 && doc.kind(node) === 'string';
}

/** Of two texts, around the first difference. */
function snippetWords(tree: DiffTree, { before, after }: Pair): readonly WordPiece[] | null {
  if (!isText(tree.before, before) || !isText(tree.after, after)) return null;
  const [a, b] = [tree.before.string(before, DETAIL_CHARACTERS), tree.after.string(after, DETAIL_CHARACTERS)];
  const shorter = Math.min(a.length, b.length);
  let same = 0;
  while (same < shorter && a.charCodeAt(same) === b.charCodeAt(same)) same++;
  const start = same > 2 * LEAD ? wordStart(a, same - LEAD) : 0;
  const { pieces } = diffWords(a.slice(start, start + SNIPPET), b.slice(start, start + SNIPPET));
  return start === 0 ? pieces : [{ kind: 'same', text: '…' }, ...pieces];
}

/** The next position at which a word begins; never inside of a character. */
function wordStart(text: string, from: number): number {
  const space = text.indexOf(' ', from);
  if (space >= 0 && space < from + LEAD / 2) return space + 1;
  return /[\udc00-\udfff]/.test(text[from] ?? '') ? from + 1 : from;
}

function textIn(doc: JsonDocument, node: NodeId): { readonly text: string; readonly cut: boolean } {
  if (doc.kind(node) === 'string') {
    const { text, truncated } = doc.stringPrefix(node, DETAIL_CHARACTERS);
    return { text, cut: truncated };
  }
  const [text = ''] = formatJsonChunks(doc, node, { indent: 2, chunkChars: DETAIL_CHARACTERS });
  return { text: text.slice(0, DETAIL_CHARACTERS), cut: text.length >= DETAIL_CHARACTERS };
}

function shortPath(doc: JsonDocument, node: NodeId): string {
  const path = toDot(pathOf(doc, node));
  return path.length > PATH_CHARACTERS ? `${path.slice(0, PATH_CHARACTERS)}…` : path;
}
