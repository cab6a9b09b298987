import { resolve } from 'node:path';
import type { ExportFormat } from '../../shared/ipc/exporting.ts';
import { exportStates } from '../core/export/export-states.ts';
import { matchesGlob } from '../core/persistence/rules-glob.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

export interface ExportCommandOptions {
  readonly out: string;
  readonly only: readonly string[];
  readonly format: ExportFormat;
  readonly path?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
  readonly signal: AbortSignal;
}

/** `export SOURCE --out FILE`. Exit code 1 when a state that was meant is not in it, or none fits. */
export function exportTo(output: Output, location: string, options: ExportCommandOptions): Promise<void> {
  const { only, format, path, force = false, followLinks = false, signal } = options;
  return withSource(output, location, { followLinks, signal }, async (source) => {
    output.problems(source.problems);
    const entries = source.entries.filter(
      ({ key }) => only.length === 0 || only.some((glob) => matchesGlob(glob, key)),
    );
    if (entries.length === 0 && only.length > 0) {
      const key = only.join(', ');
      throw new SourceError('not-found', `No state of ${location} fits ${key}. List its keys with ls.`, { key });
    }
    const line = new ProgressLine(output);
    try {
      const report = await exportStates(source, entries, {
        file: resolve(options.out),
        format,
        path,
        overwrite: force,
        signal,
        onProgress: ({ done, total, key }) => line.show(output.translate('cli.exporting'), done, total, key),
      });
      line.clear();
      const { states, rows, bytes, leftOut } = report;
      if (options.json) output.json(report);
      else {
        const told = { count: rows ?? states, bytes, file: report.location };
        output.write(`${output.translate(rows === null ? 'cli.exported' : 'cli.exportedRows', told)}\n`);
      }
      for (const each of leftOut) output.error(`statescope: ${output.translate('cli.exportLeftOut', { ...each })}\n`);
      if (leftOut.length > 0) output.exitCode = EXIT.missing;
    } finally {
      line.clear();
    }
  });
}
