import { create } from 'zustand';
import type { WatchInfo } from '../../shared/ipc/history.ts';
import type { SnapshotInfo } from '../../shared/ipc/snapshots.ts';

/** Questions and lists that stand above the window, one at a time. */
export type AppDialog =
  | WritingDialog
  | TrackingDialog
  | BackupDialog
  | { readonly kind: 'open-address' }
  | { readonly kind: 'copy-states' }
  /** With a key, of that state rather than of all that are listed. */
  | { readonly kind: 'export-states'; readonly key: string | null };

/** Those about changes over time. */
export type TrackingDialog =
  /** Looks for the change that broke a state. */
  | { readonly kind: 'bisect'; readonly key: string }
  /** Null: a new one. */
  | { readonly kind: 'watch'; readonly watch: WatchInfo | null }
  | { readonly kind: 'probes' }
  /** With a key, of that state alone. */
  | { readonly kind: 'take-snapshot'; readonly key: string | null }
  | { readonly kind: 'edit-snapshot'; readonly snapshot: SnapshotInfo }
  | { readonly kind: 'prune-snapshots' };

/** Those about backups. `file`: of the backup. */
export type BackupDialog =
  | { readonly kind: 'create-backup' }
  /** Asks for its passphrase, then goes on. */
  | { readonly kind: 'unlock-backup'; readonly file: string; readonly onUnlocked: () => void }
  | { readonly kind: 'compare-backup'; readonly file: string }
  /** Into the open source. */
  | { readonly kind: 'restore-backup'; readonly file: string }
  /** Into a source that is chosen and opened first. */
  | { readonly kind: 'restore-to'; readonly file: string; readonly origin: string | null }
  /** Null: a new one. */
  | { readonly kind: 'schedule'; readonly schedule: string | null };

const OF_BACKUPS: ReadonlySet<AppDialog['kind']> = new Set<BackupDialog['kind']>([
  'create-backup',
  'unlock-backup',
  'compare-backup',
  'restore-backup',
  'restore-to',
  'schedule',
]);

export function isBackupDialog(dialog: AppDialog): dialog is BackupDialog {
  return OF_BACKUPS.has(dialog.kind);
}

/** Those about writing. */
export type WritingDialog =
  | { readonly kind: 'arm' }
  | { readonly kind: 'trash' }
  | { readonly kind: 'remove-state'; readonly key: string }
  /** What is shown against what is stored. */
  | { readonly kind: 'compare'; readonly key: string }
  /** A write was refused because somebody else has written. */
  | { readonly kind: 'conflict'; readonly key: string }
  /** What was typed in the value pane would be lost. */
  | { readonly kind: 'discard' };

interface DialogState {
  readonly dialog: AppDialog | null;
}

export const useDialog = create<DialogState>(() => ({ dialog: null }));

export function openDialog(dialog: AppDialog): void {
  useDialog.setState({ dialog });
}

export function closeDialog(): void {
  useDialog.setState({ dialog: null });
}
