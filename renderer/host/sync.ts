/** Synchronised nodes: asked while their view is shown, and what a person settles. */

import type { HostError } from '../../shared/ipc/result.ts';
import type { ConflictRow, LaneEvent, SettleChoice, SyncStatus, VersionRef } from '../../shared/ipc/sync.ts';
import { openDiff } from '../stores/diff-store.ts';
import { joinedLanes, refreshedLanes } from '../stores/lane-pages.ts';
import { showNotice } from '../stores/notice-store.ts';
import { selectState } from '../stores/selection-store.ts';
import { type ConflictKind, changeSync, forgetSync, useSync } from '../stores/sync-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';
import { showChange } from './history.ts';

/** How often the nodes are asked while somebody looks. */
const EVERY_MS = 2000;
const CONFLICTS = 200;
/** A page holds no more. */
const MOST_CONFLICTS = 1000;
const CHANGES = 200;

/** The status for which lists and lanes were read; null when one of them could not be. */
let readFor: SyncStatus | null = null;

const openWorkspace = (): string | null => useWorkspace.getState().workspace?.workspace ?? null;

/** Asks at once and again and again; the answer ends it. */
export function followSync(): () => void {
  let isGone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    await refresh();
    if (!isGone) timer = setTimeout(() => void ask(), EVERY_MS);
  };
  void ask();
  return () => {
    isGone = true;
    clearTimeout(timer);
    readFor = null;
    forgetSync();
  };
}

async function refresh(): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const answer = await call('sync.status', { workspace });
  if (openWorkspace() !== workspace) return;
  if (!answer.ok) {
    changeSync({ error: answer.error });
    return;
  }
  const status = answer.value;
  changeSync({ status, error: null });
  const isSame = readFor?.newest === status.newest && readFor.openConflicts === status.openConflicts;
  if (status.synchronised && isSame) return;
  readFor = status;
  await Promise.all([...(status.synchronised ? [readConflicts()] : []), readLanes()]);
}

/** It is told, and asked for again the next time. */
function failed(error: HostError): void {
  readFor = null;
  changeSync({ error });
}

export function showConflicts(kind: ConflictKind): void {
  changeSync({ kind, conflicts: null });
  void readConflicts();
}

async function readConflicts(): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const { kind, conflicts } = useSync.getState();
  // As many as are shown already.
  const limit = Math.min(Math.max(CONFLICTS, conflicts?.rows.length ?? 0), MOST_CONFLICTS);
  const answer = await call('sync.conflicts', { workspace, status: kind, after: null, limit });
  if (openWorkspace() !== workspace || useSync.getState().kind !== kind) return;
  if (answer.ok) changeSync({ conflicts: answer.value });
  else failed(answer.error);
}

export async function moreConflicts(): Promise<void> {
  const workspace = openWorkspace();
  const { kind, conflicts } = useSync.getState();
  if (workspace === null || conflicts?.next == null) return;
  const question = { workspace, status: kind, after: conflicts.next, limit: CONFLICTS } as const;
  const answer = await call('sync.conflicts', question);
  if (useSync.getState().conflicts !== conflicts) return;
  if (answer.ok) changeSync({ conflicts: { ...answer.value, rows: [...conflicts.rows, ...answer.value.rows] } });
  else failed(answer.error);
}

/** Changes of one state only; null for all. */
export function showLanesOf(key: string | null): void {
  changeSync({ key, lanes: null, selected: null });
  void readLanes();
}

async function readLanes(): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const { key } = useSync.getState();
  const answer = await call('sync.lanes', { workspace, key, before: null, limit: CHANGES });
  if (openWorkspace() !== workspace || useSync.getState().key !== key) return;
  if (answer.ok) changeSync({ lanes: refreshedLanes(answer.value, useSync.getState().lanes) });
  else failed(answer.error);
}

let isReadingMore = false;

export async function moreLanes(): Promise<void> {
  const workspace = openWorkspace();
  const { key, lanes } = useSync.getState();
  if (workspace === null || isReadingMore || lanes?.next == null) return;
  isReadingMore = true;
  const answer = await call('sync.lanes', { workspace, key, before: lanes.next, limit: CHANGES });
  isReadingMore = false;
  if (useSync.getState().lanes !== lanes) return;
  if (answer.ok) changeSync({ lanes: joinedLanes(lanes, answer.value) });
  else failed(answer.error);
}

/** Decides which version all nodes have from now on. Refused, and told, when another one has come meanwhile. */
export async function settle({ key, versions }: ConflictRow, choice: SettleChoice): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  if (!workspace.armed) {
    showNotice({ kind: 'not-armed' });
    return;
  }
  const seen = versions.map(({ writer, counter }) => ({ writer, counter }));
  const answer = await call('sync.settle', { workspace: workspace.workspace, key, versions: seen, choice });
  if (answer.ok) showNotice({ kind: 'settled', key });
  else showNotice({ kind: 'write-failed', error: answer.error });
  await refresh();
}

export function compareVersions(key: string, before: VersionRef, after: VersionRef): void {
  openDiff({ moment: momentOf(before), key }, { moment: momentOf(after), key });
}

export function momentOf({ writer, counter }: VersionRef) {
  return { at: 'version', writer, counter } as const;
}

/** A change of the journal in the history; of a node the state as it is now. */
export function openEvent({ version, seq, key }: LaneEvent): void {
  if (version === null) showChange(seq);
  else selectState(key);
}
