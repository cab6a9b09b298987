import { parseJson } from '../../shared/json/parse.ts';
import { formatJson } from '../../shared/json/print.ts';
import type { Journal } from '../core/tracking/journal.ts';
import type { Moment } from '../core/tracking/journal-types.ts';
import { timeOf } from '../core/tracking/query-time.ts';
import { QueryFault } from '../core/tracking/query-tokens.ts';
import { withJournal } from './find-journal.ts';
import { EXIT, type Output } from './output.ts';
import { tellFault } from './tell-fault.ts';

/** `at SOURCE|JOURNAL KEY TIME|SEQ`: a state as of then. Indented for a person; with `--json` its very bytes, as `get` prints them. */
export async function at(
  output: Output,
  location: string,
  key: string,
  when: string,
  { json }: { readonly json: boolean },
): Promise<void> {
  const moment = momentOf(output, when);
  if (moment === null) return;
  await withJournal(output, location, (journal) => {
    const text = remembers(journal, moment) ? journal.stateAt(key, moment) : null;
    if (text === null) {
      const name = journal.keyId(key) === undefined ? 'cli.keyNotInJournal' : 'cli.noStateThen';
      output.error(`statescope: ${output.translate(name, { key, when, location: journal.location })}\n`);
      output.exitCode = EXIT.missing;
      return;
    }
    const { document } = parseJson(text);
    if (json || document === null) output.writeBytes(text);
    else output.write(formatJson(document, 0, { indent: 2 }));
    output.write('\n');
  });
}

/** Null, and told, for what is neither. */
function momentOf(output: Output, when: string): Moment | null {
  if (/^\d+$/.test(when)) return { seq: Number(when) };
  try {
    return { time: timeOf(when, 0, { now: Date.now() }) };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    tellFault(output, when, error);
    return null;
  }
}

/** A change that has not happened is no moment. */
function remembers(journal: Journal, moment: Moment): boolean {
  return !('seq' in moment) || moment.seq <= journal.lastSeq;
}
