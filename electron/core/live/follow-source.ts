import type { OpenOptions, Source } from '../sources/source.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { Feed, Follower } from './live-session.ts';
import { type RecordedSource, Recorder } from './recorder.ts';

/**
 * The source of a workspace, opened once more for recording. What is shown follows what is recorded, except while a person may
 * write: then they are told that it has changed, and decide.
 */
export async function followSource(
  workspace: EditableWorkspace,
  open: (options: OpenOptions) => Promise<Source>,
  feed: Feed,
): Promise<Follower> {
  let source = await workspace.exclusively(() => open({}));
  const recorded: RecordedSource = {
    get source() {
      return source;
    },
    changed: () => workspace.exclusively(() => source.changed()),
    async readAnew() {
      await workspace.exclusively(async () => {
        const next = await open({});
        await source.close();
        source = next;
      });
      if (!workspace.isArmed) await workspace.reload();
    },
    close: () => source.close(),
  };
  const recorder = new Recorder(recorded, feed);
  await recorder.start();
  return recorder;
}
