/**
 * One writer at a time for a journal. As in persistence/file-lock.ts the lock is SQLite's own on a database that holds nothing: it
 * ends with the process, also after kill -9, so nobody has to guess whether its owner still runs.
 */
import Sqlite from 'better-sqlite3';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';

/** Returns what releases it. @throws SourceError `locked`, `read-only`, `disk-full`. */
export function lockJournal(location: string): () => void {
  const path = `${location}.lock`;
  const database = new Sqlite(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!errorCode(error).startsWith('SQLITE_BUSY')) throw toSqliteError(error, location);
    const message = `Another Statescope is recording into ${location}. Stop it, record into another file, or only read this one.`;
    throw new SourceError('locked', message, { location }, { cause: error });
  }
  // The file stays: removing it would let two writers hold two files of one name.
  return () => void database.close();
}
