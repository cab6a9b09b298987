/**
 * AgentScope 2.0.5+ SqlStorage: a table for each kind of record, its JSON in `payload`, and a row for each message.
 * `credentials` holds plaintext secrets and is never read. A conversation is stored twice: in the session's
 * `state.context` and in `messages`; both are shown, the latter as `conversation:SESSION`.
 */
import { jsonArray } from './assemble.ts';
import { type Conversation, collectMessages, embeddable } from './message-rows.ts';
import { fieldsOf, idOf, type SqliteReader, type SqliteStore, timeOf } from './sqlite-reader.ts';
import { cellText, type TableReader } from './sqlite-reading.ts';
import { field, plainStatus } from './state-facts.ts';

const RECORDS: readonly { readonly table: string; readonly kind: string; readonly label: string }[] = [
  { table: 'agents', kind: 'agent', label: 'AgentRecord' },
  { table: 'sessions', kind: 'session', label: 'SessionRecord' },
  { table: 'schedules', kind: 'schedule', label: 'ScheduleRecord' },
  { table: 'teams', kind: 'team', label: 'TeamRecord' },
  { table: 'knowledge_bases', kind: 'knowledge_base', label: 'KnowledgeBaseRecord' },
  { table: 'knowledge_documents', kind: 'knowledge_document', label: 'KnowledgeDocumentRecord' },
  { table: 'mcps', kind: 'mcp', label: 'MCPRecord' },
  { table: 'skills', kind: 'skill', label: 'SkillRecord' },
];
const SHOWN = new Set(['id', 'created_at', 'updated_at']);

export const agentScope2Sql: SqliteReader = {
  format: 'agentscope-2-sql',

  matches: (store) =>
    ['sessions', 'agents'].every((name) => store.table(name)?.has('id', 'user_id', 'payload') ?? false),

  async read(store) {
    for (const record of RECORDS) {
      const table = store.table(record.table);
      if (table?.has('id', 'payload')) await readRecords(store, table, record.kind, record.label);
    }
    const messages = store.table('messages');
    if (messages?.has('session_id', 'created_at', 'payload')) await readMessages(store, messages);
  },
};

async function readRecords(store: SqliteStore, table: TableReader, kind: string, label: string): Promise<void> {
  const columns = table.columns.filter((column) => column !== 'payload');
  await store.eachRow(table, (rowId) => {
    const row = table.row(rowId, columns);
    if (row === null) return;
    const status = cellText(row['status']);
    store.addRow({
      table,
      rowId,
      column: 'payload',
      kind,
      id: idOf(row['id'], rowId),
      type: null,
      label,
      status: status === null ? null : plainStatus(status),
      version: null,
      createdAt: timeOf(row['created_at']),
      updatedAt: timeOf(row['updated_at']),
      fields: fieldsOf(row).filter(({ name }) => !SHOWN.has(name)),
    });
  });
}

async function readMessages(store: SqliteStore, table: TableReader): Promise<void> {
  const conversations = await collectMessages(store, table, { value: 'payload', order: 'created_at' });
  for (const conversation of conversations.values()) {
    const { session, rows, problems, bytes } = conversation;
    store.addAssembled({
      kind: 'conversation',
      id: session,
      table: table.name,
      rowId: null,
      type: 'Msg[]',
      bytes: bytes + rows.length + 1,
      createdAt: timeOf(rows.at(0)?.order),
      updatedAt: timeOf(rows.at(-1)?.order),
      fields: [field('messages', String(rows.length))],
      problems,
      read: () => messagesOf(store, table, conversation),
    });
  }
}

function messagesOf(store: SqliteStore, table: TableReader, { rows }: Conversation): Uint8Array {
  return jsonArray(rows.map(({ rowId }) => embeddable(store, table, rowId, 'payload').text));
}
