/** Whether a change fits a query: for changes as they come, and, called by SQLite, for those in a journal. One meaning for both. */
import { matchesGlob } from '../persistence/rules-glob.ts';
import type { ChangeKind, ChangeType } from './journal-types.ts';
import type { Comparison, MatchField, Query } from './query.ts';
import { numberOf } from './query.ts';

/** A change with its values in full: JSON texts, null where there was no value. */
export interface MatchedChange {
  readonly key: string;
  readonly path: string;
  readonly type: ChangeType;
  readonly kind: ChangeKind;
  readonly origin: string;
  readonly time: number;
  readonly old: string | null;
  readonly new: string | null;
}

export function matchesQuery(query: Query, change: MatchedChange): boolean {
  switch (query.is) {
    case 'all':
      return true;
    case 'and':
      return query.terms.every((term) => matchesQuery(term, change));
    case 'or':
      return query.terms.some((term) => matchesQuery(term, change));
    case 'not':
      return !matchesQuery(query.term, change);
    case 'after':
      return change.time >= query.time;
    case 'before':
      return change.time < query.time;
    case 'match':
      return matchesField(query.field, query.pattern, change);
    case 'compare':
      return comparesValue(query.op, query.number, change[query.field]);
    case 'text':
      return (
        contains(change.key, query.text) ||
        contains(change.path, query.text) ||
        valueContains(change.old, query.text) ||
        valueContains(change.new, query.text)
      );
    default:
      return query satisfies never;
  }
}

function matchesField(field: MatchField, pattern: string, change: MatchedChange): boolean {
  if (field === 'old' || field === 'new') return valueMatches(change[field], pattern);
  return field === 'path' ? pathMatches(change.path, pattern) : nameMatches(change[field], pattern);
}

export function nameMatches(name: string, pattern: string): boolean {
  return matchesGlob(pattern, name.toLowerCase());
}

const WILD = /[*?]/;

/** With `*` or `?` the whole path has to fit. Without, the pattern stands for whole segments anywhere in it. */
export function pathMatches(path: string, pattern: string): boolean {
  const text = path.toLowerCase();
  if (WILD.test(pattern)) return matchesGlob(pattern, text);
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
    const before = text[at - 1];
    const after = text[at + pattern.length];
    const begins = before === undefined || before === '.' || pattern.startsWith('[');
    if (begins && (after === undefined || after === '.' || after === '[')) return true;
  }
  return false;
}

/** A string by its content, anything else by its JSON text; numbers as numbers. */
export function valueMatches(value: string | null, pattern: string): boolean {
  if (value === null) return false;
  const number = numberOf(pattern);
  if (number !== null && isNumber(value)) return Number(value) === number;
  const text = readable(value).toLowerCase();
  return WILD.test(pattern) ? matchesGlob(pattern, text) : text === pattern;
}

export function valueContains(value: string | null, text: string): boolean {
  return value !== null && contains(readable(value), text);
}

export function comparesValue(op: Comparison, number: number, value: string | null): boolean {
  if (value === null || !isNumber(value)) return false;
  const found = Number(value);
  switch (op) {
    case '>':
      return found > number;
    case '>=':
      return found >= number;
    case '<':
      return found < number;
    case '<=':
      return found <= number;
    case '=':
      return found === number;
    default:
      return op satisfies never;
  }
}

export function contains(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted);
}

function isNumber(value: string): boolean {
  return /^-?\d/.test(value);
}

/** What a person sees of it. */
function readable(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch (error) {
    // Control characters within a string are read everywhere else.
    if (error instanceof SyntaxError) return value.slice(1, -1);
    throw error;
  }
}
