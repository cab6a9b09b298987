/**
 * What is kept beside the backups of all sources: in which further folders those of a source lie, and what verifying a file has
 * found. One small file; losing it loses no backup.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BACKUP_PROBLEM_CODES, type BackupReport } from '../../../shared/ipc/backup-model.ts';
import type { BackupVerdict } from '../../../shared/ipc/backups.ts';
import { replaceFile } from '../files/replace-file.ts';
import { errorCode } from '../sources/problems.ts';

const problem = z.strictObject({
  code: z.enum(BACKUP_PROBLEM_CODES),
  severity: z.enum(['error', 'warning']),
  key: z.string().nullable(),
  offset: z.number().nullable(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
const verdict = z.strictObject({
  file: z.string(),
  fileBytes: z.number(),
  modifiedAt: z.string(),
  verifiedAt: z.string(),
  ok: z.boolean(),
  against: z.enum(['checksums', 'nothing']),
  states: z.number(),
  sound: z.number(),
  problems: z.array(problem),
  more: z.number(),
});
const bookSchema = z.strictObject({
  folders: z.array(z.strictObject({ source: z.string(), folder: z.string() })),
  verdicts: z.array(verdict),
});
type Book = z.infer<typeof bookSchema>;

const PRIVATE_MODE = 0o600;
const MOST_FOLDERS = 1000;
const MOST_VERDICTS = 1000;
const MOST_PROBLEMS = 50;

/** A file as it was when something was said about it. */
export interface FileNow {
  readonly file: string;
  readonly fileBytes: number;
  /** ISO 8601 UTC. */
  readonly modifiedAt: string;
}

export class BackupBook {
  readonly #folder: string;
  readonly #file: string;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param parent Statescope's own folder. */
  constructor(parent: string) {
    this.#folder = join(parent, 'backups');
    this.#file = join(this.#folder, 'book.json');
  }

  /** Those that a person has added for a source, in the order of adding. */
  async folders(source: string): Promise<readonly string[]> {
    const { folders } = await this.#read();
    return folders.filter((each) => each.source === source).map(({ folder }) => folder);
  }

  addFolder(source: string, folder: string): Promise<void> {
    return this.#change(({ folders, ...rest }) => {
      const others = folders.filter((each) => each.source !== source || each.folder !== folder);
      return { ...rest, folders: [...others, { source, folder }].slice(-MOST_FOLDERS) };
    });
  }

  forgetFolder(source: string, folder: string): Promise<void> {
    return this.#change(({ folders, ...rest }) => ({
      ...rest,
      folders: folders.filter((each) => each.source !== source || each.folder !== folder),
    }));
  }

  /** What was found about these bytes, by the file's path. */
  async verdicts(files: readonly FileNow[]): Promise<ReadonlyMap<string, BackupVerdict>> {
    const book = await this.#read();
    const known = new Map(book.verdicts.map((each) => [each.file, each]));
    return new Map(
      files.flatMap(({ file, fileBytes, modifiedAt }) => {
        const found = known.get(file);
        if (found === undefined || found.fileBytes !== fileBytes || found.modifiedAt !== modifiedAt) return [];
        const { file: _file, fileBytes: _bytes, modifiedAt: _time, ...about } = found;
        return [[file, about] as const];
      }),
    );
  }

  async keep({ info, ok, against, states, sound, problems, more }: BackupReport, verifiedAt: string): Promise<void> {
    const { file, fileBytes, modifiedAt } = info;
    const first = problems
      .slice(0, MOST_PROBLEMS)
      .map(({ details, ...rest }) => ({ ...rest, details: { ...details } }));
    const rest = more + problems.length - first.length;
    const found = { file, fileBytes, modifiedAt, verifiedAt, ok, against, states, sound, problems: first, more: rest };
    await this.#change(({ verdicts, ...others }) => ({
      ...others,
      verdicts: [...verdicts.filter((each) => each.file !== file), found].slice(-MOST_VERDICTS),
    }));
  }

  async #read(): Promise<Book> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return { folders: [], verdicts: [] };
      throw error;
    }
    try {
      return bookSchema.parse(JSON.parse(text));
    } catch (error) {
      console.error(`${this.#file} cannot be read; it is kept as ${this.#file}.broken:`, error);
      await rename(this.#file, `${this.#file}.broken`);
      return { folders: [], verdicts: [] };
    }
  }

  /** One after another: each starts from what the one before has left. */
  #change(next: (book: Book) => Book): Promise<void> {
    const done = this.#changeAfter(this.#turn, next);
    // Whoever asked is told of a failure; the next one begins all the same.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #changeAfter(turn: Promise<unknown>, next: (book: Book) => Book): Promise<void> {
    await turn;
    const book = next(await this.#read());
    await mkdir(this.#folder, { recursive: true });
    await replaceFile(this.#file, Buffer.from(`${JSON.stringify(book)}\n`), { mode: PRIVATE_MODE });
  }
}
