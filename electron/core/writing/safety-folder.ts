/**
 * Copies of what was replaced or removed in foreign sources. They lie with Statescope's own data, one folder for each
 * source, so that no foreign program finds files that it does not know.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { locationName } from '../files/location-name.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { TrashEntry, TrashId } from '../persistence/backend.ts';
import { errorCode } from '../sources/problems.ts';

/** Where a copy came from: a file, relative to the source, or a cell. What is needed to put it back. */
const placeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), location: z.string() }),
  z.strictObject({ kind: z.literal('cell'), table: z.string(), row: z.string(), column: z.string() }),
]);
export type Place = z.infer<typeof placeSchema>;

const noteSchema = z.strictObject({
  key: z.string(),
  reason: z.enum(['deleted', 'overwritten']),
  trashedAt: z.string(),
  bytes: z.int().min(0),
  place: placeSchema,
});
type Note = z.infer<typeof noteSchema>;

const NOTE = '.json';
const CONTENT = '.bin';
/** Time first, so that names sort by it. */
const ID = /^\d{8}T\d{9}Z-[0-9a-f]{12}$/;

/** What keeps copies of what is replaced or removed. */
export interface Safety {
  /** Durable when it resolves. @throws SourceError `disk-full`, `read-only`. */
  put(key: string, reason: TrashEntry['reason'], place: Place, content: Uint8Array): Promise<TrashId>;
  /** The latest first. */
  list(): Promise<readonly TrashEntry[]>;
  /** Null when there is no such entry. */
  read(id: TrashId): Promise<Kept | null>;
}

export interface Kept {
  readonly key: string;
  readonly place: Place;
  readonly content: Uint8Array;
}

export class SafetyFolder implements Safety {
  readonly #folder: string;

  /** @param parent Statescope's folder for all sources. @param source its absolute path or URL without a password. */
  constructor(parent: string, source: string) {
    this.#folder = join(parent, locationName(source));
  }

  async put(key: string, reason: Note['reason'], place: Place, content: Uint8Array): Promise<TrashId> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const now = new Date().toISOString();
    const id = `${now.replaceAll(/[-:.]/g, '')}-${randomBytes(6).toString('hex')}`;
    const note: Note = { key, reason, trashedAt: now, bytes: content.length, place };
    // The note makes the entry: without it the content is not listed.
    await replaceFile(join(this.#folder, id + CONTENT), content, { mode: 0o600 });
    await replaceFile(join(this.#folder, id + NOTE), Buffer.from(JSON.stringify(note)), { mode: 0o600 });
    return id;
  }

  async list(): Promise<readonly TrashEntry[]> {
    const names = await readdir(this.#folder).catch(nothingIfMissing);
    const ids = names.filter((name) => name.endsWith(NOTE)).map((name) => name.slice(0, -NOTE.length));
    const entries: TrashEntry[] = [];
    for (const id of ids
      .filter((each) => ID.test(each))
      .toSorted()
      .toReversed()) {
      const note = await this.#note(id);
      if (note !== null) entries.push({ id, ...note });
    }
    return entries;
  }

  async read(id: TrashId): Promise<Kept | null> {
    const note = ID.test(id) ? await this.#note(id) : null;
    return note && { key: note.key, place: note.place, content: await readFile(join(this.#folder, id + CONTENT)) };
  }

  async #note(id: string): Promise<Note | null> {
    const text = await readFile(join(this.#folder, id + NOTE), 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : noteSchema.parse(JSON.parse(text));
  }
}

function nothingIfMissing(error: unknown): string[] {
  if (errorCode(error) === 'ENOENT') return [];
  throw error;
}
