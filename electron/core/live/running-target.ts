import type { RestoreTarget } from '../restore/restoring.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { ProbeHub } from './probe-hub.ts';
import { ProbeWriter } from './probe-writer.ts';

/** Running programs as something that moments are put back into. A person allows it by asking for it: nothing of theirs is a file. */
export function runningTarget(hub: ProbeHub, workspace: EditableWorkspace): RestoreTarget {
  return {
    get source() {
      return hub.source();
    },
    writer: new ProbeWriter(hub),
    registry: workspace.registry,
    isLive: true,
    exclusively: (work) => workspace.exclusively(work),
    readAnew: () => workspace.readAnew(),
    assertArmed: () => undefined,
  };
}
