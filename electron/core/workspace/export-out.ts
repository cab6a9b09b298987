import type { Jobs } from '../../../shared/ipc/contract.ts';
import type { ExportProgress, ExportReport } from '../../../shared/ipc/exporting.ts';
import { exportStates } from '../export/export-states.ts';
import type { EditableWorkspace } from './editable-workspace.ts';
import { filterOf } from './state-filter.ts';

type Request = Omit<Jobs['states.export']['input'], 'workspace'> & { readonly file: string };

export interface ExportRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
}

/**
 * What is shown, be it of now or of the past. The system's dialog has asked before it named a file that is there.
 * @throws SourceError as `exportStates`; `still-indexing` for what a filter fits in a source that is not known whole.
 */
export async function exportOut(
  workspace: EditableWorkspace,
  { which, format, path, file }: Request,
  { signal, onProgress }: ExportRun,
): Promise<ExportReport> {
  const { reading } = workspace;
  if (!('key' in which)) workspace.assertWhole();
  const fits = 'key' in which ? ({ key }: { key: string }) => key === which.key : filterOf(which.filter);
  return exportStates(reading.source, reading.source.entries.filter(fits), {
    file,
    format,
    path: path ?? undefined,
    overwrite: true,
    signal,
    onProgress,
  });
}
