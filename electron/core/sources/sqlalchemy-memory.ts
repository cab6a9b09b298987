/**
 * AgentScope 1.x AsyncSQLAlchemyMemory: users(id), session(id, user_id), message(id, msg, session_id, index) and
 * message_mark(msg_id, mark). A session is shown in the shape that the same memory has in a JSONSession file:
 * `{"user_id": …, "memory": {"content": [[msg, [mark, …]], …]}}`. The messages stand in it as they are stored.
 */
import { quoteJson } from '../../../shared/json/json-string.ts';
import { jsonArray } from './assemble.ts';
import { type Conversation, collectMessages, embeddable } from './message-rows.ts';
import { idOf, type SqliteReader, type SqliteStore } from './sqlite-reader.ts';
import { cellText, type TableReader } from './sqlite-reading.ts';
import { field } from './state-facts.ts';

export const sqlalchemyMemory: SqliteReader = {
  format: 'agentscope-sqlalchemy-memory',

  matches: (store) =>
    store.table('users') !== undefined &&
    (store.table('session')?.has('id', 'user_id') ?? false) &&
    (store.table('message')?.has('id', 'msg', 'session_id', 'index') ?? false) &&
    (store.table('message_mark')?.has('msg_id', 'mark') ?? false),

  async read(store) {
    const sessions = store.table('session');
    const messages = store.table('message');
    const marks = store.table('message_mark');
    if (sessions === undefined || messages === undefined || marks === undefined) return;
    const conversations = await collectMessages(store, messages, { value: 'msg', order: 'index' });
    const memory = new Memory(store, messages, await collectMarks(store, marks));
    await store.eachRow(sessions, (rowId) => {
      const row = sessions.row(rowId, ['id', 'user_id']);
      if (row === null) return;
      const id = idOf(row['id'], rowId);
      memory.add(conversations.get(id) ?? emptyConversation(id), rowId, cellText(row['user_id']));
      conversations.delete(id);
    });
    // Messages of a session that has no row of its own: SQLite does not enforce foreign keys by default.
    for (const conversation of conversations.values()) memory.add(conversation, null, null);
  },
};

class Memory {
  readonly #store: SqliteStore;
  readonly #messages: TableReader;
  readonly #marks: ReadonlyMap<string, readonly string[]>;

  constructor(store: SqliteStore, messages: TableReader, marks: ReadonlyMap<string, readonly string[]>) {
    this.#store = store;
    this.#messages = messages;
    this.#marks = marks;
  }

  add(conversation: Conversation, rowId: bigint | null, user: string | null): void {
    const { session, rows, problems } = conversation;
    const frame = this.#assemble(
      rows.map((row) => this.#item(row.rowId, Buffer.alloc(0))),
      user,
    );
    this.#store.addAssembled({
      kind: 'session',
      id: session,
      table: rowId === null ? 'message' : 'session',
      rowId,
      type: 'AsyncSQLAlchemyMemory',
      bytes: frame.length + conversation.bytes,
      createdAt: null,
      updatedAt: null,
      fields: [...(user === null ? [] : [field('user_id', user)]), field('messages', String(rows.length))],
      problems,
      read: () => {
        const texts = rows.map((row) =>
          this.#item(row.rowId, embeddable(this.#store, this.#messages, row.rowId, 'msg').text),
        );
        return this.#assemble(texts, user);
      },
    });
  }

  #assemble(items: readonly Uint8Array[], user: string | null): Uint8Array {
    const userId = user === null ? 'null' : quoteJson(user);
    const head = Buffer.from(`{"user_id":${userId},"memory":{"content":`);
    return Buffer.concat([head, jsonArray(items), Buffer.from('}}')]);
  }

  /** `[msg, [mark, …]]` */
  #item(rowId: bigint, text: Uint8Array): Uint8Array {
    const id = cellText(this.#messages.row(rowId, ['id'])?.['id']) ?? '';
    const marks = (this.#marks.get(id) ?? []).map((mark) => Buffer.from(quoteJson(mark)));
    return jsonArray([text, jsonArray(marks)]);
  }
}

/** Marks by message, in the order in which they were set. */
async function collectMarks(store: SqliteStore, table: TableReader): Promise<Map<string, string[]>> {
  const marks = new Map<string, string[]>();
  await store.eachRow(table, (rowId) => {
    const row = table.row(rowId, ['msg_id', 'mark']);
    const message = cellText(row?.['msg_id']);
    const mark = cellText(row?.['mark']);
    if (message === null || mark === null) return;
    const known = marks.get(message);
    if (known) known.push(mark);
    else marks.set(message, [mark]);
  });
  return marks;
}

function emptyConversation(session: string): Conversation {
  return { session, rows: [], problems: [], bytes: 0 };
}
