import { create } from 'zustand';
import type { ConsistencyFinding, ConsistencyRepair, RepairPick } from '../../shared/ipc/consistency.ts';
import type { RepairPreview } from '../../shared/ipc/consistency-view.ts';
import type { RepairedCopy } from '../../shared/ipc/repairs.ts';
import type { RestoreCheckCode, RestoreProgress } from '../../shared/ipc/restore.ts';
import type { RestoreFault } from './restore-store.ts';

export interface AskedRepair {
  /** Null: everything that is wrong and has a repair. */
  readonly finding: ConsistencyFinding | null;
  /** What can be done about the finding, and which of it is chosen. */
  readonly choices: readonly ConsistencyRepair[];
  readonly choice: string | null;
}

export interface RepairState {
  /** Null: nobody is repairing. */
  readonly asked: AskedRepair | null;
  /** Everything that can be chosen from; null until it is known. */
  readonly all: RepairPreview | null;
  /** With what is ticked: what would be done. Null while it is being made. */
  readonly plan: RepairPreview | null;
  /** Findings that a person has unticked. */
  readonly off: ReadonlySet<string>;
  readonly accepted: ReadonlySet<RestoreCheckCode>;
  /** Repair whose state is shown. */
  readonly selected: string | null;
  readonly applying: boolean;
  readonly progress: RestoreProgress | null;
  readonly fault: RestoreFault | null;
  /** It was carried out on a copy. */
  readonly copy: RepairedCopy | null;
}

const NOTHING: RepairState = {
  asked: null,
  all: null,
  plan: null,
  off: new Set(),
  accepted: new Set(),
  selected: null,
  applying: false,
  progress: null,
  fault: null,
  copy: null,
};

export const useRepair = create<RepairState>(() => NOTHING);

export function repairAsked(asked: RepairState['asked']): void {
  useRepair.setState({ ...NOTHING, asked });
}

export function changeRepair(change: Partial<RepairState>): void {
  useRepair.setState(change);
}

export function toggleRepair(finding: string): void {
  const off = new Set(useRepair.getState().off);
  if (!off.delete(finding)) off.add(finding);
  useRepair.setState({ off });
}

/** What is asked for: the one finding, or everything that is ticked. Null: nothing can be done. */
export function whichOf({ asked, off }: RepairState): { only: RepairPick } | { except: string[] } | null {
  if (asked === null) return null;
  const { finding, choice } = asked;
  if (finding === null) return { except: [...off] };
  return choice === null || finding.key === null
    ? null
    : { only: { finding: finding.id, key: finding.key, repair: choice } };
}
