import { bisect as search } from '../core/tracking/bisect.ts';
import { parseExpression } from '../core/tracking/expression.ts';
import { changeLine, changeText } from './change-line.ts';
import { withJournal } from './find-journal.ts';
import { EXIT, type Output } from './output.ts';
import { tellFault } from './tell-fault.ts';

interface BisectFlags {
  readonly linear: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * `bisect SOURCE|JOURNAL KEY EXPRESSION`: the first change after which the expression is false. Exit code 1 where it is true to the
 * end.
 */
export async function bisect(
  output: Output,
  location: string,
  key: string,
  text: string,
  { linear, json, signal }: BisectFlags,
): Promise<void> {
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    tellFault(output, text, parsed);
    return;
  }
  await withJournal(output, location, async (journal) => {
    if (journal.keyId(key) === undefined) {
      output.error(`statescope: ${output.translate('cli.keyNotInJournal', { key, location: journal.location })}\n`);
      output.exitCode = EXIT.missing;
      return;
    }
    const mode = linear ? 'linear' : 'assume-monotone';
    const { found, before, loads, commits } = await search(journal, key, parsed.expression, { mode, signal });
    const row = found && journal.changeAt(found.seq);
    const change = row && changeLine(row);
    const note = found === null ? 'always-true' : before === null ? 'never-true' : 'found';
    if (note === 'always-true') output.exitCode = EXIT.missing;
    if (json) {
      output.json({ change, loads, commits, note, assumed: !linear });
      return;
    }
    output.write(`${output.translate(`cli.bisectNotes.${note}`, { key })}\n`);
    if (change) output.write(`${changeText(change)}\n`);
    output.write(`${output.translate(linear ? 'cli.bisectLinear' : 'cli.bisectAssumed', { loads, commits })}\n`);
  });
}
