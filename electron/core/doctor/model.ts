/**
 * The repair port. What is wrong is told by the consistency check, of which the session doctor's rules are a part; here is what
 * is done about it. A repair is a list of edits of one state's text: every byte that is not part of one stays. A plan is a
 * restore's plan, so that it is shown, checked, written as one unit, and undone like one.
 */
import type { ConsistencyFinding, ConsistencyReport } from '../../../shared/ipc/consistency.ts';
import type { AppliedRepair, RefusedRepair } from '../../../shared/ipc/repairs.ts';
import type { RestoreProgress } from '../../../shared/ipc/restore.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import type { JsonEdit } from '../../../shared/json/edit.ts';
import type { Clock } from '../../../shared/state/clock.ts';
import type { Plan, PlannedState } from '../restore/plan.ts';
import type { Source } from '../sources/source.ts';
import type { Mending, StateWriter } from '../writing/state-writer.ts';

/** Bytes `[start, end)` of a text make way for `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: Uint8Array;
}

export type TextEdit = JsonEdit | ({ readonly op: 'splice' } & Splice);

/** One way to mend what a rule finds. Text: `consistency.repairs.<id>`, filled in with the finding's details. */
export interface Repair {
  readonly id: string;
  /** The text itself, before what stands in it: `tail` drops what stands behind the state where it is stored. */
  readonly mends: 'value' | 'text' | 'tail';
  /**
   * On the text as it is; all edits of one state are made at once. Null: the finding is gone, or another one by now.
   * @param others the state that an edit copies from, as it is stored now
   */
  edits(document: JsonDocument, finding: ConsistencyFinding, from: Uint8Array | null): readonly TextEdit[] | null;
  /** The key of the state whose text is handed in as `from`. */
  readonly copiesFrom?: (finding: ConsistencyFinding) => string | null;
}

/** One state, as it is stored and as it would be. Its `stages` are splices, each on what the one before left. */
export interface RepairedState extends PlannedState {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly mends: Mending;
  readonly stages: readonly (readonly Splice[])[];
  readonly location: string;
  readonly repairs: readonly AppliedRepair[];
}

export interface RepairPlan extends Plan {
  readonly format: Source['format'];
  readonly states: readonly RepairedState[];
  readonly refused: readonly RefusedRepair[];
}

export interface RepairContext {
  readonly source: Source;
  readonly writer: StateWriter | NotWritableReason;
  /** Checks a source, with the rules of the doctor; also one in which a part of the repairs has been made. */
  readonly check: (source: Source) => Promise<ConsistencyReport>;
  /** Which repair is made of a finding that nobody has chosen one for: an id, or null for none. Default: the first that is offered. */
  readonly choose?: (finding: ConsistencyFinding) => string | null;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface CopyRepairRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes while it copies, files while it repairs. */
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
}
