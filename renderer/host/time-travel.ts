/** Moves the whole window to a moment of the journal, and back to now. */
import type { Calls } from '../../shared/ipc/contract.ts';
import type { HistoryRow } from '../../shared/ipc/history.ts';
import type { AsOf } from '../../shared/ipc/model.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { travelBegan, useHistory } from '../stores/history-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { selectState, useSelection } from '../stores/selection-store.ts';
import { useWorkspace, workspaceChanged } from '../stores/workspace-store.ts';
import { call } from './client.ts';

/** A sequence, microseconds, a snapshot, or now. */
export type Moment = { readonly seq: number } | { readonly time: number } | { readonly snapshot: string } | null;

/** The latest wish; those before it that have not begun are dropped, as while the playhead is dragged. */
let wished: { readonly moment: Moment } | null = null;
let busy = false;
let going: Promise<boolean> = Promise.resolve(true);
/** What was selected when the window left the present: a state that was not there yet is not lost for that. */
let left: string | null = null;

export function travel(moment: Moment): void {
  void travelTo(moment);
}

/** As `travel`; resolves when the window shows that moment, or a later wish. False where that failed, which was told. */
export async function travelTo(moment: Moment): Promise<boolean> {
  wished = { moment };
  if (!busy) going = go();
  return going;
}

/** Another source is open, in its present. */
export function forgetTravel(): void {
  wished = null;
  left = null;
}

async function go(): Promise<boolean> {
  busy = true;
  travelBegan(true);
  let isThere = true;
  while (wished) {
    const { moment } = wished;
    wished = null;
    isThere = await step(moment);
  }
  busy = false;
  travelBegan(false);
  return isThere;
}

async function step(moment: Moment): Promise<boolean> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return false;
  const id = workspace.workspace;
  const target = await targetOf(id, moment);
  if (isShown(target, workspace.asOf)) return true;
  if (workspace.asOf === null) left = useSelection.getState().key;
  const answer = await call('history.travel', { workspace: id, moment: target });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return false;
  }
  workspaceChanged(answer.value);
  if (target === null && left !== null) {
    selectIfThere(left);
    left = null;
  }
  return true;
}

/** What the engine is asked for. */
type Target = Calls['history.travel']['input']['moment'];

async function targetOf(workspace: string, moment: Moment): Promise<Target> {
  if (moment === null || 'snapshot' in moment) return moment;
  return 'seq' in moment ? moment.seq : seqAt(workspace, moment.time);
}

function isShown(target: Target, asOf: AsOf | null): boolean {
  if (target === null || asOf === null) return target === asOf;
  return typeof target === 'number' ? target === asOf.seq : target.snapshot === asOf.snapshot?.id;
}

/** A history without a selected state stays as it is. */
function selectIfThere(key: string): void {
  const { view } = useSelection.getState();
  if (view === 'state') selectState(key);
  else useSelection.setState({ key });
}

/** The last change at or before a time; before the first one, the first. */
async function seqAt(workspace: string, time: number): Promise<number | null> {
  const { status } = useHistory.getState();
  if (status?.lastTime != null && time >= status.lastTime) return status.lastSeq;
  const query = `before:${isoMicros(Math.floor(time) + 1)}`;
  const found =
    (await firstFound({ workspace, query, cursor: null, direction: 'older' })) ??
    (await firstFound({ workspace, query: '', cursor: null, direction: 'newer' }));
  return found?.seq ?? null;
}

/** The first change in a direction that a query finds; a question gives up after a while and says where it was. */
export async function firstFound(question: Omit<Calls['history.page']['input'], 'limit'>): Promise<HistoryRow | null> {
  let { cursor } = question;
  do {
    const answer: Result<Calls['history.page']['output']> = await call('history.page', {
      ...question,
      cursor,
      limit: 1,
    });
    if (!answer.ok || 'fault' in answer.value) return null;
    const [row] = answer.value.rows;
    if (row) return row;
    cursor = answer.value.next;
  } while (cursor !== null);
  return null;
}

/** As the query language takes it: `2026-11-22T10:30:00.123456Z`. */
export function isoMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = String(micros - milliseconds * 1000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}
