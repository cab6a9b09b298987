/** Has the engine compare what is wanted, and reads what is looked at of it. */
import type { DiffFormat } from '../../shared/ipc/diff.ts';
import {
  changeDiff,
  diffAnswered,
  diffFailed,
  diffRowSought,
  forgetDiffs,
  showMessage,
  statesAnswered,
  useDiff,
  type Wanted,
} from '../stores/diff-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';

const DETAIL_DELAY_MS = 40;

let current: { readonly wanted: Wanted; readonly job: Job<unknown> } | null = null;
let asked: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let workspace: string | null = null;

/** Call it once, before the stores are filled. */
export function followComparing(): void {
  useWorkspace.subscribe(followSource);
  useDiff.subscribe(() => {
    followWanted();
    followRow();
  });
  followSource();
}

function followSource(): void {
  const open = useWorkspace.getState().workspace?.workspace ?? null;
  if (open === workspace) return;
  workspace = open;
  forgetDiffs();
}

function followWanted(): void {
  const { wanted, comparing } = useDiff.getState();
  if (wanted === current?.wanted) return;
  current?.job.cancel();
  current = null;
  if (wanted === null || !comparing || workspace === null) return;
  void compare(workspace, wanted);
}

async function compare(id: string, wanted: Wanted): Promise<void> {
  if (wanted.of === 'state') {
    const { before, after } = wanted;
    const job = startJob('diff.open', { workspace: id, before, after }, () => undefined);
    current = { wanted, job };
    const answer = await job.done;
    if (useDiff.getState().wanted !== wanted) return;
    if (answer.ok) diffAnswered(answer.value);
    else diffFailed(answer.error);
    return;
  }
  const { before, after } = wanted;
  const job = startJob('diff.states', { workspace: id, before, after }, (progress) => {
    if (useDiff.getState().wanted === wanted) changeDiff({ progress });
  });
  current = { wanted, job };
  const answer = await job.done;
  if (useDiff.getState().wanted !== wanted) return;
  if (answer.ok) statesAnswered(answer.value);
  else diffFailed(answer.error);
}

/** A person does not want to wait. */
export function stopComparing(): void {
  current?.job.cancel();
}

/** The values of the row on which a person stands. */
function followRow(): void {
  const { info, rowId } = useDiff.getState();
  if (workspace === null || info === null || rowId === null) {
    asked = null;
    return;
  }
  const question = `${info.diff} ${rowId}`;
  if (question === asked) return;
  asked = question;
  clearTimeout(timer);
  timer = setTimeout(() => void readRow(info.diff, rowId, question), DETAIL_DELAY_MS);
}

async function readRow(diff: string, row: number, question: string): Promise<void> {
  if (workspace === null) return;
  const answer = await call('diff.value', { workspace, diff, row });
  if (asked === question && answer.ok) changeDiff({ detail: answer.value });
}

/** Goes to the next change, or the one before; of a chat to the next message that differs. */
export async function stepDifference(direction: 'next' | 'previous'): Promise<void> {
  const { info, expansion, kinds, row, rowId, tab, conversation, message } = useDiff.getState();
  if (workspace === null || info === null) return;
  if (tab === 'conversation') {
    const changed = info.conversations[conversation]?.changed ?? [];
    const found = direction === 'next' ? changed.find((at) => at > message) : changed.findLast((at) => at < message);
    if (found === undefined) showNotice({ kind: 'no-more-changes', direction });
    else showMessage(found);
    return;
  }
  // Before a person has chosen a row, the first change is the next one.
  const from = rowId === null && direction === 'next' ? -1 : row;
  const answer = await call('diff.seek', {
    workspace,
    diff: info.diff,
    expansion,
    kinds: [...kinds],
    row: from,
    direction,
  });
  if (useDiff.getState().info !== info) return;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value === null) showNotice({ kind: 'no-more-changes', direction });
  else diffRowSought(answer.value.index, answer.value.id, answer.value.expansion);
}

/** Asks where to, and writes the comparison into a file. */
export async function exportDiff(format: DiffFormat): Promise<void> {
  const { info } = useDiff.getState();
  if (workspace === null || info === null) return;
  const answer = await startJob('diff.export', { workspace, diff: info.diff, format }, () => undefined).done;
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value !== null) showNotice({ kind: 'exported', location: answer.value.location });
}
