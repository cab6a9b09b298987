/**
 * A state with values put in and taken out by path. Only the containers on the way to them are taken apart; everything else stays
 * the bytes that it was. The text depends on the text it began with and the order of the changes alone, not on when it was printed
 * in between, so that a journal that replays changes gives the text that was recorded.
 */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { decodeUtf8, encodeUtf8, quoteJson } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { joinPieces, type Pieces } from '../../../shared/json/pieces.ts';

/** As it is written. */
interface Whole {
  readonly kind: 'whole';
  readonly document: JsonDocument;
  readonly node: NodeId;
}
interface OpenArray {
  readonly kind: 'array';
  readonly items: Part[];
}
interface OpenObject {
  readonly kind: 'object';
  /** By decoded name; of duplicate names the last counts, as everywhere. */
  readonly members: Map<string, { readonly name: Uint8Array; value: Part }>;
}
/** Put in, and not yet looked into. */
interface Text {
  readonly kind: 'text';
  readonly text: string;
}
type Part = Whole | Text | OpenArray | OpenObject;

/** Longer ones are refused: printing goes one call deeper for each segment. */
export const LONGEST_PATH = 500;

export class StateOverlay {
  #root: Part;

  constructor(document: JsonDocument) {
    this.#root = { kind: 'whole', document, node: 0 };
  }

  /** The JSON text at a path; null when nothing is there. */
  get(path: JsonPath): string | null {
    let part: Part | undefined = this.#root;
    for (const segment of path) {
      if (part === undefined) return null;
      part = childOf(part, segment);
    }
    if (part === undefined) return null;
    if (part.kind === 'text') return part.text;
    if (part.kind === 'whole') return part.document.rawText(part.node);
    return decodeUtf8(joinPieces(piecesOf(part)));
  }

  /**
   * Puts a value there; with null, takes away what is there. Containers that are missing on the way are made; a position beyond the
   * end of an array means its end; a leaf in the way is replaced by an object.
   * @param value a text for which `jsonText` gave itself.
   */
  set(path: JsonPath, value: string | null): void {
    if (path.length > LONGEST_PATH) throw new RangeError(`a path of ${path.length} segments is too long`);
    const last = path.at(-1);
    if (last === undefined) {
      if (value !== null) this.#root = { kind: 'text', text: value };
      return;
    }
    if (value === null && this.get(path) === null) return;
    this.#root = opened(this.#root);
    let at = this.#root;
    for (const segment of path.slice(0, -1)) {
      const child = opened(childOf(at, segment) ?? EMPTY_OBJECT);
      put(at, segment, child);
      at = child;
    }
    if (value === null) take(at, last);
    else put(at, last, { kind: 'text', text: value });
  }

  print(): Uint8Array {
    if (this.#root.kind === 'whole' && this.#root.node === 0) return this.#root.document.bytes;
    return joinPieces(piecesOf(this.#root));
  }
}

const EMPTY_OBJECT: Part = { kind: 'object', members: new Map() };

function childOf(part: Part, segment: string | number): Part | undefined {
  if (part.kind === 'text') return childOf(lookedInto(part), segment);
  if (part.kind === 'whole') {
    const { document, node } = part;
    const index = document.kind(node) === 'array' ? indexOf(segment) : undefined;
    const child = index === undefined ? document.member(node, String(segment)) : document.child(node, index);
    return child === undefined ? undefined : { kind: 'whole', document, node: child };
  }
  if (part.kind === 'object') return part.members.get(String(segment))?.value;
  const index = indexOf(segment);
  return index === undefined ? undefined : part.items[index];
}

/** A copy of its first level; anything but a container becomes an empty object. */
function opened(part: Part): OpenArray | OpenObject {
  if (part === EMPTY_OBJECT) return { kind: 'object', members: new Map() };
  if (part.kind === 'text') return opened(lookedInto(part));
  if (part.kind !== 'whole') return part;
  const { document, node } = part;
  const whole = (child: NodeId): Part => ({ kind: 'whole', document, node: child });
  if (document.kind(node) === 'array') return { kind: 'array', items: [...document.children(node)].map(whole) };
  const members: OpenObject['members'] = new Map();
  for (const child of document.children(node)) {
    const range = document.keyRange(child);
    if (range === undefined) continue;
    const name = document.bytes.subarray(range.start, range.end);
    members.set(document.key(child) ?? '', { name, value: whole(child) });
  }
  return { kind: 'object', members };
}

function put(container: OpenArray | OpenObject, segment: string | number, value: Part): void {
  if (container.kind === 'array') {
    const index = indexOf(segment) ?? container.items.length;
    container.items[Math.min(index, container.items.length)] = value;
    return;
  }
  const known = container.members.get(String(segment));
  if (known) known.value = value;
  else container.members.set(String(segment), { name: encodeUtf8(quoteJson(String(segment))), value });
}

function take(container: OpenArray | OpenObject, segment: string | number): void {
  const index = container.kind === 'array' ? indexOf(segment) : undefined;
  if (container.kind === 'object') container.members.delete(String(segment));
  else if (index !== undefined) container.items.splice(index, 1);
}

function indexOf(segment: string | number): number | undefined {
  if (typeof segment === 'number') return segment >= 0 && Number.isSafeInteger(segment) ? segment : undefined;
  return /^(?:0|[1-9]\d{0,14})$/.test(segment) ? Number(segment) : undefined;
}

function piecesOf(part: Part): Pieces {
  const pieces: (string | Uint8Array)[] = [];
  write(part, pieces);
  return pieces;
}

function write(part: Part, pieces: (string | Uint8Array)[]): void {
  if (part.kind === 'whole') {
    pieces.push(part.document.rawBytes(part.node));
  } else if (part.kind === 'text') {
    pieces.push(utf8Of(part.text));
  } else if (part.kind === 'array') {
    for (const [at, item] of part.items.entries()) {
      pieces.push(at === 0 ? '[' : ',');
      write(item, pieces);
    }
    pieces.push(part.items.length === 0 ? '[]' : ']');
  } else {
    let separator = '{';
    for (const { name, value } of part.members.values()) {
      pieces.push(separator, name, ':');
      write(value, pieces);
      separator = ',';
    }
    pieces.push(part.members.size === 0 ? '{}' : '}');
  }
}

function lookedInto({ text }: Text): Whole {
  const document = wholeJson(utf8Of(text));
  if (document === null) throw new TypeError('a value that was put into a state is no JSON');
  return { kind: 'whole', document, node: 0 };
}

/** A JSON text with nothing but white space around it; null when it is none, or cut off. */
export function wholeJson(bytes: Uint8Array): JsonDocument | null {
  const { document, issues } = parseJson(bytes);
  return issues.some(({ severity }) => severity === 'error') ? null : document;
}

const PLAIN_LEAF = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|"[ !#-[\]-~]*")$/;

/** The text without white space around it; null when it is no whole JSON text. */
export function jsonText(text: string): string | null {
  if (PLAIN_LEAF.test(text)) return text;
  const trimmed = isSpace(text.at(0)) || isSpace(text.at(-1)) ? trimmedOf(text) : text;
  // A byte order mark is skipped at the beginning of a file; within a state it would be damage.
  if (trimmed.startsWith('\ufeff')) return null;
  try {
    // Much faster than the tape, and nothing of what it makes is kept.
    JSON.parse(trimmed);
    return trimmed;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    // NaN and the infinities, and what is nested too deeply for it.
    return wholeJson(utf8Of(trimmed)) === null ? null : trimmed;
  }
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

/** JSON's white space only; `trim` takes more. */
function trimmedOf(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start += 1;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

const REPLACEMENT = Buffer.from('\ufffd');

/** `encodeUtf8` at the speed of Node's own, which loses lone surrogates. */
export function utf8Of(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.includes(REPLACEMENT) ? encodeUtf8(text) : bytes;
}
