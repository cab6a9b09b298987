/** Writes states into SQLite as the document's database backend does (section 5.3). */
import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { isoTime, NOW, sqlTime } from './clock.ts';
import { dumps, type PyDict } from './python-json.ts';
import { categoryOf, type StateRecord } from './state-record.ts';

/** The document's DDL for SQLite, to the letter. */
const DDL = `
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
ON agent_states(state_type);
`;

const INSERT = `
INSERT INTO agent_states
(state_id, category, state_type, state_version, state_data, metadata, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes beside `path` first: an interrupted run leaves no half database under the final name. */
export function writeDatabase(path: string, records: readonly StateRecord[]): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  const database = new Database(temporary);
  try {
    database.pragma('page_size = 4096');
    database.pragma('journal_mode = DELETE');
    database.exec(DDL);
    const insert = database.prepare(INSERT);
    database.transaction(() => {
      for (const record of records) insert.run(...rowOf(record));
    })();
    database.exec('VACUUM');
  } finally {
    database.close();
  }
  renameSync(temporary, path);
}

function rowOf(record: StateRecord): (string | null)[] {
  // The document's backend calls json.dumps without arguments here: everything outside of ASCII is escaped.
  const text = dumps(record.data, { ensureAscii: true });
  const metadata =
    record.home.in === 'database' && record.home.metadata
      ? dumps(metadataOf(record, text), { ensureAscii: true })
      : null;
  return [
    record.id,
    categoryOf(record.kind),
    record.type,
    record.version,
    text,
    metadata,
    sqlTime(record.createdAt),
    sqlTime(record.savedAt),
  ];
}

/** StateMetadata of section 2.2.3; the checksum is the document's: SHA-256 over `json.dumps(data, sort_keys=True)`. */
function metadataOf(record: StateRecord, text: string): PyDict {
  const canonical = dumps(record.data, { ensureAscii: true, sortKeys: true });
  const attributes = Object.keys(record.data);
  return {
    created_at: isoTime(record.createdAt),
    updated_at: isoTime(record.savedAt),
    version: record.version,
    size_bytes: text.length,
    checksum: createHash('sha256').update(canonical).digest('hex'),
    tags: record.tags,
    category: categoryOf(record.kind),
    ttl_seconds: null,
    access_count: 0,
    last_access: isoTime(NOW),
    state_module_class: record.type,
    nested_modules: attributes.filter((name) => name === 'toolkit'),
    registered_attributes: attributes.filter((name) => name !== 'toolkit'),
  };
}
