/** `node …`: several machines over PostgreSQL. */
import type { Command } from 'commander';
import type { Output } from './output.ts';

interface StartFlags {
  readonly url: string;
  readonly id: string;
  readonly store?: string;
  readonly write?: boolean;
  readonly data?: string;
  readonly automatic?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

export function addNodeCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const node = program.command('node').description(t('cli.node'));

  node
    .command('start')
    .description(t('cli.nodeStart'))
    .requiredOption('--url <url>', t('cli.optionNodeUrl'))
    .requiredOption('--id <id>', t('cli.optionNodeId'))
    .option('--store <store>', t('cli.optionNodeStore'))
    .option('--write', t('cli.optionNodeWrite'))
    .option('--data <file>', t('cli.optionNodeData'))
    .option('--automatic', t('cli.optionNodeAutomatic'))
    .option('--once', t('cli.optionNodeOnce'))
    .option('--json', t('cli.optionNodeJson'))
    .action(async ({ url, id, store, write, data, automatic, once, json }: StartFlags) => {
      const { nodeStart } = await import('./node-start.ts');
      await nodeStart(output, {
        url,
        id,
        store: store ?? null,
        write: write ?? false,
        data: data ?? null,
        automatic: automatic ?? false,
        once: once ?? false,
        json: json ?? false,
        signal,
      });
    });

  node
    .command('status')
    .description(t('cli.nodeStatus'))
    .requiredOption('--url <url>', t('cli.optionNodeUrl'))
    .option('--json', t('cli.optionJson'))
    .action(async ({ url, json = false }: { url: string; json?: boolean }) => {
      const { nodeStatus } = await import('./node-status.ts');
      await nodeStatus(output, url, { json, signal });
    });
}
