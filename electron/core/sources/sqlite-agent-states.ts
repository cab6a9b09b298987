/** The design's own table: agent_states(state_id, category, state_type, state_version, state_data, metadata, created_at, updated_at). */
import { categoryOfKind, kindOfCategory } from './categories.ts';
import { fieldsOf, idOf, type SqliteReader, timeOf } from './sqlite-reader.ts';
import { cellText } from './sqlite-reading.ts';

const TABLE = 'agent_states';
const SHOWN = new Set(['state_id', 'state_data', 'state_type', 'state_version', 'created_at', 'updated_at']);

export const sqliteAgentStates: SqliteReader = {
  format: 'agent-states-sqlite',

  matches: (store) => store.table(TABLE)?.has('state_id', 'category', 'state_data') ?? false,

  async read(store) {
    const table = store.table(TABLE);
    if (table === undefined) return;
    const columns = table.columns.filter((column) => column !== 'state_data');
    await store.eachRow(table, (rowId) => {
      const row = table.row(rowId, columns);
      if (row === null) return;
      const category = cellText(row['category']) ?? '';
      const stateId = cellText(row['state_id']);
      const kind = kindOfCategory(category);
      store.addRow({
        table,
        rowId,
        column: 'state_data',
        kind,
        id: idOf(row['state_id'], rowId),
        type: cellText(row['state_type']),
        label: null,
        status: null,
        version: cellText(row['state_version']),
        createdAt: timeOf(row['created_at']),
        updatedAt: timeOf(row['updated_at']),
        storeKey: stateId !== null && categoryOfKind(kind) === category ? `${kind}:${stateId}` : null,
        fields: fieldsOf(row).filter(({ name }) => !SHOWN.has(name)),
      });
    });
  },
};
