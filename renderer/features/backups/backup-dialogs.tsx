import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { BackupDialog } from '../../stores/dialog-store.ts';
import { CompareDialog } from './compare-dialog.tsx';
import { CreateDialog } from './create-dialog.tsx';
import { RestoreBackupDialog } from './restore-dialog.tsx';
import { RestoreToDialog } from './restore-to-dialog.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { UnlockDialog } from './unlock-dialog.tsx';

export interface BackupDialogsProps {
  readonly workspace: WorkspaceSummary;
  readonly dialog: BackupDialog;
}

/** The one of them that is open. */
export default function BackupDialogs({ workspace, dialog }: BackupDialogsProps) {
  switch (dialog.kind) {
    case 'create-backup':
      return <CreateDialog workspace={workspace} />;
    case 'unlock-backup':
      return <UnlockDialog file={dialog.file} onUnlocked={dialog.onUnlocked} />;
    case 'compare-backup':
      return <CompareDialog file={dialog.file} />;
    case 'restore-backup':
      return <RestoreBackupDialog workspace={workspace} file={dialog.file} />;
    case 'restore-to':
      return <RestoreToDialog file={dialog.file} origin={dialog.origin} />;
    case 'schedule':
      return <ScheduleDialog workspace={workspace} id={dialog.schedule} />;
    default:
      return dialog satisfies never;
  }
}
