/**
 * What restores have done, kept until they are taken back: also after a restart, and after a crash in the middle of one. One
 * small file for each, with the copies of what was replaced.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { UndoableRestore } from '../../../shared/ipc/restore.ts';
import { locationName } from '../files/location-name.ts';
import { replaceFile } from '../files/replace-file.ts';
import { errorCode } from '../sources/problems.ts';

const momentSchema = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('now') }),
  z.strictObject({ at: z.literal('seq'), seq: z.int().min(0) }),
  z.strictObject({ at: z.literal('snapshot'), snapshot: z.string() }),
  z.strictObject({ at: z.literal('source'), location: z.string() }),
  z.strictObject({ at: z.literal('version'), writer: z.string(), counter: z.int() }),
]);

const stateSchema = z.strictObject({
  /** By which it was listed after the restore, and before it. */
  key: z.string(),
  keyBefore: z.string(),
  /** Revisions of the texts; null where there was none. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Copy of what was replaced; null where there was nothing, or where it is not known. */
  trash: z.string().nullable(),
  /** As an entry's `location`, for one that was removed. */
  place: z.string().nullable(),
});
export type RestoredState = z.infer<typeof stateSchema>;

const recordSchema = z.strictObject({
  id: z.string(),
  restoredAt: z.string(),
  from: momentSchema,
  /** It was not finished, and not rolled back either, as far as is known. */
  pending: z.boolean(),
  /** Taken before it; null where there was nothing to keep. */
  snapshot: z.string().nullable(),
  states: z.array(stateSchema),
});
export type RestoreRecord = z.infer<typeof recordSchema>;

const ENDING = '.json';
/** Time first, so that names sort by it. */
const ID = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;
const MOST_RECORDS = 100;

export class UndoLog {
  readonly #folder: string;

  /** @param parent of the logs of all sources. @param source absolute path or URL without a password. */
  constructor(parent: string, source: string) {
    this.#folder = join(parent, 'restores', locationName(source));
  }

  static newId(): string {
    return `${new Date().toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
  }

  /** Durable when it resolves. @throws the error of the operating system */
  async put(record: RestoreRecord): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await replaceFile(this.#file(record.id), Buffer.from(JSON.stringify(record)), { mode: 0o600 });
    for (const old of (await this.#ids()).slice(MOST_RECORDS)) await this.remove(old);
  }

  /** The latest first. What cannot be read is passed over. */
  async list(): Promise<readonly UndoableRestore[]> {
    const found: UndoableRestore[] = [];
    for (const id of await this.#ids()) {
      const record = await this.read(id);
      if (record === null) continue;
      const { restoredAt, from, states, pending } = record;
      found.push({ undo: id, restoredAt, from, keys: states.map(({ key }) => key), unfinished: pending });
    }
    return found;
  }

  async read(id: string): Promise<RestoreRecord | null> {
    if (!ID.test(id)) return null;
    const text = await readFile(this.#file(id), 'utf8').catch(nullIfMissing);
    const parsed = text === null ? null : recordSchema.safeParse(jsonOrNull(text));
    return parsed?.success === true ? parsed.data : null;
  }

  async remove(id: string): Promise<void> {
    await unlink(this.#file(id)).catch(nullIfMissing);
  }

  async #ids(): Promise<readonly string[]> {
    const names = (await readdir(this.#folder).catch(nullIfMissing)) ?? [];
    const ids = names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
    return ids
      .filter((id) => ID.test(id))
      .toSorted()
      .toReversed();
  }

  #file(id: string): string {
    return join(this.#folder, id + ENDING);
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function nullIfMissing(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw error;
}
