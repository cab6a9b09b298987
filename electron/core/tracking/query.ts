/** The language that history is searched with. Its grammar stands in docs/QUERY.md. */
import type { FaultParams } from '../../../shared/ipc/history.ts';
import { timeOf } from './query-time.ts';
import { QueryFault, type QueryToken, tokensOf } from './query-tokens.ts';

export type MatchField = 'key' | 'path' | 'type' | 'kind' | 'origin' | 'old' | 'new';
export type Comparison = '>' | '>=' | '<' | '<=' | '=';

export type Query =
  | { readonly is: 'all' }
  | { readonly is: 'and' | 'or'; readonly terms: readonly Query[] }
  | { readonly is: 'not'; readonly term: Query }
  /** A glob over the whole of the field, or for paths without `*` and `?` over whole segments. Lower case. */
  | { readonly is: 'match'; readonly field: MatchField; readonly pattern: string }
  | { readonly is: 'compare'; readonly field: 'old' | 'new'; readonly op: Comparison; readonly number: number }
  /** Microseconds. `after` has its moment in, `before` has it out. */
  | { readonly is: 'after' | 'before'; readonly time: number }
  /** Somewhere in key, path, old or new. Lower case. */
  | { readonly is: 'text'; readonly text: string };

export interface QueryError {
  /** In UTF-16 units. */
  readonly offset: number;
  readonly code: QueryFault['code'];
  /** What would have been right there, as it is typed. */
  readonly expected: readonly string[];
  readonly params: FaultParams;
  /** English. */
  readonly message: string;
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly error: QueryError };

export interface QueryContext {
  /** Milliseconds; what relative times and times of day count from. */
  readonly now: number;
}

export const QUERY_FIELDS = ['key', 'path', 'type', 'kind', 'origin', 'old', 'new', 'after', 'before', 'text'] as const;
const MATCH_FIELDS: ReadonlySet<string> = new Set(['key', 'path', 'type', 'kind', 'origin', 'old', 'new']);
/** Parentheses within each other; the parser calls itself. */
const DEEPEST = 100;
/** SQLite takes no expression that is nested much deeper, and joins conditions by nesting them. */
const MOST_WORDS = 200;

/** Never throws for a text. */
export function parseQuery(text: string, context: QueryContext = { now: Date.now() }): ParsedQuery {
  try {
    const parser = new Parser(tokensOf(text), text.length, context);
    return { ok: true, query: parser.whole() };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    const { offset, code, expected, params, message } = error;
    return { ok: false, error: { offset, code, expected, params, message } };
  }
}

class Parser {
  readonly #tokens: readonly QueryToken[];
  readonly #length: number;
  readonly #context: QueryContext;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly QueryToken[], length: number, context: QueryContext) {
    this.#tokens = tokens;
    this.#length = length;
    this.#context = context;
  }

  whole(): Query {
    if (this.#tokens.length === 0) return { is: 'all' };
    const tooMany = this.#tokens[MOST_WORDS];
    if (tooMany !== undefined) {
      const message = `a query has at most ${MOST_WORDS} words`;
      throw new QueryFault('too-many-words', tooMany.offset, [], message, { most: MOST_WORDS });
    }
    const query = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined)
      throw new QueryFault('unexpected', rest.offset, ['a condition'], `nothing is open that this ) could close`);
    return query;
  }

  #or(): Query {
    const terms = [this.#and()];
    while (this.#take('OR')) terms.push(this.#and());
    return joined('or', terms);
  }

  #and(): Query {
    const terms = [this.#term()];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (this.#take('AND')) terms.push(this.#term());
      else if (token === undefined || token.kind === ')' || isWord(token, 'OR')) return joined('and', terms);
      else terms.push(this.#term());
    }
  }

  #term(): Query {
    if (this.#take('NOT') || this.#take('-')) {
      const term = this.#deeper(() => this.#term());
      return { is: 'not', term };
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === ')' || isWord(token, 'OR') || isWord(token, 'AND')) {
      const found = token === undefined ? 'the end' : token.text;
      throw new QueryFault(
        'missing-condition',
        token?.offset ?? this.#length,
        ['a condition'],
        `a condition is missing before ${found}`,
      );
    }
    this.#at += 1;
    if (token.kind === '(') {
      const inner = this.#deeper(() => this.#or());
      if (!this.#take(')')) {
        throw new QueryFault('unclosed', this.#tokens[this.#at]?.offset ?? this.#length, [')'], 'a ) is missing', {
          mark: ')',
        });
      }
      return inner;
    }
    if (token.kind === 'field') return this.#field(token);
    return textQuery(token.text);
  }

  #field({ field, op, value, offset, valueOffset }: QueryToken): Query {
    const isCompared = field === 'old' || field === 'new';
    if (op !== ':' && field !== 'time' && !isCompared) {
      const message = `${field} is not compared: write ${field}:VALUE`;
      throw new QueryFault('no-comparison', offset, [`${field}:`], message, { instead: `${field}:` });
    }
    if (value === '') {
      const before = `${field}${op}`;
      const message = `a value is missing after ${before}`;
      throw new QueryFault('missing-value', valueOffset, ['a value'], message, { field: before });
    }
    if (field === 'after' || field === 'before') return { is: field, time: timeOf(value, valueOffset, this.#context) };
    if (field === 'time') return this.#time(op, value, valueOffset);
    if (field === 'text') return textQuery(value);
    if (isCompared && op !== ':') {
      const number = numberOf(value);
      if (number === null) {
        const message = `${JSON.stringify(value)} is no number`;
        throw new QueryFault('no-number', valueOffset, ['a number'], message, { value });
      }
      return { is: 'compare', field, op, number };
    }
    if (MATCH_FIELDS.has(field)) return { is: 'match', field: field as MatchField, pattern: value.toLowerCase() };
    throw new QueryFault(
      'unknown-field',
      offset,
      QUERY_FIELDS.map((name) => `${name}:`),
      `there is no field ${field}: put it in quotes to search for the text, or write key:${field}${op}${value} for a key`,
      { field, text: `${field}${op}${value}` },
    );
  }

  #time(op: QueryToken['op'], value: string, offset: number): Query {
    const time = timeOf(value, offset, this.#context);
    if (op === '>' || op === '>=') return { is: 'after', time: op === '>' ? time + 1 : time };
    if (op === '<' || op === '<=') return { is: 'before', time: op === '<' ? time : time + 1 };
    throw new QueryFault(
      'no-comparison',
      offset,
      ['after:', 'before:', 'time>', 'time<'],
      'write after:TIME or before:TIME',
      { instead: 'after: before:' },
    );
  }

  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !(token.kind === word || isWord(token, word))) return false;
    this.#at += 1;
    return true;
  }

  #deeper<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      const offset = this.#tokens[this.#at]?.offset ?? this.#length;
      throw new QueryFault('too-deep', offset, [], 'the query is nested too deeply');
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }
}

/** Upper case only: `or` in a sentence is a word to be found. */
function isWord(token: QueryToken, word: string): boolean {
  return token.kind === 'word' && !token.quoted && token.text === word;
}

function joined(is: 'and' | 'or', terms: readonly Query[]): Query {
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { is, terms };
}

function textQuery(text: string): Query {
  return { is: 'text', text: text.toLowerCase() };
}

export function numberOf(text: string): number | null {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}
