import { checksumsOf } from '../../shared/state/checksum.ts';
import { stateDataNode, storedChecksum } from '../../shared/state/describe-state.ts';
import type { OpenOptions } from '../core/sources/source.ts';
import { storedBeside } from '../core/validation/stored-beside.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';

/** `checksum SOURCE KEY`: both digests of a state's data: of an envelope its `state_data`, else all of it. */
export function checksum(
  output: Output,
  location: string,
  key: string,
  options: OpenOptions & { json: boolean },
): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const t = output.translate;
    const { document, stored, problems } = await new Workspace(source).state(key, options.signal);
    output.problems(problems);
    const data = stateDataNode(document);
    if (document.isIncomplete(data)) {
      output.error(`statescope: ${t('cli.notWhole', { key })}\n`);
      output.exitCode = EXIT.unusable;
      return;
    }
    const sums = checksumsOf(document, data);
    if (options.json) {
      output.json(sums);
      return;
    }
    const known = storedChecksum(document, storedBeside(stored.metadata));
    const verdict =
      known === null
        ? 'absent'
        : known === sums.canonical
          ? 'canonical'
          : known === sums.python
            ? 'python'
            : 'mismatch';
    output.write(`${t('cli.checksumCanonical')}  ${sums.canonical}\n`);
    output.write(`${t('cli.checksumPython')}  ${sums.python}\n`);
    output.write(
      `${t('cli.checksumStored')}  ${known === null ? '' : `${known}  `}${t(`checksumVerdicts.${verdict}`)}\n`,
    );
  });
}
