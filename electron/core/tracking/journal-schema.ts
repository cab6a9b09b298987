/** The tables of a journal, and how a file comes to have them. */
import type { Database } from 'better-sqlite3';
import { SourceError } from '../sources/source-error.ts';

/** SQLite's application_id of a journal: "SSJl". By it a journal is told from the database of another program. */
export const APPLICATION_ID = 0x53534a6c;

/**
 * One sequence counts changes. A commit is named by the sequence of its first change and takes one for each change, at least one,
 * so `changes.seq` between two commits belongs to the first of them.
 *
 * - `contents`: JSON texts, each stored once by the SHA-256 of its bytes; whole states (keyframes) as well as long values.
 * - `commits`: those that carry a text: a keyframe, whole or as a delta to the key's keyframe before, a delta to the key's commit
 *   before, or the removal. A commit that has changes and no row here is a patch: its changes, applied one after the other to the
 *   state before, are the state after it.
 * - `changes`: `old` and `new` are the whole JSON text where `*_content` is null, and otherwise the beginning of that content.
 * - `bases`: the state of a key at the moment before which retention has forgotten everything.
 * - `vectors`: what a key has seen of writers other than this journal; its own counter is the sequence.
 * - `blocks`: about a thousand changes each, with the bounds of their times, so that a time leads to a sequence, and totals and
 *   retention need not look at the changes.
 * - `activity`: changes per second, for the timeline.
 */
const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
  CREATE TABLE paths (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, segments TEXT NOT NULL);
  CREATE TABLE origins (id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE);
  CREATE TABLE contents (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, deflated INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL
  );
  CREATE TABLE commits (
    seq INTEGER PRIMARY KEY, key INTEGER NOT NULL, time INTEGER NOT NULL, type INTEGER NOT NULL, origin INTEGER NOT NULL,
    form INTEGER NOT NULL, content INTEGER, delta BLOB, revision BLOB, changes INTEGER NOT NULL,
    more INTEGER NOT NULL
  );
  CREATE INDEX commits_of_key ON commits (key, seq);
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY, commit_seq INTEGER NOT NULL, time INTEGER NOT NULL, key INTEGER NOT NULL, path INTEGER NOT NULL,
    type INTEGER NOT NULL, origin INTEGER NOT NULL, kind INTEGER NOT NULL, old TEXT, new TEXT, old_content INTEGER, new_content INTEGER
  );
  CREATE INDEX changes_of_key ON changes (key, seq);
  CREATE INDEX changes_of_path ON changes (path, seq, key);
  CREATE TABLE bases (key INTEGER PRIMARY KEY, seq INTEGER NOT NULL, content INTEGER NOT NULL);
  CREATE TABLE vectors (key INTEGER NOT NULL, seq INTEGER NOT NULL, vector TEXT NOT NULL, PRIMARY KEY (key, seq)) WITHOUT ROWID;
  CREATE TABLE blocks (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,
    commits INTEGER NOT NULL, changes INTEGER NOT NULL, bytes INTEGER NOT NULL
  );
  CREATE TABLE activity (second INTEGER PRIMARY KEY, changes INTEGER NOT NULL);
  CREATE TABLE marks (seq INTEGER NOT NULL, kind TEXT NOT NULL, time INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
    id TEXT NOT NULL, PRIMARY KEY (seq, kind, id)) WITHOUT ROWID;
  CREATE TABLE watch_values (
    watch TEXT NOT NULL, key INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, value TEXT, holds INTEGER,
    PRIMARY KEY (watch, key, seq)
  ) WITHOUT ROWID;`;

/** No table changes: from version 2 on, a keyframe may be a delta to the one before it (`FORM.rebased`), which version 1 cannot read. */
const REBASED_KEYFRAMES = '';

/** The n-th takes a journal from `user_version` n to n + 1. Only ever added to. */
export const MIGRATIONS: readonly string[] = [TABLES, REBASED_KEYFRAMES];

/**
 * Brings a journal to the newest version; an empty file becomes one. A file without a row in `meta` named `source` gets it.
 * @throws SourceError `journal-newer`, `journal-foreign`; SqliteError.
 */
export function prepareJournal(database: Database, location: string, source: string): void {
  const version = checkJournal(database, location);
  if (version === MIGRATIONS.length) return;
  if (version === 0) database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  const run = database.transaction(() => {
    for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
    database.prepare("INSERT OR IGNORE INTO meta VALUES ('source', ?)").run(source);
    const writer = `journal-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
    database.prepare("INSERT OR IGNORE INTO meta VALUES ('writer', ?)").run(writer);
  });
  run.immediate();
}

/** Its version; 0 for an empty file. @throws SourceError `journal-newer`, `journal-foreign`. */
export function checkJournal(database: Database, location: string): number {
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  const application = number('application_id');
  const version = number('user_version');
  const isEmpty = application === 0 && version === 0 && !database.prepare('SELECT 1 FROM sqlite_schema').get();
  if (isEmpty) return 0;
  if (application !== APPLICATION_ID || version === 0) {
    const message = `${location} is the database of another program and no journal of Statescope. Choose another file for the journal; this one was left as it is.`;
    throw new SourceError('journal-foreign', message, { location });
  }
  if (version > MIGRATIONS.length) {
    const reason = `version ${version} of its tables, where this one knows ${MIGRATIONS.length}`;
    const message = `The journal ${location} was made by a newer Statescope (${reason}). Update Statescope, or record into another file.`;
    throw new SourceError('journal-newer', message, { location, reason });
  }
  return version;
}
