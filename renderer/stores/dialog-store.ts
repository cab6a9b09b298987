import { create } from 'zustand';
import type { WatchInfo } from '../../shared/ipc/history.ts';
import type { SnapshotInfo } from '../../shared/ipc/snapshots.ts';

/** Questions and lists that stand above the window, one at a time. */
export type AppDialog =
  | WritingDialog
  | TrackingDialog
  | { readonly kind: 'open-address' }
  | { readonly kind: 'copy-states' };

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
