/**
 * A foreign database is never opened in place. What is opened is a private copy of one moment, whose name is removed as
 * soon as it is open: nothing is left behind even when the process is killed.
 */
import { tmpdir } from 'node:os';
import type { Database } from 'better-sqlite3';
import { type FilePath, readablePath, realPath } from '../files/file-path.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../files/temporary-folder.ts';
import { errorCode, toSourceError } from './problems.ts';
import { SourceError } from './source-error.ts';
import { type CopyOptions, copyDatabase, NeverSettledError } from './sqlite-copy.ts';

export interface SqliteSnapshot {
  readonly database: Database;
  /** Of the original, journal or WAL included. */
  readonly bytes: number;
  /** The file is damaged; what is left of it is open. Says what is wrong, null for a sound file. */
  readonly damage: string | null;
  /** Idempotent. */
  readonly close: () => void;
}

export interface SnapshotOptions extends CopyOptions {
  /** Where the copy lives while it is open; the system's temporary folder when absent. */
  readonly temporaryFolder?: string | undefined;
}

/** @throws SourceError `database-busy`, `sqlite-corrupt`, and those of reading a file. */
export async function snapshotSqlite(path: FilePath, options: SnapshotOptions = {}): Promise<SqliteSnapshot> {
  const display = readablePath(path);
  const parent = options.temporaryFolder ?? tmpdir();
  const folder = await makeTemporaryFolder(parent).catch((error: unknown) => {
    throw noTemporaryFolder(parent, error);
  });
  try {
    const copy = await copyDatabase(await realPath(path), folder, options);
    const { database, damage } = await openCopy(copy.path, display);
    // Windows cannot remove an open file: there it goes when the snapshot is closed.
    if (process.platform !== 'win32') removeTemporaryFolder(folder);
    const close = () => {
      database.close();
      removeTemporaryFolder(folder);
    };
    return { database, bytes: copy.bytes, damage, close };
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error instanceof NeverSettledError ? busy(display, error) : toSourceError(error, display, options.signal);
  }
}

async function openCopy(path: string, display: string): Promise<{ database: Database; damage: string | null }> {
  // Loaded when a database is opened, so that the command line starts fast on files.
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path, { fileMustExist: true, timeout: 0 });
  try {
    return { database, damage: prepare(database) };
  } catch (error) {
    database.close();
    const text = error instanceof Error ? error.message : String(error);
    const message = `${display} cannot be read as a SQLite database (${text}). It is damaged or encrypted; look for a backup, or try \`sqlite3 FILE .recover\`.`;
    throw new SourceError('sqlite-corrupt', message, { location: display, reason: errorCode(error) }, { cause: error });
  }
}

/** Rolls back or takes in what the journals hold, then forbids writing. Returns what is wrong with the file. */
function prepare(database: Database): string | null {
  // The schema is foreign: it may not call anything.
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  const damage = firstRead(database);
  if (damage === null) {
    // Out of WAL mode, whose files are looked up by name; without waiting for the disk, since the copy is thrown away.
    database.pragma('synchronous = OFF');
    database.pragma('journal_mode = DELETE');
  }
  database.pragma('query_only = ON');
  return damage;
}

function firstRead(database: Database): string | null {
  const read = () => database.prepare('SELECT count(*) FROM sqlite_schema').get();
  try {
    read();
    return null;
  } catch (error) {
    if (errorCode(error) !== 'SQLITE_CORRUPT') throw error;
    // A file that is shorter than its header says is refused, except with this: then the pages that are there can be read.
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    read();
    return error instanceof Error ? error.message : String(error);
  }
}

function busy(display: string, cause: Error): SourceError {
  const message = `${display} never stood still long enough to be read: a program writes to it without pause. Try again when it is less busy, or open a backup of it.`;
  return new SourceError('database-busy', message, { location: display }, { cause });
}

function noTemporaryFolder(parent: string, cause: unknown): SourceError {
  const message = `A database is read from a private copy, and none can be made in ${parent} (${errorCode(cause)}). Set TMPDIR to a folder that can be written.`;
  return new SourceError('unreadable', message, { location: parent, reason: errorCode(cause) }, { cause });
}
