/** The tables in which the snapshots of one source are kept, and how a file comes to have them. */
import type { Database } from 'better-sqlite3';
import { SourceError } from '../sources/source-error.ts';
import { DamagedJournal } from '../tracking/damaged-journal.ts';

/** SQLite's application_id: "SSSn". */
const APPLICATION_ID = 0x5353536e;

/**
 * - `objects`: texts, each once by the SHA-256 of its bytes; `base` is the object that a delta is to, `head` where its group begins.
 *   What is pointed at, by a base or by a manifest, is never deleted: the indexes tell, so that there are no counters to be wrong.
 * - `object_data` apart, so that looking for an object does not go through its bytes.
 * - `manifests`: which states a snapshot has. Equal ones are one. `hash` is null while one is being written; `began` (milliseconds)
 *   tells those that were left behind by a process that was killed.
 * - `keys`: `latest` is a hint, the object that the next version of the state is written as a delta to. It may be gone.
 * - `snapshots`: `taken` in microseconds since 1970.
 */
const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, latest INTEGER);
  CREATE TABLE abouts (id INTEGER PRIMARY KEY, about TEXT NOT NULL UNIQUE);
  CREATE TABLE objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, bytes INTEGER NOT NULL, stored INTEGER NOT NULL,
    base INTEGER, head INTEGER, step INTEGER NOT NULL, heads INTEGER NOT NULL
  );
  CREATE INDEX objects_of_base ON objects (base) WHERE base IS NOT NULL;
  CREATE TABLE object_data (id INTEGER PRIMARY KEY, deflated INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE TABLE manifests (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, states INTEGER NOT NULL, bytes INTEGER NOT NULL, began INTEGER);
  CREATE INDEX manifests_begun ON manifests (began) WHERE hash IS NULL;
  CREATE TABLE manifest_states (
    manifest INTEGER NOT NULL, key INTEGER NOT NULL, object INTEGER NOT NULL, about INTEGER NOT NULL, updated TEXT,
    PRIMARY KEY (manifest, key)
  ) WITHOUT ROWID;
  CREATE INDEX manifest_states_of_object ON manifest_states (object);
  CREATE INDEX manifest_states_of_key ON manifest_states (key);
  CREATE TABLE snapshots (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, taken INTEGER NOT NULL, manifest INTEGER NOT NULL, reason INTEGER NOT NULL,
    pinned INTEGER NOT NULL, seq INTEGER, name TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, search TEXT NOT NULL
  );
  CREATE INDEX snapshots_by_time ON snapshots (taken, n);
  CREATE INDEX snapshots_of_manifest ON snapshots (manifest);`;

/** The n-th takes a database from `user_version` n to n + 1. Only ever added to. */
const MIGRATIONS: readonly string[] = [TABLES];

/** @throws SourceError `snapshots-newer`; DamagedJournal for the database of another program. */
export function checkSnapshots(database: Database, location: string): 'empty' | 'older' | 'current' {
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  const application = number('application_id');
  const version = number('user_version');
  const isEmpty = application === 0 && version === 0 && !database.prepare('SELECT 1 FROM sqlite_schema').get();
  if (isEmpty) return 'empty';
  if (application !== APPLICATION_ID) throw new DamagedJournal('it is the database of another program');
  if (version > MIGRATIONS.length) {
    const message = `The snapshots in ${location} were made by a newer Statescope. Update Statescope; the source itself opens without them.`;
    throw new SourceError('snapshots-newer', message, { location });
  }
  return version < MIGRATIONS.length ? 'older' : 'current';
}

/** Brings a database that may be written to the newest version; an empty file becomes one. Two processes may do so at once. */
export function prepareSnapshots(database: Database, location: string, source: string): void {
  const found = checkSnapshots(database, location);
  if (found === 'empty') database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  if (found === 'current') return;
  const migrate = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
    database.prepare("INSERT OR IGNORE INTO meta VALUES ('source', ?)").run(source);
  });
  migrate.immediate();
}
