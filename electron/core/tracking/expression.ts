/**
 * Yes-or-no questions to a state, for watches and bisect: `$.status == "error"`, `count($.memory.content) <= 100 and
 * exists($.agent_id)`. The grammar stands in docs/QUERY.md. Paths are RFC 9535's. Data only: nothing is ever run.
 */
import type { FaultParams, QueryFaultCode, Unanswered } from '../../../shared/ipc/history.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { ExpressionFault, type ExpressionToken, expressionTokens } from './expression-tokens.ts';

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;
export type CompareOp = (typeof OPERATORS)[number];

type Operand =
  | { readonly is: 'literal'; readonly value: Scalar }
  | { readonly is: 'path' | 'count' | 'length'; readonly path: string };

export type Expression =
  | { readonly is: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly is: 'not'; readonly term: Expression }
  | { readonly is: 'exists'; readonly path: string }
  | { readonly is: 'compare'; readonly op: CompareOp; readonly left: Operand; readonly right: Operand };

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | {
      readonly ok: false;
      /** In UTF-16 units. */
      readonly offset: number;
      readonly code: QueryFaultCode;
      readonly params: FaultParams;
      /** What would have been right there, as it is typed. */
      readonly expected: readonly string[];
      /** English. */
      readonly message: string;
    };

type Scalar = string | number | boolean | null;

export type Evaluation =
  | {
      readonly ok: true;
      readonly holds: boolean;
      /** What its first comparison found on the left, for a curve; null where there was nothing. */
      readonly observed: Scalar;
    }
  | ({ readonly ok: false } & Unanswered);

const DEEPEST = 100;
const FUNCTIONS: ReadonlySet<string> = new Set(['count', 'length', 'exists']);
/** Parts of a state that one evaluation looks at; beyond, the question is too broad to be asked after every commit. */
const MAX_STEPS = 5_000_000;
const LONGEST_OBSERVED = 120;

/** Never throws for a text. */
export function parseExpression(text: string): ParsedExpression {
  try {
    return { ok: true, expression: new Parser(expressionTokens(text), text.length).whole() };
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    const { offset, code, params, expected, message } = error;
    return { ok: false, offset, code, params, expected, message };
  }
}

class Parser {
  readonly #tokens: readonly ExpressionToken[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly ExpressionToken[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): Expression {
    const expression = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw this.#fault('missing-end', ['and', 'or', 'the end']);
    return expression;
  }

  #or(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST)
      throw new ExpressionFault('too-deep', this.#offset, [], 'the expression is nested too deeply');
    const terms = [this.#and()];
    while (this.#takeWord('or')) terms.push(this.#and());
    this.#depth -= 1;
    return joined('or', terms);
  }

  #and(): Expression {
    const terms = [this.#term()];
    while (this.#takeWord('and')) terms.push(this.#term());
    return joined('and', terms);
  }

  #term(): Expression {
    let negations = 0;
    while (this.#takeWord('not')) negations += 1;
    const term = this.#plain();
    return negations % 2 === 1 ? { is: 'not', term } : term;
  }

  #plain(): Expression {
    if (this.#takeMark('(')) {
      const inner = this.#or();
      if (!this.#takeMark(')')) throw this.#fault('missing-mark', [')', 'and', 'or']);
      return inner;
    }
    if (this.#takeWord('exists')) return { is: 'exists', path: this.#pathInBrackets() };
    const left = this.#operand();
    const op = this.#tokens[this.#at];
    const compare = op?.kind === 'mark' ? OPERATORS.find((each) => each === op.text) : undefined;
    if (compare === undefined) throw this.#fault('missing-operator', OPERATORS);
    this.#at += 1;
    return { is: 'compare', op: compare, left, right: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'literal') {
      this.#at += 1;
      return { is: 'literal', value: token.value };
    }
    if (token?.kind === 'path') {
      this.#at += 1;
      return { is: 'path', path: checked(token) };
    }
    if (this.#takeWord('count')) return { is: 'count', path: this.#pathInBrackets() };
    if (this.#takeWord('length')) return { is: 'length', path: this.#pathInBrackets() };
    throw this.#fault('missing-operand', [
      '$',
      '"text"',
      'a number',
      'true',
      'false',
      'null',
      'count($…)',
      'length($…)',
      'exists($…)',
      'not',
      '(',
    ]);
  }

  #pathInBrackets(): string {
    if (!this.#takeMark('(')) throw this.#fault('missing-mark', ['(']);
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'path') throw this.#fault('missing-mark', ['$']);
    this.#at += 1;
    if (!this.#takeMark(')')) throw this.#fault('missing-mark', [')']);
    return checked(token);
  }

  get #offset(): number {
    return this.#tokens[this.#at]?.offset ?? this.#end;
  }

  #takeWord(word: string): boolean {
    return this.#take((token) => token.kind === 'word' && token.text === word);
  }

  #takeMark(mark: string): boolean {
    return this.#take((token) => token.kind === 'mark' && token.text === mark);
  }

  #take(fits: (token: ExpressionToken) => boolean): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !fits(token)) return false;
    this.#at += 1;
    return true;
  }

  #fault(code: QueryFaultCode, expected: readonly [string, ...string[]]): ExpressionFault {
    const token = this.#tokens[this.#at];
    const found = token === undefined ? 'the end' : token.text;
    const hint =
      token?.kind === 'word' && !FUNCTIONS.has(token.text) ? '; a text stands in quotes, a path begins with $' : '';
    const message = `expected ${expected.join(', ')} and found ${found}${hint}`;
    return new ExpressionFault(code, this.#offset, expected, message, { mark: expected[0] });
  }
}

function joined(is: 'and' | 'or', terms: readonly Expression[]): Expression {
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { is, terms };
}

const NOTHING_YET = parseJson(new Uint8Array([0x7b, 0x7d])).document;

/** The path itself. @throws ExpressionFault where it is none. */
function checked({ text, offset }: ExpressionToken): string {
  const result = NOTHING_YET === null ? null : queryJsonPath(NOTHING_YET, text);
  if (result?.ok === false) {
    const { message } = result;
    throw new ExpressionFault('bad-path', offset + result.offset, ['a JSONPath'], message, { reason: message });
  }
  return text;
}

class Unanswerable extends Error {
  readonly code: Unanswered['code'];
  readonly params: FaultParams;

  constructor(code: Unanswered['code'], params: FaultParams, message: string) {
    super(message);
    this.code = code;
    this.params = params;
  }
}

/** Never throws for a document; what cannot be answered says why. */
export function evaluate(expression: Expression, document: JsonDocument): Evaluation {
  const seen: { observed: Scalar | undefined } = { observed: undefined };
  try {
    const holds = holdsFor(expression, document, seen);
    return { ok: true, holds, observed: shortened(seen.observed ?? null) };
  } catch (error) {
    if (!(error instanceof Unanswerable)) throw error;
    const { code, params, message } = error;
    return { ok: false, code, params, message };
  }
}

/** And and or look at every term, so that the same questions are asked of every state. */
function holdsFor(expression: Expression, document: JsonDocument, seen: { observed: Scalar | undefined }): boolean {
  switch (expression.is) {
    case 'and':
      return expression.terms.map((term) => holdsFor(term, document, seen)).every(Boolean);
    case 'or':
      return expression.terms.map((term) => holdsFor(term, document, seen)).some(Boolean);
    case 'not':
      return !holdsFor(expression.term, document, seen);
    case 'exists': {
      const found = nodesOf(document, expression.path).nodes.length > 0;
      seen.observed ??= found;
      return found;
    }
    case 'compare': {
      const left = valueOf(expression.left, document);
      const right = valueOf(expression.right, document);
      if (seen.observed === undefined && left !== undefined) seen.observed = left;
      return compares(left, expression.op, right);
    }
    default:
      return expression satisfies never;
  }
}

function nodesOf(
  document: JsonDocument,
  path: string,
): { readonly nodes: readonly NodeId[]; readonly singular: boolean } {
  const result = queryJsonPath(document, path, { maxSteps: MAX_STEPS });
  if (!result.ok) {
    const reason = result.message;
    throw new Unanswerable('path-failed', { path, reason }, `${path}: ${reason}`);
  }
  return result;
}

/** Undefined where nothing is. */
function valueOf(operand: Operand, document: JsonDocument): Scalar | undefined {
  if (operand.is === 'literal') return operand.value;
  const { path } = operand;
  const { nodes, singular } = nodesOf(document, path);
  const [node] = nodes;
  if (operand.is === 'count') {
    const isList = singular && node !== undefined && isContainer(document, node);
    return isList ? document.childCount(node) : nodes.length;
  }
  if (nodes.length > 1) {
    throw new Unanswerable(
      'many-values',
      { path, found: nodes.length },
      `${path} finds ${nodes.length} values and a comparison takes one: make it more specific, or use count(${path})`,
    );
  }
  if (node === undefined) return undefined;
  const kind = document.kind(node);
  if (operand.is === 'length') {
    if (kind === 'string') return Array.from(document.string(node)).length;
    if (isContainer(document, node)) return document.childCount(node);
    throw new Unanswerable('no-length', { path }, `${path} is a ${kind}, which has no length`);
  }
  if (isContainer(document, node)) {
    const message = `${path} is an ${kind}, which is not compared: name a value in it, or use count(${path})`;
    throw new Unanswerable('not-compared', { path }, message);
  }
  if (kind === 'string') return document.string(node);
  if (kind === 'number') return document.number(node).value;
  return kind === 'boolean' ? document.boolean(node) : null;
}

function isContainer(document: JsonDocument, node: NodeId): boolean {
  return document.kind(node) === 'array' || document.kind(node) === 'object';
}

/** RFC 9535, section 2.3.5.2.2: what is not there equals only what is not there; texts and numbers have an order, each among themselves. */
function compares(left: Scalar | undefined, op: CompareOp, right: Scalar | undefined): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return less(left, right);
    case '>':
      return less(right, left);
    case '<=':
      return less(left, right) || left === right;
    case '>=':
      return less(right, left) || left === right;
    default:
      return op satisfies never;
  }
}

function less(left: Scalar | undefined, right: Scalar | undefined): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && left < right;
}

function shortened(value: Scalar): Scalar {
  return typeof value === 'string' ? value.slice(0, LONGEST_OBSERVED) : value;
}
