import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toDot } from '../../shared/json/path.ts';
import { recordHeadless } from '../core/live/headless-recording.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { parseQuery } from '../core/tracking/query.ts';
import { matchesQuery } from '../core/tracking/query-match.ts';
import type { Commit } from '../core/tracking/state-recorder.ts';
import { type ChangeLine, changeLine } from './change-line.ts';
import { type LiveOptions, openLive, troubles, untilStopped } from './live-source.ts';
import type { Output } from './output.ts';
import { tellFault } from './tell-fault.ts';

/**
 * `watch SOURCE [QUERY]`: one JSON object a line for each change from now on. To be stopped is its purpose: SIGINT and SIGTERM end it
 * with 0. What it compares with is kept in a temporary folder that is gone afterwards.
 */
export async function watch(output: Output, location: string, text: string, options: LiveOptions): Promise<void> {
  const parsed = parseQuery(text);
  if (!parsed.ok) {
    tellFault(output, text, parsed.error);
    return;
  }
  const stopped = untilStopped(options.signal);
  const live = await openLive(output, location, options);
  const folder = mkdtempSync(join(tmpdir(), 'statescope-watch-'));
  // Also when whoever reads from the pipe has gone, which ends the process at once.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const journal = openJournal(join(folder, 'watch.journal'), { source: live.location });
  const onCommit = (commit: Commit) => {
    for (const line of linesOf(commit)) {
      if (matchesQuery(parsed.query, { ...line, time: commit.time })) output.write(`${JSON.stringify(line)}\n`);
    }
  };
  const recording = await recordHeadless({ journal, open: live.open, onCommit, ...troubles(output) });
  output.error(`${output.translate('cli.watching', { location: live.location })}\n`);
  await stopped;
  await recording.stop();
  journal.close();
}

function linesOf({ seq, key, time, type, origin, changes }: Commit): readonly ChangeLine[] {
  return changes.map(({ path, kind, old, new: next }, at) =>
    changeLine({ seq: seq + at, time, key, path: toDot(path), type, kind, origin, old, new: next }),
  );
}
