/** The design's PostgreSQL table (5.3), our trash beside it, and the trigger that wakes up those who watch. */
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import { STATE_COLUMNS } from './sql-rows.ts';

/** To the letter, so that the Python programs of the design share the table. */
export const AGENT_STATES = [
  `CREATE TABLE IF NOT EXISTS agent_states (
    state_id VARCHAR(255) NOT NULL,
    category VARCHAR(100) NOT NULL,
    state_type VARCHAR(255) NOT NULL,
    state_version VARCHAR(50) NOT NULL,
    state_data JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (state_id, category)
  )`,
  `CREATE INDEX IF NOT EXISTS idx_agent_states_category
  ON agent_states(category)`,
  `CREATE INDEX IF NOT EXISTS idx_agent_states_type
  ON agent_states(state_type)`,
  `CREATE INDEX IF NOT EXISTS idx_agent_states_updated
  ON agent_states(updated_at)`,
] as const;

const TRASH = `
  CREATE TABLE IF NOT EXISTS statescope_trash (
    trash_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state_id VARCHAR(255) NOT NULL,
    category VARCHAR(100) NOT NULL,
    state_type VARCHAR(255) NOT NULL,
    state_version VARCHAR(50) NOT NULL,
    state_data JSONB NOT NULL,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE,
    reason TEXT NOT NULL,
    trashed_at TIMESTAMP WITH TIME ZONE NOT NULL
  )`;

/** One for the database; the payload says which schema's table it is about. */
export const CHANNEL = 'statescope_notify';

/** The server takes at most 8000 bytes. Without a payload: look at everything. */
const NOTIFY = `
  CREATE OR REPLACE FUNCTION statescope_notify() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    old_key text := '';
    new_key text := '';
  BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
      old_key := json_build_array(TG_TABLE_SCHEMA, OLD.category, OLD.state_id)::text;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      new_key := json_build_array(TG_TABLE_SCHEMA, NEW.category, NEW.state_id)::text;
    END IF;
    IF TG_OP = 'TRUNCATE' OR octet_length(old_key) > 7900 OR octet_length(new_key) > 7900 THEN
      PERFORM pg_notify('${CHANNEL}', '');
      RETURN NULL;
    END IF;
    IF new_key <> '' THEN
      PERFORM pg_notify('${CHANNEL}', new_key);
    END IF;
    IF old_key <> '' AND old_key <> new_key THEN
      PERFORM pg_notify('${CHANNEL}', old_key);
    END IF;
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  `CREATE OR REPLACE TRIGGER statescope_notify AFTER INSERT OR UPDATE OR DELETE ON agent_states
  FOR EACH ROW EXECUTE FUNCTION statescope_notify()`,
  'DROP TRIGGER IF EXISTS statescope_notify_truncate ON agent_states',
  `CREATE TRIGGER statescope_notify_truncate AFTER TRUNCATE ON agent_states
  FOR EACH STATEMENT EXECUTE FUNCTION statescope_notify()`,
] as const;

/** Two who create at once would meet in the catalogue, IF NOT EXISTS or not. Any number, the same for all. */
const CREATING = 5_306_004;
/**
 * The strongest lock that any of it takes comes first: indexes and triggers take one after the other, and whoever writes to a table that
 * is there already would wait for the first of them while the last one waits for that writer.
 */
const ALONE = 'LOCK TABLE agent_states IN ACCESS EXCLUSIVE MODE';

export interface PostgresTables {
  /** Made by the first write that is ours. */
  readonly trash: boolean;
  /** Changes are told by NOTIFY. */
  readonly trigger: boolean;
  /** Of agent_states. */
  readonly schema: string;
  /** It is a table of the server's own, which numbers the versions of rows: no view, and nothing that lies on another server. */
  readonly versions: boolean;
}

/** Our own table only: in a database that Python programs made, the first write of ours needs it. @throws SourceError */
export async function createTrash(pool: PostgresPool): Promise<void> {
  await pool.transaction('BEGIN', 'write', undefined, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [CREATING]);
    await client.query(TRASH);
  });
}

/** @throws SourceError */
export async function createTables(pool: PostgresPool): Promise<void> {
  await pool.transaction('BEGIN', 'write', undefined, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [CREATING]);
    const [table, ...indexes] = AGENT_STATES;
    for (const sql of [table, ALONE, ...indexes, TRASH, NOTIFY, ...TRIGGERS]) await client.query(sql);
  });
}

interface Found {
  readonly schema: string | null;
  readonly columns: readonly string[];
  readonly trash: boolean;
  readonly trigger: boolean;
  readonly versions: boolean;
}

const LOOK = `
  SELECT
    (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = to_regclass('agent_states')) AS schema,
    (SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute
      WHERE attrelid = to_regclass('agent_states') AND attnum > 0 AND NOT attisdropped) AS columns,
    to_regclass('statescope_trash') IS NOT NULL AS trash,
    EXISTS (SELECT FROM pg_class c JOIN pg_am m ON m.oid = c.relam
      WHERE c.oid = to_regclass('agent_states') AND c.relkind = 'r' AND NOT c.relhassubclass AND m.amname = 'heap') AS versions,
    EXISTS (SELECT FROM pg_trigger
      WHERE tgrelid = to_regclass('agent_states') AND tgname = 'statescope_notify' AND tgenabled <> 'D') AS trigger`;

/** @throws SourceError `not-a-store` when there is no table agent_states with the design's columns. */
export async function findTables(pool: PostgresPool): Promise<PostgresTables> {
  const { rows } = await pool.read(undefined, (client) => client.query<Found>(LOOK));
  const [found] = rows;
  if (found?.schema && STATE_COLUMNS.every((column) => found.columns.includes(column))) {
    return { ...found, schema: found.schema };
  }
  const { location } = pool.target;
  const message = `${location} has no table agent_states with the design's columns. Choose another database, or make a store in it.`;
  throw new SourceError('not-a-store', message, { location });
}
