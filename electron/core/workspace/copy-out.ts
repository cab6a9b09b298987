/** Copies or moves states of an open source to a store, and reports in a form that crosses to the window. */
import { splitPassword } from '../../../shared/ipc/address.ts';
import type { Jobs } from '../../../shared/ipc/contract.ts';
import type { CopyStatesProgress, CopyStatesReport } from '../../../shared/ipc/persistence.ts';
import type { StatePerformanceManager } from '../performance/performance-manager.ts';
import type { StateBackend } from '../persistence/backend.ts';
import { type CopyReport, copyStates, moveStates } from '../persistence/copy.ts';
import { openStore } from '../persistence/open-store.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';

type CopyInput = Omit<Jobs['states.copy']['input'], 'workspace'>;

export interface CopyRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CopyStatesProgress) => void;
  /** Password or passphrase of the source, for moving out of it. */
  readonly sourceSecret?: string | undefined;
  readonly performance?: StatePerformanceManager | undefined;
}

const SHOWN = 1000;

/** @throws SourceError as openStore and copyStates do; `not-a-store` for moving out of what is none. */
export async function copyOut(
  source: Source,
  input: CopyInput,
  { signal, onProgress, sourceSecret, performance }: CopyRun,
): Promise<CopyStatesReport> {
  const { only, overwrite, dryRun } = input;
  const to = await openTarget(input, signal, performance);
  try {
    // What stands in for a place that is not there yet has another location.
    const place = dryRun ? splitPassword(input.to).location : to.location;
    const options = { only: only ?? undefined, overwrite, dryRun, signal, onProgress };
    if (!input.move) return told(await copyStates(source, to, options), place);
    const from = await openStore(source.location, { passphrase: sourceSecret, signal, performance });
    try {
      return told(await moveStates(from, to, options), place);
    } finally {
      await from.close();
    }
  } finally {
    await to.close();
  }
}

/** What a dry run would make is empty. */
async function openTarget(
  { to, dryRun, secret }: CopyInput,
  signal: AbortSignal,
  performance: StatePerformanceManager | undefined,
): Promise<StateBackend> {
  try {
    return await openStore(to, { create: !dryRun, passphrase: secret, signal, volatile: 'refuse', performance });
  } catch (error) {
    const absent = error instanceof SourceError && (error.code === 'path-missing' || isEmptyPlace(error));
    if (!(dryRun && absent)) throw error;
    return (await import('../persistence/memory-backend.ts')).openMemoryBackend();
  }
}

/** A database without the table, which has no reason, or a place in which nothing is. */
function isEmptyPlace({ code, details }: SourceError): boolean {
  return code === 'not-a-store' && /^it is( an)? empty|^$/.test(String(details['reason'] ?? ''));
}

function told(report: CopyReport, to: string): CopyStatesReport {
  const { states, counts, bytes, dryRun, cancelled } = report;
  const remarkable = states.toSorted((a, b) => Number(b.message !== null) - Number(a.message !== null));
  return {
    states: remarkable
      .slice(0, SHOWN)
      .map(({ key, outcome, bytes: size, message }) => ({ key, outcome, bytes: size, message })),
    counts,
    bytes,
    dryRun,
    cancelled,
    to,
  };
}
