/** Puts an earlier moment back: the preview, which is made anew with every tick, carrying it out, and taking it back. */
import type { AsOf } from '../../shared/ipc/model.ts';
import type { MomentRef } from '../../shared/ipc/moments.ts';
import type { RestoreOutcome, RestorePlan } from '../../shared/ipc/restore.ts';
import { showNotice } from '../stores/notice-store.ts';
import {
  changeRestore,
  isAllTicked,
  type RestoreState,
  requestOf,
  restoreAsked,
  useRestore,
} from '../stores/restore-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';
import { travel } from './time-travel.ts';

/** The moment that is shown, where it is not the present. */
export function momentOf({ seq, snapshot }: AsOf): MomentRef {
  if (snapshot !== null) return { at: 'snapshot', snapshot: snapshot.id };
  return seq === null ? { at: 'now' } : { at: 'seq', seq };
}

let planning: Job<RestorePlan> | null = null;
let applying: Job<RestoreOutcome> | null = null;

/**
 * @param keys null for every state that the moment had
 * @param name what a person calls the moment
 */
export function openRestore(from: MomentRef, keys: readonly string[] | null, name: string | null = null): void {
  // It is the present that is written to.
  if (useWorkspace.getState().workspace?.asOf != null) travel(null);
  restoreAsked({ from, keys, name });
  void preview('all');
}

/** While it is being written, closing stops it: what has been written is taken back. */
export function closeRestore(): void {
  if (applying !== null) {
    applying.cancel();
    return;
  }
  planning?.cancel();
  planning = null;
  restoreAsked(null);
}

/** Another way of restoring: what can be ticked may be something else then. */
export function changeWay(change: Partial<Pick<RestoreState, 'mode' | 'removeOthers' | 'migrate'>>): void {
  changeRestore({ ...change, fault: null, offStates: new Set(), offChanges: new Map(), accepted: new Set() });
  void preview('all');
}

/** After ticks. */
export function previewTicked(): void {
  changeRestore({ fault: null });
  void preview(isAllTicked(useRestore.getState()) ? 'all' : 'ticked');
}

async function preview(what: 'all' | 'ticked'): Promise<void> {
  const request = requestOf(useRestore.getState(), what);
  const { workspace } = useWorkspace.getState();
  if (request === null || workspace === null) return;
  planning?.cancel();
  changeRestore({ plan: null, progress: null });
  const mine = startJob(
    'restore.plan',
    { workspace: workspace.workspace, ...request, picks: copied(request.picks) },
    (progress) => {
      if (planning === mine) changeRestore({ progress });
    },
  );
  planning = mine;
  const answer = await mine.done;
  if (planning !== mine) return;
  planning = null;
  changeRestore({ progress: null });
  if (!answer.ok) {
    changeRestore({ fault: { kind: 'error', error: answer.error } });
    return;
  }
  const plan = answer.value;
  const { selected } = useRestore.getState();
  const there = plan.rows.some(({ key }) => key === selected);
  changeRestore(
    what === 'all' ? { all: plan, plan, selected: there ? selected : (plan.rows[0]?.key ?? null) } : { plan },
  );
}

type Picks = NonNullable<ReturnType<typeof requestOf>>['picks'];

function copied(picks: Picks) {
  return (
    picks?.map(({ key, paths }) => ({
      key,
      paths: paths?.map(({ path, side }) => ({ path: [...path], side })) ?? null,
    })) ?? null
  );
}

export async function applyRestore(): Promise<void> {
  const { plan, accepted, applying: busy } = useRestore.getState();
  const { workspace } = useWorkspace.getState();
  if (plan === null || workspace === null || busy) return;
  changeRestore({ applying: true, fault: null });
  const input = { workspace: workspace.workspace, plan: plan.plan, accepted: [...accepted] };
  applying = startJob('restore.apply', input, (progress) => changeRestore({ progress }));
  const answer = await applying.done;
  applying = null;
  changeRestore({ applying: false, progress: null });
  if (!answer.ok) {
    changeRestore({ fault: { kind: 'error', error: answer.error } });
    return;
  }
  settle(answer.value);
}

function settle(outcome: RestoreOutcome): void {
  switch (outcome.status) {
    case 'restored':
      restoreAsked(null);
      showNotice({ kind: 'restored', states: outcome.keys.length, undo: outcome.undo });
      return;
    case 'stale':
      changeRestore({ offStates: new Set(), offChanges: new Map() });
      void preview('all');
      changeRestore({ fault: { kind: 'stale', keys: outcome.keys } });
      return;
    case 'rolled-back':
      void preview('all');
      changeRestore({ fault: { kind: 'rolled-back', ...outcome } });
      return;
    case 'blocked':
    case 'nothing':
      void preview('all');
      return;
    default:
      outcome satisfies never;
  }
}

/** The last one; also one of an earlier run of the program. */
export async function undoLastRestore(): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const answer = await call('restore.list', { workspace: workspace.workspace });
  const last = answer.ok ? answer.value[0] : undefined;
  if (last === undefined) showNotice({ kind: 'nothing-to-undo' });
  else await undoRestore(last.undo);
}

export async function undoRestore(undo: string): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  if (workspace.asOf !== null) {
    showNotice({ kind: 'in-past' });
    return;
  }
  if (!workspace.armed && workspace.format !== 'probe') {
    showNotice({ kind: 'not-armed' });
    return;
  }
  const answer = await call('restore.undo', { workspace: workspace.workspace, undo });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return;
  }
  const outcome = answer.value;
  switch (outcome.status) {
    case 'undone':
      showNotice({ kind: 'restore-undone', states: outcome.keys.length });
      return;
    case 'changed':
      showNotice({ kind: 'cannot-undo', key: outcome.keys[0] ?? '' });
      return;
    case 'rolled-back':
      showNotice({ kind: 'undo-failed', key: outcome.key, reason: outcome.reason ?? '' });
      return;
    case 'missing':
      showNotice({ kind: 'nothing-to-undo' });
      return;
    default:
      outcome satisfies never;
  }
}
