/** Looks again and again whether others have written to the open source, and tells when that has changed. */
import type { EditableWorkspace } from './editable-workspace.ts';

const LEAST_PAUSE_MS = 2000;
/** A source that takes long to look through is looked at less often: a fiftieth of the time at most. */
const PAUSE_FACTOR = 50;

/**
 * `isFollowed`: what is shown follows by itself, as long as nobody may write. `onStale` gets the keys that have changed since
 * the source was read, sorted; null when it cannot be said which.
 */
export function watchChanges(
  workspace: EditableWorkspace,
  isFollowed: () => boolean,
  onStale: (keys: readonly string[] | null) => void,
): { stop(): void } {
  let told = '[]';
  let generation = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async () => {
    const began = performance.now();
    if (isFollowed() && !workspace.isArmed) {
      timer = setTimeout(() => void look(), LEAST_PAUSE_MS);
      return;
    }
    // A source that cannot be looked at now has changed in some way: whoever reads it anew learns how.
    const changed = await workspace.changed().catch(() => null);
    if (stopped) return;
    const now = workspace.generation;
    if (now !== generation) told = '[]';
    generation = now;
    const keys = changed === null ? null : [...changed].toSorted();
    const text = JSON.stringify(keys);
    if (text !== told) onStale(keys);
    told = text;
    timer = setTimeout(() => void look(), Math.max(LEAST_PAUSE_MS, (performance.now() - began) * PAUSE_FACTOR));
  };
  timer = setTimeout(() => void look(), LEAST_PAUSE_MS);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
