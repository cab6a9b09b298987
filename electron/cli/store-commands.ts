/** The commands that write, and those that make and look into stores. Each is loaded when it runs, so that the others start fast. */
import { type Command, Option } from 'commander';
import type { Overwrite } from '../core/persistence/copy.ts';
import type { InitOptions } from './init.ts';
import { EXIT, type Output } from './output.ts';

const BACKENDS: readonly InitOptions['backend'][] = ['filesystem', 'sqlite'];
const OVERWRITE: readonly Overwrite[] = ['never', 'older', 'always'];

interface Flags {
  readonly json?: boolean;
  readonly write?: boolean;
}

export function addStoreCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const command = (usage: string, description: string) =>
    program.command(usage).description(t(description)).option('--json', t('cli.optionJson'));
  const writing = (usage: string, description: string) =>
    command(usage, description).option('--write', t('cli.optionWrite'));

  command('init <path>', 'cli.init')
    .addOption(new Option('--backend <backend>', t('cli.optionBackend')).choices(BACKENDS).makeOptionMandatory())
    .option('--compress', t('cli.optionCompress'))
    .option('--encrypt', t('cli.optionEncrypt'))
    .action(async (path: string, options: Partial<InitOptions> & Pick<InitOptions, 'backend'>) => {
      const { init } = await import('./init.ts');
      await init(output, path, { compress: false, encrypt: false, json: false, ...options });
    });

  writing('put <source> <key> <file>', 'cli.put')
    .option('--expect <revision>', t('cli.optionExpect'))
    .option('--type <type>', t('cli.optionType'))
    .action(async (source: string, key: string, file: string, options: Flags & { expect?: string; type?: string }) => {
      const { put } = await import('./put.ts');
      const { expect = null, type = null } = options;
      await put(output, source, key, file, { ...flags(options), expect, type, signal });
    });

  writing('rm <source> <key>', 'cli.rm')
    .option('--expect <revision>', t('cli.optionExpectRevision'))
    .action(async (source: string, key: string, options: Flags & { expect?: string }) => {
      const { rm } = await import('./rm.ts');
      await rm(output, source, key, { ...flags(options), expect: options.expect ?? null, signal });
    });

  writing('trash <source> <action> [id]', 'cli.trash').action(
    async (source: string, action: string, id: string | undefined, options: Flags) => {
      const { trashList, trashRestore } = await import('./trash.ts');
      if (action === 'list' && id === undefined) return trashList(output, source, { ...flags(options), signal });
      if (action === 'restore' && id !== undefined) {
        return trashRestore(output, source, id, { ...flags(options), signal });
      }
      output.error(`statescope: ${t('cli.trashUsage')}\n`);
      output.exitCode = EXIT.unusable;
    },
  );

  writing('copy <from> <to>', 'cli.copy')
    .option('--only <glob>', t('cli.optionOnly'))
    .option('--dry-run', t('cli.optionDryRun'))
    .addOption(new Option('--overwrite <when>', t('cli.optionOverwrite')).choices(OVERWRITE).default('never'))
    .option('--create', t('cli.optionCreate'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (from: string, to: string, options: Flags & CopyFlags) => {
      const { copy } = await import('./copy.ts');
      await copy(output, from, to, {
        ...flags(options),
        only: options.only ?? null,
        dryRun: options.dryRun ?? false,
        overwrite: options.overwrite,
        create: options.create ?? false,
        followLinks: options.followLinks ?? false,
        signal,
      });
    });
}

interface CopyFlags {
  readonly only?: string;
  readonly dryRun?: boolean;
  readonly overwrite: Overwrite;
  readonly create?: boolean;
  readonly followLinks?: boolean;
}

function flags({ json = false, write = false }: Flags) {
  return { json, write };
}
