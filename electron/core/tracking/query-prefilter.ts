/**
 * What SQLite can tell of a value by itself, a hundred times as fast as by asking a function of ours: whether it cannot fit. Each
 * condition here lets through everything that fits, and more; what is let through is asked of the function.
 */

import { type Comparison, numberOf } from './query.ts';
import type { SqlCondition } from './query-sql.ts';

type Side = 'old' | 'new';

/** Relative; SQLite reads numbers with an error far below it. */
const TOLERANCE = 1e-9;
/** A beginning of so many characters lies in the row, also of a value that is cut off there. */
const IN_THE_ROW = 100;

/** Of `valueMatches`. @param pattern in lower case. Null where nothing can be told. */
export function mayMatch(side: Side, pattern: string): SqlCondition | null {
  const parts = pattern.split(/[*?]/);
  const [beginning = ''] = parts;
  const begins = beginning.length < IN_THE_ROW ? longestLiteral([beginning]) : null;
  const literal = begins ?? longestLiteral(parts);
  if (literal === null) return null;
  const contains = holds(side, literal, begins === null ? 'anywhere' : 'beginning');
  const number = numberOf(pattern);
  if (number === null) return contains;
  const equals = mayCompare(side, '=', number);
  return { sql: `(${contains.sql} OR ${equals.sql})`, values: [...contains.values, ...equals.values] };
}

/** Of `valueContains`. @param text in lower case. */
export function mayContain(side: Side, text: string): SqlCondition | null {
  const literal = longestLiteral([text]);
  return literal === null ? null : holds(side, literal, 'anywhere');
}

/** Of `comparesValue`. */
export function mayCompare(side: Side, op: Comparison, number: number): SqlCondition {
  const value = `c.${side}`;
  const isNumber = `${value} GLOB '[-0-9]*'`;
  if (!Number.isFinite(number)) return { sql: `(${isNumber})`, values: [] };
  const margin = Math.abs(number) * TOLERANCE + Number.MIN_VALUE;
  const low = op === '<' || op === '<=' ? [] : [`CAST(${value} AS REAL) >= ?`];
  const high = op === '>' || op === '>=' ? [] : [`CAST(${value} AS REAL) <= ?`];
  const bounds = [...low.map(() => number - margin), ...high.map(() => number + margin)];
  const sql = `(${isNumber} AND (c.${side}_content IS NOT NULL OR (${[...low, ...high].join(' AND ')})))`;
  return { sql, values: bounds };
}

/** @param where `anywhere`: of a value that is cut off, the rest is looked into as well. */
function holds(side: Side, literal: string, where: 'beginning' | 'anywhere'): SqlCondition {
  const pattern = `%${literal}%`;
  const inRow = hasIt(`c.${side}`);
  if (where === 'beginning') return { sql: inRow, values: [pattern] };
  const rest = `(SELECT deflated <> 0 OR ${hasIt('CAST(data AS TEXT)')} FROM contents WHERE id = c.${side}_content)`;
  return { sql: `(${inRow} OR (c.${side}_content IS NOT NULL AND ${rest}))`, values: [pattern, pattern] };
}

/** An escape may stand for any character, and LIKE looks no further than a NUL. */
function hasIt(text: string): string {
  return `(${text} LIKE ? ESCAPE '!' OR instr(${text}, '\\u') > 0 OR instr(${text}, char(0)) > 0)`;
}

/**
 * The longest run that LIKE compares as we do, as a pattern of LIKE. SQLite folds the case of ASCII letters only, so other letters end
 * a run unless they have no case; and the two ASCII letters that others become in lower case (the sign of kelvin, I with a dot)
 * stand for any character. What may be written with a short escape ends a run as well.
 */
function longestLiteral(parts: readonly string[]): string | null {
  const runs = parts.flatMap((part) => part.split(/[^ !#-.0-[\]-~\p{Lo}]+/u));
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (/^[ki]*$/.test(longest)) return null;
  return longest.replaceAll(/[!%_]/g, '!$&').replaceAll(/[ki]/g, '_');
}
