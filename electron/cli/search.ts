import type { SearchHit, SearchQuery } from '../../shared/ipc/search.ts';
import { compileSearch } from '../core/search/compile.ts';
import { searchHistory } from '../core/search/search-history.ts';
import { type SearchStep, searchStates } from '../core/search/search-states.ts';
import { Turns } from '../core/search/turns.ts';
import type { OpenOptions } from '../core/sources/source.ts';
import { withJournal } from './find-journal.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { tellFault } from './tell-fault.ts';

interface SearchFlags extends OpenOptions {
  readonly query: SearchQuery;
  readonly history: boolean;
  /** Hits after which it ends. */
  readonly limit: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

const MICROS = 1000;

/**
 * `search SOURCE QUERY`: where a text, a regular expression or a JSONPath is found, state by state, as it is found. Ends with 1
 * where nothing is, as grep does.
 */
export async function search(output: Output, location: string, flags: SearchFlags): Promise<void> {
  const compiled = compileSearch(flags.query);
  if ('message' in compiled) {
    tellFault(output, flags.query.text, { message: compiled.message, offset: compiled.offset ?? 0 });
    return;
  }
  const { history, ...opening } = flags;
  if (history)
    await withJournal(output, location, (journal) =>
      tell(output, flags, (how) => searchHistory(journal, compiled, how)),
    );
  else
    await withSource(output, location, opening, (source) =>
      tell(output, flags, (how) => searchStates(source, compiled, how)),
    );
}

type Steps = (how: { readonly turns: Turns; readonly wanted: () => number }) => AsyncIterable<SearchStep>;

async function tell(output: Output, { limit, json, signal }: SearchFlags, steps: Steps): Promise<void> {
  const line = new ProgressLine(output);
  const totals = { hits: 0, states: new Set<string>(), unread: 0, ended: false };
  const turns = new Turns(() => signal.aborted);
  const lines = async function* () {
    let last = '';
    for await (const step of steps({ turns, wanted: () => Infinity })) {
      if (step.step === 'progress') line.show(output.translate('cli.searching'), step.done, step.total, '');
      else if (step.step === 'unread') {
        totals.unread += 1;
        line.clear();
        output.error(`statescope: ${output.translate('cli.searchUnread', { key: step.key, reason: step.reason })}\n`);
      } else {
        line.clear();
        for (const hit of step.hits) {
          if (totals.hits >= limit) {
            totals.ended = true;
            return;
          }
          totals.hits += 1;
          totals.states.add(step.key);
          if (json) yield `${JSON.stringify({ key: step.key, ...hit })}\n`;
          else yield `${step.key === last ? '' : `${last === '' ? '' : '\n'}${shown(step.key)}\n`}${hitText(hit)}\n`;
          last = step.key;
        }
      }
    }
  };
  try {
    await output.pieces(lines());
  } finally {
    line.clear();
  }
  if (totals.hits === 0) {
    output.exitCode = EXIT.missing;
    output.error(`${output.translate('cli.searchNothing')}\n`);
    return;
  }
  const told = output.translate('cli.searchFound', { count: totals.hits, states: totals.states.size });
  const more = totals.ended ? ` ${output.translate('cli.searchLimit', { limit })}` : '';
  output.error(`${told}${more}\n`);
}

/** Its place, and what stands there in one line. */
function hitText({ path, where, before, match, after, cutBefore, cutAfter, moment }: SearchHit): string {
  const text = `${cutBefore ? '…' : ''}${shown(before)}${marked(shown(match))}${shown(after)}${cutAfter ? '…' : ''}`;
  const when = moment === null ? '' : `  @${moment.seq} ${new Date(moment.time / MICROS).toISOString()}`;
  const inName = where === 'key' || where === 'path' || where === 'state';
  return `  ${shown(path)}${inName ? '' : `: ${text}`}${when}`;
}

/** Only where a person looks at it: a program that reads on finds the text as it is. */
function marked(match: string): string {
  return process.stdout.isTTY && match !== '' ? `\u001b[1;31m${match}\u001b[0m` : match;
}

/** One line, and nothing that a terminal would take for an order. */
function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (char) => CONTROL[char] ?? ' ');
}

const CONTROL: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
