/** From YAML to plain data whose members can be found again in the text. The file is untrusted: bounded, and no types of its own. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { YamlFault } from '../../../shared/ipc/persistence.ts';
import type { Fault, FaultCode, FaultParams } from './rules-fault.ts';

/** Characters; the parser calls itself for each level. */
export const LONGEST_FILE = 128 * 1024;
/** More than anyone writes by hand, fewer than it takes to blow up. */
const MOST_ALIASES = 100;

export type DataPath = readonly PropertyKey[];

const PLAIN_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

const NO_ANCHOR = 'an alias (*name) must come after its anchor (&name): write the value out.';

const SYNTAX: Readonly<Record<YamlFault, string>> = {
  BAD_INDENT: 'the indentation does not fit',
  TAB_AS_INDENT: 'a tab cannot indent: use spaces',
  MISSING_CHAR: 'a character is missing here: a quote, a bracket, or the space after a colon',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot begin here: quote a text that has ": " in it',
  MULTILINE_IMPLICIT_KEY: 'a key has to end with a colon on its line',
  MULTIPLE_DOCS: 'there may be one document only: remove what comes after ---',
  BAD_SCALAR_START: 'a text cannot begin with this character: quote it',
  BAD_DQ_ESCAPE: 'this escape is unknown: use single quotes for a plain backslash',
  other: 'this cannot stand here',
};

function syntaxOf(code: YAMLError['code']): YamlFault {
  return Object.hasOwn(SYNTAX, code) ? (code as YamlFault) : 'other';
}

export class YamlText {
  readonly faults: Fault[] = [];
  readonly #document: Document | null;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#document = this.#parse(text);
  }

  /** Null when there are faults already. */
  data(): unknown {
    const document = this.#document;
    if (document === null || this.faults.length > 0) return null;
    try {
      return document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
      this.#faultAt(
        0,
        'aliases',
        {},
        'there are more aliases (*name) than a configuration needs: write the values out.',
      );
      return null;
    }
  }

  /** At the value, or where nothing of it is written, at what is around it. */
  fault(
    path: DataPath,
    code: FaultCode,
    params: FaultParams,
    message: string,
    severity: Fault['severity'] = 'error',
  ): void {
    this.#faultAt(this.#offset(path, false), code, params, message, severity);
  }

  /** Of the value, or of the name of a member; where nothing of it is written, of what is around it. Both count from 1. */
  placeOf(path: DataPath, atKey = false): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(this.#offset(path, atKey));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** At the name of a member. */
  faultAtKey(path: DataPath, code: FaultCode, params: FaultParams, message: string): void {
    this.#faultAt(this.#offset(path, true), code, params, message);
  }

  #parse(text: string): Document | null {
    if (text.length > LONGEST_FILE) {
      const most = String(LONGEST_FILE);
      this.#faultAt(
        0,
        'too-large',
        { most },
        `the file has more than ${LONGEST_FILE} characters: it is no configuration.`,
      );
      return null;
    }
    let document: Document;
    try {
      document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#faultAt(0, 'too-deep', {}, 'values are nested too deeply.');
      return null;
    }
    for (const { code, pos } of document.errors) {
      const yaml = syntaxOf(code);
      if (code === 'DUPLICATE_KEY')
        this.#faultAt(pos[0], 'duplicate-key', {}, 'this key is there already: keep one of them.');
      else if (code === 'BAD_ALIAS' || code === 'RESOURCE_EXHAUSTION') this.#faultAt(pos[0], 'alias', {}, NO_ANCHOR);
      else this.#faultAt(pos[0], 'syntax', { yaml, code }, `no valid YAML: ${SYNTAX[yaml]}.`);
    }
    this.#refuseTypes(document);
    return document;
  }

  #refuseTypes(document: Document): void {
    const anchors = new Set<string>();
    visit(document, {
      Node: (_key, node) => {
        const offset = node.range?.[0] ?? 0;
        if (isAlias(node)) {
          if (!anchors.has(node.source)) this.#faultAt(offset, 'alias', {}, NO_ANCHOR);
          return;
        }
        if (node.anchor !== undefined) anchors.add(node.anchor);
        if (node.tag === undefined || PLAIN_TAGS.test(node.tag)) return;
        this.#faultAt(offset, 'tag', {}, 'tags (!name) are not allowed: write the plain value.');
      },
      Pair: (_key, pair) => {
        // Would be lost on the way to plain objects.
        if (!isScalar(pair.key) || pair.key.value !== '__proto__') return;
        this.#faultAt(pair.key.range?.[0] ?? 0, 'reserved-name', {}, '__proto__ cannot be a name: choose another.');
      },
    });
  }

  #offset(path: DataPath, atKey: boolean): number {
    let node: unknown = this.#document?.contents;
    let offset = rangeOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      const inner = childOf(node, step);
      if (inner === undefined) break;
      const key = isPair(inner) ? rangeOf(inner.key) : undefined;
      node = isPair(inner) ? inner.value : inner;
      const last = depth === path.length - 1;
      // What is missing below is told at the name of what it is missing from.
      const missingBelow = !last && childOf(node, path[depth + 1] ?? '') === undefined;
      offset = ((last && atKey) || missingBelow ? key : undefined) ?? rangeOf(node) ?? key ?? offset;
    }
    return offset;
  }

  #faultAt(
    offset: number,
    code: FaultCode,
    params: FaultParams,
    message: string,
    severity: Fault['severity'] = 'error',
  ): void {
    const { line, col } = this.#lines.linePos(offset);
    this.faults.push({ line: Math.max(line, 1), column: Math.max(col, 1), severity, code, params, message });
  }
}

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? ((node as Node).range?.[0] ?? undefined) : undefined;
}
