import type { Calls } from '../../shared/ipc/contract.ts';
import { showNotice } from '../stores/notice-store.ts';
import { useSelection, viewOf } from '../stores/selection-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { call } from './client.ts';

export type CopyWhat = Calls['value.copy']['input']['what'];

/** Copies the selected node, or one of the same state, in the main process: values are not shipped here for it. */
export async function copyNode(what: CopyWhat, node?: number): Promise<void> {
  const { workspace, key, summary } = useOpenState.getState();
  if (workspace === null || key === null || !summary) return;
  const target = node ?? viewOf(useSelection.getState().views, key).node;
  const answer = await call('value.copy', { workspace, key, node: target, what });
  if (answer.ok) showNotice({ kind: 'copied', characters: answer.value.characters });
  else showNotice({ kind: 'copy-failed', reason: answer.error.message });
}

/**
 * Copies a text that the window shows already. By the copy event, because the asynchronous clipboard asks for a
 * permission and the main process grants none.
 */
export function copyShown(text: string): void {
  const write = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', write, { capture: true });
  const done = document.execCommand('copy');
  document.removeEventListener('copy', write, { capture: true });
  if (done) showNotice({ kind: 'copied', characters: Array.from(text).length });
  else showNotice({ kind: 'copy-failed', reason: 'execCommand' });
}
