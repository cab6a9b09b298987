/** Long values of a paged document as text, piece by piece. */

import { decodePrefix, quoteJson } from '../../../shared/json/json-string.ts';
import { formatJsonChunks } from '../../../shared/json/print.ts';
import type { PagedDocument, PagedNode, ParsedNode } from './paged-document.ts';

const PIECE_BYTES = 64 * 1024;
/** A pair of escaped surrogates; UTF-8 takes at most four. */
const LONGEST_CHARACTER = 12;
const CHILDREN_AT_ONCE = 50;

/** The decoded string, some 64 kB at a time. */
export async function* stringPieces(document: PagedDocument, node: PagedNode): AsyncGenerator<string, void, void> {
  const length = node.end - node.id - (node.incomplete ? 0 : 1);
  for (let at = 1; at < length; ) {
    const bytes = await document.bytes(node, at, Math.min(length, at + PIECE_BYTES));
    const end = at + bytes.length >= length ? bytes.length : wholeCharacters(bytes);
    if (end === 0) return;
    yield decodePrefix(bytes, 0, end, Infinity, true).text;
    at += end;
  }
}

/** The first characters of a string of any length. */
export async function stringPrefix(
  document: PagedDocument,
  node: PagedNode,
  maxChars: number,
): Promise<{ text: string; truncated: boolean }> {
  const length = node.end - node.id - (node.incomplete ? 0 : 1);
  const bytes = await document.bytes(node, 1, Math.min(length, 1 + (maxChars + 2) * LONGEST_CHARACTER));
  const whole = 1 + bytes.length >= length;
  const prefix = decodePrefix(bytes, 0, whole ? bytes.length : wholeCharacters(bytes), maxChars, true);
  return { text: prefix.text, truncated: prefix.truncated || !whole };
}

/** Any value indented in the manner of JSON.stringify, as `formatJson` does it, some 64 kB at a time. */
export async function* formattedPieces(document: PagedDocument, node: PagedNode): AsyncGenerator<string, void, void> {
  let text = '';
  for await (const piece of formatted(document, node, 0)) {
    text += piece;
    if (text.length < PIECE_BYTES) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

async function* formatted(document: PagedDocument, node: PagedNode, level: number): AsyncGenerator<string, void, void> {
  const indent = '\n' + '  '.repeat(level);
  if (node.parsed !== null) {
    yield* parsedPieces(node.parsed, level);
    return;
  }
  if (node.kind !== 'array' && node.kind !== 'object') {
    yield* rawPieces(document, node);
    return;
  }
  const [open, close] = node.kind === 'array' ? ['[', ']'] : ['{', '}'];
  yield open;
  for (let from = 0; from < node.children; from += CHILDREN_AT_ONCE) {
    for (const child of await document.children(node, from, CHILDREN_AT_ONCE)) {
      const name = child.name === null ? '' : `${quoteJson(child.name)}: `;
      yield `${child.index > 0 ? ',' : ''}${indent}  ${name}`;
      if (child.parsed === null) yield* formatted(document, child, level + 1);
      else yield* parsedPieces(child.parsed, level + 1);
    }
  }
  if (!node.incomplete) yield `${node.children > 0 ? indent : ''}${close}`;
}

function* parsedPieces({ document, node }: ParsedNode, level: number): Generator<string, void, void> {
  for (const chunk of formatJsonChunks(document, node))
    yield level === 0 ? chunk : chunk.replaceAll('\n', `\n${'  '.repeat(level)}`);
}

/** As it is written. */
async function* rawPieces(document: PagedDocument, node: PagedNode): AsyncGenerator<string, void, void> {
  const length = node.end - node.id;
  for (let at = 0; at < length; ) {
    const bytes = await document.bytes(node, at, Math.min(length, at + PIECE_BYTES));
    const end = at + bytes.length >= length ? bytes.length : wholeCharacters(bytes);
    if (end === 0) return;
    yield decodePrefix(bytes, 0, end, Infinity, false).text;
    at += end;
  }
}

/** Up to where no escape, no pair of surrogates and no sequence of UTF-8 is cut. */
function wholeCharacters(bytes: Uint8Array): number {
  let at = 0;
  for (let next = 0; next <= bytes.length; ) {
    at = next;
    const byte = bytes[at];
    if (byte === undefined) break;
    if (byte === 0x5c) next = at + (bytes[at + 1] === 0x75 ? (isHighEscape(bytes, at) ? 12 : 6) : 2);
    else next = at + (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);
  }
  return at;
}

/** `\ud8` to `\udb`: the first half of a pair, which may follow as another escape. */
function isHighEscape(bytes: Uint8Array, at: number): boolean {
  const [d, digit] = [bytes[at + 2], bytes[at + 3]];
  const isHigh = (d === 0x64 || d === 0x44) && digit !== undefined && /[89ab]/i.test(String.fromCharCode(digit));
  return isHigh && (bytes[at + 6] ?? 0x5c) === 0x5c && (bytes[at + 7] ?? 0x75) === 0x75;
}
