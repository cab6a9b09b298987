/** For the tests of this folder: what is recorded of a source on a real disk. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import type { SourceError } from '../sources/source-error.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { type Journal, openJournal } from '../tracking/journal.ts';
import type { Commit } from '../tracking/state-recorder.ts';
import { type HeadlessRecording, recordHeadless } from './headless-recording.ts';

export interface TestRecording extends HeadlessRecording {
  readonly journal: Journal;
  /** Since all that was there at the beginning has been taken in. */
  readonly commits: readonly Commit[];
  readonly troubles: readonly string[];
}

/** Ended when the test is. */
export async function recordingOf(
  location: string,
  options: {
    readonly file?: string;
    readonly open?: () => Promise<Source>;
  } = {},
): Promise<TestRecording> {
  const journal = openJournal(options.file ?? join(temporaryFolder(), 'x.journal'), { source: location });
  const commits: Commit[] = [];
  const troubles: string[] = [];
  const recording = await recordHeadless({
    journal,
    open: options.open ?? (() => openSource(location)),
    onCommit: (commit) => void commits.push(commit),
    onError: (error: SourceError) => void troubles.push(error.code),
    onRecovered: () => void troubles.push('recovered'),
  });
  let ended: Promise<void> | null = null;
  const stop = () => (ended ??= recording.stop().then(() => journal.close()));
  onTestFinished(stop);
  return { journal, commits, troubles, counts: recording.counts, stop };
}

/** A commit, readable: `external session:a status: "idle" -> "busy"`. */
export function told({ type, key, changes }: Commit): string {
  return `${type} ${key} ${changes.map(({ path, old, new: next }) => `${path.join('.')}: ${old ?? ''} -> ${next ?? ''}`).join(', ')}`;
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, seconds = 10): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`this did not come about within ${seconds} s: ${what}`);
    await sleep(10);
  }
}
