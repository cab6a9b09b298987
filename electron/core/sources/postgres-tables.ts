/** The tables of states that are known, and how their rows are asked for. */
import type { SourceFormat } from '../../../shared/ipc/model.ts';
import { kindOfCategory } from './categories.ts';

/** A table in which one JSON column of one row is one state. */
export interface StateTable {
  readonly name: string;
  readonly format: SourceFormat;
  /** Columns that tell one row from another. */
  readonly identity: readonly string[];
  readonly value: string;
  readonly needs: readonly string[];
  /** Columns of the type, the version and the status, where the table has such. */
  readonly type: string | null;
  readonly version: string | null;
  readonly status: string | null;
  /** What the writer calls such a record. */
  readonly label: string | null;
  /** From the values of `identity`. */
  readonly nameOf: (identity: readonly string[]) => { readonly kind: string; readonly id: string };
}

/** The design's own (5.3). */
const AGENT_STATES: StateTable = {
  name: 'agent_states',
  format: 'agent-states-postgresql',
  identity: ['state_id', 'category'],
  value: 'state_data',
  needs: ['updated_at'],
  type: 'state_type',
  version: 'state_version',
  status: null,
  label: null,
  nameOf: ([id = '', category = '']) => ({ kind: kindOfCategory(category), id }),
};

/** AgentScope 2.x SqlStorage. `credentials` holds plaintext secrets and is never read. */
const agentScope2 = (name: string, kind: string, label: string): StateTable => ({
  name,
  format: 'agentscope-2-sql',
  identity: ['id'],
  value: 'payload',
  needs: ['user_id'],
  type: null,
  version: null,
  status: 'status',
  label,
  nameOf: ([id = '']) => ({ kind, id }),
});

/** In the order in which they are read; the first that is there names the format. */
export const STATE_TABLES: readonly StateTable[] = [
  AGENT_STATES,
  agentScope2('agents', 'agent', 'AgentRecord'),
  agentScope2('sessions', 'session', 'SessionRecord'),
];

/** Types of columns by name: `jsonb`, `timestamp with time zone`, … */
export type Columns = ReadonlyMap<string, string>;

export interface FoundTable {
  readonly table: StateTable;
  readonly columns: Columns;
}

/** Tables of these names, no views, which could run anything; `$1` is an array of names. */
export const FIND_TABLES = `
  SELECT t.name, a.attname::text AS column, format_type(a.atttypid, NULL) AS type
  FROM unnest($1::text[]) AS t(name)
  JOIN pg_class c ON c.oid = to_regclass(quote_ident(t.name)) AND c.relkind IN ('r', 'p')
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

export const OTHER_TABLES = `
  SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  ORDER BY 1 LIMIT 20`;

export function isStateTable(table: StateTable, columns: Columns): boolean {
  const names = [...table.identity, ...table.needs];
  return names.every((name) => columns.has(name)) && /^jsonb?$/.test(columns.get(table.value) ?? '');
}

/** What factsOf looks at. */
const TOLD = [
  'status',
  '__type__',
  'state_type',
  '__class__',
  '__module__',
  '__version__',
  'state_version',
  '__timestamp__',
];
const LONGEST = 4100;
const LONGEST_JSON = 65_536;

/** A row without its value: sizes, times, and those of its members that tell what it is. */
export interface ListedRow {
  readonly identity: readonly string[];
  readonly bytes: string;
  /** Another one after each write: the number of the transaction that wrote the row. */
  readonly version: string;
  readonly created: string | null;
  readonly updated: string | null;
  /** A JSON object with those of the value's members that factsOf looks at, and maybe more. */
  readonly told: string;
  /** Values of the columns `fieldNames` gives, as text. */
  readonly fields: readonly (string | null)[];
  /** Type, version and status from their columns. */
  readonly facts: readonly (string | null)[];
}

/** Further columns, in the table's order. */
export function fieldNames({ table, columns }: FoundTable): readonly string[] {
  const shown = new Set([table.value, 'state_id', 'id', 'created_at', 'updated_at', table.type, table.version]);
  return [...columns.keys()].filter((name) => !shown.has(name));
}

/** By the primary key's columns, so that rows come out of the index. */
export function listRows(found: FoundTable): string {
  const { table, columns } = found;
  const texts = (names: readonly (string | null)[]) =>
    `ARRAY[${names.map((name) => (name === null ? 'NULL' : `left(${quoted(name)}::text, ${LONGEST})`)).join(', ')}]::text[]`;
  return `
    SELECT ${identity(table)}, xmin::text AS version,
      octet_length(${quoted(table.value)}::text) AS bytes,
      ${time(columns, 'created_at')} AS created, ${time(columns, 'updated_at')} AS updated,
      ${told(table, columns)} AS told, ${texts(fieldNames(found))} AS fields,
      ${texts([table.type, table.version, has(columns, table.status)])} AS facts
    FROM ${quoted(table.name)} ORDER BY ${table.identity.map(quoted).join(', ')}`;
}

/** Values: those of `identity`. */
export function readRow({ table }: FoundTable): string {
  const where = table.identity.map((name, at) => `${quoted(name)}::text = $${at + 1}`).join(' AND ');
  return `
    SELECT ${quoted(table.value)}::text AS value, xmin::text AS version
    FROM ${quoted(table.name)} WHERE ${where}`;
}

/** One text that each write to the table changes. */
export function tableMark({ table }: FoundTable): string {
  return `SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) AS mark FROM ${quoted(table.name)}`;
}

export function listVersions({ table }: FoundTable): string {
  return `SELECT ${identity(table)}, xmin::text AS version FROM ${quoted(table.name)}`;
}

function identity(table: StateTable): string {
  return `ARRAY[${table.identity.map((name) => `${quoted(name)}::text`).join(', ')}] AS identity`;
}

/** Whatever the column's type and the session's style: ISO 8601 through JSON. The session's zone is UTC. */
function time(columns: Columns, name: string): string {
  return columns.has(name) ? `to_jsonb(${quoted(name)}) #>> '{}'` : 'NULL::text';
}

function has(columns: Columns, name: string | null): string | null {
  return name !== null && columns.has(name) ? name : null;
}

/** Whole values stay on the server: a listing of large states costs little. */
function told(table: StateTable, columns: Columns): string {
  const value = quoted(table.value);
  // JSON that is no JSONB may hold what the server's functions stumble over, such as \u0000.
  if (columns.get(table.value) === 'json') {
    return `CASE WHEN octet_length(${value}::text) < ${LONGEST_JSON} THEN ${value}::text ELSE '{}' END`;
  }
  const names = TOLD.map((name) => `'${name}'`).join(', ');
  const inner = `jsonb_build_object('status', ${value} -> 'state_data' -> 'status')`;
  return `CASE WHEN jsonb_typeof(${value}) <> 'object' THEN '{}' ELSE coalesce((
    SELECT jsonb_object_agg(key, CASE key WHEN 'state_data' THEN ${inner} ELSE value END)::text
    FROM jsonb_each(${value})
    WHERE key IN (${names}) AND octet_length(value::text) < ${LONGEST} OR key = 'state_data'
  ), '{}') END`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
