/** The command `export`. What it does is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../shared/ipc/exporting.ts';
import type { Output } from './output.ts';

interface Flags {
  readonly out: string;
  readonly only: readonly string[];
  readonly format?: ExportFormat;
  readonly path?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

export function addExportCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('export <source>')
    .description(t('cli.export'))
    .requiredOption('--out <file>', t('cli.optionExportOut'))
    .option(
      '--only <pattern>',
      t('cli.optionBackupOnly'),
      (only: string, before: readonly string[]) => [...before, only],
      [],
    )
    .option('--format <format>', t('cli.optionExportFormat'), formatOf)
    .option('--path <path>', t('cli.optionExportPath'))
    .option('--force', t('cli.optionExportForce'))
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, flags: Flags) => {
      const { exportTo } = await import('./export.ts');
      await exportTo(output, source, { ...flags, format: flags.format ?? formatOfName(flags.out), signal });
    });
}

function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((each) => each === text);
  if (format === undefined) throw new InvalidArgumentError(EXPORT_FORMATS.join(', '));
  return format;
}

/** As the file's name says; JSON for any other. */
function formatOfName(file: string): ExportFormat {
  return EXPORT_FORMATS.find((each) => file.toLowerCase().endsWith(`.${each}`)) ?? 'json';
}
