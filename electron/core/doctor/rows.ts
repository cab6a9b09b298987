/** States that are put together from a row, or a list item, for each message. */
const OF_ROWS: ReadonlySet<string> = new Set(['Msg[]', 'AsyncSQLAlchemyMemory', 'RedisMemory']);

/** Repairs of these stay inside of one message: no row is added or removed, since only the program knows its other columns. */
export function isOfRows(type: string | null): boolean {
  return type !== null && OF_ROWS.has(type);
}
