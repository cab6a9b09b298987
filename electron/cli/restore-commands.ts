/** The commands that put an earlier moment back. Each is loaded when it runs, so that the others start fast. */
import { type Command, Option } from 'commander';
import type { RestoreMode } from '../../shared/ipc/restore.ts';
import type { Output } from './output.ts';

interface RestoreFlags {
  readonly from: string;
  readonly only: readonly string[];
  readonly mode: RestoreMode;
  readonly removeOthers?: boolean;
  readonly migrate?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

const MODES: readonly RestoreMode[] = ['replace', 'merge'];

export function addRestoreCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(t(description))
      .option('--write', t('cli.optionWrite'))
      .option('--json', t('cli.optionJson'))
      .option('--follow-links', t('cli.optionFollowLinks'));
  command('restore <source>', 'cli.restore')
    .requiredOption('--from <moment>', t('cli.optionFrom'))
    .option('--only <key>', t('cli.optionOnlyPath'), (only: string, before: readonly string[]) => [...before, only], [])
    .addOption(new Option('--mode <mode>', t('cli.optionMode')).choices(MODES).default('replace'))
    .option('--remove-others', t('cli.optionRemoveOthers'))
    .option('--migrate', t('cli.optionMigrate'))
    .option('--force', t('cli.optionForce'))
    .option('--dry-run', t('cli.optionDryRun'))
    .action(async (source: string, options: RestoreFlags) => {
      const { restore } = await import('./restore.ts');
      const { removeOthers = false, migrate = false, force = false, json = false, followLinks = false } = options;
      const write = options.write === true && options.dryRun !== true;
      await restore(output, source, { ...options, removeOthers, migrate, force, json, followLinks, write, signal });
    });
  command('undo <source>', 'cli.undo').action(async (source: string, options: RestoreFlags) => {
    const { undo } = await import('./restore.ts');
    const { write = false, json = false, followLinks = false } = options;
    await undo(output, source, { write, json, followLinks, signal });
  });
}
