/** The database of a source's snapshots: opened, looked through for damage, and its errors as what a person can act on. */
import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { DamagedJournal } from '../tracking/damaged-journal.ts';
import { SnapshotObjects } from './snapshot-objects.ts';
import { prepareSnapshots } from './snapshot-schema.ts';

export interface Handle {
  readonly database: Database;
  readonly objects: SnapshotObjects;
}

const BUSY_TIMEOUT_MS = 5000;
/** Larger ones are looked at where they are read. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** Makes one that is not there. @throws whatever `toSnapshotsError` takes. */
export function openDatabase(file: string, source: string): Handle {
  const database = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('trusted_schema = OFF');
    refuseDamage(database, file);
    prepareSnapshots(database, file, source);
    return { database, objects: new SnapshotObjects(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function refuseDamage(database: Database, file: string): void {
  if (statSync(file).size > CHECKED_BYTES) return;
  const found = String(database.pragma('quick_check(1)', { simple: true }));
  if (found !== 'ok') throw new DamagedJournal(found);
}

export function toSnapshotsError(error: unknown, location: string): unknown {
  if (error instanceof SourceError || error instanceof RangeError || error instanceof TypeError) return error;
  const code = errorCode(error);
  const isDamage =
    error instanceof DamagedJournal || error instanceof SyntaxError || /^(SQLITE_(CORRUPT|NOTADB)|Z_)/.test(code);
  if (!isDamage) return toSqliteError(error, location);
  const reason = error instanceof DamagedJournal || error instanceof SyntaxError ? error.message : code;
  const message = `The snapshots in ${location} are damaged (${reason}). Keep the file aside and begin another; the source itself opens without it.`;
  return new SourceError('snapshots-corrupt', message, { location, reason }, { cause: error });
}
