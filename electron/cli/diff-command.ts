/** The command that compares. It is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DiffFormat } from './diff.ts';
import type { Output } from './output.ts';

const FORMATS: readonly DiffFormat[] = ['text', 'json', 'json-patch'];

interface DiffFlags {
  readonly key?: string;
  readonly format?: DiffFormat;
  readonly at?: number;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

export function addDiffCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('diff <before> [after]')
    .description(t('cli.diff'))
    .option('--key <key>', t('cli.optionDiffKey'))
    .addOption(new Option('--format <format>', t('cli.optionFormat')).choices(FORMATS))
    .option('--at <seq>', t('cli.optionAt'), changeNumber)
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (before: string, after: string | undefined, options: DiffFlags) => {
      const { diff } = await import('./diff.ts');
      const { key = null, at = null, json = false, followLinks = false } = options;
      const format = options.format ?? (json ? 'json' : 'text');
      await diff(output, before, after ?? null, { key, at, format, followLinks, signal });
    });
}

function changeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(text);
  return Number(text);
}
