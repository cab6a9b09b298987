/**
 * The keys of the window's commands, in Electron's accelerator notation: the native menu shows them and the window
 * acts on them, so both read this table. Null: by menu and palette only.
 */
import type { WindowCommand } from './model.ts';

export const SHORTCUTS: Readonly<Record<WindowCommand, string | null>> = {
  'open-file': 'CmdOrCtrl+Shift+O',
  'open-folder': 'CmdOrCtrl+O',
  'open-address': null,
  'open-sample': null,
  'reload-source': 'CmdOrCtrl+R',
  'close-source': 'CmdOrCtrl+W',
  'copy-states': null,
  'allow-writing': null,
  'forbid-writing': null,
  // In a text field these two undo and redo typing, as everywhere.
  'undo-write': 'CmdOrCtrl+Z',
  'redo-write': 'CmdOrCtrl+Shift+Z',
  'undo-restore': null,
  'show-trash': null,
  'focus-filter': 'CmdOrCtrl+F',
  'toggle-problems': 'CmdOrCtrl+J',
  'toggle-explorer': 'CmdOrCtrl+B',
  'toggle-inspector': 'CmdOrCtrl+I',
  'show-overview': 'CmdOrCtrl+D',
  'show-persistence': null,
  'show-tree': 'CmdOrCtrl+1',
  'show-conversation': 'CmdOrCtrl+2',
  'show-state-history': 'CmdOrCtrl+3',
  // On macOS Cmd+H hides the program.
  'show-history': 'CmdOrCtrl+Shift+H',
  'show-watches': null,
  'compare-with': 'CmdOrCtrl+Shift+D',
  'mark-for-compare': 'CmdOrCtrl+Shift+M',
  'show-comparison': null,
  'show-snapshots': null,
  'take-snapshot': null,
  'toggle-timeline': 'CmdOrCtrl+T',
  'previous-change': 'CmdOrCtrl+[',
  'next-change': 'CmdOrCtrl+]',
  'back-to-now': null,
  'bisect-state': null,
  'show-probes': null,
  'start-demo': null,
  'stop-demo': null,
  'expand-all': 'CmdOrCtrl+E',
  'collapse-all': 'CmdOrCtrl+Shift+E',
  'command-palette': 'CmdOrCtrl+K',
  'show-shortcuts': 'CmdOrCtrl+/',
};
