/** The commands of snapshots. Each is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from './output.ts';

interface TakeFlags {
  readonly name?: string;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly only?: string;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

interface ListFlags {
  readonly json?: boolean;
  readonly out?: string;
  readonly keep?: number;
  readonly olderThan?: number;
  readonly manual?: boolean;
  readonly write?: boolean;
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;

export function addSnapshotCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('snapshot <source>')
    .description(t('cli.snapshot'))
    .option('--name <name>', t('cli.optionName'))
    .option('--description <text>', t('cli.optionDescription'))
    .option('--tag <tag>', t('cli.optionTag'), (tag: string, before: readonly string[]) => [...before, tag], [])
    .option('--only <pattern>', t('cli.optionOnly'))
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, options: TakeFlags) => {
      const { snapshot } = await import('./snapshot.ts');
      const { name = '', description = '', tag = [], only = null, json = false, followLinks = false } = options;
      await snapshot(output, source, { name, description, tags: tag, only, json, followLinks, signal });
    });
  program
    .command('snapshots <source> [action] [words...]')
    .description(t('cli.snapshots'))
    .option('--limit <n>', t('cli.optionLimit'), wholeNumber, DEFAULT_LIMIT)
    .option('--out <file>', t('cli.optionOut'))
    .option('--keep <n>', t('cli.optionKeep'), wholeNumber)
    .option('--older-than <days>', t('cli.optionOlderThan'), wholeNumber)
    .option('--manual', t('cli.optionManual'))
    .option('--write', t('cli.optionWrite'))
    .option('--json', t('cli.optionJson'))
    .action(async (source: string, action: string | undefined, words: string[], options: ListFlags, self: Command) => {
      const { isSnapshotAction, snapshots } = await import('./snapshots.ts');
      const wanted = action ?? 'list';
      if (!isSnapshotAction(wanted)) self.error(`error: unknown action '${wanted}'`);
      const { out = null, keep = null, olderThan = null, manual = false, write = false, json = false, limit } = options;
      await snapshots(output, source, wanted, words, { out, keep, olderThan, manual, write, json, limit, signal });
    });
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < 0) {
    throw new InvalidArgumentError('a whole number from 0');
  }
  return number;
}
