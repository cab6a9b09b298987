import { create } from 'zustand';
import type { HostError } from '../../shared/ipc/result.ts';
import type { EditCheck, NotWritableReason } from '../../shared/ipc/writing.ts';

/** What happened to a state as a whole. */
export type WriteDone = 'saved' | 'removed' | 'restored' | 'undone' | 'redone';

/** A short word on what was just done. */
export type Notice =
  | { readonly kind: 'copied'; readonly characters: number }
  | { readonly kind: 'copy-failed'; readonly reason: string }
  | { readonly kind: 'written'; readonly what: WriteDone; readonly key: string; readonly undoable: boolean }
  /** An edit broke a rule, or was none. */
  | { readonly kind: 'refused'; readonly verdict: Exclude<EditCheck, { status: 'fine' }> }
  | { readonly kind: 'write-failed'; readonly error: HostError }
  | { readonly kind: 'not-armed' }
  /** A conflict of nodes. */
  | { readonly kind: 'settled'; readonly key: string }
  | { readonly kind: 'not-writable'; readonly reason: NotWritableReason }
  | { readonly kind: 'too-long' }
  /** A state that is read in parts does not open all of its levels at once. */
  | { readonly kind: 'opened-by-hand' }
  /** Somebody else has written since. */
  | { readonly kind: 'cannot-undo'; readonly key: string }
  | { readonly kind: 'nothing-to-undo' }
  /** An invariant does not hold any more. */
  | { readonly kind: 'watch-broken'; readonly name: string; readonly key: string; readonly seq: number }
  /** The recording before this one ended without being closed; microseconds of its last write. */
  | { readonly kind: 'unclean-end'; readonly time: number }
  /** What is shown is as of an earlier moment. */
  | { readonly kind: 'in-past' }
  | { readonly kind: 'no-more-changes'; readonly direction: 'next' | 'previous' }
  | { readonly kind: 'snapshot-taken'; readonly states: number }
  | { readonly kind: 'snapshot-exported'; readonly location: string }
  /** An automatic one. */
  | { readonly kind: 'backup-failed'; readonly error: HostError }
  /** Into the system's trash. */
  | { readonly kind: 'backup-removed'; readonly location: string }
  | { readonly kind: 'exported'; readonly location: string }
  /** An earlier moment was put back; `undo` takes that back. */
  | { readonly kind: 'restored'; readonly states: number; readonly undo: string }
  /** What was found wrong was repaired; `undo` takes that back. */
  | { readonly kind: 'repaired'; readonly repairs: number; readonly undo: string }
  | { readonly kind: 'restore-undone'; readonly states: number }
  | { readonly kind: 'undo-failed'; readonly key: string; readonly reason: string }
  /** What was being typed has lost its place. */
  | { readonly kind: 'draft-lost'; readonly path: string; readonly text: string };

interface NoticeState {
  readonly notice: (Notice & { readonly id: number }) | null;
}

const SHOWN_MS = 2500;
/** With something to read or to press. */
const SHOWN_LONG_MS = 8000;

let last = 0;

export const useNotice = create<NoticeState>(() => ({ notice: null }));

export function showNotice(notice: Notice): void {
  last += 1;
  const id = last;
  useNotice.setState({ notice: { ...notice, id } });
  setTimeout(
    () => {
      if (useNotice.getState().notice?.id === id) dismissNotice();
    },
    notice.kind === 'copied' ? SHOWN_MS : SHOWN_LONG_MS,
  );
}

export function dismissNotice(): void {
  useNotice.setState({ notice: null });
}
