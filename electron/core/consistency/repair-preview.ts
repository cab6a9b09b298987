/** What a person sees before a repair is made: the plan of the doctor, with the very bytes that would change. */
import type { RepairPick } from '../../../shared/ipc/consistency.ts';
import type { RepairPreview } from '../../../shared/ipc/consistency-view.ts';
import type { Repairing } from '../doctor/repairing.ts';
import { repairsOf } from '../doctor/repairs.ts';
import { byteChanges } from './byte-changes.ts';

/** One finding, or everything that is wrong and has a repair but for some findings, named by their ids. */
export type WhichRepairs = { readonly only: RepairPick } | { readonly except: readonly string[] };

const MOST_CHANGES_OF_A_STATE = 100;

/**
 * @param isReported what the report does not list comes to light when something else is repaired
 * @throws SourceError as checking and reading do
 */
export async function previewRepairs(
  repairing: Repairing,
  which: WhichRepairs,
  { signal }: { readonly signal?: AbortSignal },
  isReported: (finding: string) => boolean,
): Promise<RepairPreview> {
  const told = await ('only' in which
    ? repairing.plan({ picks: [which.only] }, { signal })
    : planOfAll(repairing, new Set(which.except), signal));
  const states = repairing.planned(told.plan)?.states ?? [];
  const texts = states.map(({ key, before, stages }) => ({
    key,
    ...byteChanges(before, stages, MOST_CHANGES_OF_A_STATE),
  }));
  const followUps = told.repairs.map(({ finding }) => finding).filter((id) => !isReported(id));
  return { ...told, texts, followUps };
}

/** A note is nothing wrong, so nobody has it repaired along with the rest. */
function planOfAll(repairing: Repairing, except: ReadonlySet<string>, signal: AbortSignal | undefined) {
  return repairing.plan(
    { picks: null },
    {
      signal,
      choose: (finding) =>
        finding.severity === 'note' || except.has(finding.id) ? null : (repairsOf(finding)[0]?.id ?? null),
    },
  );
}
