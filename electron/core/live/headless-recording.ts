/** Recording without a window: a source is followed into a journal until it is stopped. */
import type { OpenOptions, Source } from '../sources/source.ts';
import type { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import type { WriterCounts } from '../tracking/journal-writer.ts';
import type { Commit } from '../tracking/state-recorder.ts';
import { Watches } from '../tracking/watches.ts';
import { feedInto } from './feed.ts';
import { followLocation } from './follow-source.ts';

export interface HeadlessOptions {
  /** Open for recording; stays open. */
  readonly journal: Journal;
  /** Opens the source, again and again. */
  readonly open: (options: OpenOptions) => Promise<Source>;
  /** After each commit, from when what was there at the beginning has been taken in. */
  readonly onCommit?: (commit: Commit) => void;
  /** The source cannot be looked at, or the journal not be written; both are tried again. */
  readonly onError: (error: SourceError) => void;
  readonly onRecovered: () => void;
}

export interface HeadlessRecording {
  readonly counts: () => WriterCounts;
  /** Everything that was recorded is in the journal afterwards. @throws SourceError when it cannot be written. */
  readonly stop: () => Promise<void>;
}

/** Resolves when what is there now has been taken in. @throws SourceError when the source cannot be opened. */
export async function recordHeadless(options: HeadlessOptions): Promise<HeadlessRecording> {
  const { journal, open, onCommit, onError, onRecovered } = options;
  const watches = new Watches(journal);
  const feed = feedInto(journal, watches, { onCommits: () => undefined, onError, onRecovered });
  const { states, writer } = feed;
  const follower = await followLocation(open, feed);
  if (onCommit) states.onCommit(onCommit);
  return {
    counts: () => writer.counts,
    async stop() {
      await follower.stop();
      writer.close();
      watches.flush();
    },
  };
}
