/** Repairs what a check has found: the preview, which is made anew with every tick, and carrying it out on a copy or in place. */
import type { ConsistencyFinding, ConsistencyRepair } from '../../shared/ipc/consistency.ts';
import type { RepairPreview } from '../../shared/ipc/consistency-view.ts';
import type { RepairedCopy } from '../../shared/ipc/repairs.ts';
import type { RestoreOutcome } from '../../shared/ipc/restore.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { showNotice } from '../stores/notice-store.ts';
import { changeRepair, repairAsked, toggleRepair, useRepair, whichOf } from '../stores/repair-store.ts';
import { useSelection } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { type Job, startJob } from './client.ts';
import { checkNow } from './consistency.ts';
import { openSource } from './opening.ts';
import { undoRestore } from './restoring.ts';
import { travel } from './time-travel.ts';

let planning: Job<RepairPreview> | null = null;
let working: Job<RestoreOutcome> | Job<RepairedCopy | null> | null = null;

/**
 * @param finding null for everything that is wrong and has a repair
 * @param choices what can be done about the finding, what is best first
 */
export function openRepair(finding: ConsistencyFinding | null, choices: readonly ConsistencyRepair[] = []): void {
  // It is the present that is repaired.
  if (useWorkspace.getState().workspace?.asOf != null) travel(null);
  repairAsked({ finding, choices, choice: choices[0]?.id ?? null });
  void preview();
}

/** While it is being carried out, closing stops it: what has been written is taken back. */
export function closeRepair(): void {
  if (working !== null) {
    working.cancel();
    return;
  }
  planning?.cancel();
  planning = null;
  repairAsked(null);
}

/** Another way to repair the one finding. */
export function chooseRepair(choice: string): void {
  const { asked } = useRepair.getState();
  if (asked === null) return;
  changeRepair({ asked: { ...asked, choice }, fault: null });
  void preview();
}

export function tickRepair(finding: string): void {
  toggleRepair(finding);
  changeRepair({ fault: null });
  void preview();
}

async function preview(): Promise<void> {
  const { workspace } = useWorkspace.getState();
  const which = whichOf(useRepair.getState());
  if (workspace === null || which === null) return;
  planning?.cancel();
  changeRepair({ plan: null });
  const mine = startJob('repair.plan', { workspace: workspace.workspace, which }, () => undefined);
  planning = mine;
  const answer = await mine.done;
  if (planning !== mine) return;
  planning = null;
  if (!answer.ok) {
    changeRepair({ fault: { kind: 'error', error: answer.error } });
    return;
  }
  const plan = answer.value;
  const { all, selected } = useRepair.getState();
  changeRepair({ plan, all: all ?? plan, selected: selected ?? plan.repairs[0]?.finding ?? null });
}

/** Writes a copy of the source in which the repairs are done; the source stays as it is. */
export async function repairCopy(): Promise<void> {
  const { plan, accepted } = useRepair.getState();
  const { workspace } = useWorkspace.getState();
  if (plan === null || workspace === null || working !== null) return;
  const input = { workspace: workspace.workspace, plan: plan.plan, accepted: [...accepted] };
  const answer = await carryOut(startJob('repair.copy', input, (progress) => changeRepair({ progress })));
  if (answer?.ok && answer.value !== null) changeRepair({ copy: answer.value });
}

export function openCopy(): void {
  const { copy } = useRepair.getState();
  repairAsked(null);
  if (copy !== null) void openSource({ location: copy.path, followLinks: false });
}

export async function repairHere(): Promise<void> {
  const { plan, accepted } = useRepair.getState();
  const { workspace } = useWorkspace.getState();
  if (plan === null || workspace === null || working !== null) return;
  const input = { workspace: workspace.workspace, plan: plan.plan, accepted: [...accepted] };
  const answer = await carryOut(startJob('repair.apply', input, (progress) => changeRepair({ progress })));
  if (answer?.ok) settle(answer.value, plan.repairs.length);
}

async function carryOut<T extends RestoreOutcome | RepairedCopy | null>(job: Job<T>): Promise<Result<T> | null> {
  changeRepair({ applying: true, fault: null });
  working = job as NonNullable<typeof working>;
  const answer = await job.done;
  working = null;
  changeRepair({ applying: false, progress: null });
  if (answer.ok) return answer;
  if (answer.error.code !== 'cancelled') changeRepair({ fault: { kind: 'error', error: answer.error } });
  return null;
}

function settle(outcome: RestoreOutcome, repairs: number): void {
  switch (outcome.status) {
    case 'restored':
      repairAsked(null);
      showNotice({ kind: 'repaired', repairs, undo: outcome.undo });
      void checkAgain();
      return;
    case 'stale':
      changeRepair({ off: new Set(), all: null });
      void preview();
      changeRepair({ fault: { kind: 'stale', keys: outcome.keys } });
      return;
    case 'rolled-back':
      void preview();
      changeRepair({ fault: { kind: 'rolled-back', ...outcome } });
      return;
    case 'blocked':
    case 'nothing':
      void preview();
      return;
    default:
      outcome satisfies never;
  }
}

export async function undoRepair(undo: string): Promise<void> {
  await undoRestore(undo);
  await checkAgain();
}

/** So that a person sees what is gone, or back. */
async function checkAgain(): Promise<void> {
  if (useSelection.getState().view === 'consistency') await checkNow();
}
