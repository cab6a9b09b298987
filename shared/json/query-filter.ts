/** Filter expressions of RFC 9535 (section 2.3.5) on tape nodes. Nothing is converted but the leaves that are compared. */
import { DEFAULT_ENVIRONMENT, type JSONPathQuery, jsonpath } from 'json-p3';
import type { JsonDocument, NodeId } from './document.ts';
import { isHighSurrogate, isLowSurrogate } from './json-string.ts';

const {
  BooleanLiteral,
  FunctionExtension,
  InfixExpression,
  LogicalExpression,
  NullLiteral,
  NumberLiteral,
  PrefixExpression,
  RelativeQuery,
  RootQuery,
  StringLiteral,
} = jsonpath.expressions;
type Expression = Parameters<typeof DEFAULT_ENVIRONMENT.checkWellTypedness>[1][number];
type Call = InstanceType<typeof FunctionExtension>;

const NOTHING = Symbol('Nothing');

/** An array or an object, of which only the place is kept. */
interface Container {
  readonly node: NodeId;
}
type Value = Container | string | number | boolean | null | typeof NOTHING;

export class Filter {
  readonly #doc: JsonDocument;
  readonly #run: (query: JSONPathQuery, from: NodeId) => NodeId[];
  /** A query from the root gives the same for every candidate. */
  readonly #fromRoot = new Map<JSONPathQuery, NodeId[]>();

  constructor(doc: JsonDocument, run: (query: JSONPathQuery, from: NodeId) => NodeId[]) {
    this.#doc = doc;
    this.#run = run;
  }

  accepts(expression: Expression, current: NodeId): boolean {
    if (expression instanceof LogicalExpression) return this.accepts(expression.expression, current);
    if (expression instanceof PrefixExpression) return !this.accepts(expression.right, current);
    if (expression instanceof InfixExpression) {
      const { left, right } = expression;
      if (expression.operator === '&&') return this.accepts(left, current) && this.accepts(right, current);
      if (expression.operator === '||') return this.accepts(left, current) || this.accepts(right, current);
      return this.#compare(this.#value(left, current), expression.operator, this.#value(right, current));
    }
    if (expression instanceof FunctionExtension) return this.#call(expression, current) === true;
    return this.#nodes(expression, current).length > 0;
  }

  #nodes(expression: Expression, current: NodeId): NodeId[] {
    if (expression instanceof RelativeQuery) return this.#run(expression.path, current);
    if (!(expression instanceof RootQuery)) throw new TypeError(`${expression.toString()} is no query`);
    const known = this.#fromRoot.get(expression.path);
    if (known) return known;
    const nodes = this.#run(expression.path, 0);
    this.#fromRoot.set(expression.path, nodes);
    return nodes;
  }

  #value(expression: Expression, current: NodeId): Value {
    if (expression instanceof NullLiteral) return null;
    if (
      expression instanceof StringLiteral ||
      expression instanceof NumberLiteral ||
      expression instanceof BooleanLiteral
    ) {
      return expression.value;
    }
    if (expression instanceof FunctionExtension) return this.#call(expression, current);
    return this.#single(this.#nodes(expression, current));
  }

  #single(nodes: readonly NodeId[]): Value {
    const [node] = nodes;
    return node === undefined || nodes.length > 1 ? NOTHING : this.#valueOf(node);
  }

  #valueOf(node: NodeId): Value {
    const doc = this.#doc;
    const kind = doc.kind(node);
    switch (kind) {
      case 'null':
        return null;
      case 'boolean':
        return doc.boolean(node);
      case 'number':
        return doc.number(node).value;
      case 'string':
        return doc.string(node);
      case 'array':
      case 'object':
        return { node };
      default: {
        const missing: never = kind;
        throw new TypeError(`kind ${String(missing)} is unknown`);
      }
    }
  }

  /** The five functions of section 2.4; json-p3 has checked their arguments. */
  #call({ name, args }: Call, current: NodeId): Value {
    const [first, second] = args;
    if (!first) return NOTHING;
    switch (name) {
      case 'count':
        return this.#nodes(first, current).length;
      case 'value':
        return this.#single(this.#nodes(first, current));
      case 'length':
        return this.#length(this.#value(first, current));
      case 'match':
      case 'search': {
        const text = this.#value(first, current);
        const pattern = second ? this.#value(second, current) : NOTHING;
        if (typeof text !== 'string' || typeof pattern !== 'string') return false;
        return DEFAULT_ENVIRONMENT.functionRegister.get(name)?.call(text, pattern) === true;
      }
      default:
        throw new TypeError(`function ${name} is none of RFC 9535`);
    }
  }

  #length(value: Value): Value {
    if (typeof value === 'string') return codePoints(value);
    if (!isContainer(value)) return NOTHING;
    return this.#size(value.node);
  }

  /** Children, those that a later duplicate shadows left out. */
  #size(node: NodeId): number {
    const doc = this.#doc;
    let size = doc.childCount(node);
    if (doc.hasDuplicateKeys(node)) for (const child of doc.children(node)) if (doc.isShadowed(child)) size--;
    return size;
  }

  #compare(left: Value, operator: string, right: Value): boolean {
    switch (operator) {
      case '==':
        return this.#equal(left, right);
      case '!=':
        return !this.#equal(left, right);
      case '<':
        return less(left, right);
      case '>':
        return less(right, left);
      case '<=':
        return less(left, right) || this.#equal(left, right);
      case '>=':
        return less(right, left) || this.#equal(left, right);
      default:
        throw new TypeError(`operator ${operator} is none of RFC 9535`);
    }
  }

  #equal(left: Value, right: Value): boolean {
    if (isContainer(left) && isContainer(right)) return this.#deepEqual(left.node, right.node);
    return left === right;
  }

  /** Without recursion: a document may be a million levels deep. */
  #deepEqual(left: NodeId, right: NodeId): boolean {
    const doc = this.#doc;
    const pending = [left, right];
    for (
      let b = pending.pop(), a = pending.pop();
      a !== undefined && b !== undefined;
      b = pending.pop(), a = pending.pop()
    ) {
      const valueA = this.#valueOf(a);
      const valueB = this.#valueOf(b);
      if (!isContainer(valueA) || !isContainer(valueB)) {
        if (valueA !== valueB) return false;
        continue;
      }
      if (a === b) continue;
      if (doc.kind(a) !== doc.kind(b) || this.#size(a) !== this.#size(b) || doc.isOpaque(a) || doc.isOpaque(b))
        return false;
      let index = 0;
      for (const child of doc.children(a)) {
        const key = doc.key(child);
        const other = key === undefined ? doc.child(b, index++) : doc.member(b, key);
        if (other === undefined) return false;
        if (!doc.isShadowed(child)) pending.push(child, other);
      }
    }
    return true;
  }
}

function isContainer(value: Value): value is Container {
  return typeof value === 'object' && value !== null;
}

function less(left: Value, right: Value): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && left < right;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    if (isHighSurrogate(text.charCodeAt(i - 1)) && isLowSurrogate(text.charCodeAt(i))) count--;
  }
  return count;
}
