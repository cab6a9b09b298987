/** Everything that writes: arming, saving an edit, states to the trash and back, and taking a write back. */
import type { NotWritableReason, WriteOutcome } from '../../shared/ipc/writing.ts';
import { openDialog } from '../stores/dialog-store.ts';
import { draftDropped, draftSaving, editOf, isChanged, useDraft } from '../stores/draft-store.ts';
import { showNotice, type WriteDone } from '../stores/notice-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { useUndo, writeDone, writeRedone, writeUndone } from '../stores/undo-store.ts';
import { useWorkspace, workspaceArmed } from '../stores/workspace-store.ts';
import { call } from './client.ts';
import type { Refusal } from './edit-check.ts';

/** Allows writing to the open source, or ends that. What was being typed ends with it. */
export async function armSource(armed: boolean): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const answer = await call('workspace.arm', { workspace: workspace.workspace, armed });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return;
  }
  workspaceArmed(workspace.workspace, armed);
  if (!armed) draftDropped();
}

/** Whether the selected state can be changed now; if not, the person is told why. */
export function mayWrite(): boolean {
  return mayWriteUnless(useOpenState.getState().summary?.notWritable ?? null);
}

/** The same for the source as a whole. */
export function mayWriteSource(): boolean {
  return mayWriteUnless(null);
}

function mayWriteUnless(stateReason: NotWritableReason | null): boolean {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return false;
  if (workspace.asOf !== null) {
    showNotice({ kind: 'in-past' });
    return false;
  }
  const reason = workspace.notWritable ?? stateReason;
  if (reason !== null) showNotice({ kind: 'not-writable', reason });
  else if (!workspace.armed) showNotice({ kind: 'not-armed' });
  return reason === null && workspace.armed;
}

/** Saves what is being typed. Gives why it was refused, and null when it was saved or the person has been told otherwise. */
export async function saveDraft(): Promise<Refusal | null> {
  const { draft, saving } = useDraft.getState();
  if (!draft || saving) return null;
  if (draft.place !== 'add' && !isChanged(draft)) {
    draftDropped();
    return null;
  }
  draftSaving(true);
  const refusal = await apply(draft.key, draft.revision, editOf(draft));
  if (refusal === 'written') draftDropped();
  else draftSaving(false);
  return refusal === 'written' || refusal === 'told' ? null : refusal;
}

/** Removes a member or an item of the selected state. */
export async function removeNode(node: number): Promise<void> {
  const { summary } = useOpenState.getState();
  if (!summary || node === 0 || !mayWrite()) return;
  const refusal = await apply(summary.key, summary.revision, { op: 'remove', node });
  if (typeof refusal !== 'string') showNotice({ kind: 'refused', verdict: refusal });
}

async function apply(key: string, revision: string, edit: ReturnType<typeof editOf>) {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return 'told';
  const answer = await call('edit.apply', { workspace: workspace.workspace, key, revision, edit });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return 'told';
  }
  const outcome = answer.value;
  if (outcome.status === 'written') {
    wrote('saved', key, outcome.undo);
    return 'written';
  }
  if (outcome.status === 'conflict' || outcome.status === 'missing') {
    openDialog({ kind: 'conflict', key });
    return 'told';
  }
  return outcome;
}

/** Tells of a write, and how it is taken back. */
export function wrote(what: WriteDone, key: string, undo: string | null): void {
  if (undo !== null) writeDone({ key, undo });
  showNotice({ kind: 'written', what, key, undoable: undo !== null });
}

/** Puts a state into the trash; the person has been asked. */
export async function removeState(key: string): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const shown = useOpenState.getState().summary;
  const opened =
    shown?.key === key
      ? ({ ok: true, value: shown } as const)
      : await call('state.open', { workspace: workspace.workspace, key });
  if (!opened.ok) {
    showNotice({ kind: 'write-failed', error: opened.error });
    return;
  }
  const { revision, notWritable } = opened.value;
  if (notWritable !== null) {
    showNotice({ kind: 'not-writable', reason: notWritable });
    return;
  }
  const answer = await call('state.remove', { workspace: workspace.workspace, key, revision });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value.status === 'written') wrote('removed', key, answer.value.undo);
  else openDialog({ kind: 'conflict', key });
}

export async function restoreFromTrash(id: string, key: string): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const answer = await call('trash.restore', { workspace: workspace.workspace, id });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value.status === 'written') wrote('restored', key, answer.value.undo);
  else showNotice({ kind: 'cannot-undo', key });
}

/** One at a time, so that a held key cannot undo the same write twice. */
let busy = false;

export async function undoWrite(): Promise<void> {
  const last = useUndo.getState().done.at(-1);
  await takeBack(last, 'undone', (redo) => writeUndone(redo));
}

export async function redoWrite(): Promise<void> {
  const last = useUndo.getState().undone.at(-1);
  await takeBack(last, 'redone', (undo) => writeRedone(undo));
}

async function takeBack(
  write: { readonly key: string; readonly undo: string } | undefined,
  what: WriteDone,
  settle: (opposite: { readonly key: string; readonly undo: string } | null) => void,
): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace || busy) return;
  if (!write) {
    showNotice({ kind: 'nothing-to-undo' });
    return;
  }
  if (workspace.asOf !== null || !workspace.armed) {
    showNotice({ kind: workspace.asOf === null ? 'not-armed' : 'in-past' });
    return;
  }
  busy = true;
  const answer = await call('write.undo', { workspace: workspace.workspace, undo: write.undo });
  busy = false;
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return;
  }
  const outcome: WriteOutcome = answer.value;
  if (outcome.status === 'written') {
    settle(outcome.undo === null ? null : { key: write.key, undo: outcome.undo });
    showNotice({ kind: 'written', what, key: write.key, undoable: false });
  } else {
    settle(null);
    showNotice({ kind: 'cannot-undo', key: write.key });
  }
}
