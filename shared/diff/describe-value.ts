/** What became of one value that changed: written another way, cut, or gone on. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import type { DiffNoteKind, NoteParams } from './note.ts';
import { forms, sameInstant, sameNumber } from './same-meaning.ts';

interface ValueNote {
  readonly note: DiffNoteKind;
  readonly params: NoteParams;
}

/** Longer texts, in bytes, are not looked into. */
const MAX_TEXT = 4_000_000;
/** Numbers and dates are told as they are written up to so many characters. */
const MAX_SHOWN = 60;
/** What two texts begin or end with alike counts from so many characters on: "yes" is no truncated "yes, please". */
const LEAST_KEPT = 20;
/** How programs mark that they cut something, and how long such a mark may be. */
const MARK = /\.\.\.|…|truncat|omitted|elided|shorten|省略|截断|截斷/i;
const MAX_MARK = 200;
/** The mark may begin or end as what was cut does. */
const MARK_OVERLAP = 3;

/** Null where there is nothing to say about it. */
export function valueNote(before: JsonDocument, a: NodeId, after: JsonDocument, b: NodeId): ValueNote | null {
  const [kindA, kindB] = [before.kind(a), after.kind(b)];
  if (kindA === 'number' && kindB === 'number') {
    const [textA, textB] = [before.rawText(a), after.rawText(b)];
    return sameNumber(textA, textB) ? notation('number', textA, textB) : null;
  }
  if (kindA !== kindB && isIdName(after.key(b))) {
    const [textA, textB] = [idText(before, a), idText(after, b)];
    if (textA !== null && textA === textB) return notation('id', before.rawText(a), after.rawText(b));
  }
  if (kindA !== 'string' || kindB !== 'string') return null;
  if (Math.max(before.stringByteLength(a), after.stringByteLength(b)) > MAX_TEXT) return null;
  const [textA, textB] = [before.string(a), after.string(b)];
  if (sameInstant(textA, textB)) return notation('date', textA, textB);
  const alike = forms(textA, textB);
  if (alike !== null) return { note: 'normalization', params: { context: 'text', before: alike[0], after: alike[1] } };
  return lengthNote(textA, textB);
}

function notation(as: 'number' | 'date' | 'id', before: string, after: string): ValueNote {
  return { note: 'notation', params: { context: as, before: shortened(before), after: shortened(after) } };
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function isIdName(name: string | undefined): boolean {
  return name === 'id' || (name?.endsWith('_id') ?? false);
}

function idText(doc: JsonDocument, node: NodeId): string | null {
  const kind = doc.kind(node);
  if (kind === 'number') return doc.rawText(node);
  return kind === 'string' && doc.stringByteLength(node) <= MAX_SHOWN ? doc.string(node) : null;
}

function lengthNote(a: string, b: string): ValueNote | null {
  if (a.length >= LEAST_KEPT && b.startsWith(a)) return { note: 'extended', params: { by: b.length - a.length } };
  if (b.length >= a.length || b.length < LEAST_KEPT) return null;
  if (a.startsWith(b)) return { note: 'truncated', params: { context: 'textEnd', by: a.length - b.length } };
  if (a.endsWith(b)) return { note: 'truncated', params: { context: 'textStart', by: a.length - b.length } };
  let head = 0;
  while (a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < b.length - head && a.charCodeAt(a.length - tail - 1) === b.charCodeAt(b.length - tail - 1)) tail++;
  const mark = b.slice(Math.max(0, head - MARK_OVERLAP), b.length - tail + MARK_OVERLAP);
  if (head + tail < LEAST_KEPT || mark.length > MAX_MARK || !MARK.test(mark)) return null;
  const context = tail <= MARK_OVERLAP ? 'textEnd' : head <= MARK_OVERLAP ? 'textStart' : 'textMiddle';
  return { note: 'truncated', params: { context, by: a.length - head - tail } };
}
