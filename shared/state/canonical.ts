/**
 * One text for one content, over the lossless tape: RFC 8785 (JSON Canonicalization Scheme), and the text that the
 * document's own formula hashes, Python's `json.dumps(data, sort_keys=True)`.
 *
 * Neither recurses: a state may be nested as deeply as it likes. With duplicate member names the last one counts, as in
 * Python and in JSON.parse.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { StateError } from './errors.ts';
import { pythonFloat } from './number-text.ts';

/** How one form differs from another. */
interface Form {
  readonly comma: string;
  readonly colon: string;
  readonly compare: (a: string, b: string) => number;
  readonly string: (text: string) => string;
  readonly number: (text: string) => string;
}

/**
 * RFC 8785: no white space, names in the order of UTF-16 units, numbers as ECMAScript writes their nearest double.
 *
 * Beyond the RFC, whose data is I-JSON and which has no form for these: an integer that no double holds keeps its digits (two
 * states that differ in such an id must not look the same); NaN and the infinities, and what overflows into them, are
 * Python's words; a lone surrogate is its escape. For data that RFC 8785 covers the text is exactly the RFC's.
 */
export const JCS: Form = {
  comma: ',',
  colon: ':',
  // `<` on strings compares UTF-16 units.
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  string: (text) => JSON.stringify(text),
  number(text) {
    const value = Number(text);
    if (!Number.isFinite(value)) return pythonFloat(value);
    if (isInteger(text) && !Number.isSafeInteger(value) && BigInt(value) !== BigInt(text))
      return BigInt(text).toString();
    return JSON.stringify(value);
  },
};

/**
 * `json.dumps(data, sort_keys=True)` of what `json.loads` gives: `", "` and `": "`, names in the order of code points,
 * everything but printable ASCII escaped, floats as `repr`, integers of any size.
 */
export const PYTHON: Form = {
  comma: ', ',
  colon: ': ',
  compare: compareCodePoints,
  string: pythonString,
  number: (text) => (isInteger(text) ? BigInt(text).toString() : pythonFloat(Number(text))),
};

/** @throws StateError `incomplete` for a value that is cut off or not wholly on the tape. */
export function canonicalJson(doc: JsonDocument, node: NodeId = 0): string {
  return [...sortedJson(doc, node, JCS)].join('');
}

/** @throws as `canonicalJson`. Source: the document, 2.2.3, `calculate_checksum`; CPython's json.encoder. */
export function pythonJson(doc: JsonDocument, node: NodeId = 0): string {
  return [...sortedJson(doc, node, PYTHON)].join('');
}

interface Frame {
  readonly close: string;
  readonly children: readonly { readonly node: NodeId; readonly key: string | undefined }[];
  next: number;
}

/** Token by token, for hashing without holding the whole text. A token is never cut. */
export function* sortedJson(doc: JsonDocument, root: NodeId, form: Form): Generator<string> {
  const stack: Frame[] = [];
  let node: NodeId | undefined = root;
  while (node !== undefined) {
    if (doc.isIncomplete(node) || doc.isOpaque(node)) {
      throw new StateError('incomplete', `the value at byte ${doc.start(node)} is not whole: it has no canonical form`);
    }
    const kind = doc.kind(node);
    if (kind === 'array' || kind === 'object') {
      const children = kind === 'array' ? [...doc.children(node)].map(item) : membersOf(doc, node, form);
      yield kind === 'array' ? '[' : '{';
      stack.push({ close: kind === 'array' ? ']' : '}', children, next: 0 });
    } else {
      yield leaf(doc, node, form);
    }
    node = undefined;
    while (node === undefined) {
      const frame = stack.at(-1);
      if (!frame) break;
      const child = frame.children[frame.next];
      if (!child) {
        yield frame.close;
        stack.pop();
        continue;
      }
      const lead: string = frame.next++ > 0 ? form.comma : '';
      yield child.key === undefined ? lead : `${lead}${form.string(child.key)}${form.colon}`;
      node = child.node;
    }
  }
}

function item(node: NodeId): Frame['children'][number] {
  return { node, key: undefined };
}

function membersOf(doc: JsonDocument, node: NodeId, form: Form): Frame['children'] {
  const members = new Map<string, NodeId>();
  for (const child of doc.children(node)) members.set(doc.key(child) ?? '', child);
  return [...members].toSorted(([a], [b]) => form.compare(a, b)).map(([key, child]) => ({ node: child, key }));
}

function leaf(doc: JsonDocument, node: NodeId, form: Form): string {
  const kind = doc.kind(node);
  if (kind === 'string') return form.string(doc.string(node));
  if (kind === 'number') return form.number(doc.number(node).text);
  return kind === 'null' ? 'null' : String(doc.boolean(node));
}

/** Python's json makes an int of it. */
function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** By code point, as Python compares strings; a lone surrogate counts as the code point that it is. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    // The units before are the same; the last of them may begin a pair in one text and stand alone in the other.
    const inPair = at > 0 && (isPair(a.codePointAt(at - 1)) || isPair(b.codePointAt(at - 1)));
    const from = inPair ? at - 1 : at;
    return (a.codePointAt(from) ?? 0) - (b.codePointAt(from) ?? 0);
  }
  return a.length - b.length;
}

function isPair(codePoint: number | undefined): boolean {
  return (codePoint ?? 0) > 0xffff;
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** json.encoder.py_encode_basestring_ascii: DEL is escaped, too. */
function pythonString(text: string): string {
  const escaped = text.replace(/[^ -~]|["\\]/g, (unit) => {
    return SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
