/** The command `size`. What it does is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import { ATTRIBUTION_VIEWS, type AttributionView } from '../../shared/ipc/attribution.ts';
import type { Output } from './output.ts';

interface Flags {
  readonly by: AttributionView;
  readonly since?: string;
  readonly depth?: number;
  readonly top: number;
  readonly tokens: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

const DEFAULT_TOP = 20;

export function addSizeCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  program
    .command('size <source>')
    .description(t('cli.size'))
    .option('--by <what>', t('cli.optionSizeBy'), viewOf, 'state')
    .option('--since <snapshot>', t('cli.optionSizeSince'))
    .option('--depth <n>', t('cli.optionSizeDepth'), positive)
    .option('--top <n>', t('cli.optionSizeTop'), positive, DEFAULT_TOP)
    .option('--no-tokens', t('cli.optionNoTokens'))
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, { since, depth, json = false, followLinks = false, ...flags }: Flags) => {
      const { size } = await import('./size.ts');
      await size(output, source, { ...flags, since: since ?? null, depth: depth ?? null, json, followLinks, signal });
    });
}

function viewOf(text: string): AttributionView {
  const view = ATTRIBUTION_VIEWS.find((each) => each === text);
  if (view === undefined) throw new InvalidArgumentError(ATTRIBUTION_VIEWS.join(', '));
  return view;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('1, 2, 3, …');
  return Number(text);
}
