/** Has the engine read the overview, and stops it when nobody looks any more. */
import type { Overview } from '../../shared/ipc/model.ts';
import {
  overviewAnswered,
  overviewAsked,
  overviewFailed,
  overviewProgressed,
  useOverview,
} from '../stores/overview-store.ts';
import { type Job, startJob } from './client.ts';

let current: Job<Overview> | null = null;
/** What the store holds is the answer to the last question. */
let answered = false;

/** Starts unless it is there or under way. */
export function readOverview(workspace: string, generation: number): void {
  const known = useOverview.getState();
  if (known.workspace === workspace && known.generation === generation && (answered || current !== null)) return;
  current?.cancel();
  answered = false;
  overviewAsked(workspace, generation);
  const job = startJob('workspace.overview', { workspace }, (progress) => {
    if (current === job) overviewProgressed(progress);
  });
  current = job;
  const receive = async () => {
    const answer = await job.done;
    if (current !== job) return;
    current = null;
    answered = answer.ok;
    if (answer.ok) overviewAnswered(answer.value);
    else overviewFailed(answer.error);
  };
  void receive();
}

/** A person does not want to wait. */
export function stopOverview(): void {
  current?.cancel();
}

/** Nobody looks any more: what is half read is dropped, what is there is kept. */
export function leaveOverview(): void {
  current?.cancel();
  current = null;
}
