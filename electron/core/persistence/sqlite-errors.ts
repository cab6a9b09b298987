/** SQLite's result codes (https://www.sqlite.org/rescode.html) as errors that say what to do. */
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';

/** By the beginning of the extended code's name. The first that fits. */
const REASONS = [
  ['SQLITE_BUSY', 'locked', 'another program keeps it locked. Try again when that program has finished'],
  ['SQLITE_LOCKED', 'locked', 'another connection keeps it locked. Try again when that has finished'],
  ['SQLITE_FULL', 'disk-full', 'there is no space left for it. Make room, then try again; nothing was changed'],
  ['SQLITE_IOERR_SHMSIZE', 'disk-full', 'there is no space left beside it. Make room, then try again'],
  [
    'SQLITE_READONLY',
    'read-only',
    'it, or its folder, may not be written. Give yourself permission to, or work on a copy',
  ],
  ['SQLITE_PERM', 'permission-denied', 'you may not open it. Give yourself permission to, then try again'],
  ['SQLITE_AUTH', 'permission-denied', 'you may not open it. Give yourself permission to, then try again'],
  ['SQLITE_CORRUPT', 'sqlite-corrupt', 'it is damaged. Look for a backup, or try `sqlite3 FILE .recover`'],
  ['SQLITE_NOTADB', 'sqlite-corrupt', 'it is no SQLite database, or an encrypted one. Check that it was copied whole'],
  ['SQLITE_CANTOPEN', 'unreadable', 'it, or a file beside it, cannot be opened. Check the path and its permissions'],
  ['SQLITE_TOOBIG', 'unsupported-value', 'a value is larger than SQLite holds (1 GB). Keep the state in files'],
] as const;

/** @param location absolute path of the database. */
export function toSqliteError(error: unknown, location: string): SourceError {
  if (error instanceof SourceError) return error;
  const reason = errorCode(error);
  const [, code, text] = REASONS.find(([prefix]) => reason.startsWith(prefix)) ?? [
    '',
    'unreadable',
    `SQLite reports ${reason}. Check the disk, then try again`,
  ];
  return new SourceError(code, `${location}: ${text}.`, { location, reason }, { cause: error });
}
