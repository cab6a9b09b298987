/** The tables in which the samples of one source are kept, and how a file comes to have them. */
import type { Database } from 'better-sqlite3';

/** SQLite's application_id: "SSPf". */
const APPLICATION_ID = 0x53535066;
const VERSION = 1;

/**
 * `values_kept`: of a series within one span (10 seconds, a minute or an hour, by `level`) how often it was measured, and the sum, the
 * lowest and the highest. `at` counts spans since 1970.
 */
const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE values_kept (
    level INTEGER NOT NULL, series INTEGER NOT NULL, at INTEGER NOT NULL,
    count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
    PRIMARY KEY (level, series, at)
  ) WITHOUT ROWID;`;

/** `other` for a file that is not ours, or was made by a newer version: it is left alone. */
export function prepareSamples(database: Database, source: string): 'ready' | 'other' {
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  const isEmpty = !database.prepare('SELECT 1 FROM sqlite_schema').get();
  if (!isEmpty)
    return number('application_id') === APPLICATION_ID && number('user_version') === VERSION ? 'ready' : 'other';
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database
    .transaction(() => {
      database.exec(TABLES);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${VERSION}`);
      database.prepare("INSERT INTO meta VALUES ('source', ?)").run(source);
    })
    .immediate();
  return 'ready';
}
