import { bisect as search } from '../core/tracking/bisect.ts';
import { parseExpression } from '../core/tracking/expression.ts';
import type { Journal } from '../core/tracking/journal.ts';
import { type ChangeLine, changeLine, changeText } from './change-line.ts';
import { withJournal } from './find-journal.ts';
import { EXIT, type Output } from './output.ts';
import { tellFault } from './tell-fault.ts';

const MOST_SHOWN = 20;

interface BisectFlags {
  readonly linear: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * `bisect SOURCE|JOURNAL KEY EXPRESSION`: the first save after which the expression is false, with what it changed. Exit code 1 where it is true to the
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
    const {
      found,
      before,
      change: seq,
      loads,
      commits,
    } = await search(journal, key, parsed.expression, { mode, signal });
    const changes = found === null ? [] : changesOf(journal, found.seq);
    const change = changes.find((each) => each.seq === seq) ?? null;
    const note = found === null ? 'always-true' : before === null ? 'never-true' : 'found';
    if (note === 'always-true') output.exitCode = EXIT.missing;
    if (json) {
      output.json({ change, changes, loads, commits, note, assumed: !linear });
      return;
    }
    output.write(`${output.translate(`cli.bisectNotes.${note}`, { key })}\n`);
    for (const line of changes.slice(0, MOST_SHOWN)) output.write(`${changeText(line)}\n`);
    output.write(`${output.translate(linear ? 'cli.bisectLinear' : 'cli.bisectAssumed', { loads, commits })}\n`);
  });
}

/** All that changed at once: which of them made it false is for a person to say. */
function changesOf(journal: Journal, commit: number): readonly ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (let row = journal.changeAt(commit); row?.commit === commit; row = journal.changeAt(row.seq + 1)) {
    lines.push(changeLine(row));
  }
  return lines;
}
