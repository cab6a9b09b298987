import { toSourceError } from '../sources/problems.ts';
import type { OpenOptions, Source, StateBytes } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { Feed, Follower } from './feed.ts';
import { type RecordedSource, Recorder } from './recorder.ts';

type Open = (options: OpenOptions) => Promise<Source>;

interface Turns {
  /** Nothing else reads or writes the source meanwhile. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onReadAnew: (source: Source) => Promise<void>;
}

/**
 * The source of a workspace, opened once more for recording. What is shown follows what is recorded, except while a person may
 * write: then they are told that it has changed, and decide.
 */
export function followSource(workspace: EditableWorkspace, open: Open, feed: Feed): Promise<Follower> {
  return follow(open, feed, {
    exclusively: (work) => workspace.exclusively(work),
    // A source with broken files is read anew again and again, to see whether they have been mended.
    onReadAnew: async (source) => {
      if (workspace.isArmed) return;
      const changed = await workspace.changed();
      if (changed?.size !== 0 || outline(source) !== outline(workspace.source)) await workspace.reload();
    },
  });
}

/** What is in a source, and what is wrong with it. */
function outline({ entries, problems }: Source): string {
  return JSON.stringify([entries.map(({ key }) => key), problems.map(({ location, code }) => [location, code])]);
}

/** A source that nobody here shows or writes. @throws SourceError when it cannot be opened now. */
export function followLocation(open: Open, feed: Feed): Promise<Follower> {
  return follow(open, feed, { exclusively: (work) => work(), onReadAnew: async () => undefined });
}

async function follow(open: Open, feed: Feed, { exclusively, onReadAnew }: Turns): Promise<Follower> {
  let source = await exclusively(() => open({}));
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await exclusively(work);
    } catch (error) {
      throw toSourceError(error, source.location);
    }
  };
  const recorded: RecordedSource = {
    get source() {
      return source;
    },
    changed: () => told(() => source.changed()),
    // In one turn, with what is done about them: a state that a person writes is read before, or after it is known who wrote it.
    read: (keys, take) =>
      told(async () => {
        const states = await Promise.all(keys.map((key) => readOne(source, key)));
        // In their order, whichever was read first: the beginning of a history is the same each time.
        for (const [at, key] of keys.entries()) take(key, states[at] ?? null);
      }),
    async readAnew() {
      await told(async () => {
        const next = await open({});
        await source.close();
        source = next;
      });
      await onReadAnew(source);
    },
    close: () => source.close(),
  };
  const recorder = new Recorder(recorded, feed);
  try {
    await recorder.start();
    // What was written after the source was opened to be shown, and before it was opened here, is known here only.
    await onReadAnew(source);
  } catch (error) {
    await recorder.stop();
    throw error;
  }
  return recorder;
}

/** Null for what cannot be read. */
async function readOne(source: Source, key: string): Promise<StateBytes | null> {
  try {
    return await source.read(key);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}
