import type { OpenOptions } from '../core/sources/source.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { withSource } from './open.ts';
import type { Output } from './output.ts';

/** `info SOURCE`: what it is, how much is in it, and what could not be read. */
export function info(output: Output, location: string, options: OpenOptions & { json: boolean }): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const { format, states, kinds, bytes } = new Workspace(source).summary('');
    if (options.json) {
      output.json({
        source: { format, location: source.location },
        states,
        kinds,
        bytes,
        problems: source.problems.map(({ location, code, message, offset }) => ({ location, code, message, offset })),
      });
      return;
    }
    const t = output.translate;
    const byKind = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
    output.write(`${t('cli.infoFormat')}  ${t(`formats.${format}`, {}, format)} (${format})\n`);
    output.write(`${t('cli.infoLocation')}  ${source.location}\n`);
    output.write(`${t('cli.infoStates')}  ${states}${byKind.length > 0 ? ` (${byKind.join(', ')})` : ''}\n`);
    output.write(`${t('cli.infoBytes')}  ${bytes}\n`);
    output.write(`${t('cli.infoProblems')}  ${source.problems.length}\n`);
    output.problems(source.problems);
  });
}
