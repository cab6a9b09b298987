import type { SyncNode } from '../../shared/ipc/sync.ts';
import { withMeetingPoint } from './conflicts.ts';
import type { Output } from './output.ts';

/** `node status`: every node that was ever started with this database, and what it has not got yet. */
export async function nodeStatus(
  output: Output,
  url: string,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<void> {
  await withMeetingPoint(output, url, signal, async (session) => {
    const status = await session.status({ signal });
    if (json) {
      output.json(status);
      return;
    }
    for (const node of status.nodes) output.write(`${nodeLine(output, node)}\n`);
    const { newest: changes, openConflicts: conflicts } = status;
    output.write(`${output.translate('cli.nodeTotals', { nodes: status.nodes.length, changes, conflicts })}\n`);
  });
}

function nodeLine(output: Output, node: SyncNode): string {
  const t = output.translate;
  const { id, state, lagChanges, lagSeconds, queued, lastSeen } = node;
  const lag =
    lagChanges === 0
      ? t('sync.upToDate')
      : t('cli.nodeLag', { changes: lagChanges, seconds: Math.round(lagSeconds * 10) / 10 });
  const waiting = queued === 0 ? [] : [t('cli.nodeQueued', { queued })];
  return [id, t(`sync.states.${state}`), lag, ...waiting, lastSeen].join('  ');
}
