/** The design's SQLite table (5.3), our trash beside it, and how a database comes to have both. */
import type { Database } from 'better-sqlite3';
import { SourceError } from '../sources/source-error.ts';
import { STATE_COLUMNS } from './sql-rows.ts';

/** To the letter, so that the Python programs of the design share the database. */
export const AGENT_STATES = `
  CREATE TABLE IF NOT EXISTS agent_states (
    state_id TEXT NOT NULL,
    category TEXT NOT NULL,
    state_type TEXT NOT NULL,
    state_version TEXT NOT NULL,
    state_data TEXT NOT NULL,
    metadata TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (state_id, category)
  );
  CREATE INDEX IF NOT EXISTS idx_agent_states_category
  ON agent_states(category);
  CREATE INDEX IF NOT EXISTS idx_agent_states_type
  ON agent_states(state_type);`;

/** AUTOINCREMENT: the id of an entry that is gone is never given to another. */
const TRASH = `
  CREATE TABLE IF NOT EXISTS statescope_trash (
    trash_id INTEGER PRIMARY KEY AUTOINCREMENT,
    state_id TEXT NOT NULL,
    category TEXT NOT NULL,
    state_type TEXT NOT NULL,
    state_version TEXT NOT NULL,
    state_data TEXT NOT NULL,
    metadata TEXT,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    reason TEXT NOT NULL,
    trashed_at TEXT NOT NULL
  );`;

/** The n-th takes a database from `user_version` n to n + 1. Only ever added to. */
export const MIGRATIONS: readonly string[] = [AGENT_STATES, TRASH];

/**
 * Brings a database to the newest version. One that a Python program made has version 0 and the table: it stays as it is.
 * @throws SourceError `not-writable` for the database of a newer Statescope, `not-a-store` for one without the table unless
 * `create`; SqliteError.
 */
export function migrate(database: Database, location: string, create: boolean): void {
  const current = () => Number(database.pragma('user_version', { simple: true }));
  if (current() > MIGRATIONS.length) throw newer(location, current());
  const known = columnsOf(database);
  if (known.length > 0 ? !STATE_COLUMNS.every((column) => known.includes(column)) : !create) throw noStore(location);
  if (current() === MIGRATIONS.length) return;
  const run = database.transaction(() => {
    // Read again under the lock: another process may have been first.
    for (const sql of MIGRATIONS.slice(current())) database.exec(sql);
    database.pragma(`user_version = ${Math.max(current(), MIGRATIONS.length)}`);
  });
  run.immediate();
}

function columnsOf(database: Database): readonly string[] {
  return database
    .prepare<[], { name: string }>("SELECT name FROM pragma_table_info('agent_states')")
    .all()
    .map(({ name }) => name);
}

function newer(location: string, version: number): SourceError {
  const reason = `a newer Statescope made it (version ${version} of its tables, where this one knows ${MIGRATIONS.length})`;
  const message = `States in ${location} cannot be changed: ${reason}. Update Statescope.`;
  return new SourceError('not-writable', message, { location, reason });
}

export function noStore(location: string): SourceError {
  const message = `${location} is a SQLite database without the design's table agent_states. Choose another, or make a store in it.`;
  return new SourceError('not-a-store', message, { location });
}
