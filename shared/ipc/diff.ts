/** A comparison of two states, a window of rows at a time: what crosses between the engine and the window. Plain data only. */
import type { DiffNote } from '../diff/describe.ts';
import type { DiffCounts, DiffKind } from '../diff/diff.ts';
import type { DiffSummary } from '../diff/summary.ts';
import type { WordPiece } from '../diff/words.ts';
import type { MessageBlock } from '../messages/message.ts';
import type { NodeKind } from './model.ts';
import type { StateAt } from './moments.ts';

/** One of the two states that are compared. */
export interface DiffSide extends StateAt {
  /** Of the source, absolute, without a password. */
  readonly location: string;
  /** Microseconds since 1970 of a change in the history or of a snapshot; null for the present and for other sources. */
  readonly time: number | null;
  /** A person's name for a snapshot; null where there is none. */
  readonly name: string | null;
  readonly bytes: number;
  readonly nodes: number;
}

export interface DiffInfo {
  readonly diff: string;
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly summary: DiffSummary;
  readonly equal: boolean;
  /** It took too long to look everywhere: what is told as changed whole may differ in part only. */
  readonly coarse: boolean;
  /** Pairs of conversations, of which there is one on each side. */
  readonly conversations: readonly DiffConversationInfo[];
}

/** A conversation that both sides have. */
export interface DiffConversationInfo {
  /** What tells it from the others of the same state. */
  readonly label: string;
  /** Rows of the chat. */
  readonly rows: number;
  readonly counts: DiffCounts & { readonly same: number };
  readonly divergence: DiffDivergence;
  /** Rows of messages that are not the same; of very many the first. */
  readonly changed: readonly number[];
}

/** Where two conversations part; ids and times do not count. */
export interface DiffDivergence {
  /** Position of the first message that says something else, or that only one side has; null where there is none. */
  readonly at: number | null;
  /** Its row in the chat. */
  readonly row: number;
  /** From there on: messages of each side, and how many of them the other side has, too, in the same order. */
  readonly before: number;
  readonly after: number;
  readonly shared: number;
}

export type DiffRowNote = Pick<DiffNote, 'note' | 'params'>;

export interface DiffValue {
  readonly node: number;
  readonly kind: NodeKind;
  readonly children: number;
  /** A scalar as it stands in the file (strings decoded), cut; empty for containers. */
  readonly preview: string;
  readonly previewCut: boolean;
}

export interface DiffRow {
  /** Names the row in expansions and questions; stays while the comparison is open. */
  readonly id: number;
  /** `fold`: neighbours that are not shown, one row for all of them. */
  readonly row: 'value' | 'fold';
  /** 0 for the root. */
  readonly depth: number;
  /** `same` for a container in which only something below differs. */
  readonly kind: 'same' | DiffKind;
  /** Of a moved value: something in it differs as well. */
  readonly edited: boolean;
  /** Member name, decoded; null for items of arrays and for the root. */
  readonly name: string | null;
  /** Position among its siblings, where it is; of a removed value where it was. */
  readonly index: number;
  /** Of a moved item: where it was. */
  readonly from: number | null;
  /** `role · name · id` of a message, else null. */
  readonly label: string | null;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly before: DiffValue | null;
  readonly after: DiffValue | null;
  /** Of two texts: what they have in common and what not, around the first difference. */
  readonly words: readonly WordPiece[] | null;
  /** Differences below a container; null where there are none. */
  readonly counts: Readonly<Record<DiffKind, number>> | null;
  /** What happened in a person's terms, e.g. that a text was cut. */
  readonly notes: readonly DiffRowNote[];
  /** Values behind a fold. */
  readonly hidden: number;
  /** Behind a fold are differences, too, of kinds that are not asked for. */
  readonly hidesChanges: boolean;
}

/** One row in full. */
export interface DiffValueDetail {
  readonly id: number;
  readonly path: string;
  /** Where a moved value was; null for any other. */
  readonly from: string | null;
  readonly kind: 'same' | DiffKind;
  /** Of both sides, cut to 64 Ki characters; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly cut: boolean;
  /** Of two texts that differ. */
  readonly words: readonly WordPiece[] | null;
  readonly notes: readonly DiffRowNote[];
}

/** One message of two conversations as one chat. */
export interface DiffMessageRow {
  readonly kind: 'same' | DiffKind;
  /** Of a moved message: something in it differs as well. */
  readonly edited: boolean;
  /** Positions in the two conversations; null on the side that does not have it. */
  readonly indexBefore: number | null;
  readonly indexAfter: number | null;
  /** As on the side after, where it is there. */
  readonly role: string | null;
  readonly name: string | null;
  readonly id: string | null;
  /** As stored. */
  readonly time: string | null;
  readonly marks: readonly string[];
  readonly parts: readonly DiffMessagePart[];
}

/** A block of a message, or another member that differs. */
export interface DiffMessagePart {
  readonly kind: 'same' | DiffKind;
  /** Null for another member. */
  readonly block: MessageBlock | null;
  /** Of a block or member that changed: as it was. */
  readonly blockBefore: MessageBlock | null;
  /** Name of another member, e.g. `role`; null for a block. */
  readonly member: string | null;
  /** Of such a member: its values, shortened. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of texts that changed. */
  readonly words: readonly WordPiece[] | null;
}

/** One state of two moments of which all states are compared. */
export interface DiffStateRow {
  readonly key: string;
  readonly kind: 'same' | 'added' | 'removed' | 'changed';
  /** Null on the side that has no such state. */
  readonly bytesBefore: number | null;
  readonly bytesAfter: number | null;
}

export interface DiffStates {
  readonly states: string;
  readonly counts: Readonly<Record<DiffStateRow['kind'], number>>;
}

/** States of a moment from which one is chosen. */
export interface DiffKeys {
  readonly location: string;
  /** The first thousand that contain what is looked for. */
  readonly keys: readonly string[];
  readonly total: number;
}

export const DIFF_FORMATS = ['json-patch', 'json', 'text'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];
