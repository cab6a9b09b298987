/** Repairing what the session doctor and the consistency check have found: what crosses between the engine and whoever asks. Plain data only. */
import type { FindingDetails, RepairPick } from './consistency.ts';
import type { RestorePlan } from './restore.ts';

export interface RepairRequest {
  /** Null: everything that has a repair, with the first that is offered for it. */
  readonly picks: readonly RepairPick[] | null;
}

/** One repair of a plan, and what it would do. Texts: `consistency.rules.<rule>.found`, `consistency.repairs.<repair>`. */
export interface AppliedRepair {
  readonly finding: string;
  readonly rule: string;
  readonly repair: string;
  readonly key: string;
  readonly location: string;
  readonly at: string;
  /** Of the finding and of the repair. */
  readonly details: FindingDetails;
  /** What was cut off and cannot be kept; null where nothing is lost. */
  readonly lost: LostPart | null;
}

/** Text: `consistency.lost`. */
export interface LostPart {
  readonly bytes: number;
  /** What the bytes belong to, as RFC 9535's normalized path. */
  readonly at: string;
  readonly isMessage: boolean;
}

export const REPAIR_REFUSALS = [
  /** It is not there any more, or is another one by now. */
  'gone',
  /** Nobody but a person can know what is right. */
  'no-repair',
  /** The state is put together from several rows, and the repair needs another one. */
  'assembled',
  /** What would be written is no whole JSON text. */
  'not-json',
  /** Too large to be repaired in memory. */
  'too-large',
] as const;
export type RepairRefusal = (typeof REPAIR_REFUSALS)[number];

/** Text: `consistency.refused.<why>`. */
export interface RefusedRepair {
  readonly finding: string;
  readonly key: string | null;
  readonly why: RepairRefusal;
}

/** A plan as the restore view shows one (`rows` with their changes, `checks`), and which repairs it is made of. */
export interface RepairPlanInfo extends RestorePlan {
  readonly repairs: readonly AppliedRepair[];
  readonly refused: readonly RefusedRepair[];
}

/** A copy of the whole source in which the plan was carried out. */
export interface RepairedCopy {
  /** Absolute. */
  readonly path: string;
  readonly states: number;
  readonly files: number;
  /** Of the copy. */
  readonly bytes: number;
}
