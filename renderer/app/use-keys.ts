import { useEffect } from 'react';
import { isIndexing, stopIndexing } from '../host/indexing.ts';
import { cancelOpening } from '../host/opening.ts';
import { useApp } from '../stores/app-store.ts';
import { useDialog } from '../stores/dialog-store.ts';
import { useDiff } from '../stores/diff-store.ts';
import { useDraft } from '../stores/draft-store.ts';
import { useUi } from '../stores/ui-store.ts';
import { failureDismissed, useWorkspace } from '../stores/workspace-store.ts';
import { matchesShortcut } from '../ui/shortcut.ts';
import { COMMANDS, type CommandId } from './commands.ts';

/** Their keys undo and redo typing in a text field. */
const OF_FIELDS: ReadonlySet<CommandId> = new Set<CommandId>(['undo-write', 'redo-write']);

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const ui = useUi.getState();
  const { draft } = useDraft.getState();
  const typing = draft?.place === 'add' || draft?.place === 'rename';
  const asking = typing || useDiff.getState().asking !== null || useDialog.getState().dialog !== null;
  const dialogOpen = ui.palette || ui.shortcuts || ui.linksQuestion || asking;
  const mac = useApp.getState().platform === 'darwin';
  if (event.key === 'Escape') {
    if (dialogOpen) return;
    const { opening, failure, workspace } = useWorkspace.getState();
    if (opening) cancelOpening();
    else if (isIndexing()) stopIndexing();
    else if (failure && workspace) failureDismissed();
    return;
  }
  if (
    event.key === '?' &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !isTyping(event.target) &&
    !dialogOpen
  ) {
    event.preventDefault();
    useUi.setState({ shortcuts: true });
    return;
  }
  const found = COMMANDS.find(({ shortcut }) => shortcut !== null && matchesShortcut(shortcut, event, mac));
  if (!found || (isTyping(event.target) && OF_FIELDS.has(found.id))) return;
  // Handled here, the key does not reach the native menu: each shortcut acts once.
  event.preventDefault();
  if (!dialogOpen && found.enabled()) found.run();
}

/** The shortcuts of the command table, and Esc. */
export function useKeys(): void {
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
