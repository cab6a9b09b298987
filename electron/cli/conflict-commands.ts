/** `conflicts …`: what nodes wrote without knowing of each other. Each is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import type { VersionRef } from '../../shared/ipc/sync.ts';
import type { Output } from './output.ts';

interface SettleFlags {
  readonly take?: VersionRef;
  readonly value?: string;
  readonly delete?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
}

export function addConflictCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const conflicts = program.command('conflicts').description(t('cli.conflicts'));
  conflicts
    .command('ls <url>')
    .description(t('cli.conflictsLs'))
    .option('--settled', t('cli.optionSettled'))
    .option('--json', t('cli.optionJson'))
    .action(async (url: string, { settled = false, json = false }: { settled?: boolean; json?: boolean }) => {
      const { conflictsLs } = await import('./conflicts.ts');
      await conflictsLs(output, url, { settled, json, signal });
    });
  conflicts
    .command('show <url> <key>')
    .description(t('cli.conflictsShow'))
    .option('--json', t('cli.optionJson'))
    .action(async (url: string, key: string, { json = false }: { json?: boolean }) => {
      const { conflictsShow } = await import('./conflicts.ts');
      await conflictsShow(output, url, key, { json, signal });
    });
  conflicts
    .command('settle <url> <key>')
    .description(t('cli.conflictsSettle'))
    .option('--take <version>', t('cli.optionTake'), versionOf)
    .option('--value <file>', t('cli.optionValueFile'))
    .option('--delete', t('cli.optionDelete'))
    .option('--write', t('cli.optionWrite'))
    .option('--json', t('cli.optionJson'))
    .action(async (url: string, key: string, options: SettleFlags, self: Command) => {
      const { conflictsSettle } = await import('./conflicts.ts');
      const { take = null, value = null, write = false, json = false } = options;
      const choices = [take, value, options.delete ?? null].filter((choice) => choice !== null);
      if (choices.length !== 1) self.error('error: give one of --take, --value and --delete');
      await conflictsSettle(output, url, key, { take, value, write, json, signal });
    });
}

/** `laptop~3f9a1c20:12`, as `conflicts ls` writes it. */
function versionOf(text: string): VersionRef {
  const [, writer, counter] = /^(.+):(\d{1,15})$/.exec(text) ?? [];
  if (writer === undefined) throw new InvalidArgumentError('WRITER:NUMBER, as conflicts ls writes it');
  return { writer, counter: Number(counter) };
}
