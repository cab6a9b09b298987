/** One edit of a JSON text. Every byte outside of the edit stays as it is. */
import type { ByteRange, JsonDocument, NodeId } from './document.ts';
import { decodeUtf8, encodeUtf8 } from './json-string.ts';
import { parseJson } from './parse.ts';
import { joinPieces, type Pieces } from './pieces.ts';

export type JsonEdit =
  /** Another value in the place of `node`. */
  | { readonly op: 'set'; readonly node: NodeId; readonly text: string }
  /** Another name for a member. */
  | { readonly op: 'rename'; readonly node: NodeId; readonly name: string }
  /** A new item before the one at `index`, or a new member; at the end when `index` is the number of children. */
  | {
      readonly op: 'insert';
      readonly parent: NodeId;
      readonly index: number;
      /** For a member; null for an item. */
      readonly name: string | null;
      readonly text: string;
    }
  | { readonly op: 'remove'; readonly node: NodeId };

export type EditRefusal =
  /** The new text is no JSON value; `offset` is the character at which it stops being one. */
  | { readonly reason: 'not-json'; readonly message: string; readonly offset: number }
  /** Another member has this name already. */
  | { readonly reason: 'name-taken' }
  /** The root, which has no name and cannot be removed; a container that does not take this kind of child; a value that is cut off. */
  | { readonly reason: 'impossible' };

export type EditResult = { readonly ok: true; readonly bytes: Uint8Array } | ({ readonly ok: false } & EditRefusal);

/** @throws RangeError for a node that is not on the tape. */
export function editJson(document: JsonDocument, edit: JsonEdit): EditResult {
  switch (edit.op) {
    case 'set':
      return withValue(edit.text, (value) =>
        splice(document, valueRange(document, edit.node), restyle(document, edit.node, value)),
      );
    case 'rename':
      return rename(document, edit.node, edit.name);
    case 'insert':
      return insert(document, edit);
    case 'remove':
      return remove(document, edit.node);
    default:
      return edit satisfies never;
  }
}

function rename(document: JsonDocument, node: NodeId, name: string): EditResult {
  const range = document.keyRange(node);
  if (range === undefined) return IMPOSSIBLE;
  if (document.key(node) === name) return { ok: true, bytes: document.bytes };
  if (document.member(document.parent(node), name) !== undefined) return { ok: false, reason: 'name-taken' };
  return splice(document, range, nameBytes(name));
}

function insert(document: JsonDocument, edit: JsonEdit & { op: 'insert' }): EditResult {
  const { parent, index, name, text } = edit;
  const kind = document.kind(parent);
  const fits = name === null ? kind === 'array' : kind === 'object';
  const count = document.childCount(parent);
  if (!fits || document.isIncomplete(parent) || document.isOpaque(parent) || index < 0 || index > count)
    return IMPOSSIBLE;
  if (name !== null && document.member(parent, name) !== undefined) return { ok: false, reason: 'name-taken' };
  return withValue(text, (value) => {
    const last = count > 0 ? document.child(parent, count - 1) : undefined;
    const first = document.child(parent, 0);
    const colon = last === undefined ? encodeUtf8(': ') : colonOf(document, last);
    const member = name === null ? value : joinPieces([nameBytes(name), colon, value]);
    if (first === undefined || last === undefined) {
      // Between the brackets there is white space only.
      return splice(document, { start: document.start(parent) + 1, end: document.end(parent) - 1 }, member);
    }
    const comma = separatorOf(document, parent, first);
    const before = document.child(parent, index);
    const at = before === undefined ? document.end(last) : childStart(document, before);
    const pieces = before === undefined ? [comma, member] : [member, comma];
    return splice(document, { start: at, end: at }, ...pieces);
  });
}

function remove(document: JsonDocument, node: NodeId): EditResult {
  const parent = document.parent(node);
  if (parent < 0) return IMPOSSIBLE;
  const index = document.indexInParent(node);
  const next = document.child(parent, index + 1);
  const previous = index > 0 ? document.child(parent, index - 1) : undefined;
  if (next !== undefined) {
    return splice(document, { start: childStart(document, node), end: childStart(document, next) });
  }
  if (document.isIncomplete(parent)) return IMPOSSIBLE;
  if (previous !== undefined) return splice(document, { start: document.end(previous), end: document.end(node) });
  return splice(document, { start: document.start(parent) + 1, end: document.end(parent) - 1 });
}

const IMPOSSIBLE: EditResult = { ok: false, reason: 'impossible' };

function withValue(text: string, edit: (value: Uint8Array) => EditResult): EditResult {
  const bytes = encodeUtf8(text);
  const { document, issues } = parseJson(bytes);
  const fault = issues.find(({ severity }) => severity === 'error');
  if (fault !== undefined || document === null) {
    const offset = decodeUtf8(bytes, 0, fault?.offset ?? 0).length;
    return { ok: false, reason: 'not-json', message: fault?.message ?? 'there is no value', offset };
  }
  return edit(document.rawBytes(0));
}

function valueRange(document: JsonDocument, node: NodeId): ByteRange {
  return { start: document.start(node), end: document.end(node) };
}

/** A member with its name, an item without. */
function childStart(document: JsonDocument, child: NodeId): number {
  return document.keyRange(child)?.start ?? document.start(child);
}

/** What stands between a name and its value. */
function colonOf(document: JsonDocument, child: NodeId): Uint8Array {
  return document.bytes.subarray(document.keyRange(child)?.end ?? document.start(child), document.start(child));
}

/** What stands between two children here; for an only child, what stands before it. */
function separatorOf(document: JsonDocument, parent: NodeId, first: NodeId): Uint8Array {
  const second = document.child(parent, 1);
  if (second !== undefined) return document.bytes.subarray(document.end(first), childStart(document, second));
  const lead = document.bytes.subarray(document.start(parent) + 1, childStart(document, first));
  return joinPieces([encodeUtf8(','), lead.length > 0 ? lead : encodeUtf8(' ')]);
}

/**
 * A person edits a container in lines. Where the container stood on one line, so does what replaces it, with the spaces that
 * the file has after its commas and colons. Scalars keep the way they were typed.
 */
function restyle(document: JsonDocument, node: NodeId, value: Uint8Array): Uint8Array {
  const isContainer = (kind: string) => kind === 'array' || kind === 'object';
  if (!isContainer(document.kind(node)) || document.rawBytes(node).includes(NEWLINE)) return value;
  const parsed = parseJson(value).document;
  if (parsed === null || !isContainer(parsed.kind(0))) return value;
  const style = styleOf(document, node);
  const out: (string | Uint8Array)[] = [];
  const open: NodeId[] = [];
  const closeUntil = (node: NodeId): void => {
    for (let last = open.at(-1); last !== undefined && parsed.next(last) <= node; last = open.at(-1)) {
      out.push(parsed.kind(last) === 'array' ? ']' : '}');
      open.pop();
    }
  };
  for (let at = 0; at < parsed.nodeCount; at++) {
    closeUntil(at);
    const parent = parsed.parent(at);
    if (parent >= 0 && at !== parent + 1) out.push(style.comma);
    const name = parsed.keyRange(at);
    if (name !== undefined) out.push(parsed.bytes.subarray(name.start, name.end), style.colon);
    if (isContainer(parsed.kind(at))) {
      out.push(parsed.kind(at) === 'array' ? '[' : '{');
      open.push(at);
    } else out.push(parsed.rawBytes(at));
  }
  closeUntil(parsed.nodeCount);
  return joinPieces(out);
}

/** Python's `json.dumps` puts a space after commas and colons, JavaScript's `JSON.stringify` none. */
function styleOf(document: JsonDocument, node: NodeId): { readonly comma: Uint8Array; readonly colon: Uint8Array } {
  let member: NodeId | undefined;
  let pair: readonly [NodeId, NodeId] | undefined;
  const end = document.next(node);
  for (let at = node; at < end && (member === undefined || pair === undefined); at++) {
    if (document.keyRange(at) !== undefined && at !== node) member ??= at;
    const [first, second] = [document.child(at, 0), document.child(at, 1)];
    if (first !== undefined && second !== undefined) pair ??= [first, second];
  }
  const colon = member === undefined ? encodeUtf8(': ') : colonOf(document, member);
  const comma =
    pair === undefined
      ? encodeUtf8(', ')
      : document.bytes.subarray(document.end(pair[0]), childStart(document, pair[1]));
  return { comma, colon };
}

const NEWLINE = 0x0a;

function nameBytes(name: string): Uint8Array {
  return encodeUtf8(JSON.stringify(name));
}

function splice(document: JsonDocument, range: ByteRange, ...replacement: Pieces): EditResult {
  const { bytes } = document;
  return { ok: true, bytes: joinPieces([bytes.subarray(0, range.start), ...replacement, bytes.subarray(range.end)]) };
}
