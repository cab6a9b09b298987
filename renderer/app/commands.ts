/** Everything the window can be told to do, in one table: native menu, palette, shortcuts and buttons lead here. */
import type { ThemeChoice, WindowCommand } from '../../shared/ipc/model.ts';
import { SHORTCUTS } from '../../shared/ipc/shortcuts.ts';
import { tell } from '../host/client.ts';
import { copyNode } from '../host/copying.ts';
import { stepChange } from '../host/history.ts';
import { closeSource, openSource, pickSource, reloadSource } from '../host/opening.ts';
import { undoLastRestore } from '../host/restoring.ts';
import { stepHit } from '../host/searching.ts';
import { travel } from '../host/time-travel.ts';
import { armSource, redoWrite, undoWrite } from '../host/writing.ts';
import { useApp } from '../stores/app-store.ts';
import { openDialog } from '../stores/dialog-store.ts';
import { askForOther, pickForCompare, shownState } from '../stores/diff-store.ts';
import { changeLayout, useLayout } from '../stores/layout-store.ts';
import { askForSearch, useSearch } from '../stores/search-store.ts';
import {
  expandTree,
  selectTab,
  showBackups,
  showConsistency,
  showDiff,
  showHistory,
  showOverview,
  showPerformance,
  showPersistence,
  showSearch,
  showSnapshots,
  showSync,
  showWatches,
  useSelection,
} from '../stores/selection-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { askForFilter, askForTree, useUi } from '../stores/ui-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';

export type CommandId =
  | WindowCommand
  | 'copy-value'
  | 'copy-path'
  | `theme-${ThemeChoice}`
  | 'locale-en'
  | 'locale-zh-CN'
  | 'locale-system';

export type CommandGroup = 'source' | 'view' | 'tree' | 'general';

export interface Command {
  readonly id: CommandId;
  readonly group: CommandGroup;
  /** In Electron's accelerator notation. */
  readonly shortcut: string | null;
  readonly enabled: () => boolean;
  readonly run: () => void;
}

/** Every depth that the engine knows. */
const ALL_DEPTHS = 1_000_000;

const always = () => true;
const withSource = () => useWorkspace.getState().workspace !== null;
const inPast = () => useWorkspace.getState().workspace?.asOf != null;
const armed = () => useWorkspace.getState().workspace?.armed === true;
const withState = () => withSource() && useOpenState.getState().summary !== null;
const withHits = () => withSource() && (useSearch.getState().progress?.hits ?? 0) > 0;
const withShownState = () => withState() && useSelection.getState().view === 'state';
const withConversation = () => (useOpenState.getState().summary?.conversations.length ?? 0) > 0;

function expandTo(depth: number): void {
  const { summary } = useOpenState.getState();
  if (!summary) return;
  selectTab('tree');
  expandTree(summary.key, depth);
}

function command(id: CommandId, group: CommandGroup, enabled: () => boolean, run: () => void): Command {
  const shortcut = id in SHORTCUTS ? SHORTCUTS[id as WindowCommand] : null;
  return { id, group, shortcut, enabled, run };
}

export const COMMANDS: readonly Command[] = [
  command('open-folder', 'source', always, () => void pickSource('folder')),
  command('open-file', 'source', always, () => void pickSource('file')),
  command('open-address', 'source', always, () => openDialog({ kind: 'open-address' })),
  command('open-sample', 'source', always, () => {
    void openSource({ location: useApp.getState().sampleWorkspace, followLinks: false });
  }),
  command('reload-source', 'source', withSource, () => void reloadSource(false)),
  command('close-source', 'source', withSource, closeSource),
  command(
    'allow-writing',
    'source',
    () => withSource() && !armed() && !inPast(),
    () => openDialog({ kind: 'arm' }),
  ),
  command('forbid-writing', 'source', armed, () => void armSource(false)),
  command('undo-write', 'source', withSource, () => void undoWrite()),
  command('redo-write', 'source', withSource, () => void redoWrite()),
  command('undo-restore', 'source', withSource, () => void undoLastRestore()),
  command('show-trash', 'source', withSource, () => openDialog({ kind: 'trash' })),
  command('show-probes', 'source', always, () => openDialog({ kind: 'probes' })),
  command('start-demo', 'source', always, () => tell('demo.switch', { on: true })),
  command('stop-demo', 'source', always, () => tell('demo.switch', { on: false })),
  command('copy-states', 'source', withSource, () => openDialog({ kind: 'copy-states' })),
  command('export-states', 'source', withSource, () => openDialog({ kind: 'export-states', key: null })),
  command('show-overview', 'view', withSource, showOverview),
  command('show-persistence', 'view', withSource, showPersistence),
  command('show-tree', 'view', withState, () => {
    selectTab('tree');
    askForTree();
  }),
  command('show-conversation', 'view', withConversation, () => selectTab('conversation')),
  command('show-state-history', 'view', withState, () => selectTab('history')),
  command('show-history', 'view', withSource, showHistory),
  command('toggle-timeline', 'view', withSource, () => changeLayout({ timeline: !useLayout.getState().timeline })),
  command('previous-change', 'view', withSource, () => void stepChange('older')),
  command('next-change', 'view', inPast, () => void stepChange('newer')),
  command('back-to-now', 'view', inPast, () => travel(null)),
  command('bisect-state', 'view', withState, () => {
    const { key } = useOpenState.getState();
    if (key !== null) openDialog({ kind: 'bisect', key });
  }),
  command('show-snapshots', 'view', withSource, showSnapshots),
  command('take-snapshot', 'source', withSource, () => openDialog({ kind: 'take-snapshot', key: null })),
  command('show-backups', 'view', withSource, showBackups),
  command('show-consistency', 'view', withSource, showConsistency),
  command('show-performance', 'view', withSource, showPerformance),
  command('create-backup', 'source', withSource, () => openDialog({ kind: 'create-backup' })),
  command('search', 'view', withSource, () => {
    showSearch();
    askForSearch();
  }),
  command('next-hit', 'view', withHits, () => void stepHit(1)),
  command('previous-hit', 'view', withHits, () => void stepHit(-1)),
  command('show-sync', 'view', withSource, showSync),
  command('show-watches', 'view', withSource, showWatches),
  command('compare-with', 'view', withState, () => {
    const { key } = useOpenState.getState();
    if (key !== null) askForOther(shownState(key));
  }),
  command('mark-for-compare', 'view', withState, () => {
    const { key } = useOpenState.getState();
    if (key !== null) pickForCompare(shownState(key));
  }),
  command('show-comparison', 'view', withSource, showDiff),
  command('toggle-explorer', 'view', withSource, () => changeLayout({ explorer: !useLayout.getState().explorer })),
  command('toggle-inspector', 'view', withSource, () => changeLayout({ inspector: !useLayout.getState().inspector })),
  command('toggle-problems', 'view', withSource, () => changeLayout({ problems: !useLayout.getState().problems })),
  command('focus-filter', 'view', withSource, () => {
    changeLayout({ explorer: true });
    askForFilter();
  }),
  command('expand-all', 'tree', withState, () => expandTo(ALL_DEPTHS)),
  command('collapse-all', 'tree', withState, () => expandTo(0)),
  command('copy-value', 'tree', withShownState, () => void copyNode('value')),
  command('copy-path', 'tree', withShownState, () => void copyNode('jsonpath')),
  command('command-palette', 'general', always, () => useUi.setState({ palette: true, shortcuts: false })),
  command('show-shortcuts', 'general', always, () => useUi.setState({ shortcuts: true, palette: false })),
  command('theme-light', 'general', always, () => tell('app.setTheme', { theme: 'light' })),
  command('theme-dark', 'general', always, () => tell('app.setTheme', { theme: 'dark' })),
  command('theme-system', 'general', always, () => tell('app.setTheme', { theme: 'system' })),
  command('locale-en', 'general', always, () => tell('app.setLocale', { locale: 'en' })),
  command('locale-zh-CN', 'general', always, () => tell('app.setLocale', { locale: 'zh-CN' })),
  command('locale-system', 'general', always, () => tell('app.setLocale', { locale: 'system' })),
];

export function runCommand(id: CommandId): void {
  const found = COMMANDS.find((each) => each.id === id);
  if (found?.enabled()) found.run();
}
