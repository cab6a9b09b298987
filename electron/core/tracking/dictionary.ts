/** Texts that come again and again, stored once under a small number. */
import type { Database, Statement } from 'better-sqlite3';

/** Ids that are kept in memory; paths into long lists are many. */
const MOST_KEPT = 100_000;

export class Dictionary {
  readonly #find: Statement<[string], { id: number }>;
  readonly #insert: Statement<string[]>;
  readonly #known = new Map<string, number>();

  /** @param columns the text's, and then those that are written beside it. */
  constructor(database: Database, table: string, columns: readonly string[]) {
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE ${columns[0]} = ?`);
    const marks = columns.map(() => '?').join(', ');
    this.#insert = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  }

  find(text: string): number | undefined {
    const known = this.#known.get(text) ?? this.#find.get(text)?.id;
    if (known !== undefined) this.#keep(text, known);
    return known;
  }

  /** @param beside what else the row has, asked for where there is no row yet. */
  idOf(text: string, beside?: () => string): number {
    const known = this.find(text);
    if (known !== undefined) return known;
    const id = Number(this.#insert.run(text, ...(beside ? [beside()] : [])).lastInsertRowid);
    this.#keep(text, id);
    return id;
  }

  /** After a transaction that was undone, what was put in is no longer there. */
  forget(): void {
    this.#known.clear();
  }

  #keep(text: string, id: number): void {
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(text, id);
  }
}
