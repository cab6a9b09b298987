import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { recordHeadless } from '../core/live/headless-recording.ts';
import { reportAsJson } from '../core/performance/report-json.ts';
import { SelfMonitor } from '../core/performance/self-monitor.ts';
import { toSourceError } from '../core/sources/problems.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { isoTime } from './change-line.ts';
import { type LiveOptions, type LiveSource, openLive, troubles, untilStopped } from './live-source.ts';
import type { Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

const PROGRESS_MS = 500;

/** `record SOURCE --journal FILE`: until SIGINT or SIGTERM, which end it with 0 when all is written. */
export async function record(
  output: Output,
  location: string,
  file: string,
  options: LiveOptions & { readonly json: boolean },
): Promise<void> {
  const stopped = untilStopped(options.signal);
  const live = await openLive(output, location, options);
  try {
    await recordInto(output, live, await journalPlace(file, live.location), stopped, options.json);
  } finally {
    await live.close();
  }
}

async function recordInto(
  output: Output,
  live: LiveSource,
  file: string,
  stopped: Promise<void>,
  json: boolean,
): Promise<void> {
  const t = output.translate;
  const { location } = live;
  const journal = openJournal(file, { source: location });
  try {
    if (journal.source !== location) throw ofAnother(file, journal.source);
    // A new journal is told by its header, which is in its log only until then.
    journal.withDatabase((database) => database.pragma('wal_checkpoint(PASSIVE)'));
    const end = journal.uncleanEnd;
    if (end !== null) output.error(`statescope: ${t('cli.recordUnclean', { time: isoTime(end.flushedAt) })}\n`);
    const recording = await recordHeadless({ journal, open: live.open, ...troubles(output) });
    output.error(`${t('cli.recordBegun', { location, file })}\n`);
    const line = new ProgressLine(output);
    const showing = setInterval(() => {
      const { commits, changes } = recording.counts();
      line.show(t('cli.recordProgress', { commits, changes }), 0, 0, '');
    }, PROGRESS_MS);
    const monitor = new SelfMonitor();
    await stopped;
    monitor.stop();
    clearInterval(showing);
    line.clear();
    await recording.stop();
    const { commits, changes } = recording.counts();
    if (json) {
      const performance = reportAsJson(await monitor.report(journal), t);
      output.json({ source: location, journal: file, commits, changes, lastSeq: journal.lastSeq, performance });
    } else output.write(`${t('cli.recordDone', { commits, changes, file })}\n`);
  } finally {
    journal.close();
  }
}

/** @throws SourceError `bad-config`: a journal inside of what it records would be recorded itself. */
async function journalPlace(file: string, source: string): Promise<string> {
  const path = resolve(file);
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw toSourceError(error, dirname(path));
  });
  const recorded = await realpath(source).catch(() => null);
  const place = join(folder, basename(path));
  if (recorded !== null && (place === recorded || place.startsWith(recorded + sep))) {
    const reason = 'it lies inside of what is recorded; choose a place outside';
    throw new SourceError('bad-config', `${path} cannot be the journal: ${reason}.`, { location: path, reason });
  }
  return path;
}

/** Its states would all be taken for removed. */
function ofAnother(file: string, source: string): SourceError {
  const reason = `it is the journal of ${source}; choose another file`;
  return new SourceError('bad-config', `${file} cannot be the journal: ${reason}.`, { location: file, reason });
}
