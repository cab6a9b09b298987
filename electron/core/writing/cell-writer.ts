/**
 * Changes a state that is one cell of a foreign SQLite database. The database is opened for one short transaction: on
 * POSIX nobody else in this process may open or close the file meanwhile, see sqlite-copy.ts.
 */
import type { Database } from 'better-sqlite3';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { FilePath } from '../files/file-path.ts';
import { readablePath } from '../files/file-path.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashId } from '../persistence/backend.ts';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { notFound } from '../sources/catalog.ts';
import { quoted } from '../sources/sqlite-reading.ts';
import { type JsonInPlace, jsonInPlace, withoutTail } from './json-in-place.ts';
import { type Place, SafetyFolder } from './safety-folder.ts';
import {
  conflictWith,
  isExpected,
  notVerified,
  notWritable,
  type StateWriter,
  textRevision,
  type WriteContext,
  type WriteOptions,
  type Written,
} from './state-writer.ts';

export interface StateCell {
  readonly table: string;
  readonly row: bigint;
  readonly column: string;
}

export interface CellWriterSource {
  readonly path: FilePath;
  /** Undefined: not listed. Null: put together from several rows. */
  cell(key: string): StateCell | null | undefined;
}

const BUSY_TIMEOUT_MS = 5000;

export class CellWriter implements StateWriter {
  readonly #source: CellWriterSource;
  readonly #safety: SafetyFolder;

  constructor(source: CellWriterSource, context: WriteContext) {
    this.#source = source;
    this.#safety = new SafetyFolder(context.safetyFolder, readablePath(source.path));
  }

  refusal(key: string, what: 'replace' | 'remove' | 'mend' = 'replace'): NotWritableReason | null {
    if (what === 'remove') return 'foreign-row';
    return this.#source.cell(key) === null ? 'assembled' : null;
  }

  createRefusal(): NotWritableReason {
    return 'foreign-row';
  }

  create(): Promise<Written | Conflict> {
    return Promise.reject(notWritable(readablePath(this.#source.path), 'foreign-row'));
  }

  async replace(
    key: string,
    text: Uint8Array,
    expected: Expected,
    { mends }: WriteOptions = {},
  ): Promise<Written | Conflict> {
    const cell = this.#source.cell(key);
    if (cell === null) throw notWritable(readablePath(this.#source.path), 'assembled');
    if (cell === undefined) throw notFound(key);
    return this.#put(key, cell, expected, ({ before, after }) =>
      joinPieces([before, text, mends === 'tail' ? withoutTail(after) : after]),
    );
  }

  /** Taking away a row takes away what other columns and other tables say of it: the program that owns it has to. */
  remove(): Promise<Written | Conflict | Missing> {
    return Promise.reject(notWritable(readablePath(this.#source.path), 'foreign-row'));
  }

  trash(): ReturnType<StateWriter['trash']> {
    return this.#safety.list();
  }

  async restore(id: TrashId, expected: Expected, _options: CallOptions = {}): Promise<Written | Conflict | Missing> {
    const kept = await this.#safety.read(id);
    if (kept === null || kept.place.kind !== 'cell') return { status: 'missing' };
    const { table, row, column } = kept.place;
    return this.#put(kept.key, { table, row: BigInt(row), column }, expected, () => kept.content);
  }

  async #put(
    key: string,
    cell: StateCell,
    expected: Expected,
    contentOf: (stored: Stored) => Uint8Array,
  ): Promise<Written | Conflict> {
    const place: Place = { kind: 'cell', table: cell.table, row: String(cell.row), column: cell.column };
    // Copied before the transaction, which then only goes on when nothing has changed since: nothing waits for a disk in it.
    const before = await this.#database((database) => readCell(database, cell));
    if (before === null || !isExpected(expected, before.text)) return conflictWith(before?.text ?? null);
    const trash = await this.#safety.put(key, 'overwritten', place, before.cell);
    const content = contentOf(before);
    const after = await this.#database((database) =>
      database
        .transaction(() => {
          const now = readCell(database, cell);
          if (now === null || !Buffer.from(now.cell).equals(before.cell)) return now;
          const value = now.isText ? 'CAST(? AS TEXT)' : '?';
          database
            .prepare(`UPDATE ${quoted(cell.table)} SET ${quoted(cell.column)} = ${value} WHERE _rowid_ = ?`)
            .run(content, cell.row);
          return 'written' as const;
        })
        .immediate(),
    );
    if (after !== 'written') return conflictWith(after?.text ?? null);
    const stored = await this.#database((database) => readCell(database, cell));
    if (stored === null || !Buffer.from(stored.cell).equals(content))
      throw notVerified(readablePath(this.#source.path));
    return { status: 'written', revision: textRevision(stored.text), trash };
  }

  async #database<T>(work: (database: Database) => T): Promise<T> {
    const location = readablePath(this.#source.path);
    const { default: Sqlite } = await import('better-sqlite3');
    let database: Database | null = null;
    try {
      database = new Sqlite(this.#source.path.toString(), { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
      // The schema is foreign: what it calls may not do anything but compute.
      database.pragma('trusted_schema = OFF');
      return work(database);
    } catch (error) {
      throw toSqliteError(error, location);
    } finally {
      database?.close();
    }
  }
}

interface Stored extends JsonInPlace {
  /** The whole cell. */
  readonly cell: Uint8Array;
  readonly isText: boolean;
}

/** Null for NULL, a row that is gone, and what is no JSON any more. */
function readCell(database: Database, { table, row, column }: StateCell): Stored | null {
  const found = database
    .prepare<[bigint], { kind: string; value: Buffer | null }>(
      `SELECT typeof(${quoted(column)}) AS kind, CAST(${quoted(column)} AS BLOB) AS value FROM ${quoted(table)} WHERE _rowid_ = ?`,
    )
    .get(row);
  const value = found?.value ?? null;
  const json = value === null ? null : jsonInPlace(value);
  return value === null || json === null ? null : { ...json, cell: value, isText: found?.kind !== 'blob' };
}
