/** Reads a generated sample back with nothing but JSON.parse and SQLite, for the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';

export interface Tagged {
  readonly __custom_type__: string;
  readonly __data__: string;
}

export interface StoredBlock {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
}

export interface StoredMessage {
  readonly id: string;
  readonly timestamp: string;
  readonly sender_id?: string;
  readonly name: string;
  readonly role: string;
  readonly content: string | readonly StoredBlock[];
  readonly metadata: { readonly response_time?: number };
}

export interface StoredAgent {
  readonly agent_id: string;
  readonly status: Tagged;
  readonly current_task_id: string | null;
  readonly conversation_context: readonly StoredMessage[];
  readonly performance_metrics: {
    readonly total_messages: number;
    readonly successful_tasks: number;
    readonly failed_tasks: number;
    readonly average_response_time: number;
  };
}

export interface StoredSession {
  readonly session_id: string;
  readonly participants: readonly string[];
  readonly messages: readonly StoredMessage[];
  readonly status: Tagged;
  readonly expires_at: string | null;
  readonly message_count: number;
  readonly participant_activity: Readonly<Record<string, string>>;
}

export interface StoredConversation {
  readonly message_ids: readonly string[];
  readonly tool_calls: readonly { readonly id: string; readonly state: string }[];
}

export interface StoredTask {
  readonly task_id: string;
  readonly agent: string;
  readonly status: Tagged;
}

export interface Row {
  readonly state_id: string;
  readonly category: string;
  readonly state_type: string;
  readonly state_version: string;
  readonly state_data: string;
  readonly metadata: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Paths below `folder/store`, with forward slashes, sorted. */
export function storeFiles(folder: string): string[] {
  return readdirSync(join(folder, 'store'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(folder, 'store').length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted();
}

/** The JSON text of a file in `store`, unpacked where it is packed. */
export function storeText(folder: string, path: string): string {
  const bytes = readFileSync(join(folder, 'store', path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export function databaseRows(folder: string): Row[] {
  const database = new Database(join(folder, 'fleet.db'), { readonly: true });
  try {
    return database.prepare<[], Row>('SELECT * FROM agent_states ORDER BY category, state_id').all();
  } finally {
    database.close();
  }
}

/** Whatever SQLite's `.schema` would print. */
export function databaseSchema(folder: string): string[] {
  const database = new Database(join(folder, 'fleet.db'), { readonly: true });
  try {
    return database.prepare<[], string>('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL').pluck().all();
  } finally {
    database.close();
  }
}

/** All that JSON.parse can read of one category, by id; `state_data` without its envelope. */
export function statesOf<State>(folder: string, category: string): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const path of storeFiles(folder)) {
    const id = new RegExp(`^${category}/(.+?)\\.json(?:\\.gz)?$`).exec(path)?.[1];
    const envelope = id === undefined ? null : (parsed(storeText(folder, path)) as { state_data: State } | null);
    if (id !== undefined && envelope !== null) states.set(id, envelope.state_data);
  }
  for (const row of databaseRows(folder)) {
    if (row.category === category) states.set(row.state_id, JSON.parse(row.state_data) as State);
  }
  return states;
}

/** Null for a text that is no JSON: two files of the sample are meant not to be. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function blocksOf(message: StoredMessage, type: string): StoredBlock[] {
  return typeof message.content === 'string' ? [] : message.content.filter((block) => block.type === type);
}
