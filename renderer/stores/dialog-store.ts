import { create } from 'zustand';

/** Questions and lists about writing that stand above the window, one at a time. */
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
  readonly dialog: WritingDialog | null;
}

export const useDialog = create<DialogState>(() => ({ dialog: null }));

export function openDialog(dialog: WritingDialog): void {
  useDialog.setState({ dialog });
}

export function closeDialog(): void {
  useDialog.setState({ dialog: null });
}
