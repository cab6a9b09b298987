/** Between what follows a source and what records it. */
import type { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import type { ChangeType, MarkInput } from '../tracking/journal-types.ts';
import { JournalWriter } from '../tracking/journal-writer.ts';
import { StateRecorder } from '../tracking/state-recorder.ts';
import type { Watches } from '../tracking/watches.ts';

/** Where whoever follows a source puts what has changed. */
export interface Feed {
  readonly states: StateRecorder;
  readonly writer: JournalWriter;
  /** Keys of which the journal has a state as recording begins. */
  readonly known: readonly string[];
  /** After commits. */
  readonly onCommits: () => void;
  /** The source cannot be looked at for a while, or the journal not be written. */
  readonly onError: (error: SourceError) => void;
  /** The source can be looked at again. */
  readonly onRecovered: () => void;
}

export interface Follower {
  /** States that Statescope itself has just written, or taken away. The mark stands at the first of them. */
  readonly note: (keys: readonly string[], type: ChangeType, mark?: MarkInput) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Into a journal that is open for recording, and past its watches. */
export function feedInto(
  journal: Journal,
  watches: Watches,
  told: Pick<Feed, 'onCommits' | 'onError' | 'onRecovered'>,
): Feed {
  const writer = new JournalWriter(journal, { onError: told.onError, onRecovered: told.onRecovered });
  const states = new StateRecorder({ journal, writer, now: Date.now });
  states.onCommit(watches.evaluate);
  const known = journal.keysAt({ seq: journal.lastSeq }).map(({ key }) => key);
  return { states, writer, known, ...told };
}
