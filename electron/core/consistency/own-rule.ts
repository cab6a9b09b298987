/**
 * A rule of a person's own: `where` says of which states, in the language in which history is searched; `must` is the yes-or-no
 * question of watches and bisect (docs/QUERY.md). Both are parsed into data and take linear time in what they look at.
 */
import type { FindingSeverity } from '../../../shared/ipc/consistency.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { toDot } from '../../../shared/json/path.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { type Expression, evaluate, parseExpression } from '../tracking/expression.ts';
import { parseQuery, type Query } from '../tracking/query.ts';
import { contains, type MatchedChange, matchesQuery, nameMatches } from '../tracking/query-match.ts';
import type { FoundInState, StateRule } from './rule.ts';
import type { StateView } from './state-view.ts';

export interface WrittenRule {
  readonly id: string;
  readonly where?: string | undefined;
  readonly must: string;
  readonly severity?: FindingSeverity | undefined;
  readonly message: string;
  readonly why?: string | undefined;
}

export interface OwnRule {
  /** Null where there are faults. */
  readonly rule: StateRule | null;
  readonly faults: readonly { readonly member: 'where' | 'must'; readonly message: string }[];
}

/** A value longer than this is compared by its beginning. */
const LONGEST_VALUE = 4096;
/** Values of one state that `where` looks at, and levels that it goes down: paths grow with each. */
const MOST_VALUES = 200_000;
const DEEPEST = 100;

/** Never throws for what is written. */
export function ownRule({ id, where = '', must, severity = 'error', message, why }: WrittenRule): OwnRule {
  const query = parseQuery(where);
  const expression = parseExpression(must);
  const foreign = query.ok ? foreignField(query.query) : null;
  const faults: OwnRule['faults'][number][] = [];
  if (!query.ok) faults.push({ member: 'where', message: at(query.error) });
  if (foreign !== null) {
    const advice = 'a state has key, path, new and text; what else history knows is not in it';
    faults.push({ member: 'where', message: `${foreign}: ${advice}` });
  }
  if (!expression.ok) faults.push({ member: 'must', message: at(expression) });
  if (!query.ok || !expression.ok || foreign !== null) return { rule: null, faults };
  const asked = query.query;
  const question = expression.expression;
  const rule: StateRule = {
    id,
    group: 'own',
    severity,
    needs: 'state',
    applies: (state) => !state.isCutOff && fits(asked, state),
    *check(state) {
      const answer = evaluate(question, state.document);
      if (answer.ok && answer.holds) return;
      const details = { message, must, ...(why !== undefined && { why }) };
      const found: FoundInState = { details, foundKey: null, ...placeOf(question, state) };
      if (answer.ok) yield { ...found, message };
      // Neither right nor wrong, but the person should know that it is not looked after.
      else yield { ...found, severity: 'warning', message: `${message} (${answer.message})` };
    },
  };
  return { rule, faults };
}

function at({ offset, message }: { readonly offset: number; readonly message: string }): string {
  return `at character ${offset + 1}: ${message}`;
}

/** A condition about changes, which a state does not answer. */
function foreignField(query: Query): string | null {
  switch (query.is) {
    case 'and':
    case 'or':
      return query.terms.map(foreignField).find((name) => name !== null) ?? null;
    case 'not':
      return foreignField(query.term);
    case 'after':
    case 'before':
      return query.is;
    case 'compare':
      return query.field === 'new' ? null : query.field;
    case 'match':
      return query.field === 'key' || query.field === 'path' || query.field === 'new' ? null : query.field;
    case 'all':
    case 'text':
      return null;
    default:
      return query satisfies never;
  }
}

/** A state fits when one of its values does. */
function fits(query: Query, state: StateView): boolean {
  const byKey = fitsKey(query, state.key);
  if (byKey !== null) return byKey;
  let isEmpty = true;
  for (const value of valuesOf(state)) {
    isEmpty = false;
    if (matchesQuery(query, value)) return true;
  }
  return isEmpty && matchesQuery(query, valueAt(state.key, '', null));
}

/** What the key alone decides, which for most states is that they are not meant. Null: the values have to be asked. */
function fitsKey(query: Query, key: string): boolean | null {
  switch (query.is) {
    case 'all':
      return true;
    case 'match':
      return query.field === 'key' ? nameMatches(key, query.pattern) : null;
    case 'text':
      return contains(key, query.text) ? true : null;
    case 'not': {
      const inner = fitsKey(query.term, key);
      return inner === null ? null : !inner;
    }
    case 'and': {
      const inner = query.terms.map((term) => fitsKey(term, key));
      return inner.includes(false) ? false : inner.includes(null) ? null : true;
    }
    case 'or': {
      const inner = query.terms.map((term) => fitsKey(term, key));
      return inner.includes(true) ? true : inner.includes(null) ? null : false;
    }
    case 'after':
    case 'before':
    case 'compare':
      return null;
    default:
      return query satisfies never;
  }
}

function* valuesOf({ document, data, key }: StateView): Generator<MatchedChange> {
  /** Of the containers around the value, the outermost first. */
  const around: { readonly end: NodeId; readonly path: string }[] = [];
  const end = document.next(data);
  let left = MOST_VALUES;
  for (let node = data; node < end && left > 0; left--) {
    while (around.length > 0 && (around.at(-1)?.end ?? 0) <= node) around.pop();
    const path = node === data ? '' : (around.at(-1)?.path ?? '') + stepOf(document, node, around.length === 1);
    const kind = document.kind(node);
    const isContainer = kind === 'array' || kind === 'object';
    if (!isContainer) {
      const value = kind === 'string' ? JSON.stringify(document.string(node, LONGEST_VALUE)) : document.rawText(node);
      yield valueAt(key, path, value);
    }
    const isTooDeep = around.length >= DEEPEST;
    if (isContainer && !isTooDeep) around.push({ end: document.next(node), path });
    node = isTooDeep ? document.next(node) : node + 1;
  }
}

/** `friday`, `.memory`, `[3]`, `["odd key"]`. */
function stepOf(document: JsonDocument, node: NodeId, isFirst: boolean): string {
  const name = document.key(node);
  if (name === undefined) return `[${document.indexInParent(node)}]`;
  const text = toDot([name]);
  return isFirst || text.startsWith('[') ? text : `.${text}`;
}

function valueAt(key: string, path: string, value: string | null): MatchedChange {
  return { key, path, type: 'external', kind: 'added', origin: '', time: 0, old: null, new: value };
}

/** The first value that the question is about, where there is one. */
function placeOf(expression: Expression, { document }: StateView): Pick<FoundInState, 'node'> {
  const path = firstPath(expression);
  const found = path === null ? null : queryJsonPath(document, path, { maxSteps: MOST_VALUES });
  const node = found?.ok === true ? found.nodes[0] : undefined;
  return node === undefined ? {} : { node };
}

function firstPath(expression: Expression): string | null {
  switch (expression.is) {
    case 'and':
    case 'or':
      return expression.terms.map(firstPath).find((path) => path !== null) ?? null;
    case 'not':
      return firstPath(expression.term);
    case 'exists':
      return expression.path;
    case 'compare': {
      const { left, right } = expression;
      return left.is !== 'literal' ? left.path : right.is !== 'literal' ? right.path : null;
    }
    default:
      return expression satisfies never;
  }
}
