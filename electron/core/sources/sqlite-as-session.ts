/** The table of AgentScope's SqliteSession example: as_session(session_id, session_data, created_at, updated_at). */
import { fieldsOf, idOf, type SqliteReader, timeOf } from './sqlite-reader.ts';

const TABLE = 'as_session';
const SHOWN = new Set(['session_id', 'created_at', 'updated_at']);

export const sqliteAsSession: SqliteReader = {
  format: 'agentscope-sqlite-session',

  matches: (store) => store.table(TABLE)?.has('session_id', 'session_data') ?? false,

  async read(store) {
    const table = store.table(TABLE);
    if (table === undefined) return;
    const columns = table.columns.filter((column) => column !== 'session_data');
    await store.eachRow(table, (rowId) => {
      const row = table.row(rowId, columns);
      if (row === null) return;
      store.addRow({
        table,
        rowId,
        column: 'session_data',
        kind: 'session',
        id: idOf(row['session_id'], rowId),
        type: null,
        label: 'SqliteSession',
        status: null,
        version: null,
        createdAt: timeOf(row['created_at']),
        updatedAt: timeOf(row['updated_at']),
        fields: fieldsOf(row).filter(({ name }) => !SHOWN.has(name)),
      });
    });
  },
};
