/**
 * A query as the condition of a SELECT over `changes c`. What a person typed becomes parameters, never SQL. Fields that are numbers
 * in the journal are compared as numbers; everything else is asked of the functions of query-match.ts, so that the journal and
 * changes that just come in agree.
 */
import type { Database } from 'better-sqlite3';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { unpacked } from './contents.ts';
import { CHANGE_KINDS, CHANGE_TYPES } from './journal-types.ts';
import type { Comparison, MatchField, Query } from './query.ts';
import { comparesValue, contains, nameMatches, pathMatches, valueContains, valueMatches } from './query-match.ts';
import { mayCompare, mayContain, mayMatch } from './query-prefilter.ts';

export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** More ids than that are looked up as a JSON list, and then without an index. */
const FEW = 1;

/** Makes the functions that conditions call. Once for a connection. */
export function addQueryFunctions(database: Database): void {
  const flag = (value: boolean) => (value ? 1 : 0);
  const options = { deterministic: true, directOnly: true };
  database.function('value_matches', options, (pattern, short, deflated, data) =>
    flag(valueMatches(whole(short, deflated, data), String(pattern))),
  );
  database.function('value_contains', options, (text, short, deflated, data) =>
    flag(valueContains(whole(short, deflated, data), String(text))),
  );
  database.function('value_compares', options, (op, number, short, deflated, data) =>
    flag(comparesValue(op as Comparison, Number(number), whole(short, deflated, data))),
  );
}

function whole(short: unknown, deflated: unknown, data: unknown): string | null {
  if (typeof short !== 'string') return null;
  if (!(data instanceof Uint8Array)) return short;
  return decodeUtf8(unpacked({ deflated: Number(deflated), data }));
}

/** Ids of a table's texts that fit, as they are at the moment. */
export class QueryCompiler {
  readonly #database: Database;
  /** Texts by id, read as far as `#read`. */
  readonly #texts = new Map<string, string[]>();

  constructor(database: Database) {
    this.#database = database;
  }

  compile(query: Query): SqlCondition {
    switch (query.is) {
      case 'all':
        return { sql: '1', values: [] };
      case 'and':
      case 'or': {
        const terms = query.terms.map((term) => this.compile(term));
        const sql = terms.map((term) => term.sql).join(query.is === 'and' ? ' AND ' : ' OR ');
        return { sql: `(${sql})`, values: terms.flatMap(({ values }) => values) };
      }
      case 'not': {
        const { sql, values } = this.compile(query.term);
        return { sql: `NOT ${sql}`, values };
      }
      case 'after':
        return { sql: '(c.time >= ?)', values: [query.time] };
      case 'before':
        return { sql: '(c.time < ?)', values: [query.time] };
      case 'match':
        return this.#match(query.field, query.pattern);
      case 'compare':
        return checked(
          mayCompare(query.field, query.op, query.number),
          `value_compares(?, ?, ${valueArguments(query.field)})`,
          [query.op, query.number],
        );
      case 'text':
        return this.#text(query.text);
      default:
        return query satisfies never;
    }
  }

  #match(field: MatchField, pattern: string): SqlCondition {
    if (field === 'old' || field === 'new') {
      return checked(mayMatch(field, pattern), `value_matches(?, ${valueArguments(field)})`, [pattern]);
    }
    const fits = (text: string) => (field === 'path' ? pathMatches(text, pattern) : nameMatches(text, pattern));
    if (field === 'type') return isOneOf('type', positions(CHANGE_TYPES, fits));
    if (field === 'kind') return isOneOf('kind', positions(CHANGE_KINDS, fits));
    return isOneOf(field, this.#ids(field, fits));
  }

  #text(text: string): SqlCondition {
    const keys = isOneOf(
      'key',
      this.#ids('key', (key) => contains(key, text)),
    );
    const paths = isOneOf(
      'path',
      this.#ids('path', (path) => contains(path, text)),
    );
    const [old, next] = (['old', 'new'] as const).map((field) =>
      checked(mayContain(field, text), `value_contains(?, ${valueArguments(field)})`, [text]),
    );
    const parts = [keys, paths, old, next].filter((part) => part !== undefined);
    return {
      sql: `(${parts.map(({ sql }) => sql).join(' OR ')})`,
      values: parts.flatMap(({ values }) => values),
    };
  }

  #ids(field: 'key' | 'path' | 'origin', fits: (text: string) => boolean): number[] {
    return positions(this.#textsOf(field), fits);
  }

  /** Ids count from 1 without a gap, since nothing is ever taken from these tables. */
  #textsOf(field: 'key' | 'path' | 'origin'): readonly string[] {
    const texts = this.#texts.get(field) ?? [''];
    this.#texts.set(field, texts);
    const sql = `SELECT id, ${field} AS text FROM ${field}s WHERE id >= ? ORDER BY id`;
    for (const { id, text } of this.#database.prepare<[number], { id: number; text: string }>(sql).all(texts.length)) {
      texts[id] = text;
    }
    return texts;
  }
}

/** Looked up only where the function is asked. */
function valueArguments(field: 'old' | 'new'): string {
  const of = (column: string) => `(SELECT ${column} FROM contents WHERE id = c.${field}_content)`;
  return `c.${field}, ${of('deflated')}, ${of('data')}`;
}

/** CASE, since SQLite may change the order of what AND has. */
function checked(may: SqlCondition | null, sql: string, values: SqlCondition['values']): SqlCondition {
  if (may === null) return { sql, values };
  return { sql: `CASE WHEN ${may.sql} THEN ${sql} ELSE 0 END`, values: [...may.values, ...values] };
}

/** The texts' position 0 of a dictionary is no id. */
function positions(texts: readonly string[], fits: (text: string) => boolean): number[] {
  return texts.flatMap((text, id) => (fits(text) ? [id] : []));
}

/** The sign + keeps SQLite from an index, which for many ids would mean sorting all that it finds. */
function isOneOf(column: string, ids: readonly number[]): SqlCondition {
  const [only] = ids;
  if (only === undefined) return { sql: '0', values: [] };
  if (ids.length <= FEW) return { sql: `c.${column} = ?`, values: [only] };
  return { sql: `+c.${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(ids)] };
}
