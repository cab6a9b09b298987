/** Copies or moves states of an open source to a store, and reports in a form that crosses to the window. */
import type { Jobs } from '../../../shared/ipc/contract.ts';
import type { CopyStatesProgress, CopyStatesReport } from '../../../shared/ipc/persistence.ts';
import { type CopyReport, copyStates, moveStates } from '../persistence/copy.ts';
import { openStore } from '../persistence/open-store.ts';
import type { Source } from '../sources/source.ts';

export interface CopyRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CopyStatesProgress) => void;
}

const SHOWN = 1000;

/** @throws SourceError as openStore and copyStates do; `not-a-store` for moving out of what is none. */
export async function copyOut(
  source: Source,
  input: Omit<Jobs['states.copy']['input'], 'workspace'>,
  { signal, onProgress }: CopyRun,
): Promise<CopyStatesReport> {
  const { only, overwrite, dryRun } = input;
  const to = await openStore(input.to, { create: !dryRun, passphrase: input.secret, signal, volatile: 'refuse' });
  try {
    const options = { only: only ?? undefined, overwrite, dryRun, signal, onProgress };
    if (!input.move) return told(await copyStates(source, to, options), to.location);
    const from = await openStore(source.location, { signal });
    try {
      return told(await moveStates(from, to, options), to.location);
    } finally {
      await from.close();
    }
  } finally {
    await to.close();
  }
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
