/** Takes snapshots of the open source, and changes, carries and forgets them. */
import type { Calls, Jobs } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/ipc/result.ts';
import type { SnapshotInfo, SnapshotPruneReport, SnapshotPruneRule } from '../../shared/ipc/snapshots.ts';
import { showNotice } from '../stores/notice-store.ts';
import { forgetSnapshots, snapshotProgress, snapshotsChanged } from '../stores/snapshot-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, onEvent, startJob } from './client.ts';

let taking: Job<SnapshotInfo> | null = null;

/** Lists follow what is taken here and before each write. */
export function followSnapshots(): void {
  onEvent('snapshots.changed', ({ workspace }) => {
    if (workspace === openWorkspace()) snapshotsChanged();
  });
  let shown = openWorkspace();
  useWorkspace.subscribe(() => {
    if (openWorkspace() === shown) return;
    shown = openWorkspace();
    forgetSnapshots();
  });
}

function openWorkspace(): string | null {
  return useWorkspace.getState().workspace?.workspace ?? null;
}

/** Whether it was taken; the person is told. */
export async function takeSnapshot(input: Omit<Jobs['snapshots.take']['input'], 'workspace'>): Promise<boolean> {
  const workspace = openWorkspace();
  if (workspace === null || taking !== null) return false;
  snapshotProgress({ done: 0, total: 0 });
  taking = startJob('snapshots.take', { workspace, ...input }, snapshotProgress);
  const answer = await taking.done;
  taking = null;
  snapshotProgress(null);
  if (answer.ok) showNotice({ kind: 'snapshot-taken', states: answer.value.states });
  else if (answer.error.code !== 'cancelled') showNotice({ kind: 'write-failed', error: answer.error });
  return answer.ok;
}

export function cancelTaking(): void {
  taking?.cancel();
}

export function changeSnapshot(
  { id }: SnapshotInfo,
  change: Calls['snapshots.change']['input']['change'],
): Promise<boolean> {
  return ask((workspace) => call('snapshots.change', { workspace, snapshot: id, change }));
}

export function removeSnapshot({ id }: SnapshotInfo): Promise<boolean> {
  return ask((workspace) => call('snapshots.remove', { workspace, snapshot: id }));
}

export async function exportSnapshot({ id }: SnapshotInfo): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const answer = await startJob('snapshots.export', { workspace, snapshot: id }, () => undefined).done;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value) showNotice({ kind: 'snapshot-exported', location: answer.value.location });
}

export async function importSnapshot(): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const answer = await startJob('snapshots.import', { workspace }, () => undefined).done;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value) showNotice({ kind: 'snapshot-taken', states: answer.value.states });
}

/** What a rule takes away, or with `dryRun` would. */
export function pruneSnapshots(rule: SnapshotPruneRule, dryRun: boolean): Promise<Result<SnapshotPruneReport> | null> {
  const workspace = openWorkspace();
  return workspace === null ? Promise.resolve(null) : call('snapshots.prune', { workspace, rule, dryRun });
}

async function ask(question: (workspace: string) => Promise<Result<unknown>>): Promise<boolean> {
  const workspace = openWorkspace();
  if (workspace === null) return false;
  const answer = await question(workspace);
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  return answer.ok;
}
