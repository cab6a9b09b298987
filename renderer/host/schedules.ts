/** The automatic backups of the open source. */
import type {
  ScheduleDraft,
  ScheduleList,
  SchedulePreview,
  ScheduleTiming,
} from '../../shared/ipc/backup-schedules.ts';
import type { HostError, Result } from '../../shared/ipc/result.ts';
import { changeBackups, useBackups } from '../stores/backup-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useSelection } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';

export async function readSchedules(): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  const answer = await call('schedules.list', { of: workspace.location });
  if (useWorkspace.getState().workspace?.workspace !== workspace.workspace) return;
  if (!answer.ok) {
    changeBackups({ schedulesError: answer.error });
    return;
  }
  keepSchedules(answer.value);
}

/** What is told without being asked is about the schedules of every source. */
export function schedulesTold({ schedules, ...rest }: ScheduleList): void {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  keepSchedules({ ...rest, schedules: schedules.filter(({ schedule }) => schedule.source === workspace.location) });
}

function keepSchedules(list: ScheduleList): void {
  const before = useBackups.getState().schedules;
  changeBackups({ schedules: list, schedulesError: null });
  if (before !== null) tellFailure(before, list);
}

/** A run has failed since. Whoever looks at the list of backups sees it there. */
function tellFailure(before: ScheduleList, { schedules }: ScheduleList): void {
  if (useSelection.getState().view === 'backups') return;
  const known = new Map(before.schedules.map(({ schedule, runs }) => [schedule.id, runs[0]?.startedAt]));
  for (const { schedule, runs } of schedules) {
    const [last] = runs;
    if (last?.error == null || last.result !== 'failed' || last.startedAt === known.get(schedule.id)) continue;
    showNotice({ kind: 'backup-failed', error: last.error });
  }
}

/** Null when it was saved; else why it was not. */
export async function saveSchedule(
  id: string | null,
  draft: ScheduleDraft,
  passphrase: string | null,
): Promise<HostError | null> {
  const { only, keep, timing, ...rest } = draft;
  const sent = { ...rest, only: only === null ? null : [...only], keep: { ...keep }, timing: { ...timing } };
  const answer = await call('schedules.save', { id, draft: sent, passphrase });
  await readSchedules();
  return answer.ok ? null : answer.error;
}

/** Its backups stay. */
export async function removeSchedule(id: string): Promise<void> {
  await told(call('schedules.remove', { id }));
}

/** Ends when the backup is there, or is not. How it went is in its list of runs. */
export async function runSchedule(id: string): Promise<void> {
  await told(call('schedules.runNow', { id }));
}

export async function stopSchedule(id: string): Promise<void> {
  await told(call('schedules.cancel', { id }));
}

/** When it would run, while a form is filled in. */
export async function previewSchedule(timing: ScheduleTiming): Promise<SchedulePreview> {
  const answer = await call('schedules.preview', { timing });
  return answer.ok ? answer.value : { error: answer.error };
}

async function told(asked: Promise<Result<unknown>>): Promise<void> {
  const answer = await asked;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  await readSchedules();
}
