import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { isBackupDialog, useDialog } from '../../stores/dialog-store.ts';
import { useDraft } from '../../stores/draft-store.ts';
import { AddDialog } from './add-dialog.tsx';
import { ComparisonDialog } from './comparison-dialog.tsx';
import { ArmQuestion, DiscardQuestion, RemoveQuestion } from './questions.tsx';
import { TrashDialog } from './trash-dialog.tsx';

/** Whatever about writing stands above the window at the moment. */
export default function EditingDialogs({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const draft = useDraft((state) => state.draft);
  return (
    <>
      {draft?.place === 'add' || draft?.place === 'rename' ? <AddDialog draft={draft} /> : null}
      <OpenDialog workspace={workspace} />
    </>
  );
}

function OpenDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const dialog = useDialog((state) => state.dialog);
  if (dialog === null || isBackupDialog(dialog)) return null;
  switch (dialog.kind) {
    case 'arm':
      return <ArmQuestion workspace={workspace} />;
    case 'trash':
      return <TrashDialog workspace={workspace} />;
    case 'remove-state':
      return <RemoveQuestion stateKey={dialog.key} />;
    case 'compare':
    case 'conflict':
      return <ComparisonDialog stateKey={dialog.key} conflict={dialog.kind === 'conflict'} />;
    case 'discard':
      return <DiscardQuestion />;
    case 'open-address':
    case 'copy-states':
    case 'export-states':
    case 'bisect':
    case 'watch':
    case 'probes':
    case 'take-snapshot':
    case 'edit-snapshot':
    case 'prune-snapshots':
      // About no writing to the open source; app.tsx shows them.
      return null;
    default:
      return dialog satisfies never;
  }
}
