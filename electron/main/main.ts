/** Boot, as a list that can be read. Each step is in the file that bears its name. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, powerMonitor, session } from 'electron';
import type { OpenRequest } from '../../shared/ipc/model.ts';
import { createTranslator } from '../core/texts.ts';
import { registerAppScheme, serveApp } from './app-scheme.ts';
import { AppearanceControl } from './appearance.ts';
import { type LaunchArguments, parseLaunchArguments } from './arguments.ts';
import { AutomaticBackups } from './automatic-backups.ts';
import { BackupNotices } from './backup-notices.ts';
import { Demo } from './demo.ts';
import { createHandlers } from './handlers.ts';
import { emit, IpcRouter } from './ipc-router.ts';
import { installMenu } from './menu.ts';
import { OpenedFiles } from './opened-files.ts';
import { Secrets } from './secrets.ts';
import { lockNavigation, lockSession } from './security.ts';
import { SettingsFile } from './settings.ts';
import { StartupRun } from './startup-run.ts';
import { showBackupNotice, systemNotices } from './system-notices.ts';
import { createMainWindow, loadMainWindow } from './window.ts';
import { recoverFromCrash } from './window-crash.ts';
import { sampleForWindow } from './window-sampling.ts';
import { Workspaces } from './workspaces.ts';

const RENDERER_FOLDER = fileURLToPath(new URL('../renderer', import.meta.url));

/** Null when they could not be understood; the person has been told. */
function readArguments(): LaunchArguments | null {
  try {
    return parseLaunchArguments(process.argv, app.isPackaged, process.cwd());
  } catch (error) {
    process.stderr.write(`statescope: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

function sampleWorkspaceFolder(): string {
  return app.isPackaged
    ? join(process.resourcesPath, 'sample-workspace')
    : join(app.getAppPath(), 'assets', 'sample-workspace');
}

/** The argument; else what was open last; on the first run the sample workspace; else nothing. */
function initialRequest(asked: string | null, settings: SettingsFile, secrets: Secrets): OpenRequest | null {
  const { lastOpen } = settings.current;
  const location = asked ?? (lastOpen === undefined ? sampleWorkspaceFolder() : lastOpen);
  return location === null ? null : { location: secrets.withoutPassword(location), followLinks: false };
}

async function start(launch: LaunchArguments, openedFiles: OpenedFiles): Promise<void> {
  await app.whenReady();
  lockSession(session.defaultSession);
  serveApp(RENDERER_FOLDER);

  const settings = new SettingsFile(join(app.getPath('userData'), 'settings.json'));
  const appearance = new AppearanceControl(settings, launch);
  const secrets = new Secrets(settings);
  const translate = createTranslator(() => appearance.current.locale);
  const workspaces = new Workspaces(app.getPath('userData'), () => sampling.update());
  const demo = new Demo(app.getPath('temp'), sampleWorkspaceFolder());
  const demoFolder = launch.demo ? await demo.start() : null;
  const window = createMainWindow(settings);
  const sampling = sampleForWindow(window, workspaces);
  const startup = new StartupRun(window, launch);
  if (!launch.exit) recoverFromCrash(window, translate);
  const menu = {
    window,
    settings,
    appearance,
    translate,
    hasSource: () => workspaces.current !== null,
    onChange: () => changed(),
  };
  const changed = (): void => {
    if (window.isDestroyed()) return;
    installMenu(menu);
    emit(window.webContents, 'appearance.changed', appearance.current);
  };
  const requestOpen = (location: string): void => {
    if (window.isMinimized()) window.restore();
    window.focus();
    emit(window.webContents, 'open.requested', { location: secrets.withoutPassword(location), followLinks: false });
  };

  const backupNotices = new BackupNotices({ show: showBackupNotice(window, translate), now: Date.now });
  const automaticBackups = new AutomaticBackups({
    folder: app.getPath('userData'),
    secrets,
    onRun: (finished) => backupNotices.tell(finished),
    onChanged: (list) => {
      if (!window.isDestroyed()) emit(window.webContents, 'schedules.changed', list);
    },
    onFault: (error) => process.stderr.write(`statescope: ${error.message}\n`),
  });
  const router = new IpcRouter(
    createHandlers({
      window,
      settings,
      appearance,
      workspaces,
      secrets,
      demo,
      startup,
      breakNotices: systemNotices(window, translate),
      automaticBackups,
      translate,
      initial: initialRequest(demoFolder ?? launch.location ?? openedFiles.take(), settings, secrets),
      sampleWorkspace: sampleWorkspaceFolder(),
      onChange: changed,
    }),
  );
  router.listen(([path]) => {
    if (path !== undefined) requestOpen(path);
  });
  appearance.onChange(changed);
  installMenu(menu);

  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const { location } = data as Partial<LaunchArguments>;
    if (typeof location === 'string') openedFiles.add(location);
    else window.focus();
  });
  let closing = false;
  app.on('before-quit', (event) => {
    if (closing) return;
    event.preventDefault();
    closing = true;
    void Promise.all([workspaces.close(), automaticBackups.stop()])
      .then(() => demo.stop())
      .finally(() => app.quit());
  });
  app.on('window-all-closed', () => app.quit());

  await loadMainWindow(window);
  openedFiles.listen(requestOpen);
  if (launch.exit) return;
  powerMonitor.on('suspend', () => void automaticBackups.pause());
  powerMonitor.on('resume', () => void automaticBackups.start());
  await automaticBackups.start();
}

function boot(launch: LaunchArguments): void {
  const openedFiles = new OpenedFiles(app);
  registerAppScheme();
  lockNavigation();
  // Started without a sandbox, as root must, asking for one would end every child process.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  // Chromium must not look for updates of anything by itself.
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-component-update');

  if (app.requestSingleInstanceLock({ ...launch })) {
    start(launch, openedFiles).catch((error: unknown) => {
      process.stderr.write(`statescope: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      app.exit(1);
    });
  } else if (launch.exit) {
    process.stderr.write('statescope: another window is running; close it before using --exit.\n');
    app.exit(1);
  } else {
    process.stderr.write('statescope: already running; it was asked to open this instead.\n');
    app.exit(0);
  }
}

const launch = readArguments();
if (launch) boot(launch);
else app.exit(2);
