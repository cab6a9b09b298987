/** Reads rows of a snapshot one at a time, so that a damaged page costs the rows on it and no more. */
import type { Database } from 'better-sqlite3';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { errorCode } from './problems.ts';

export type Cell = string | number | bigint | Buffer | null;

export interface RowIds {
  readonly ids: readonly bigint[];
  /** Why some may be missing; null when all were found. */
  readonly damage: string | null;
}

/** Reading only: the type has no method that could write. */
export class TableReader {
  readonly name: string;
  readonly columns: readonly string[];
  readonly #database: Database;
  readonly #utf8: boolean;
  readonly #statements = new Map<string, ReturnType<Database['prepare']>>();

  constructor(database: Database, name: string) {
    this.#database = database;
    this.name = name;
    this.columns = database
      .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
      .all(name)
      .map((column) => column.name);
    this.#utf8 = database.pragma('encoding', { simple: true }) === 'UTF-8';
  }

  has(...columns: readonly string[]): boolean {
    return columns.every((column) => this.columns.includes(column));
  }

  /** In their order. From a damaged table: from both ends up to the damage. */
  rowIds(): RowIds {
    const ids: bigint[] = [];
    const damage = this.#collect('ASC', ids, null);
    if (damage === null) return { ids, damage };
    const tail: bigint[] = [];
    this.#collect('DESC', tail, ids.at(-1) ?? null);
    return { ids: [...ids, ...tail.toReversed()], damage };
  }

  /** Null when the row is gone. @throws SqliteError for a damaged one. */
  row(id: bigint, columns: readonly string[]): Readonly<Record<string, Cell>> | null {
    const list = columns.map(quoted).join(', ');
    const row = this.#prepare(`SELECT ${list} FROM ${quoted(this.name)} WHERE _rowid_ = ?`).get(id);
    return (row as Record<string, Cell> | undefined) ?? null;
  }

  /** A JSON column as bytes, whether it is stored as TEXT or BLOB; null for NULL and for a row that is gone. */
  bytes(id: bigint, column: string): Uint8Array | null {
    // Through text, SQLite's driver would lose lone surrogates. In a UTF-16 database the cast gives UTF-16.
    const value = this.#utf8 ? `CAST(${quoted(column)} AS BLOB)` : quoted(column);
    const row = this.#prepare(`SELECT ${value} AS value FROM ${quoted(this.name)} WHERE _rowid_ = ?`).get(id);
    const cell = (row as { value: Cell } | undefined)?.value ?? null;
    if (cell === null || cell instanceof Uint8Array) return cell;
    return encodeUtf8(String(cell));
  }

  /** Returns what stopped it. `stop`: the id that was reached from the other end. */
  #collect(order: 'ASC' | 'DESC', ids: bigint[], stop: bigint | null): string | null {
    const statement = this.#database.prepare(
      `SELECT _rowid_ AS id FROM ${quoted(this.name)} ORDER BY _rowid_ ${order}`,
    );
    try {
      for (const row of statement.safeIntegers(true).iterate()) {
        const { id } = row as { id: bigint };
        if (id === stop) return null;
        ids.push(id);
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : errorCode(error);
    }
  }

  #prepare(sql: string): ReturnType<Database['prepare']> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Names of the ordinary tables: no views or virtual tables, which could run anything, and none without row ids. */
export function tableNames(database: Database): string[] {
  const sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 ORDER BY name";
  const rows = database.prepare<[], { name: string }>(sql).all();
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_'));
}

/** Null for NULL. */
export function cellText(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  return cell instanceof Uint8Array ? Buffer.from(cell).toString() : String(cell);
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
