/** The commands of history. Each is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from './output.ts';

interface Flags {
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

interface PruneFlags {
  readonly maxAge?: number;
  readonly maxChanges?: number;
  readonly maxBytes?: number;
  readonly dryRun?: boolean;
  readonly write?: boolean;
}

const DEFAULT_LIMIT = 100;
const DAY_MS = 86_400_000;

export function addHistoryCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const command = (usage: string, description: string) =>
    program.command(usage).description(t(description)).option('--json', t('cli.optionJson'));
  const following = (usage: string, description: string) =>
    program.command(usage).description(t(description)).option('--follow-links', t('cli.optionFollowLinks'));

  // What begins with one dash may be part of a query (`-type:created`), or a time (`-5m`).
  command('history <source> [query...]', 'cli.history')
    .option('--limit <n>', t('cli.optionLimit'), countOf, DEFAULT_LIMIT)
    .allowUnknownOption()
    .action(async (source: string, query: string[], options: Flags & { limit: number }, self: Command) => {
      refuseOptions(self, query, /^--/);
      const { history } = await import('./history.ts');
      await history(output, source, query.join(' '), { limit: options.limit, json: options.json ?? false });
    });
  command('at <source> <key> <moment>', 'cli.at')
    .allowUnknownOption()
    .action(async (source: string, key: string, moment: string, options: Flags, self: Command) => {
      refuseOptions(self, [source, key, moment], /^-(?!\d)/);
      const { at } = await import('./at.ts');
      await at(output, source, key, moment, { json: options.json ?? false });
    });
  command('bisect <source> <key> <expression>', 'cli.bisect')
    .option('--linear', t('cli.optionLinear'))
    .action(async (source: string, key: string, expression: string, options: Flags & { linear?: boolean }) => {
      const { bisect } = await import('./bisect.ts');
      const { linear = false, json = false } = options;
      await bisect(output, source, key, expression, { linear, json, signal });
    });
  command('prune <source>', 'cli.prune')
    .option('--max-age <days>', t('cli.optionMaxAge'), amountOf)
    .option('--max-changes <n>', t('cli.optionMaxChanges'), amountOf)
    .option('--max-bytes <n>', t('cli.optionMaxBytes'), amountOf)
    .option('--dry-run', t('cli.optionDryRun'))
    .option('--write', t('cli.optionWrite'))
    .action(async (source: string, options: Flags & PruneFlags) => {
      const { prune } = await import('./prune.ts');
      const { maxAge, maxChanges, maxBytes, dryRun = false, write = false, json = false } = options;
      const maxAgeMs = maxAge === undefined ? undefined : maxAge * DAY_MS;
      await prune(output, source, { rule: { maxAgeMs, maxChanges, maxBytes }, dryRun, write, json, signal });
    });
  following('watch <source> [query...]', 'cli.watch')
    .allowUnknownOption()
    .action(async (source: string, query: string[], { followLinks = false }: Flags, self: Command) => {
      refuseOptions(self, query, /^--/);
      const { watch } = await import('./watch.ts');
      await watch(output, source, query.join(' '), { followLinks, signal });
    });
  following('record <source>', 'cli.record')
    .option('--json', t('cli.optionJson'))
    .requiredOption('--journal <file>', t('cli.optionJournal'))
    .action(async (source: string, options: Flags & { journal: string }) => {
      const { record } = await import('./record.ts');
      const { followLinks = false, json = false, journal } = options;
      await record(output, source, journal, { followLinks, json, signal });
    });
}

function refuseOptions(command: Command, words: readonly string[], option: RegExp): void {
  const unknown = words.find((word) => option.test(word));
  if (unknown !== undefined) command.error(`error: unknown option '${unknown}'`);
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('a whole number above 0');
  return count;
}

function amountOf(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(amount) || amount < 0) {
    throw new InvalidArgumentError('a whole number from 0');
  }
  return amount;
}
