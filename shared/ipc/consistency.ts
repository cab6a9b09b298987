/**
 * What is not as it should be in a source: findings of the consistency check and of the session doctor, and how a repair is asked
 * for. Plain data only. Texts: a rule's title and why it matters are `consistency.rules.<rule>.title` and `.why`, what was found is
 * the text named by `foundKey`, all filled in with `details`.
 */
import type { JsonPath } from '../json/path.ts';

/** `conversation`: the session doctor's. `own`: the rules of a person's statescope.rules.yaml. In the order in which they are shown. */
export const CHECK_GROUPS = ['integrity', 'relationships', 'validity', 'conversation', 'own'] as const;
export type CheckGroup = (typeof CHECK_GROUPS)[number];

/** From the worst on. A `note` is nothing wrong, but good to know. */
export const FINDING_SEVERITIES = ['error', 'warning', 'note'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

export type FindingDetails = Readonly<Record<string, string | number>>;

export interface FindingPlace {
  /** Null: a file in which no state can be read, something that should be there, or all of the source. */
  readonly key: string | null;
  /** File relative to the source, or `table/rowid`; the source itself is `.`. */
  readonly location: string;
  /** From the root of the state's text. With duplicate names it means the last of them; `offset` says which. */
  readonly path: JsonPath;
  /** The same as RFC 9535's normalized path: `$['state_data']['status']`. */
  readonly at: string;
  /** Byte in the state's (unpacked) text at which the value begins, or reading failed; null where that has no meaning. */
  readonly offset: number | null;
}

export interface ConsistencyFinding extends FindingPlace {
  /** `<rule>|<key or location>|<at>`: the same as long as the fault is the same; a second one at the same place ends in `#2`. */
  readonly id: string;
  /** Of the built-in rules a constant of ours; of a person's own rule its id. */
  readonly rule: string;
  readonly group: CheckGroup;
  readonly severity: FindingSeverity;
  /** English: what is wrong, in full. */
  readonly message: string;
  readonly details: FindingDetails;
  /**
   * The text that says what was found: `consistency.rules.<rule>.found`, or one that stands elsewhere (`problems.truncated`,
   * `findings.enum-member`). Null: only `message` says it, as a person's own rule does.
   */
  readonly foundKey: string | null;
  /** Where else to look, such as the agent that a session does not list. */
  readonly related: readonly FindingPlace[];
  /** Null where only a person can know what is right. */
  readonly repair: ConsistencyRepair | null;
}

/** What a repair does to the finding's state; the text is `consistency.repairs.<id>`, filled in with the finding's details and these. */
export interface ConsistencyRepair {
  readonly id: string;
  readonly details: FindingDetails;
  /** Those that remove items of one list begin with the last, so that no path is led astray. Null: the doctor works it out from the state's bytes. */
  readonly edits: readonly RepairEdit[] | null;
}

/** Paths as in the finding: from the root of the state's text. */
export type RepairEdit =
  | { readonly op: 'set'; readonly path: JsonPath /** JSON. */; readonly text: string }
  | { readonly op: 'remove'; readonly path: JsonPath };

/** One rule, and what came of it. Every rule is listed, also those that found nothing. */
export interface ConsistencyCheckRun {
  readonly rule: string;
  readonly group: CheckGroup;
  /** The worst that it finds. */
  readonly severity: FindingSeverity;
  /** States (or files, changes, snapshots) that the rule applied to. 0: there was nothing of its kind, so it says nothing. */
  readonly lookedAt: number;
  /** All that it found; the report may hold fewer, see `left`. */
  readonly found: number;
  /** Why it could not run; then `lookedAt` and `found` are 0. */
  readonly notRun: CheckNotRun | null;
}

export const CHECK_NOT_RUN = [
  /** Nothing of this source has been recorded. */
  'no-journal',
  /** No snapshots have been taken of it. */
  'no-snapshots',
  /** The journal or the snapshots cannot be opened; `reason`. */
  'unreadable',
  /** The rules say so. */
  'switched-off',
] as const;
export type CheckNotRunCode = (typeof CHECK_NOT_RUN)[number];

/** Text: `consistency.notRun.<code>`. */
export interface CheckNotRun {
  readonly code: CheckNotRunCode;
  readonly details: FindingDetails;
}

export interface ConsistencyReport {
  /** Absolute path of the source, or its URL without the password. */
  readonly source: string;
  /** The rules file that was used; null for none. */
  readonly rulesFile: string | null;
  /** ISO 8601 UTC. Times in states are compared with the first. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly states: number;
  /** By group, then in the order in which the rules are documented. */
  readonly checks: readonly ConsistencyCheckRun[];
  /** By group, then the worst first, then in the order of the source's states. */
  readonly findings: readonly ConsistencyFinding[];
  /** Findings beyond what a report holds: counted, not kept. */
  readonly left: number;
  readonly counts: Readonly<Record<FindingSeverity, number>>;
  /** No errors; the design's `is_consistent`. */
  readonly isConsistent: boolean;
}

export interface ConsistencyProgress {
  readonly done: number;
  readonly total: number;
  readonly key: string;
}

/** A finding that a person wants repaired. The state is looked at anew: a finding that is gone, or another by now, is refused. */
export interface RepairPick {
  /** `id` of the finding. */
  readonly finding: string;
  readonly key: string;
  /** `id` of its repair. */
  readonly repair: string;
}
