import { create } from 'zustand';

/** A short word on what was just done. */
export type Notice =
  | { readonly kind: 'copied'; readonly characters: number; readonly id: number }
  | { readonly kind: 'copy-failed'; readonly reason: string; readonly id: number };

interface NoticeState {
  readonly notice: Notice | null;
}

const SHOWN_MS = 2500;
let last = 0;

export const useNotice = create<NoticeState>(() => ({ notice: null }));

function show(notice: Notice): void {
  useNotice.setState({ notice });
  setTimeout(() => {
    if (useNotice.getState().notice?.id === notice.id) useNotice.setState({ notice: null });
  }, SHOWN_MS);
}

export function noticeCopied(characters: number): void {
  last += 1;
  show({ kind: 'copied', characters, id: last });
}

export function noticeCopyFailed(reason: string): void {
  last += 1;
  show({ kind: 'copy-failed', reason, id: last });
}
