/** What the readers of single table layouts get, and what they report. */

import type { Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { type Cell, cellText, type TableReader } from './sqlite-reading.ts';
import { field, isoTime } from './state-facts.ts';

export interface SqliteReader {
  readonly format: SourceFormat;
  /** Whether the tables are those of this writer. */
  matches(store: SqliteStore): boolean;
  /** Lists every state and every problem. Rejects for a cancelled signal only. */
  read(store: SqliteStore): Promise<void>;
}

/** A state that is one JSON column of one row. */
export interface FoundRow {
  readonly table: TableReader;
  readonly rowId: bigint;
  readonly column: string;
  readonly kind: string;
  readonly id: string;
  /** From a column; null where the data itself has to say. */
  readonly type: string | null;
  /** Where neither says. */
  readonly label: string | null;
  readonly status: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly fields: StateMetadata['fields'];
  /** In the design's table: the key under which its backend has the row; null where no key leads to it. */
  readonly storeKey?: string | null;
}

/** A state that is put together from several rows. */
export interface AssembledState {
  readonly kind: string;
  readonly id: string;
  readonly table: string;
  /** The row that it belongs to, null for none. */
  readonly rowId: bigint | null;
  readonly type: string;
  readonly bytes: number;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly fields: StateMetadata['fields'];
  readonly problems: readonly Problem[];
  readonly read: () => Uint8Array;
}

export interface SqliteStore {
  table(name: string): TableReader | undefined;
  /** Visits every row that can be reached; what a visit throws becomes a problem of that row. */
  eachRow(table: TableReader, visit: (id: bigint) => void): Promise<void>;
  /** Parses a value and tells what is wrong with it. */
  check(bytes: Uint8Array | null, location: string): { document: JsonDocument | null; problems: readonly Problem[] };
  addRow(row: FoundRow): void;
  addAssembled(state: AssembledState): void;
  report(problem: Problem): void;
  /** `table/rowid`, with the file before it when the source is a folder. */
  at(table: string, id?: bigint): string;
}

export function timeOf(cell: Cell | undefined): string | null {
  const text = cellText(cell);
  return text === null ? null : isoTime(text);
}

/** The id of a row; one that has none is named by its place. */
export function idOf(cell: Cell | undefined, rowId: bigint): string {
  const text = cellText(cell);
  return text === null || text === '' ? `#${rowId}` : text;
}

/** Columns as text, in the table's order; NULL is left out. */
export function fieldsOf(row: Readonly<Record<string, Cell>>): StateMetadata['fields'] {
  return Object.entries(row).flatMap(([name, cell]) => {
    const text = cellText(cell);
    return text === null ? [] : [field(name, text)];
  });
}
