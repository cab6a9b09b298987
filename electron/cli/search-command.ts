/** The command `search`. What it does is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import { SEARCH_PLACES, type SearchMode, type SearchPlace } from '../../shared/ipc/search.ts';
import type { Output } from './output.ts';

interface Flags {
  readonly json?: boolean;
  readonly followLinks?: boolean;
  readonly regex?: boolean;
  readonly jsonpath?: boolean;
  readonly case?: boolean;
  readonly word?: boolean;
  readonly in: readonly SearchPlace[];
  readonly history?: boolean;
  readonly limit: number;
}

export function addSearchCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('search <source> <query>')
    .description(t('cli.search'))
    .option('--regex', t('cli.optionRegex'))
    .option('--jsonpath', t('cli.optionJsonpath'))
    .option('--case', t('cli.optionCase'))
    .option('--word', t('cli.optionWord'))
    .option('--in <places>', t('cli.optionIn'), placesOf, ['keys', 'values'])
    .option('--history', t('cli.optionInHistory'))
    .option('--limit <n>', t('cli.optionSearchLimit'), limitOf, Infinity)
    .option('--json', t('cli.optionJsonLines'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, text: string, flags: Flags) => {
      const { search } = await import('./search.ts');
      await search(output, source, {
        query: {
          mode: modeOf(flags),
          text,
          caseSensitive: flags.case ?? false,
          wholeWord: flags.word ?? false,
          in: flags.in,
        },
        history: flags.history ?? false,
        limit: flags.limit,
        json: flags.json ?? false,
        followLinks: flags.followLinks ?? false,
        signal,
      });
    });
}

function modeOf({ regex = false, jsonpath = false }: Flags): SearchMode {
  return jsonpath ? 'jsonpath' : regex ? 'regex' : 'text';
}

function placesOf(text: string): readonly SearchPlace[] {
  return text.split(',').map((word) => {
    const place = SEARCH_PLACES.find((each) => each === word.trim());
    if (place === undefined) throw new InvalidArgumentError(SEARCH_PLACES.join(', '));
    return place;
  });
}

function limitOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('1, 2, 3, …');
  return Number(text);
}
