/**
 * Automatic backups while the window runs. Each is made in a thread of its own; here are only the timer, the secrets and what is
 * told. Nothing of it is loaded before the window has been painted.
 */
import type { ScheduleList } from '../../shared/ipc/backup-schedules.ts';
import type { BackupScheduler, FinishedRun } from '../core/backup/backup-scheduler.ts';
import type { ScheduleStore } from '../core/backup/schedule-store.ts';
import { PASSPHRASE_VARIABLE } from '../core/persistence/secrets.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { makeInThread } from './backup-thread.ts';
import type { Handlers } from './handler-types.ts';
import { SCHEDULE_SECRETS, type Secrets } from './secrets.ts';

export interface AutomaticBackupsOptions {
  /** Statescope's own. */
  readonly folder: string;
  readonly secrets: Secrets;
  readonly onRun: (finished: FinishedRun) => void;
  readonly onChanged: (list: ScheduleList) => void;
  /** No automatic backup runs, or what became of one is not known. */
  readonly onFault: (error: Error) => void;
}

type ScheduleCall =
  | 'schedules.list'
  | 'schedules.save'
  | 'schedules.remove'
  | 'schedules.preview'
  | 'schedules.runNow'
  | 'schedules.cancel';

interface Loaded {
  readonly store: ScheduleStore;
  readonly scheduler: BackupScheduler;
}

/** What is shown need not follow each state that is copied. */
const CHANGED_MS = 250;

export class AutomaticBackups {
  readonly #options: AutomaticBackupsOptions;
  #loaded: Promise<Loaded> | null = null;
  #changed: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: AutomaticBackupsOptions) {
    this.#options = options;
  }

  /** Also after the computer woke up: then what was missed is caught up at once. Never rejects; see `onFault`. */
  async start(): Promise<void> {
    if (this.#ended) return;
    try {
      const { scheduler } = await this.#load();
      scheduler.start();
      await scheduler.look();
    } catch (error) {
      this.#options.onFault(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The computer goes to sleep. */
  async pause(): Promise<void> {
    if (this.#loaded !== null) (await this.#loaded).scheduler.pause();
  }

  /** Ends what is running; that is caught up at the next start. Idempotent. */
  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#changed);
    if (this.#loaded === null) return;
    const { store, scheduler } = await this.#loaded;
    await scheduler.stop();
    await store.close();
  }

  get calls(): Pick<Handlers['calls'], ScheduleCall> {
    const { secrets } = this.#options;
    const scheduler = async () => (await this.#load()).scheduler;
    return {
      'schedules.list': async ({ of }) => this.#list(of),
      'schedules.save': async ({ id, draft, passphrase }) => {
        const source = secrets.withoutPassword(draft.source);
        if (draft.encrypted) this.#checkPassphrase(id, source, passphrase);
        const status = await (await scheduler()).save(id, { ...draft, source });
        if (draft.encrypted && passphrase !== null) {
          const location = secretOf(status.schedule.id);
          secrets.opened({ location, followLinks: false, secret: { text: passphrase, keep: true } }, location);
        }
        return status;
      },
      'schedules.remove': async ({ id }) => {
        await (await scheduler()).remove(id);
        secrets.forget(secretOf(id));
        return null;
      },
      'schedules.preview': async ({ timing }) => {
        const { previewTiming } = await import('../core/backup/schedule-times.ts');
        return previewTiming(timing, Date.now());
      },
      'schedules.runNow': async ({ id }) => (await scheduler()).runNow(id),
      'schedules.cancel': async ({ id }) => {
        (await scheduler()).cancel(id);
        return null;
      },
    };
  }

  /** Into which backups of a source are written. None where schedules cannot be read: whoever asks for these is told. */
  async foldersOf(source: string): Promise<readonly string[]> {
    try {
      const { schedules } = await this.#list(source);
      return schedules.map(({ schedule }) => schedule.folder);
    } catch (error) {
      if (error instanceof SourceError) return [];
      throw error;
    }
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#create();
    return this.#loaded;
  }

  async #create(): Promise<Loaded> {
    const { folder, secrets, onRun, onFault } = this.#options;
    const { BackupScheduler, systemClock } = await import('../core/backup/backup-scheduler.ts');
    const { ScheduleStore } = await import('../core/backup/schedule-store.ts');
    const store = new ScheduleStore(folder);
    const scheduler = new BackupScheduler({
      store,
      clock: systemClock,
      perform: (job, run) => {
        const { id, source } = job.schedule;
        const known = {
          source: secrets.for({ location: source, followLinks: false }),
          passphrase: this.#passphrase(id),
        };
        return makeInThread(job, known, run);
      },
      onRun,
      onChanged: () => this.#tellChanged(),
      onFault,
    });
    return { store, scheduler };
  }

  async #list(of: string | null): Promise<ScheduleList> {
    const { scheduler } = await this.#load();
    const canEncrypt = this.#options.secrets.canKeep || fromEnvironment() !== null;
    return { schedules: await scheduler.list(of), canEncrypt };
  }

  /** By a timer that ends before the window does; the first change waits no longer than the last. */
  #tellChanged(): void {
    if (this.#changed !== undefined || this.#ended) return;
    this.#changed = setTimeout(() => {
      this.#changed = undefined;
      this.#list(null).then(this.#options.onChanged, this.#options.onFault);
    }, CHANGED_MS);
  }

  #passphrase(id: string | null): string | null {
    const kept = id === null ? null : this.#options.secrets.for({ location: secretOf(id), followLinks: false });
    return kept ?? fromEnvironment();
  }

  /** @throws SourceError `schedule-no-keyring`, `schedule-passphrase` */
  #checkPassphrase(id: string | null, location: string, given: string | null): void {
    if (given !== null && !this.#options.secrets.canKeep) {
      const message =
        'This system has no key store in which a passphrase could be kept. Start Statescope with STATESCOPE_PASSPHRASE set, or let the backups be plain.';
      throw new SourceError('schedule-no-keyring', message);
    }
    if (given !== null || this.#passphrase(id) !== null) return;
    const message = `The passphrase for the encrypted backups is not known. Enter it, or start Statescope with STATESCOPE_PASSPHRASE set.`;
    throw new SourceError('schedule-passphrase', message, { location });
  }
}

/** Under which the passphrase is kept among the secrets of sources. */
const secretOf = (id: string): string => `${SCHEDULE_SECRETS}${id}`;

function fromEnvironment(): string | null {
  return process.env[PASSPHRASE_VARIABLE] || null;
}
