/** The backups of an open source, and the answers to a person's questions about them. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BackupInfo, BackupProgress, BackupReport, ListedBackup } from '../../../shared/ipc/backup-model.ts';
import type {
  BackupFolder,
  BackupList,
  BackupRow,
  BackupWritten,
  ChosenStates,
  StateMatches,
} from '../../../shared/ipc/backups.ts';
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import { matchesGlob } from '../persistence/rules-glob.ts';
import { toSourceError } from '../sources/problems.ts';
import type { OpenOptions, Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { toHostError } from '../workspace/host-error.ts';
import { filterOf } from '../workspace/state-filter.ts';
import { BackupBook, type FileNow } from './backup-book.ts';
import { backupEnding, backupFolder, plainName } from './backup-folder.ts';
import { listBackups, readBackupInfo } from './backup-info.ts';
import { createBackup } from './create-backup.ts';
import { verifyBackup } from './verify-backup.ts';

export interface BackupSessionOptions {
  /** Statescope's own. */
  readonly dataFolder: string;
  /** Opens the source of the workspace once more. */
  readonly openNow: (options: OpenOptions) => Promise<Source>;
  /** Opens another one, with its passphrase where that is known. */
  readonly open: (location: string, options: OpenOptions) => Promise<Source>;
  /** Undefined where none is known. */
  readonly secretOf: (location: string) => string | undefined;
  readonly learnSecret: (location: string, secret: string) => void;
  readonly onChanged: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => void;
}

type CallInput<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;
type JobInput<K extends keyof Jobs> = Omit<Jobs[K]['input'], 'workspace'>;

export class BackupSession {
  readonly #workspace: EditableWorkspace;
  readonly #options: BackupSessionOptions;
  readonly #book: BackupBook;
  /** Files that the window has been told of: only these are shown in their folder or removed for it. */
  readonly #told = new Set<string>();
  /** Those that are encrypted and were opened, as they were then. */
  readonly #unlocked = new Map<string, BackupInfo>();
  /** The states of the backup that was looked into last. */
  #looked: { readonly identity: string; readonly entries: readonly StateEntry[] } | null = null;

  constructor(workspace: EditableWorkspace, options: BackupSessionOptions) {
    this.#workspace = workspace;
    this.#options = options;
    this.#book = new BackupBook(options.dataFolder);
  }

  /** @param schedules folders into which automatic backups of the source are written */
  async list(schedules: readonly string[] = []): Promise<BackupList> {
    const { source } = this.#workspace;
    const added = await this.#book.folders(source.location);
    const wanted: Omit<BackupFolder, 'problem'>[] = [
      { folder: this.#defaultFolder(), why: 'default' },
      ...schedules.map((folder) => ({ folder, why: 'schedule' as const })),
      ...(source.format === 'backup' ? [{ folder: dirname(source.location), why: 'source' as const }] : []),
      ...added.map((folder) => ({ folder, why: 'added' as const })),
    ];
    const folders: BackupFolder[] = [];
    const found = new Map<string, ListedBackup>();
    for (const each of wanted) {
      if (folders.some(({ folder }) => folder === each.folder)) continue;
      try {
        // Ours come with the first backup; that a disk was unplugged is to be told.
        if (each.why === 'added') await stat(each.folder);
        for (const listed of await listBackups(each.folder)) found.set(fileOf(listed).file, listed);
        folders.push({ ...each, problem: null });
      } catch (error) {
        folders.push({ ...each, problem: toHostError(toSourceError(error, each.folder)) });
      }
    }
    const backups = await Promise.all([...found.values()].map((listed) => this.#unlockedOf(listed)));
    const verdicts = await this.#book.verdicts(backups.map(fileOf));
    for (const file of found.keys()) this.#told.add(file);
    const rows = backups
      .map((backup): BackupRow => ({ backup, verdict: verdicts.get(fileOf(backup).file) ?? null }))
      .toSorted((a, b) => timeOf(b.backup) - timeOf(a.backup));
    return { folders, rows };
  }

  async info({ file }: CallInput<'backups.info'>): Promise<BackupRow> {
    const info = await readBackupInfo(file, { passphrase: this.#options.secretOf(file) });
    return { backup: { status: 'read', info }, verdict: (await this.#book.verdicts([info])).get(file) ?? null };
  }

  /** @throws SourceError `secret-wrong` */
  async unlock({ file, secret }: CallInput<'backups.unlock'>): Promise<null> {
    const info = await readBackupInfo(file, { passphrase: secret });
    this.#options.learnSecret(file, secret);
    this.#unlocked.set(file, info);
    this.#options.onChanged();
    return null;
  }

  /** @throws SourceError `not-found` for a file that the window was not told of */
  own({ file }: { readonly file: string }): null {
    if (this.#told.has(file) || file === this.#workspace.source.location) return null;
    const message = `${file} is not among the backups that are listed. List them again.`;
    throw new SourceError('not-found', message, { location: file });
  }

  async addFolder({ folder }: { readonly folder: string }): Promise<null> {
    await this.#book.addFolder(this.#workspace.source.location, folder);
    this.#options.onChanged();
    return null;
  }

  removed(): null {
    this.#options.onChanged();
    return null;
  }

  async forgetFolder({ folder }: CallInput<'backups.forgetFolder'>): Promise<null> {
    await this.#book.forgetFolder(this.#workspace.source.location, folder);
    this.#options.onChanged();
    return null;
  }

  /** The file of a new backup in the default folder, where a person is asked for another place. */
  async placeFor({ name, ...kind }: CallInput<'backups.place'>): Promise<string> {
    const folder = this.#defaultFolder();
    await mkdir(folder, { recursive: true });
    const called = name.trim() === '' ? basename(this.#workspace.source.location) : name;
    return join(folder, `${plainName(called)}-${stamp(this.#options.now())}${backupEnding(kind)}`);
  }

  async matching({ file, chosen, limit }: CallInput<'backups.matching'>): Promise<StateMatches> {
    const entries = file === null ? this.#workspace.reading.source.entries : await this.#entriesOf(file);
    const { fitting, unknown } = fittingStates(entries, chosen);
    const except = new Set(chosen.of === 'some' ? chosen.except : []);
    const isTicked = ({ key, aliases }: StateEntry) => !except.has(key) && !aliases.some((alias) => except.has(alias));
    const ticked = fitting.filter(isTicked);
    return {
      states: ticked.length,
      bytes: ticked.reduce((sum, { bytes }) => sum + bytes, 0),
      first: fitting.slice(0, limit).map((entry) => ({ key: entry.key, bytes: entry.bytes, ticked: isTicked(entry) })),
      fitting: fitting.length,
      unknown,
    };
  }

  /** Of what is shown, which may be the past. */
  async create(input: JobInput<'backups.create'> & { readonly overwrite: boolean }, run: Run): Promise<BackupWritten> {
    const { name, chosen, gzip, passphrase, allowPlain, overwrite } = input;
    const file = input.file ?? (await this.placeFor({ name, gzip, encrypted: passphrase !== null }));
    const { openNow } = this.#options;
    const { signal } = run;
    const isNow = this.#workspace.summary().asOf === null;
    // Opened once more, so that nobody who works with the source waits for the backup.
    const source = isNow ? await openNow({ signal }) : this.#workspace.reading.source;
    try {
      const { info, states, leftOut } = await createBackup(
        source,
        {
          file,
          name: name.trim() === '' ? undefined : name.trim(),
          ...statesFor(source.entries, chosen),
          // Else as the name of the file says.
          gzip: gzip || undefined,
          passphrase: passphrase ?? undefined,
          origin: 'manual',
          allowPlain,
          overwrite,
          reopen: isNow ? () => openNow({ signal }) : undefined,
        },
        run,
      );
      if (passphrase !== null) this.#options.learnSecret(info.file, passphrase);
      const folder = dirname(info.file);
      if (folder !== this.#defaultFolder()) await this.#book.addFolder(this.#workspace.source.location, folder);
      this.#told.add(info.file);
      this.#options.onChanged();
      return { info, states, leftOut };
    } finally {
      if (isNow) await source.close();
    }
  }

  async verify({ file }: JobInput<'backups.verify'>, run: Run): Promise<BackupReport> {
    const report = await verifyBackup(file, { passphrase: this.#options.secretOf(file) }, run);
    await this.#book.keep(report, new Date(this.#options.now()).toISOString());
    this.#options.onChanged();
    return report;
  }

  #defaultFolder(): string {
    return backupFolder(this.#options.dataFolder, this.#workspace.source.location);
  }

  /** As it is told to whoever knows the passphrase. */
  async #unlockedOf(listed: ListedBackup): Promise<ListedBackup> {
    if (listed.status !== 'read' || listed.info.known === 'all') return listed;
    const { file, fileBytes, modifiedAt } = listed.info;
    const before = this.#unlocked.get(file);
    if (before?.fileBytes === fileBytes && before.modifiedAt === modifiedAt) return { status: 'read', info: before };
    const passphrase = this.#options.secretOf(file);
    if (passphrase === undefined) return listed;
    try {
      const info = await readBackupInfo(file, { passphrase });
      this.#unlocked.set(file, info);
      return { status: 'read', info };
    } catch (error) {
      // Another backup has taken its place: it is asked for again.
      if (error instanceof SourceError && error.code === 'secret-wrong') return listed;
      throw error;
    }
  }

  async #entriesOf(file: string): Promise<readonly StateEntry[]> {
    const { size, mtimeMs } = await stat(file);
    const identity = `${file} ${size} ${mtimeMs}`;
    if (this.#looked?.identity === identity) return this.#looked.entries;
    const source = await this.#options.open(file, {});
    try {
      const { entries } = source;
      this.#looked = { identity, entries };
      return entries;
    } finally {
      await source.close();
    }
  }
}

function fileOf(listed: ListedBackup): FileNow {
  return listed.status === 'read' ? listed.info : listed;
}

/** A time without a zone is UTC, as the design document's program writes it. */
function timeOf(listed: ListedBackup): number {
  const stored = listed.status === 'read' ? listed.info.createdAt : null;
  const created =
    stored === null ? Number.NaN : Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(stored) ? stored : `${stored}Z`);
  return Number.isNaN(created) ? Date.parse(fileOf(listed).modifiedAt) : created;
}

/** `20260102-030405-678` */
function stamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:Z]/g, '').replaceAll(/[T.]/g, '-');
}

function fittingStates(
  entries: readonly StateEntry[],
  chosen: ChosenStates,
): { readonly fitting: readonly StateEntry[]; readonly unknown: readonly string[] } {
  switch (chosen.of) {
    case 'all':
      return { fitting: entries, unknown: [] };
    case 'filter':
      return { fitting: entries.filter(filterOf(chosen.filter)), unknown: [] };
    case 'some': {
      const unfit = new Set(chosen.only);
      const fitting = entries.filter(({ key }) => {
        const fits = chosen.only.filter((glob) => glob === key || matchesGlob(glob, key));
        for (const glob of fits) unfit.delete(glob);
        return fits.length > 0;
      });
      return { fitting, unknown: [...unfit] };
    }
    default:
      return chosen satisfies never;
  }
}

/** As `createBackup` is asked: by globs where these say it, so that the backup can tell them. */
function statesFor(
  entries: readonly StateEntry[],
  chosen: ChosenStates,
): { readonly only?: readonly string[]; readonly keys?: readonly string[] } {
  if (chosen.of === 'all') return {};
  if (chosen.of === 'some' && chosen.except.length === 0) return { only: chosen.only };
  const except = new Set(chosen.of === 'some' ? chosen.except : []);
  return {
    keys: fittingStates(entries, chosen).fitting.flatMap(({ key }) => (except.has(key) ? [] : [key])),
  };
}
