/** The commands: the same engine as the window, for terminals, scripts and CI. */
import { Command, CommanderError } from 'commander';
import type { Locale } from '../../shared/ipc/model.ts';
import { programVersion } from '../core/program-version.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addBackupScheduleCommands } from './backup-schedule-commands.ts';
import { addCheckCommand } from './check-command.ts';
import { checksum } from './checksum.ts';
import { addConflictCommands } from './conflict-commands.ts';
import { addDiffCommand } from './diff-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addExportCommand } from './export-command.ts';
import { get } from './get.ts';
import { addHistoryCommands } from './history-commands.ts';
import { info } from './info.ts';
import { list } from './list.ts';
import { addNodeCommands } from './node-commands.ts';
import { EXIT, Output } from './output.ts';
import { addRestoreCommands } from './restore-commands.ts';
import { addSearchCommand } from './search-command.ts';
import { addSizeCommand } from './size-command.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { addStatsCommand } from './stats-command.ts';
import { addStoreCommands } from './store-commands.ts';
import { validate } from './validate.ts';

interface GlobalOptions {
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

export function localeOf(env: NodeJS.ProcessEnv): Locale {
  return /^zh/i.test(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'zh-CN' : 'en';
}

function createProgram(output: Output, signal: AbortSignal): Command {
  const t = output.translate;
  const program = new Command('statescope')
    .description(t('cli.description'))
    .version(programVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: (text) => output.error(text) });
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(t(description))
      .option('--json', t('cli.optionJson'))
      .option('--follow-links', t('cli.optionFollowLinks'));
  const opening = (options: GlobalOptions) => ({ signal, followLinks: options.followLinks ?? false });

  command('info <source>', 'cli.info').action((source: string, options: GlobalOptions) =>
    info(output, source, { json: options.json ?? false, ...opening(options) }),
  );
  command('ls <source>', 'cli.ls')
    .option('--kind <kind>', t('cli.optionKind'))
    .action((source: string, options: GlobalOptions & { kind?: string }) =>
      list(output, source, { json: options.json ?? false, kind: options.kind ?? null, ...opening(options) }),
    );
  command('get <source> <key> [jsonpath]', 'cli.get')
    .option('--decoded', t('cli.optionDecoded'))
    .action(
      (source: string, key: string, jsonpath: string | undefined, options: GlobalOptions & { decoded?: boolean }) =>
        get(output, source, key, jsonpath ?? null, {
          json: options.json ?? false,
          decoded: options.decoded ?? false,
          ...opening(options),
        }),
    );
  command('validate <source>', 'cli.validate').action((source: string, options: GlobalOptions) =>
    validate(output, source, { json: options.json ?? false, ...opening(options) }),
  );
  command('checksum <source> <key>', 'cli.checksum').action((source: string, key: string, options: GlobalOptions) =>
    checksum(output, source, key, { json: options.json ?? false, ...opening(options) }),
  );
  addCheckCommand(program, output, signal);
  addDiffCommand(program, output, signal);
  addDoctorCommand(program, output, signal);
  addStoreCommands(program, output, signal);
  addHistoryCommands(program, output, signal);
  addSnapshotCommands(program, output, signal);
  addSearchCommand(program, output, signal);
  addSizeCommand(program, output, signal);
  addStatsCommand(program, output, signal);
  addExportCommand(program, output, signal);
  addRestoreCommands(program, output, signal);
  addBackupCommands(program, output, signal);
  addBackupScheduleCommands(program, output, signal);
  addNodeCommands(program, output, signal);
  addConflictCommands(program, output, signal);
  return program;
}

/** What was asked for is not there, in a source that is. */
const MISSING: ReadonlySet<string> = new Set(['not-found', 'snapshot-missing', 'moment-forgotten', 'schedule-missing']);

/** @param argv what was typed after the program's name. @returns the exit code */
export async function runProgram(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const program = createProgram(output, signal);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return output.exitCode;
  } catch (error) {
    // Commander has printed its message; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
    if (error instanceof SourceError) {
      output.error(`statescope: ${output.failure(error)}\n`);
      if (error.code === 'cancelled') return EXIT.interrupted;
      return MISSING.has(error.code) ? EXIT.missing : EXIT.unusable;
    }
    output.error(`statescope: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.unusable;
  }
}
