/**
 * The schedules of this person, in `backup-schedules.json`, shared by the window and the command line. Each change reads the file,
 * changes it and puts it back whole, under a lock between processes. Members that this version does not know stay. A file that
 * cannot be understood is left as it is, and nothing runs: somebody has to see it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { scheduleDraftSchema, timingSchema } from '../../../shared/ipc/backup-schedule-schemas.ts';
import { RUN_RESULTS } from '../../../shared/ipc/backup-schedules.ts';
import type { HostErrorCode } from '../../../shared/ipc/result.ts';
import { replaceFile } from '../files/replace-file.ts';
import { FileLock } from '../persistence/file-lock.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import type { ScheduleRecord } from './schedule-record.ts';
import { checkTiming } from './schedule-times.ts';

const FILE = 'backup-schedules.json';
const LOCKS = 'backup-locks';
const VERSION = 1;
/** A change takes milliseconds. */
const CHANGE_TIMEOUT_MS = 10_000;

const time = z.iso.datetime();
const error = z.looseObject({
  // Of a later version, perhaps: then it is told by its message.
  code: z.string().transform((code) => code as HostErrorCode),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
const [interval, cron] = timingSchema.options;
const scheduleSchema = z.looseObject({
  ...scheduleDraftSchema.shape,
  id: z.string().regex(/^[0-9a-z]{1,32}$/),
  timing: z.discriminatedUnion('by', [interval.loose(), cron.loose()]),
  keep: scheduleDraftSchema.shape.keep.loose(),
});
const recordSchema = z.looseObject({
  schedule: scheduleSchema,
  settledAt: time,
  anchorAt: time,
  running: z
    .looseObject({
      startedAt: time,
      dueAt: time.nullable(),
      caughtUp: z.boolean(),
      file: z.string(),
      again: z.boolean(),
    })
    .nullable(),
  interrupted: z.boolean(),
  runs: z.array(
    z.looseObject({
      dueAt: time.nullable(),
      startedAt: time,
      endedAt: time,
      result: z.enum(RUN_RESULTS),
      caughtUp: z.boolean(),
      file: z.string().nullable(),
      states: z.number().nullable(),
      leftOut: z.number(),
      removed: z.array(z.string()),
      error: error.nullable(),
    }),
  ),
  files: z.array(
    z.looseObject({ file: z.string(), createdAt: time, bytes: z.number(), content: z.string().nullable() }),
  ),
});
const fileSchema = z.looseObject({ version: z.literal(VERSION), schedules: z.array(recordSchema) });
type StoredFile = z.infer<typeof fileSchema>;

export class ScheduleStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #writing: FileLock;
  readonly #runs = new Map<string, FileLock>();

  /** @param folder Statescope's own. Nothing is written into it before there is a schedule. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, FILE);
    this.#writing = new FileLock(this.#file, join(folder, LOCKS), CHANGE_TIMEOUT_MS);
  }

  static newId(): string {
    return randomBytes(5).toString('hex');
  }

  /** @throws SourceError `bad-config` for a file that is none of ours, or damaged; `permission-denied`, … */
  async read(): Promise<readonly ScheduleRecord[]> {
    return (await this.#load()).schedules;
  }

  /** @throws SourceError as `read`; `schedule-missing` */
  async get(id: string): Promise<ScheduleRecord> {
    const found = (await this.read()).find(({ schedule }) => schedule.id === id);
    if (found === undefined) throw missing(id);
    return found;
  }

  /** @throws SourceError as `read`; `disk-full`, `read-only`, `locked` */
  add(record: ScheduleRecord): Promise<void> {
    return this.#change((records) => [...records, record]);
  }

  /** Whoever comes in between is seen: `change` gets what is there now. @throws SourceError as `add`; `schedule-missing` */
  async change(id: string, change: (record: ScheduleRecord) => ScheduleRecord): Promise<ScheduleRecord> {
    let changed: ScheduleRecord | null = null;
    await this.#change((records) =>
      records.map((record) => {
        if (record.schedule.id !== id) return record;
        changed = change(record);
        return changed;
      }),
    );
    if (changed === null) throw missing(id);
    return changed;
  }

  /** Its backups stay. @throws SourceError as `add`; `schedule-missing` */
  async remove(id: string): Promise<void> {
    await this.get(id);
    await this.#change((records) => records.filter(({ schedule }) => schedule.id !== id));
  }

  /** Held for as long as a schedule runs. Whoever is second gets `locked` at once. */
  runLock(id: string): FileLock {
    const known = this.#runs.get(id);
    if (known) return known;
    const lock = new FileLock(`${this.#file} (${id})`, join(this.#folder, LOCKS, id), 0);
    this.#runs.set(id, lock);
    return lock;
  }

  async close(): Promise<void> {
    for (const lock of this.#runs.values()) await lock.close();
    this.#runs.clear();
    await this.#writing.close();
  }

  #change(change: (records: readonly ScheduleRecord[]) => readonly ScheduleRecord[]): Promise<void> {
    return this.#writing.run(async () => {
      const stored = await this.#load();
      const schedules = change(stored.schedules);
      await mkdir(this.#folder, { recursive: true });
      const text = `${JSON.stringify({ ...stored, schedules }, null, 2)}\n`;
      await replaceFile(this.#file, Buffer.from(text), { mode: 0o600 });
    });
  }

  async #load(): Promise<StoredFile> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw toSourceError(error, this.#file);
    });
    if (text === null) return { version: VERSION, schedules: [] };
    const read = fileSchema.safeParse(parsedOrNull(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw this.#fault(issue === undefined ? 'unknown' : `${issue.path.join('.') || 'file'}: ${issue.message}`);
    }
    for (const { schedule } of read.data.schedules) {
      try {
        checkTiming(schedule.timing, 0);
      } catch (error) {
        throw this.#fault(`${schedule.id}: ${errorCode(error)}`);
      }
    }
    return read.data;
  }

  #fault(reason: string): SourceError {
    const message = `${this.#file} cannot be understood (${reason}), so no automatic backup runs. Mend it, or move it away and set the schedules up anew.`;
    return new SourceError('bad-config', message, { location: this.#file, reason });
  }
}

function missing(id: string): SourceError {
  const message = `There is no automatic backup ${id}. It may have been removed; \`statescope backup schedule ls\` lists those that are there.`;
  return new SourceError('schedule-missing', message, { key: id });
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
