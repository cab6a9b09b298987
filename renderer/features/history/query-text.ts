/** Puts queries together and takes them apart, for buttons, the timeline and completion. What it writes the engine reads. */

/** As docs/QUERY.md lists them. */
export const QUERY_FIELDS = ['key', 'path', 'type', 'kind', 'origin', 'old', 'new', 'after', 'before'] as const;
export type QueryField = (typeof QUERY_FIELDS)[number];

const TYPES = ['attribute_change', 'snapshot_restore', 'external', 'created', 'removed', 'edit', 'undo'];
const KINDS = ['added', 'removed', 'changed', 'moved'];
const TIMES = ['-1m', '-5m', '-1h', '-1d'];

/** What a failing agent writes; each word of it can be changed in the field. */
export const ERRORS = '(path:*error* OR new:*error* OR new:*fail*)';

export interface QueryTerm {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The parts of a query that stand side by side: words, fields, groups in parentheses. Quotes that do not end go to the end. */
export function termsOf(query: string): readonly QueryTerm[] {
  const terms: QueryTerm[] = [];
  let start = -1;
  let depth = 0;
  let quoted = false;
  const end = (at: number) => {
    if (start !== -1) terms.push({ text: query.slice(start, at), start, end: at });
    start = -1;
  };
  for (let at = 0; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (!quoted && depth === 0 && /\s/.test(character)) {
      end(at);
      continue;
    }
    if (start === -1) start = at;
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') depth -= 1;
  }
  end(query.length);
  return terms;
}

export function hasTerm(query: string, term: string): boolean {
  return termsOf(query).some(({ text }) => text === term);
}

/** Adds a condition that has to hold as well. What stands on both sides of OR is kept together for that. */
export function withTerm(query: string, term: string): string {
  const terms = termsOf(query);
  if (terms.length === 0) return term;
  const isChoice = terms.some(({ text }) => text === 'OR');
  return `${isChoice ? `(${query.trim()})` : query.trim()} ${term}`;
}

export function withoutTerms(query: string, isUnwanted: (term: string) => boolean): string {
  return termsOf(query)
    .map(({ text }) => text)
    .filter((text) => !isUnwanted(text))
    .join(' ');
}

/** Puts the condition in, or takes it out again. */
export function toggleTerm(query: string, term: string): string {
  return hasTerm(query, term) ? withoutTerms(query, (text) => text === term) : withTerm(query, term);
}

const isTime = (term: string) => /^(after|before|time)[:<>=]/i.test(term);

/** The same within a range of times, as the engine reads times; without one for null. */
export function withTimes(query: string, range: { readonly after: string; readonly before: string } | null): string {
  const rest = withoutTerms(query, isTime);
  return range === null ? rest : withTerm(rest, `after:${range.after} before:${range.before}`);
}

export function hasTimes(query: string): boolean {
  return termsOf(query).some(({ text }) => isTime(text));
}

export interface Completion {
  /** What is replaced. */
  readonly start: number;
  readonly end: number;
  readonly options: readonly string[];
}

/** What may be typed where the caret stands: fields, and the values of those that have few. Null: nothing to offer. */
export function completionAt(query: string, caret: number): Completion | null {
  const before = query.slice(0, caret);
  const word = /[^\s()"-]*$/.exec(before)?.[0] ?? '';
  const start = caret - word.length;
  if ((before.slice(0, start).match(/"/g)?.length ?? 0) % 2 === 1) return null;
  const rest = /^[^\s()":]*/.exec(query.slice(caret))?.[0] ?? '';
  const field = /^(type|kind|after|before):(.*)$/i.exec(word);
  if (field) {
    const [, name = '', typed = ''] = field;
    const values = name.toLowerCase() === 'type' ? TYPES : name.toLowerCase() === 'kind' ? KINDS : TIMES;
    const options = values.filter((value) => value.startsWith(typed.toLowerCase()) && value !== typed);
    return options.length === 0 ? null : { start: caret - typed.length, end: caret + rest.length, options };
  }
  if (word.includes(':')) return null;
  const options = QUERY_FIELDS.filter((name) => name.startsWith(word.toLowerCase())).map((name) => `${name}:`);
  return options.length === 0 ? null : { start, end: caret + rest.length, options };
}
