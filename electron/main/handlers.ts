import { app, type BrowserWindow, clipboard } from 'electron';
import { PROBE_LOCATION } from '../../shared/ipc/address.ts';
import type { ProbeStatus } from '../../shared/ipc/history.ts';
import type { AppInfo, OpenRequest } from '../../shared/ipc/model.ts';
import { replaceFile } from '../core/files/replace-file.ts';
import { persistenceFor } from '../core/persistence/rules-new.ts';
import type { Translate } from '../core/texts.ts';
import {
  FORWARDED_CALLS,
  FORWARDED_JOBS,
  type ForwardedCall,
  type ForwardedJob,
  type WorkerEvent,
} from '../core/workspace/worker-protocol.ts';
import type { AppearanceControl } from './appearance.ts';
import type { AutomaticBackups } from './automatic-backups.ts';
import { backupHandlers } from './backups.ts';
import type { BreakNotices } from './break-notices.ts';
import { comparingJobs, preparedMoment } from './comparing.ts';
import type { Demo } from './demo.ts';
import { exportingHandlers } from './exporting.ts';
import { askWhereTo, askWhich } from './file-dialogs.ts';
import type { Handlers } from './handler-types.ts';
import { emit } from './ipc-router.ts';
import type { Secrets } from './secrets.ts';
import type { SettingsFile } from './settings.ts';
import type { StartupRun } from './startup-run.ts';
import type { WorkspaceHost } from './workspace-host.ts';
import type { Workspaces } from './workspaces.ts';

export interface HandlerContext {
  readonly window: BrowserWindow;
  readonly settings: SettingsFile;
  readonly appearance: AppearanceControl;
  readonly workspaces: Workspaces;
  readonly secrets: Secrets;
  readonly demo: Demo;
  readonly startup: StartupRun;
  readonly breakNotices: BreakNotices;
  readonly automaticBackups: AutomaticBackups;
  readonly translate: Translate;
  readonly initial: OpenRequest | null;
  readonly sampleWorkspace: string;
  /** Menus and event listeners follow what has changed. */
  readonly onChange: () => void;
}

/** `store-repaired`, `sessions-repaired.json.gz`. */
function repairedName(name: string): string {
  return name.replace(/^(.+?)((?:\.[a-z0-9]{1,7}){0,2})$/i, '$1-repaired$2');
}

const SNAPSHOT_FILES = [{ name: 'JSON', extensions: ['json', 'gz'] }];

/** What the window can ask of the main process, each in a line or three: the work itself is done in the worker. */
export function createHandlers(context: HandlerContext): Handlers {
  const { window, settings, appearance, workspaces, secrets, startup } = context;
  const { webContents } = window;
  const recentsChanged = () => {
    emit(webContents, 'recents.changed', settings.recents());
    context.onChange();
  };
  const info = (): AppInfo => ({
    version: app.getVersion(),
    electron: process.versions.electron ?? '',
    platform: process.platform,
    appearance: appearance.current,
    recents: settings.recents(),
    initial: context.initial,
    open: workspaces.current,
    sampleWorkspace: context.sampleWorkspace,
    canKeepSecrets: secrets.canKeep,
  });

  /** What was open last, other than running programs. */
  let before: { readonly request: OpenRequest; readonly name: string } | null = null;
  const insteadOf = () => (workspaces.current?.format === 'probe' ? (before?.name ?? null) : null);
  const onEvent = (event: WorkerEvent) => {
    if (event.name === 'probes.changed') {
      emit(webContents, 'probes.changed', { ...event.payload, insteadOf: insteadOf() });
      return;
    }
    emit(webContents, event.name, event.payload);
    if (event.name === 'watch.broken') context.breakNotices.tell(event.payload);
  };

  const openWorkspace: Handlers['jobs']['workspace.open'] = async (asked, signal, progress) => {
    // A person may have typed or pasted an address with its password.
    const request = { ...asked, location: secrets.withoutPassword(asked.location) };
    const summary = await workspaces.open(request, secrets.for(request), signal, progress, onEvent);
    secrets.opened(request, summary.location);
    if (summary.format !== 'probe') {
      before = { request: { location: summary.location, followLinks: request.followLinks }, name: summary.name };
    }
    // Running programs and the demo are there when a person asks for them, never by opening what was open last.
    if (summary.format !== 'probe' && !context.demo.owns(summary.location))
      settings.remember(summary.location, summary.openedAt);
    window.setTitle(`${summary.name} — Statescope`);
    emit(webContents, 'workspace.opened', summary);
    recentsChanged();
    return summary;
  };
  const probes = (): WorkspaceHost | null => {
    const { current } = workspaces;
    return current?.format === 'probe' ? workspaces.get(current.workspace) : null;
  };
  const probeStatus = async (): Promise<ProbeStatus> => {
    const status = await probes()?.ask('probes.status', null);
    return status ? { ...status, insteadOf: insteadOf() } : { on: false, address: null, insteadOf: null, sessions: [] };
  };
  const closeCurrent = async (workspace: string) => {
    await workspaces.close();
    emit(webContents, 'workspace.closed', { workspace });
    context.onChange();
  };
  const openQuietly = (request: OpenRequest) => openWorkspace(request, new AbortController().signal, () => undefined);

  // Lists and loops instead of a line for each: all of them do the same, and none is missing by its type.
  const forwardedCalls = Object.fromEntries(
    FORWARDED_CALLS.map((name) => [
      name,
      async ({ workspace, ...input }: { workspace: string }) => workspaces.get(workspace).ask(name, input),
    ]),
  ) as unknown as Pick<Handlers['calls'], ForwardedCall>;
  const forwardedJobs = Object.fromEntries(
    FORWARDED_JOBS.map((name) => [
      name,
      async (
        { workspace, ...input }: { workspace: string },
        signal: AbortSignal,
        progress: (progress: unknown) => void,
      ) => workspaces.get(workspace).ask(name, input, progress, signal),
    ]),
  ) as unknown as Pick<Handlers['jobs'], ForwardedJob>;

  const exporting = exportingHandlers({ window, workspaces, translate: context.translate });
  const backups = backupHandlers({
    window,
    workspaces,
    secrets,
    translate: context.translate,
    scheduleFolders: (source) => context.automaticBackups.foldersOf(source),
  });

  return {
    calls: {
      'app.info': async () => info(),
      'app.painted': async (painted) => {
        startup.painted(painted);
        return null;
      },
      'app.setTheme': async ({ theme }) => {
        appearance.setTheme(theme);
        context.onChange();
        return null;
      },
      'app.setLocale': async ({ locale }) => {
        appearance.setLocale(locale);
        context.onChange();
        return null;
      },
      'recents.remove': async ({ location }) => {
        settings.forget(location);
        secrets.forget(location);
        recentsChanged();
        return null;
      },
      'recents.clear': async () => {
        settings.update({ recents: [] });
        secrets.forgetSources();
        recentsChanged();
        return null;
      },
      'workspace.pick': async ({ what }) => {
        if (what === 'new-store' || what === 'new-database') {
          const location = await askWhereTo(window, {
            title: context.translate(what === 'new-store' ? 'dialogs.newStore' : 'dialogs.newDatabase'),
            defaultPath: what === 'new-store' ? 'states' : 'states.db',
          });
          return location === null ? null : { location };
        }
        const location = await askWhich(window, {
          title: context.translate(what === 'file' ? 'dialogs.openFileTitle' : 'dialogs.openFolderTitle'),
          properties: [what === 'file' ? 'openFile' : 'openDirectory', 'showHiddenFiles'],
        });
        return location === null ? null : { location };
      },
      'workspace.close': async ({ workspace }) => {
        workspaces.get(workspace);
        settings.update({ lastOpen: null });
        before = null;
        await closeCurrent(workspace);
        return null;
      },
      ...forwardedCalls,
      ...backups.calls,
      ...exporting.calls,
      ...context.automaticBackups.calls,
      'value.copy': async ({ workspace, ...query }) => {
        const text = await workspaces.get(workspace).ask('value.copy', query);
        // A promise in current Electron, synchronous in the older one.
        await clipboard.writeText(text);
        return { characters: text.length };
      },
      'probes.status': probeStatus,
      'probes.switch': async ({ on }) => {
        const open = workspaces.current;
        if (on && open?.format !== 'probe') {
          if (open === null) before = null;
          await openQuietly({ location: PROBE_LOCATION, followLinks: false });
        } else if (!on && open?.format === 'probe') {
          // Back to what was open before. Where that cannot be opened any more, probes end all the same.
          const back = before;
          try {
            if (back !== null) await openQuietly(back.request);
          } finally {
            if (workspaces.current?.format === 'probe') await closeCurrent(open.workspace);
          }
        }
        const status = await probeStatus();
        emit(webContents, 'probes.changed', status);
        return status;
      },
      'probes.command': async (command) =>
        (await probes()?.ask('probes.command', command)) ?? { ok: false, error: 'probes are off' },
      'demo.switch': async ({ on }) => {
        const location = on ? await context.demo.start() : await context.demo.stop();
        if (location !== null) emit(webContents, 'open.requested', { location, followLinks: false });
        return null;
      },
      'persistence.create': async ({ workspace }) => {
        const { location, format } = workspaces.get(workspace).summary;
        const file = await askWhereTo(window, {
          title: context.translate('dialogs.newPersistence'),
          defaultPath: 'persistence.yaml',
          filters: [{ name: 'YAML', extensions: ['yaml', 'yml'] }],
        });
        if (file === null) return null;
        await replaceFile(file, Buffer.from(persistenceFor(location, format, file)));
        return { location: file };
      },
    },
    jobs: {
      ...forwardedJobs,
      ...backups.jobs,
      ...exporting.jobs,
      'workspace.open': openWorkspace,
      'states.copy': async ({ workspace, ...query }, signal, progress) => {
        const to = secrets.withoutPassword(query.to);
        const secret = query.secret ?? secrets.for({ location: to, followLinks: false }) ?? undefined;
        const report = await workspaces.get(workspace).ask('states.copy', { ...query, to, secret }, progress, signal);
        // Who opens the target next is not asked again.
        const entered = query.secret === undefined ? undefined : { text: query.secret, keep: false };
        secrets.opened({ location: to, followLinks: false, secret: entered }, report.to);
        return report;
      },
      ...comparingJobs({ window, workspaces, secrets, translate: context.translate }),
      'restore.plan': async ({ workspace, ...query }, signal, progress) => {
        const host = workspaces.get(workspace);
        const from = await preparedMoment(secrets, host, query.from);
        return host.ask('restore.plan', { ...query, from }, progress, signal);
      },
      'repair.copy': async ({ workspace, ...query }, signal, progress) => {
        const host = workspaces.get(workspace);
        const path = await askWhereTo(window, {
          title: context.translate('dialogs.repairCopy'),
          defaultPath: repairedName(host.summary.name),
        });
        return path === null ? null : host.ask('repair.copy', { ...query, path }, progress, signal);
      },
      'snapshots.export': async ({ workspace, snapshot }) => {
        const file = await askWhereTo(window, {
          title: context.translate('dialogs.exportSnapshot'),
          defaultPath: `${snapshot}.json.gz`,
          filters: SNAPSHOT_FILES,
        });
        if (file === null) return null;
        await workspaces.get(workspace).ask('snapshots.write', { snapshot, file });
        return { location: file };
      },
      'snapshots.import': async ({ workspace }, signal) => {
        const file = await askWhich(window, {
          title: context.translate('dialogs.importSnapshot'),
          filters: SNAPSHOT_FILES,
        });
        if (file === null) return null;
        return workspaces.get(workspace).ask('snapshots.read', { file }, () => undefined, signal);
      },
    },
    streams: {
      'value.text': ({ workspace, ...query }) => workspaces.get(workspace).text(query),
    },
  };
}
