/** Has the engine check the source, and leads to what it found. */
import type { ConsistencyFinding, FindingPlace } from '../../shared/ipc/consistency.ts';
import type { ConsistencyHead, ShownPlace } from '../../shared/ipc/consistency-view.ts';
import {
  checkBegan,
  checkEnded,
  checkFailed,
  checkProgressed,
  forgetReport,
  useConsistency,
} from '../stores/consistency-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { revealMessage, revealNode, selectState, selectTab } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';

let current: Job<ConsistencyHead> | null = null;

export async function checkNow(): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  current?.cancel();
  checkBegan();
  const job = startJob('consistency.run', { workspace: workspace.workspace }, (progress) => {
    if (current === job) checkProgressed(progress);
  });
  current = job;
  const answer = await job.done;
  if (current !== job) return;
  current = null;
  if (answer.ok) checkEnded(answer.value);
  else checkFailed(answer.error);
}

/** The report before stays. */
export function stopChecking(): void {
  current?.cancel();
}

/** For a view that is shown for the first time: the report that the engine has, else a new one. */
export async function readReport(workspace: string): Promise<void> {
  const { head, running, stopped, error } = useConsistency.getState();
  if (head !== null || running || stopped || error !== null) return;
  const answer = await call('consistency.report', { workspace });
  if (useWorkspace.getState().workspace?.workspace !== workspace || useConsistency.getState().running) return;
  if (answer.ok && answer.value !== null) checkEnded(answer.value);
  else await checkNow();
}

/** A report belongs to one opening of a source. */
export function followConsistency(): void {
  let shown = useWorkspace.getState().workspace?.workspace;
  useWorkspace.subscribe(({ workspace }) => {
    if (workspace?.workspace === shown) return;
    shown = workspace?.workspace;
    stopChecking();
    current = null;
    forgetReport();
  });
}

type Where = 'tree' | 'conversation';

/** Shows a place in its state: the value in the tree, or the message that it is in. */
function goToPlace({ key }: FindingPlace, { node, message }: ShownPlace, where: Where): void {
  if (key === null || node === null) return;
  selectState(key);
  if (where === 'conversation' && message !== null) {
    revealMessage(key, message, node);
    selectTab('conversation');
  } else {
    selectTab('tree');
    revealNode(key, node);
  }
}

/**
 * As it is stored at this moment.
 * @param related which of its related places; null for its own
 */
export async function openFinding(
  finding: ConsistencyFinding,
  related: number | null = null,
  where: Where = finding.group === 'conversation' ? 'conversation' : 'tree',
): Promise<void> {
  const { workspace } = useWorkspace.getState();
  const place = related === null ? finding : finding.related[related];
  if (workspace === null || place === undefined) return;
  const answer = await call('consistency.place', { workspace: workspace.workspace, finding: finding.id, related });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value !== null) goToPlace(place, answer.value, where);
}
