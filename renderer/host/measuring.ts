/** Has the engine measure where the bytes and tokens are, and leads to what is large. */
import type { AttributionSummary, SizeKind, SizePlace } from '../../shared/ipc/attribution.ts';
import { attributionBegan, attributionEnded, changeAttribution, useAttribution } from '../stores/attribution-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { revealMessage, revealNode, selectState, selectTab } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, type Job, startJob } from './client.ts';

/** Above this a person decides whether tokens are counted, which takes seconds. */
const TOKENS_BELOW_BYTES = 32e6;

type Since = ReturnType<typeof useAttribution.getState>['since'];

let current: Job<AttributionSummary> | null = null;

/** Unless it is there for this opening of the source, or under way. */
export function measureFirst(shown: string): void {
  const { workspace } = useWorkspace.getState();
  const known = useAttribution.getState();
  if (workspace?.workspace !== shown) return;
  if (known.workspace === shown && (known.summary !== null || current !== null)) return;
  measure({ tokens: workspace.bytes < TOKENS_BELOW_BYTES, since: null });
}

export function measure(change: { readonly tokens?: boolean; readonly since?: Since } = {}): void {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return;
  current?.cancel();
  attributionBegan(workspace.workspace);
  changeAttribution(change);
  const { since: chosen, tokens } = useAttribution.getState();
  const since = chosen === null ? null : ({ at: 'snapshot', snapshot: chosen.id } as const);
  const job = startJob('attribution.run', { workspace: workspace.workspace, since, tokens }, (progress) => {
    if (current === job) changeAttribution({ progress });
  });
  current = job;
  const receive = async () => {
    const answer = await job.done;
    if (current !== job) return;
    current = null;
    if (answer.ok) attributionEnded(answer.value, workspace.generation);
    else changeAttribution({ progress: null, error: answer.error.code === 'cancelled' ? null : answer.error });
  };
  void receive();
}

/** What was measured before stays. */
export function stopMeasuring(): void {
  current?.cancel();
}

/** Shows a message in its conversation, and any other value in the tree of its state. */
export async function openPlace({ key, segments }: SizePlace, kind: SizeKind | null = null): Promise<void> {
  const node = await located({ key, segments });
  if (node === null) return;
  const index = segments.at(-1);
  const list = kind === 'message' ? await located({ key, segments: segments.slice(0, -1) }) : null;
  selectState(key);
  if (list !== null && typeof index === 'number') {
    revealMessage(key, { conversation: list, index }, node);
    selectTab('conversation');
  } else {
    selectTab('tree');
    revealNode(key, node);
  }
}

/** The person is told where it cannot be found. */
async function located({ key, segments }: SizePlace): Promise<number | null> {
  const { workspace } = useWorkspace.getState();
  if (workspace === null) return null;
  const place = { segments: [...segments], offset: null };
  const answer = await call('search.locate', { workspace: workspace.workspace, key, ...place });
  if (answer.ok) return answer.value.node;
  showNotice({ kind: 'write-failed', error: answer.error });
  return null;
}
