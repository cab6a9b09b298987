/**
 * What a rule of the consistency check is. A rule is a small function with an id: it yields what is wrong, and nothing for what is
 * right. The session doctor's rules are `StateRule`s of the group `conversation`. Texts stand in the catalogue under
 * `consistency.rules.<id>`: `title`, `found` (filled in with the details) and `why` (why it matters, and what to do).
 */
import type {
  CheckGroup,
  ConsistencyRepair,
  FindingDetails,
  FindingPlace,
  FindingSeverity,
} from '../../../shared/ipc/consistency.ts';
import type { Problem } from '../../../shared/ipc/model.ts';
import type { NodeId } from '../../../shared/json/document.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import type { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import type { Facts } from './facts.ts';
import type { StateView } from './state-view.ts';

export interface CheckContext {
  readonly registry: TypeRegistry;
  /** Milliseconds since 1970: when the check began. Every time is compared with this one. */
  readonly now: number;
}

export interface Found {
  readonly details?: FindingDetails;
  /** Default: the rule's own. */
  readonly severity?: FindingSeverity;
  /** Default: `consistency.rules.<rule>.found`. Null: only the message says it. */
  readonly foundKey?: string | null;
  /** Default: the English text of `foundKey`, filled in with the details. */
  readonly message?: string;
  readonly related?: readonly FindingPlace[];
  readonly repair?: ConsistencyRepair;
}

/** Without `node` and `path`: the whole state. Of something that is missing the path is where it belongs. */
export interface FoundInState extends Found {
  readonly node?: NodeId;
  readonly path?: JsonPath;
  /** Where reading failed; else that of the node. */
  readonly offset?: number | null;
}

export interface FoundAt extends Found {
  readonly place: FindingPlace;
}

interface RuleHead {
  readonly id: string;
  readonly group: CheckGroup;
  /** The worst that it finds. */
  readonly severity: FindingSeverity;
}

/** One file or row, and how reading it went. */
export interface Reading {
  /** Null for a file in which no state can be read. */
  readonly entry: StateEntry | null;
  readonly location: string;
  readonly problems: readonly Problem[];
  /** It could not be read at all. */
  readonly error: SourceError | null;
  /** Null where nothing could be read. */
  readonly bytes: Uint8Array | null;
}

/** Looks at how a file or row could be read, also where there is no state to look at. */
export interface ReadingRule extends RuleHead {
  readonly needs: 'reading';
  check(reading: Reading): Iterable<FoundInState>;
}

/** Looks at one state. */
export interface StateRule extends RuleHead {
  readonly needs: 'state';
  /** Whether the state has what the rule is about; only these count as looked at. */
  applies(state: StateView, context: CheckContext): boolean;
  check(state: StateView, context: CheckContext): Iterable<FoundInState>;
}

/** One thing that a rule looks at, and what is wrong with it. */
export type LookedAt<F extends Found = FoundAt> = Iterable<F>;

/** Looks at what all states together say, after the last of them. Yields once for each thing that it looked at. */
export interface FactsRule extends RuleHead {
  readonly needs: 'facts';
  check(facts: Facts, context: CheckContext): Iterable<LookedAt>;
}

/** Looks at the source once more where the facts leave a question open; awaits between things. */
export interface SourceRule extends RuleHead {
  readonly needs: 'source';
  check(source: Source, facts: Facts, context: CheckContext): AsyncIterable<LookedAt>;
}

export interface JournalRule extends RuleHead {
  readonly needs: 'journal';
  check(journal: Journal, facts: Facts, context: CheckContext): Iterable<LookedAt>;
}

export interface SnapshotRule extends RuleHead {
  readonly needs: 'snapshots';
  check(snapshots: SnapshotStore, facts: Facts, context: CheckContext): Iterable<LookedAt>;
}

export type Rule = ReadingRule | StateRule | FactsRule | SourceRule | JournalRule | SnapshotRule;
