/** The command `stats`. What it does is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from './output.ts';

interface Flags {
  readonly passes: number;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

/** The second is answered from memory as far as memory goes. */
const PASSES = 2;
const MOST_PASSES = 1000;

export function addStatsCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('stats <source>')
    .description(t('cli.stats'))
    .option('--passes <n>', t('cli.optionPasses'), passesOf, PASSES)
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, { passes, json = false, followLinks = false }: Flags) => {
      const { stats } = await import('./stats.ts');
      await stats(output, source, { passes, json, followLinks, signal });
    });
}

function passesOf(text: string): number {
  const passes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (passes < 1 || passes > MOST_PASSES) throw new InvalidArgumentError(`1 – ${MOST_PASSES}`);
  return passes;
}
