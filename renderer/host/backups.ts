/** What can be done with the backups of the open source. */
import { splitPassword } from '../../shared/ipc/address.ts';
import type { ScheduleList } from '../../shared/ipc/backup-schedules.ts';
import {
  type BackupRow,
  type ChosenStates,
  MOST_STATES_CHOSEN,
  MOST_STATES_TOLD,
  type StateMatches,
} from '../../shared/ipc/backups.ts';
import type { Calls, Jobs } from '../../shared/ipc/contract.ts';
import type { MomentRef } from '../../shared/ipc/moments.ts';
import type { HostError, Result } from '../../shared/ipc/result.ts';
import {
  changeBackups,
  fileOf,
  forgetBackups,
  isLocked,
  useBackups,
  verifyProgressed,
} from '../stores/backup-store.ts';
import { openDialog } from '../stores/dialog-store.ts';
import { openDiffOfAll } from '../stores/diff-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useSelection } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, onEvent, startJob } from './client.ts';
import { openSource } from './opening.ts';
import { readSchedules, schedulesTold } from './schedules.ts';
import { useJob } from './use-job.ts';

const NOW: MomentRef = { at: 'now' };
const verifications = new Map<string, Job<unknown>>();
/** A source that is being opened for a restore. It may ask for its password first. */
let waiting: { readonly location: string; readonly file: string } | null = null;

function openWorkspace(): string | null {
  return useWorkspace.getState().workspace?.workspace ?? null;
}

/** The list follows what is written, verified and removed, here and by schedules. Read only while it is looked at. */
export function followBackups(): void {
  onEvent('backups.changed', () => {
    useBackups.setState(({ changes }) => ({ changes: changes + 1 }));
    if (useSelection.getState().view === 'backups') void readBackups();
  });
  onEvent('schedules.changed', schedulesTold);
  // Schedules are told several times a second while one is at work: the folders are read when one has other backups.
  useBackups.subscribe(({ schedules }, before) => {
    if (schedules === before.schedules || schedules === null || before.schedules === null) return;
    if (writtenBy(schedules) === writtenBy(before.schedules)) return;
    if (useSelection.getState().view === 'backups') void readBackups();
  });
  useSelection.subscribe(({ view }, before) => {
    if (view === 'backups' && before.view !== 'backups') void readBackups();
  });
  // Files come and go while another program is in front.
  window.addEventListener('focus', () => {
    if (useSelection.getState().view === 'backups') void readBackups();
  });
  let shown = openWorkspace();
  useWorkspace.subscribe(() => {
    if (openWorkspace() === shown) return;
    shown = openWorkspace();
    for (const job of verifications.values()) job.cancel();
    forgetBackups();
    if (shown === null) return;
    if (useWorkspace.getState().workspace?.location === waiting?.location) goOnRestoring();
    void readSchedules();
    if (useSelection.getState().view === 'backups') void readBackups();
  });
}

/** Which files, and into which folders. */
function writtenBy(list: ScheduleList): string {
  return JSON.stringify(list.schedules.map(({ schedule, files }) => [schedule.folder, files]));
}

let asked = 0;
/** Of the questions, the latest that was answered. */
let answered = 0;

export async function readBackups(): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null) return;
  const mine = ++asked;
  const answer = await call('backups.list', { workspace });
  if (workspace !== openWorkspace() || mine < answered) return;
  answered = mine;
  changeBackups(answer.ok ? { list: answer.value, error: null } : { error: answer.error });
}

export function momentOfBackup(file: string): MomentRef {
  return { at: 'source', location: file };
}

/** Goes on at once, or when the passphrase of an encrypted one has been given. */
export function unlocked(row: BackupRow, goOn: () => void): void {
  if (isLocked(row)) openDialog({ kind: 'unlock-backup', file: fileOf(row), onUnlocked: goOn });
  else goOn();
}

/** Whether the passphrase fits; else why not. */
export async function unlockBackup(file: string, secret: string): Promise<HostError | null> {
  const workspace = openWorkspace();
  if (workspace === null) return null;
  const answer = await call('backups.unlock', { workspace, file, secret });
  return answer.ok ? null : answer.error;
}

export function openBackup(row: BackupRow): void {
  void openSource({ location: fileOf(row), followLinks: false });
}

export function compareWithNow(row: BackupRow): void {
  unlocked(row, () => openDiffOfAll(momentOfBackup(fileOf(row)), NOW));
}

export function askWithWhat(row: BackupRow): void {
  unlocked(row, () => openDialog({ kind: 'compare-backup', file: fileOf(row) }));
}

export function askRestore(row: BackupRow): void {
  unlocked(row, () => openDialog({ kind: 'restore-backup', file: fileOf(row) }));
}

export function verifyListed(row: BackupRow): void {
  unlocked(row, () => void verifyBackup(fileOf(row)));
}

/** What was found is in the list then. */
export async function verifyBackup(file: string): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null || verifications.has(file)) return;
  verifyProgressed(file, null);
  const job = startJob('backups.verify', { workspace, file }, (progress) => verifyProgressed(file, progress));
  verifications.set(file, job);
  const answer = await job.done;
  verifications.delete(file);
  await readBackups();
  verifyProgressed(file, undefined);
  if (!answer.ok && answer.error.code !== 'cancelled') showNotice({ kind: 'write-failed', error: answer.error });
}

export function stopVerifying(file: string): void {
  verifications.get(file)?.cancel();
}

export async function showInFolder(file: string): Promise<void> {
  await told((workspace) => call('backups.reveal', { workspace, file }));
}

/** Into the system's trash. */
export async function removeBackup(file: string): Promise<void> {
  if (await told((workspace) => call('backups.remove', { workspace, file }))) {
    showNotice({ kind: 'backup-removed', location: file });
  }
}

export async function addBackupFolder(): Promise<void> {
  await told((workspace) => call('backups.addFolder', { workspace }));
}

export async function forgetBackupFolder(folder: string): Promise<void> {
  await told((workspace) => call('backups.forgetFolder', { workspace, folder }));
}

/** Opens the source into which a backup is put back, and asks there how. */
export async function restoreInto(location: string, file: string): Promise<void> {
  const before = openWorkspace();
  waiting = { location: splitPassword(location).location, file };
  await openSource({ location, followLinks: false });
  // It may call itself by another name than a person does.
  if (openWorkspace() !== before && openWorkspace() !== null) goOnRestoring();
}

function goOnRestoring(): void {
  if (waiting === null) return;
  const { file } = waiting;
  waiting = null;
  openDialog({ kind: 'restore-backup', file });
}

/** What it says of itself, and what verifying it has found. Null: no source is open. */
export async function infoOfBackup(file: string): Promise<Result<BackupRow> | null> {
  const workspace = openWorkspace();
  return workspace === null ? null : call('backups.info', { workspace, file });
}

/** Of the open source, or of a backup. Null: no source is open. */
export async function matchingStates(
  file: string | null,
  chosen: ChosenStates,
  limit = MOST_STATES_TOLD,
): Promise<Result<StateMatches> | null> {
  const workspace = openWorkspace();
  return workspace === null ? null : call('backups.matching', { workspace, file, chosen: sent(chosen), limit });
}

function sent(chosen: ChosenStates) {
  return chosen.of === 'some' ? { ...chosen, only: [...chosen.only], except: [...chosen.except] } : { ...chosen };
}

/** What is chosen of a backup, as a restore is asked for it: null for all. Undefined: no source is open. */
export async function statesOfChoice(
  file: string,
  chosen: ChosenStates,
): Promise<Result<readonly string[] | null> | undefined> {
  if (chosen.of === 'all') return { ok: true, value: null };
  if (chosen.of === 'some' && chosen.except.length === 0) return { ok: true, value: chosen.only };
  const answer = await matchingStates(file, chosen, MOST_STATES_CHOSEN);
  if (answer === null) return undefined;
  if (!answer.ok) return answer;
  return { ok: true, value: answer.value.first.flatMap(({ key, ticked }) => (ticked ? [key] : [])) };
}

/** Asks with the system's dialog where a new backup is written. Null when the person cancelled. */
export async function placeForBackup(
  wanted: Omit<Calls['backups.place']['input'], 'workspace'>,
): Promise<string | null> {
  const workspace = openWorkspace();
  if (workspace === null) return null;
  const answer = await call('backups.place', { workspace, ...wanted });
  if (answer.ok) return answer.value?.file ?? null;
  showNotice({ kind: 'write-failed', error: answer.error });
  return null;
}

async function told(question: (workspace: string) => Promise<Result<unknown>>): Promise<boolean> {
  const workspace = openWorkspace();
  if (workspace === null) return false;
  const answer = await question(workspace);
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  return answer.ok;
}

export interface BackupRequest extends Omit<Jobs['backups.create']['input'], 'workspace' | 'chosen'> {
  readonly chosen: ChosenStates;
}

/** Writes a backup for as long as whoever asked is there. */
export function useBackingUp() {
  const { start, ...job } = useJob('backups.create');
  const backUp = async ({ chosen, ...request }: BackupRequest): Promise<void> => {
    const workspace = openWorkspace();
    if (workspace !== null) await start({ workspace, ...request, chosen: sent(chosen) });
  };
  return { ...job, start: backUp };
}

/** Asks with the system's dialog. Null when the person cancelled. */
export async function pickLocation(what: 'file' | 'folder'): Promise<string | null> {
  const answer = await call('workspace.pick', { what });
  return answer.ok ? (answer.value?.location ?? null) : null;
}
