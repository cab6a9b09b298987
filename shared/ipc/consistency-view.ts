/** How the window goes through a consistency report that stays with the engine. Plain data only. */
import type {
  CheckGroup,
  ConsistencyFinding,
  ConsistencyRepair,
  ConsistencyReport,
  FindingSeverity,
} from './consistency.ts';
import type { RepairPlanInfo } from './repairs.ts';

/** What came of a check, without what it found: that is asked for in rows. */
export interface ConsistencyHead extends Omit<ConsistencyReport, 'findings'> {
  /** Names it in the calls that ask for its rows; forgotten when the next one is there. */
  readonly report: string;
  /** States (or files that hold none) in which there is an error or a warning. */
  readonly faulty: number;
  /** Errors and warnings for which there is a repair. */
  readonly repairable: number;
  /** Of the workspace when it was checked: with another one the source has been read anew since. */
  readonly generation: number;
}

export const FINDING_GROUPINGS = ['rule', 'state'] as const;
export type FindingGrouping = (typeof FINDING_GROUPINGS)[number];

/** `id`: by which it is opened and closed. `worst`: of what is in it. */
export type ConsistencyRow =
  | {
      readonly row: 'group';
      readonly id: string;
      readonly group: CheckGroup;
      readonly worst: FindingSeverity;
      readonly findings: number;
      readonly open: boolean;
    }
  /** A rule that found more than one thing. */
  | {
      readonly row: 'rule';
      readonly id: string;
      readonly rule: string;
      readonly worst: FindingSeverity;
      readonly findings: number;
      readonly open: boolean;
    }
  | {
      readonly row: 'state';
      readonly id: string;
      /** Null: a file in which there is no state, or the source itself. */
      readonly key: string | null;
      readonly location: string;
      readonly worst: FindingSeverity;
      readonly findings: number;
      readonly open: boolean;
    }
  | {
      readonly row: 'finding';
      readonly finding: ConsistencyFinding;
      /** What can be done about it, what is best first. */
      readonly repairs: readonly ConsistencyRepair[];
      /** From 2 on: what it stands below. */
      readonly level: number;
      /** What the row above it says already. */
      readonly below: 'group' | 'rule' | 'state';
    };

/** A place of a finding as it is stored now. */
export interface ShownPlace {
  /** The value, or what it should be in; null where the state cannot be opened. */
  readonly node: number | null;
  /** Where the place is in a conversation: the list of messages, by its node, and which message. */
  readonly message: { readonly conversation: number; readonly index: number } | null;
  /** Null: there is nothing to be shown. */
  readonly excerpt: PlaceExcerpt | null;
}

export type PlaceExcerpt =
  /** The value among its neighbours. */
  | { readonly kind: 'values'; readonly in: string; readonly lines: readonly ExcerptLine[]; readonly more: boolean }
  /** Bytes that are no value, among those around them. */
  | {
      readonly kind: 'text';
      readonly before: string;
      readonly after: string;
      readonly cutBefore: boolean;
      readonly cutAfter: boolean;
    };

export interface ExcerptLine {
  /** Name of a member; null for items of lists and for the state itself. */
  readonly name: string | null;
  readonly index: number | null;
  /** JSON as it is stored, from its beginning, on one line. */
  readonly text: string;
  readonly cut: boolean;
  readonly isPlace: boolean;
}

/** Bytes of a state's text that make way for others. Texts are cut where they are long. */
export interface ByteChange {
  /** Byte in the text as it is. */
  readonly offset: number;
  readonly removed: string;
  readonly removedBytes: number;
  readonly added: string;
  readonly addedBytes: number;
  /** What stays around it. */
  readonly before: string;
  readonly after: string;
}

export interface RepairedText {
  readonly key: string;
  readonly changes: readonly ByteChange[];
  /** Changes that are not listed. */
  readonly more: number;
}

/** What repairing would do, and which bytes change for it. */
export interface RepairPreview extends RepairPlanInfo {
  readonly texts: readonly RepairedText[];
  /** Findings that the report does not have: they come with the repair of another, as a counter that then has to count one more. */
  readonly followUps: readonly string[];
}
