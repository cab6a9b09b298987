import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import type { OpenRequest, ThemeChoice, WindowCommand } from '../../shared/ipc/model.ts';
import { SHORTCUTS } from '../../shared/ipc/shortcuts.ts';
import type { Translate } from '../core/texts.ts';
import type { AppearanceControl } from './appearance.ts';
import { emit } from './ipc-router.ts';
import type { SettingsFile } from './settings.ts';

export interface MenuContext {
  readonly window: BrowserWindow;
  readonly settings: SettingsFile;
  readonly appearance: AppearanceControl;
  readonly translate: Translate;
  readonly hasSource: () => boolean;
  readonly onChange: () => void;
}

/** The native menu: every command of the window is in it, with its shortcut. Built anew when language or recents change. */
export function installMenu(context: MenuContext): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(context)));
}

function template(context: MenuContext): MenuItemConstructorOptions[] {
  const { translate: t, window, settings, appearance } = context;
  const mac = process.platform === 'darwin';
  const hasSource = context.hasSource();
  const command = (name: WindowCommand, label: string, enabled = true): MenuItemConstructorOptions => ({
    id: name,
    label: t(label),
    enabled,
    ...(SHORTCUTS[name] === null ? {} : { accelerator: SHORTCUTS[name] }),
    click: () => emit(window.webContents, 'command', name),
  });
  const request = (location: string) =>
    emit(window.webContents, 'open.requested', { location, followLinks: false } satisfies OpenRequest);
  const theme = (choice: ThemeChoice): MenuItemConstructorOptions => ({
    label: t(`menu.theme${choice[0]?.toUpperCase()}${choice.slice(1)}`),
    type: 'radio',
    checked: appearance.current.theme === choice,
    click: () => {
      appearance.setTheme(choice);
      context.onChange();
    },
  });
  const language = (choice: 'en' | 'zh-CN' | 'system', label: string): MenuItemConstructorOptions => ({
    label,
    type: 'radio',
    checked: appearance.current.localeChoice === choice,
    click: () => {
      appearance.setLocale(choice);
      context.onChange();
    },
  });
  const recents = settings.recents();

  return [
    ...(mac ? [appMenu(t)] : []),
    {
      label: t('menu.file'),
      submenu: [
        command('open-folder', 'menu.openFolder'),
        command('open-file', 'menu.openFile'),
        command('open-address', 'menu.openAddress'),
        command('open-sample', 'menu.openSample'),
        command('start-demo', 'menu.startDemo'),
        command('stop-demo', 'menu.stopDemo'),
        {
          label: t('menu.openRecent'),
          enabled: recents.length > 0,
          submenu: [
            ...recents.map(
              (recent): MenuItemConstructorOptions => ({
                label: recent.missing ? t('menu.missingRecent', { location: recent.location }) : recent.location,
                enabled: !recent.missing,
                click: () => request(recent.location),
              }),
            ),
            { type: 'separator' },
            {
              label: t('menu.clearRecents'),
              click: () => {
                settings.update({ recents: [] });
                emit(window.webContents, 'recents.changed', []);
                context.onChange();
              },
            },
          ],
        },
        { type: 'separator' },
        command('allow-writing', 'menu.allowWriting', hasSource),
        command('forbid-writing', 'menu.forbidWriting', hasSource),
        command('show-trash', 'menu.trash', hasSource),
        command('copy-states', 'menu.copyStates', hasSource),
        command('export-states', 'menu.exportStates', hasSource),
        command('create-backup', 'menu.createBackup', hasSource),
        command('show-probes', 'menu.probes'),
        { type: 'separator' },
        command('reload-source', 'menu.reloadSource', hasSource),
        command('close-source', 'menu.closeSource', hasSource),
        ...(mac
          ? []
          : [
              { type: 'separator' } as const,
              { role: 'quit', label: t('menu.quit') } satisfies MenuItemConstructorOptions,
            ]),
      ],
    },
    editMenu(t, [
      // Shown, not registered: in a text field these keys belong to the items above.
      { ...command('undo-write', 'menu.undoWrite', hasSource), registerAccelerator: false },
      { ...command('redo-write', 'menu.redoWrite', hasSource), registerAccelerator: false },
      command('undo-restore', 'menu.undoRestore', hasSource),
    ]),
    {
      label: t('menu.view'),
      submenu: [
        command('show-overview', 'menu.overview', hasSource),
        command('show-persistence', 'menu.persistence', hasSource),
        command('show-tree', 'menu.tree', hasSource),
        command('show-conversation', 'menu.conversation', hasSource),
        { type: 'separator' },
        command('show-history', 'menu.history', hasSource),
        command('show-state-history', 'menu.stateHistory', hasSource),
        command('toggle-timeline', 'menu.timeline', hasSource),
        command('previous-change', 'menu.previousChange', hasSource),
        command('next-change', 'menu.nextChange', hasSource),
        command('back-to-now', 'menu.backToNow', hasSource),
        command('bisect-state', 'menu.bisect', hasSource),
        command('search', 'menu.search', hasSource),
        command('next-hit', 'menu.nextHit', hasSource),
        command('previous-hit', 'menu.previousHit', hasSource),
        command('show-sync', 'menu.sync', hasSource),
        command('show-watches', 'menu.watches', hasSource),
        { type: 'separator' },
        command('compare-with', 'menu.compareWith', hasSource),
        command('mark-for-compare', 'menu.markForCompare', hasSource),
        command('show-comparison', 'menu.comparison', hasSource),
        command('show-snapshots', 'menu.snapshots', hasSource),
        command('show-backups', 'menu.backups', hasSource),
        command('show-performance', 'menu.performance', hasSource),
        command('show-consistency', 'menu.consistency', hasSource),
        { type: 'separator' },
        command('expand-all', 'menu.expandAll', hasSource),
        command('collapse-all', 'menu.collapseAll', hasSource),
        command('focus-filter', 'menu.filter', hasSource),
        { type: 'separator' },
        command('toggle-explorer', 'menu.explorer'),
        command('toggle-inspector', 'menu.inspector'),
        command('toggle-problems', 'menu.problems'),
        { type: 'separator' },
        { label: t('menu.theme'), submenu: [theme('system'), theme('light'), theme('dark')] },
        {
          label: t('menu.language'),
          submenu: [
            language('system', t('menu.languageSystem')),
            language('en', 'English'),
            language('zh-CN', '简体中文'),
          ],
        },
        { type: 'separator' },
        { role: 'resetZoom', label: t('menu.zoomReset') },
        { role: 'zoomIn', label: t('menu.zoomIn') },
        { role: 'zoomOut', label: t('menu.zoomOut') },
        { role: 'togglefullscreen', label: t('menu.fullScreen') },
        { role: 'toggleDevTools', label: t('menu.developerTools') },
      ],
    },
    {
      label: t('menu.help'),
      role: 'help',
      submenu: [command('command-palette', 'menu.palette'), command('show-shortcuts', 'menu.shortcuts')],
    },
  ];
}

/** The system's own items, in the language of the rest, and ours. */
function editMenu(t: Translate, ours: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions {
  return {
    label: t('menu.edit'),
    submenu: [
      { role: 'undo', label: t('menu.undo') },
      { role: 'redo', label: t('menu.redo') },
      { type: 'separator' },
      { role: 'cut', label: t('menu.cut') },
      { role: 'copy', label: t('menu.copy') },
      { role: 'paste', label: t('menu.paste') },
      { role: 'selectAll', label: t('menu.selectAll') },
      { type: 'separator' },
      ...ours,
    ],
  };
}

/** What macOS wants first. */
function appMenu(t: Translate): MenuItemConstructorOptions {
  return {
    label: t('app.name'),
    submenu: [
      { role: 'about', label: t('menu.about') },
      { type: 'separator' },
      { role: 'services', label: t('menu.services') },
      { type: 'separator' },
      { role: 'hide', label: t('menu.hide') },
      { role: 'hideOthers', label: t('menu.hideOthers') },
      { role: 'unhide', label: t('menu.showAll') },
      { type: 'separator' },
      { role: 'quit', label: t('menu.quit') },
    ],
  };
}
