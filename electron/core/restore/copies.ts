import { SourceError } from '../sources/source-error.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { SafetyCopies } from './apply.ts';

/** Kept as snapshots of the source. */
export function copiesOf(workspace: EditableWorkspace): SafetyCopies {
  return {
    take: async (keys, reason) => (await workspace.snapshotBefore(reason, keys))?.id ?? null,
    read: async (id, key) => {
      try {
        return workspace.snapshots?.read(id, key) ?? null;
      } catch (error) {
        if (error instanceof SourceError && ['snapshot-missing', 'not-found'].includes(error.code)) return null;
        throw error;
      }
    },
  };
}
