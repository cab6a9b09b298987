/** Backups of the open source: what needs the system's dialogs, its trash and its file manager; the worker does the rest. */
import { type BrowserWindow, shell } from 'electron';
import type { BackupList } from '../../shared/ipc/backups.ts';
import { SourceError } from '../core/sources/source-error.ts';
import type { Translate } from '../core/texts.ts';
import { askWhereTo, askWhich } from './file-dialogs.ts';
import type { Handlers } from './handler-types.ts';
import type { Secrets } from './secrets.ts';
import type { WorkspaceHost } from './workspace-host.ts';
import type { Workspaces } from './workspaces.ts';

export interface BackupsContext {
  readonly window: BrowserWindow;
  readonly workspaces: Workspaces;
  readonly secrets: Secrets;
  readonly translate: Translate;
  /** Into which automatic backups of a source are written. */
  readonly scheduleFolders: (source: string) => Promise<readonly string[]>;
}

type BackupCall =
  | 'backups.list'
  | 'backups.info'
  | 'backups.unlock'
  | 'backups.place'
  | 'backups.addFolder'
  | 'backups.reveal'
  | 'backups.remove';
type BackupJob = 'backups.create' | 'backups.verify';

export interface BackupHandlers {
  readonly calls: Pick<Handlers['calls'], BackupCall>;
  readonly jobs: Pick<Handlers['jobs'], BackupJob>;
}

export function backupHandlers(context: BackupsContext): BackupHandlers {
  const { window, workspaces, secrets, translate, scheduleFolders } = context;
  /** The worker opens it with what is known here. Whether anything is. */
  const unlock = async (host: WorkspaceHost, file: string): Promise<boolean> => {
    const secret = secrets.for({ location: file, followLinks: false });
    if (secret !== null) await host.ask('source.secret', { location: file, secret });
    return secret !== null;
  };
  /** Places for which the system's dialog has asked before what is there. */
  const agreed = new Set<string>();
  const learn = (file: string, text: string): void =>
    secrets.opened({ location: file, followLinks: false, secret: { text, keep: false } }, file);
  return {
    calls: {
      'backups.list': async ({ workspace }) => {
        const host = workspaces.get(workspace);
        const schedules = await scheduleFolders(host.summary.location);
        const list = await host.ask('backups.list', { schedules });
        const known = await Promise.all(lockedOf(list).map((file) => unlock(host, file)));
        return known.includes(true) ? host.ask('backups.list', { schedules }) : list;
      },
      'backups.info': async ({ workspace, file }) => {
        const host = workspaces.get(workspace);
        await unlock(host, file);
        return host.ask('backups.info', { file });
      },
      'backups.unlock': async ({ workspace, file, secret }) => {
        await workspaces.get(workspace).ask('backups.unlock', { file, secret });
        learn(file, secret);
        return null;
      },
      'backups.place': async ({ workspace, ...wanted }) => {
        const defaultPath = await workspaces.get(workspace).ask('backups.placeFor', wanted);
        const filters = wanted.encrypted
          ? [{ name: 'Statescope', extensions: ['statescope'] }]
          : [{ name: 'JSON', extensions: wanted.gzip ? ['gz'] : ['json', 'statescope'] }];
        const file = await askWhereTo(window, { title: translate('dialogs.newBackup'), defaultPath, filters });
        if (file === null) return null;
        agreed.add(file);
        return { file };
      },
      'backups.addFolder': async ({ workspace }) => {
        const host = workspaces.get(workspace);
        const title = translate('dialogs.backupFolder');
        const folder = await askWhich(window, { title, properties: ['openDirectory', 'createDirectory'] });
        if (folder !== null) await host.ask('backups.folderAdded', { folder });
        return null;
      },
      'backups.reveal': async ({ workspace, file }) => {
        await workspaces.get(workspace).ask('backups.own', { file });
        shell.showItemInFolder(file);
        return null;
      },
      'backups.remove': async ({ workspace, file }) => {
        const host = workspaces.get(workspace);
        await host.ask('backups.own', { file });
        try {
          await shell.trashItem(file);
        } catch (error) {
          throw noTrash(file, error);
        }
        return host.ask('backups.removed', null);
      },
    },
    jobs: {
      'backups.create': async ({ workspace, ...query }, signal, progress) => {
        const asked = { ...query, overwrite: query.file !== null && agreed.has(query.file) };
        const written = await workspaces.get(workspace).ask('backups.create', asked, progress, signal);
        // Not before: whoever stops it, or has to say more, does not choose the place again.
        if (query.file !== null) agreed.delete(query.file);
        if (query.passphrase !== null) learn(written.info.file, query.passphrase);
        return written;
      },
      'backups.verify': async ({ workspace, file }, signal, progress) => {
        const host = workspaces.get(workspace);
        await unlock(host, file);
        return host.ask('backups.verify', { file }, progress, signal);
      },
    },
  };
}

function lockedOf({ rows }: BackupList): readonly string[] {
  return rows.flatMap(({ backup }) =>
    backup.status === 'read' && backup.info.known === 'encrypted' ? [backup.info.file] : [],
  );
}

function noTrash(location: string, cause: unknown): SourceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${location} could not be moved to the system's trash: ${reason}. Remove it in its folder.`;
  return new SourceError('no-trash', message, { location, reason });
}
