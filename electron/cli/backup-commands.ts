/** `backup create|verify|ls|restore`. Each is loaded when it runs, so that the others start fast. */
import { type Command, Option } from 'commander';
import type { BackupRestoreMode } from '../../shared/ipc/backup-model.ts';
import type { BackupCreateOptions } from './backup-create.ts';
import type { Output } from './output.ts';

type CreateFlags = Omit<BackupCreateOptions, 'signal'>;

interface RestoreFlags {
  readonly to: string;
  readonly only?: readonly string[];
  readonly mode: BackupRestoreMode;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

const MODES: readonly BackupRestoreMode[] = ['merge', 'replace'];

/** One more of an option that may be given several times. */
const another = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function addBackupCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const group = program.command('backup').description(t('cli.backup'));
  const command = (usage: string, description: string) =>
    group.command(usage).description(t(description)).option('--json', t('cli.optionJson'));
  command('create <source>', 'cli.backupCreate')
    .requiredOption('--out <file>', t('cli.optionBackupOut'))
    .option('--only <pattern>', t('cli.optionBackupOnly'), another)
    .option('--gzip', t('cli.optionBackupGzip'))
    .option('--encrypt', t('cli.optionBackupEncrypt'))
    .option('--plain', t('cli.optionBackupPlain'))
    .option('--name <name>', t('cli.optionBackupName'))
    .option('--force', t('cli.optionBackupForce'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, options: CreateFlags) => {
      const { backupCreate } = await import('./backup-create.ts');
      await backupCreate(output, source, { ...options, signal });
    });
  command('verify <file>', 'cli.backupVerify').action(async (file: string, { json = false }: { json?: boolean }) => {
    const { backupVerify } = await import('./backup-verify.ts');
    await backupVerify(output, file, { json, signal });
  });
  command('ls <place>', 'cli.backupLs').action(async (place: string, { json = false }: { json?: boolean }) => {
    const { backupLs } = await import('./backup-ls.ts');
    await backupLs(output, place, { json, signal });
  });
  command('restore <file>', 'cli.backupRestore')
    .requiredOption('--to <source>', t('cli.optionBackupTo'))
    .option('--only <pattern>', t('cli.optionBackupOnly'), another)
    .addOption(new Option('--mode <mode>', t('cli.optionBackupMode')).choices(MODES).default('merge'))
    .option('--force', t('cli.optionForce'))
    .option('--dry-run', t('cli.optionDryRun'))
    .option('--write', t('cli.optionWrite'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (file: string, options: RestoreFlags) => {
      const { backupRestore } = await import('./backup-restore.ts');
      const { only = null, mode, force = false, json = false, followLinks = false } = options;
      const write = options.write === true && options.dryRun !== true;
      await backupRestore(output, file, options.to, { only, mode, force, write, json, followLinks, signal });
    });
}
