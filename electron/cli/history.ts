import type { Journal } from '../core/tracking/journal.ts';
import { parseQuery, type Query } from '../core/tracking/query.ts';
import { type ChangeLine, changeLine, changeText } from './change-line.ts';
import { withJournal } from './find-journal.ts';
import type { Output } from './output.ts';
import { tellFault } from './tell-fault.ts';

/** `history SOURCE|JOURNAL [QUERY]`: what changed, newest first. With `--json` values are whole. */
export async function history(
  output: Output,
  location: string,
  text: string,
  { limit, json }: { readonly limit: number; readonly json: boolean },
): Promise<void> {
  const parsed = parseQuery(text);
  if (!parsed.ok) {
    tellFault(output, text, parsed.error);
    return;
  }
  await withJournal(output, location, (journal) => {
    const lines = linesOf(journal, parsed.query, limit, json);
    if (json) output.json(lines);
    else if (lines.length === 0) output.error(`${output.translate('cli.noChanges')}\n`);
    else for (const line of lines) output.write(`${changeText(line)}\n`);
  });
}

function linesOf(journal: Journal, query: Query, limit: number, whole: boolean): readonly ChangeLine[] {
  const lines: ChangeLine[] = [];
  let cursor: number | null = null;
  do {
    const { rows, next } = journal.page(query, { cursor, direction: 'older', limit: limit - lines.length });
    for (const row of rows) lines.push(changeLine((whole && journal.changeAt(row.seq)) || row));
    cursor = next;
  } while (cursor !== null && lines.length < limit);
  return lines;
}
