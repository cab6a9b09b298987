import type { NodeId } from '../json/document.ts';

export type DiffNoteKind =
  /** A message, or another item of a list that has an id, that is still the same one, and something in it differs. `label`, `count`: differences. */
  | 'edited'
  /** A text or list that lost its end, its beginning or its middle. `context`: `textStart`, `textMiddle`, `textEnd`, `listStart`, `listEnd`; `by`: characters or items. */
  | 'truncated'
  /** A text that goes on, e.g. an answer that was still being written. `by`: characters. */
  | 'extended'
  /** Messages that went, or were marked as compressed, while a summary came or changed. `count`: messages. */
  | 'summarised'
  /** The same number, date or id, written another way. `context`: `number`, `date`, `id`; `before`, `after`: as written. */
  | 'notation'
  /** The same items of a set in another order: no difference to the program that reads it. */
  | 'set-order'
  /** Items that came to a set or went from it, wherever they stand. `added`, `removed`. */
  | 'set'
  /** Two texts or member names that look alike: other code points for the same characters. `context`: `text`, `name`; `before`, `after`: NFC, NFD, — for neither. */
  | 'normalization'
  /** An id that occurs more than once in its list: its items were told apart by content and place. `id`, `count`. */
  | 'repeated-id';

export type NoteParams = Readonly<Record<string, string | number>>;

export interface DiffNote {
  readonly note: DiffNoteKind;
  /** Positions in `diff.operations` that it is about, ascending; never none. */
  readonly operations: readonly number[];
  /** What it is about: the item, text, list or set; null where it is only on the other side. */
  readonly beforeNode: NodeId | null;
  readonly afterNode: NodeId | null;
  /** For the sentence `diffNotes.<note>` of the catalogue; of several for one note, `context` says which, as i18next takes it. */
  readonly params: NoteParams;
}

/** Notes whose operations keep what the value means. */
export const SAME_MEANING: ReadonlySet<DiffNoteKind> = new Set(['notation', 'set-order']);
