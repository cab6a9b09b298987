/** What the main process tells becomes what the stores hold. */
import type { AppInfo, WindowCommand, WorkspaceSummary } from '../../shared/ipc/model.ts';
import { appStarted, useApp } from '../stores/app-store.ts';
import { closeDialog } from '../stores/dialog-store.ts';
import { otherDropped, useDiff } from '../stores/diff-store.ts';
import { draftDropped } from '../stores/draft-store.ts';
import { dismissNotice } from '../stores/notice-store.ts';
import { forgetSelection, showPersistence, useSelection } from '../stores/selection-store.ts';
import { filterExplorer, forgetPaint } from '../stores/ui-store.ts';
import { forgetWrites } from '../stores/undo-store.ts';
import {
  useWorkspace,
  workspaceChanged,
  workspaceClosed,
  workspaceOpened,
  workspaceStale,
} from '../stores/workspace-store.ts';
import { onEvent, tell } from './client.ts';
import { openSource } from './opening.ts';
import { rememberSelection, restoreSelection } from './remembered-selection.ts';

/** The last source that was shown, to keep the selection when the same one is read again. */
let shown: string | null = null;

function opened(workspace: WorkspaceSummary): void {
  const persistence = useSelection.getState().view === 'persistence' && workspace.format === 'persistence';
  forgetSelection(workspace.location === shown);
  // Who has asked for the rules of states gets to see those of the file that was made or chosen for that.
  if (persistence) showPersistence();
  if (workspace.location !== shown) filterExplorer('');
  forgetPaint();
  forgetWriting();
  // It may lead into the source before.
  dismissNotice();
  shown = workspace.location;
  workspaceOpened(workspace);
}

/** What was typed and could be undone belongs to one opening of a source. */
function forgetWriting(): void {
  draftDropped();
  closeDialog();
  forgetWrites();
}

/** A window that was loaded anew, as after a crash, does not write before it is allowed to again. */
function disarmed(workspace: WorkspaceSummary): WorkspaceSummary {
  if (workspace.armed) tell('workspace.arm', { workspace: workspace.workspace, armed: false });
  return { ...workspace, armed: false };
}

/** Fills the stores from what the window was started with, and listens from then on. */
export function followEvents(info: AppInfo, onCommand: (command: WindowCommand) => void): void {
  appStarted(info);
  onEvent('appearance.changed', (appearance) => useApp.setState({ appearance }));
  onEvent('recents.changed', (recents) => useApp.setState({ recents }));
  onEvent('workspace.opened', opened);
  onEvent('workspace.closed', ({ workspace }) => {
    if (useWorkspace.getState().workspace?.workspace === workspace) {
      forgetSelection(false);
      forgetWriting();
    }
    workspaceClosed(workspace);
  });
  onEvent('workspace.changed', workspaceChanged);
  onEvent('workspace.stale', ({ workspace, keys }) => workspaceStale(workspace, keys));
  onEvent('open.requested', (request) => {
    // While the dialog asks with what a state is compared, what is dropped is the answer.
    if (useDiff.getState().asking !== null) otherDropped(request.location);
    else void openSource(request);
  });
  onEvent('command', onCommand);
  rememberSelection();
  if (info.open) {
    if (restoreSelection(info.open.location)) shown = info.open.location;
    opened(disarmed(info.open));
  }
  if (!info.open && info.initial) void openSource(info.initial);
}
