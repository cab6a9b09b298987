import { stat } from 'node:fs/promises';
import type { StateBackend } from '../core/persistence/backend.ts';
import { type CopyReport, copyStates, type Overwrite } from '../core/persistence/copy.ts';
import { openSource } from '../core/sources/open-source.ts';
import { isPostgresUrl } from '../core/sources/postgres-address.ts';
import type { Source } from '../core/sources/source.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { assertWrite, writableStore } from './store.ts';

export interface CopyCommandOptions {
  readonly only: string | null;
  readonly dryRun: boolean;
  readonly overwrite: Overwrite;
  readonly create: boolean;
  readonly write: boolean;
  readonly followLinks: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * `copy FROM TO`: states of any source into a store, each read back and compared. Naming TO allows writing to it; what is there
 * already is replaced only with `--write`.
 */
export async function copy(output: Output, from: string, to: string, options: CopyCommandOptions): Promise<void> {
  const { only, dryRun, overwrite, signal } = options;
  if (!dryRun && overwrite !== 'never') assertWrite(to, options.write);
  const origin = await openOrigin(output, from, options);
  try {
    if ('problems' in origin) output.problems(origin.problems);
    const target = await openTarget(output, to, options);
    try {
      const line = new ProgressLine(output);
      const report = await copyStates(origin, target, {
        only: only ?? undefined,
        dryRun,
        overwrite,
        signal,
        onProgress: ({ done, total, key }) => line.show(output.translate('cli.copying'), done, total, key),
      });
      line.clear();
      tell(output, report, { from: origin.location, to: target.location }, options.json);
    } finally {
      await target.close();
    }
  } finally {
    await origin.close();
  }
}

/**
 * A database file is read from a snapshot, since opening it as a store would change how it keeps its journal. Folders and servers
 * do not notice that they are read; as a store they also give what is encrypted.
 */
async function openOrigin(output: Output, from: string, options: CopyCommandOptions): Promise<Source | StateBackend> {
  const { signal, followLinks } = options;
  const info = isPostgresUrl(from) ? null : await stat(from).catch(() => null);
  if (info?.isDirectory() || isPostgresUrl(from)) {
    try {
      return await writableStore(output, from, { signal });
    } catch (error) {
      if (!(error instanceof SourceError && error.code === 'not-a-store')) throw error;
    }
  }
  return openSource(from, { signal, followLinks });
}

async function openTarget(output: Output, to: string, options: CopyCommandOptions): Promise<StateBackend> {
  const { dryRun, signal } = options;
  // Tables in a server's database are made only when that was asked for.
  const create = options.create || !isPostgresUrl(to);
  try {
    return await writableStore(output, to, { create: !dryRun && create, signal });
  } catch (error) {
    // What would be made is empty.
    const absent = error instanceof SourceError && (error.code === 'path-missing' || error.code === 'not-a-store');
    if (!(dryRun && create && absent)) throw error;
    return (await import('../core/persistence/memory-backend.ts')).openMemoryBackend();
  }
}

function tell(
  output: Output,
  report: CopyReport,
  { from, to }: { readonly from: string; readonly to: string },
  json: boolean,
): void {
  const { states, counts, bytes, dryRun, cancelled } = report;
  const done = counts.copied + counts.same;
  if (cancelled) output.exitCode = EXIT.interrupted;
  else if (done < states.length) output.exitCode = EXIT.missing;
  if (json) {
    output.json({ from, to, dryRun, cancelled, counts, bytes, states });
    return;
  }
  const t = output.translate;
  for (const { key, outcome, message } of states) {
    const note = message === null ? '' : `  ${message}`;
    output.write(`${t(`cli.copyOutcomes.${outcome}`)}  ${key.replaceAll('\n', '\\n')}${note}\n`);
  }
  output.write(
    `${t(dryRun ? 'cli.copyWould' : 'cli.copyDone', { count: counts.copied, same: counts.same, others: states.length - done, bytes })}\n`,
  );
  if (cancelled) output.error(`statescope: ${t('cli.copyCancelled')}\n`);
}
