/** Conversations that are stored as a row for each message: grouped while opening, put together when they are read. */
import type { Problem } from '../../../shared/ipc/model.ts';
import { jsonQuoted } from './assemble.ts';
import type { SqliteStore } from './sqlite-reader.ts';
import { type Cell, cellText, type TableReader } from './sqlite-reading.ts';

export interface MessageRow {
  readonly rowId: bigint;
  /** Its place in the conversation. */
  readonly order: Cell;
}

export interface Conversation {
  readonly session: string;
  readonly rows: MessageRow[];
  readonly problems: Problem[];
  /** Of the messages' texts as they will be embedded. */
  bytes: number;
}

/** By session, each in the order of `order` and then of insertion. */
export async function collectMessages(
  store: SqliteStore,
  table: TableReader,
  columns: { readonly value: string; readonly order: string },
): Promise<Map<string, Conversation>> {
  const conversations = new Map<string, Conversation>();
  await store.eachRow(table, (rowId) => {
    const row = table.row(rowId, ['session_id', columns.order]);
    if (row === null) return;
    const session = cellText(row['session_id']) ?? '';
    const found = conversations.get(session) ?? { session, rows: [], problems: [], bytes: 0 };
    conversations.set(session, found);
    const { text, problems } = embeddable(store, table, rowId, columns.value);
    found.rows.push({ rowId, order: row[columns.order] ?? null });
    found.problems.push(...problems);
    found.bytes += text.length;
  });
  for (const { rows } of conversations.values()) rows.sort(byOrder);
  return conversations;
}

/** A message's text as it is stored, without white space around it. One that is broken goes in as a string. */
export function embeddable(store: SqliteStore, table: TableReader, rowId: bigint, column: string) {
  const bytes = table.bytes(rowId, column);
  const { document, problems } = store.check(bytes, store.at(table.name, rowId));
  if (bytes === null) return { text: Buffer.from('null'), problems };
  const whole = document !== null && !problems.some(({ severity }) => severity === 'error');
  return { text: whole ? document.rawBytes(0) : jsonQuoted(bytes), problems };
}

function byOrder(a: MessageRow, b: MessageRow): number {
  const order = compareCells(a.order, b.order);
  if (order !== 0) return order;
  return a.rowId < b.rowId ? -1 : 1;
}

/** As SQLite sorts: NULL, numbers, text by bytes. */
function compareCells(a: Cell, b: Cell): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(a) || isNumber(b)) return (isNumber(a) ? 1 : 2) - (isNumber(b) ? 1 : 2) || 0;
  return Buffer.compare(Buffer.from(cellText(a) ?? ''), Buffer.from(cellText(b) ?? ''));
}

function isNumber(cell: Cell): cell is number | bigint {
  return typeof cell === 'number' || typeof cell === 'bigint';
}
