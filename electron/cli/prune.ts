import type { RetentionRule } from '../core/tracking/retention.ts';
import { withJournal } from './find-journal.ts';
import type { Output } from './output.ts';
import { assertWrite } from './store.ts';

export interface PruneOptions {
  readonly rule: RetentionRule;
  readonly dryRun: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `prune SOURCE|JOURNAL`: forgets the oldest changes. Every later state can still be had. */
export async function prune(output: Output, location: string, options: PruneOptions): Promise<void> {
  const { rule, dryRun, write, json, signal } = options;
  if (!dryRun) assertWrite(location, write);
  await withJournal(
    output,
    location,
    async (journal) => {
      const plan = journal.planRetention(rule);
      if (!dryRun && plan.commits > 0) await journal.retain(plan, signal);
      const { commits, changes, bytes } = plan;
      if (json) output.json({ commits, changes, bytes, dryRun });
      else
        output.write(`${output.translate(dryRun ? 'cli.pruneWould' : 'cli.pruneDone', { commits, changes, bytes })}\n`);
    },
    dryRun ? 'read' : 'record',
  );
}
