/** The command that checks whether states fit together. It is loaded when it runs, so that the others start fast. */
import { type Command, Option } from 'commander';
import { FINDING_SEVERITIES, type FindingSeverity } from '../../shared/ipc/consistency.ts';
import type { Output } from './output.ts';

interface CheckFlags {
  readonly rules?: string;
  readonly severity: FindingSeverity;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

export function addCheckCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('check <source>')
    .description(t('cli.check'))
    .option('--rules <file>', t('cli.optionRules'))
    .addOption(new Option('--severity <severity>', t('cli.optionSeverity')).choices(FINDING_SEVERITIES).default('note'))
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, { rules, severity, json = false, followLinks = false }: CheckFlags) => {
      const { check } = await import('./check.ts');
      await check(output, source, { rules: rules ?? null, severity, json, followLinks, signal });
    });
}
