/** From the tape back to text: byte for byte as it was, or indented with every token as it is written. */
import type { JsonDocument, NodeId } from './document.ts';
import { decodeUtf8, textPrefix } from './json-string.ts';

export interface FormatOptions {
  /** Blanks for each level; 0 puts everything on one line without any white space. Default 2. */
  readonly indent?: number;
}

export interface FormatChunkOptions extends FormatOptions {
  /** A chunk is handed out as soon as it is this long. Default 65,536. */
  readonly chunkChars?: number;
  /** Names and values longer than this are cut off there. Default: none is. */
  readonly tokenChars?: number;
}

/** Beyond this level lines move no further to the right: the indentation of n levels would take n² bytes. */
const MAX_INDENTED_LEVELS = 100;

const OPEN = { array: 0x5b, object: 0x7b } as const;
const CLOSE = { array: 0x5d, object: 0x7d } as const;

/**
 * The bytes that were parsed, put together from the tape: brackets, commas and colons from the structure; names, leaves
 * and opaque containers from their ranges; white space from the gaps. What follows a syntax error is copied.
 * @throws Error if the tape does not describe its bytes, which is a fault of the parser.
 */
export function printJson(doc: JsonDocument): Uint8Array<ArrayBuffer> {
  return new Printer(doc).print();
}

class Printer {
  readonly #doc: JsonDocument;
  readonly #out: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(doc: JsonDocument) {
    this.#doc = doc;
    this.#out = new Uint8Array(doc.bytes.length);
  }

  print(): Uint8Array<ArrayBuffer> {
    const doc = this.#doc;
    const open: NodeId[] = [];
    this.#copy(0, doc.start(0));
    for (let n = 0; n < doc.nodeCount; n++) {
      for (let top = open.at(-1); top !== undefined && doc.next(top) <= n; top = open.at(-1)) {
        this.#close(top);
        open.pop();
      }
      const parent = open.at(-1);
      if (parent !== undefined && n !== parent + 1) this.#punctuation(0x2c);
      const key = doc.keyRange(n);
      if (key) {
        this.#space();
        this.#token(key.start, key.end);
        this.#punctuation(0x3a);
      }
      this.#space();
      const kind = doc.kind(n);
      if ((kind === 'array' || kind === 'object') && !doc.isOpaque(n)) {
        this.#byte(OPEN[kind]);
        open.push(n);
      } else {
        this.#token(doc.start(n), doc.end(n));
      }
    }
    for (let top = open.pop(); top !== undefined; top = open.pop()) this.#close(top);
    this.#copy(this.#length, doc.bytes.length);
    return this.#out;
  }

  #close(n: NodeId): void {
    const kind = this.#doc.kind(n);
    const end = this.#doc.end(n);
    if (this.#doc.isIncomplete(n)) {
      this.#copy(this.#length, end);
    } else if (kind === 'array' || kind === 'object') {
      this.#punctuation(CLOSE[kind]);
      if (this.#length !== end) throw new Error(`node ${n} ends at ${end}, not at ${this.#length}`);
    }
  }

  #punctuation(byte: number): void {
    this.#space();
    this.#byte(byte);
  }

  #byte(byte: number): void {
    this.#out[this.#length++] = byte;
  }

  /** The white space that stands here. */
  #space(): void {
    const { bytes } = this.#doc;
    for (;;) {
      const byte = bytes[this.#length];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#byte(byte);
    }
  }

  #token(start: number, end: number): void {
    if (start !== this.#length) throw new Error(`a token begins at ${start}, not at ${this.#length}`);
    this.#copy(start, end);
  }

  #copy(start: number, end: number): void {
    this.#out.set(this.#doc.bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }
}

/** `formatJsonChunks` in one piece; for values of which one knows that they are small. */
export function formatJson(doc: JsonDocument, n: NodeId, options: FormatOptions = {}): string {
  let text = '';
  for (const chunk of formatJsonChunks(doc, n, { ...options, chunkChars: Infinity })) text += chunk;
  return text;
}

/** The beginning of `formatJson`, at the cost of what is handed out: neither long values nor many are read further. */
export function formatJsonPrefix(
  doc: JsonDocument,
  n: NodeId,
  maxChars: number,
  options: FormatOptions = {},
): { readonly text: string; readonly truncated: boolean } {
  // Two more, because a token is cut one short where that would split a pair.
  const [text = ''] = formatJsonChunks(doc, n, { ...options, chunkChars: maxChars + 2, tokenChars: maxChars + 2 });
  return textPrefix(text, maxChars);
}

/**
 * The value re-indented in the manner of JSON.stringify. Every token keeps its spelling, duplicate members stay, an opaque
 * container stays as it is written, and what was cut off stays without its closing bracket.
 */
export function* formatJsonChunks(doc: JsonDocument, n: NodeId, options: FormatChunkOptions = {}): Generator<string> {
  const indent = options.indent ?? 2;
  const chunkChars = options.chunkChars ?? 65_536;
  const tokenChars = options.tokenChars ?? Infinity;
  const lines = Array.from(
    { length: indent === 0 ? 0 : MAX_INDENTED_LEVELS + 1 },
    (_, level) => `\n${' '.repeat(level * indent)}`,
  );
  const newline = (level: number): string => lines[Math.min(level, MAX_INDENTED_LEVELS)] ?? '';
  const colon = indent === 0 ? ':' : ': ';
  const open: NodeId[] = [];
  let out = '';

  const close = (container: NodeId): void => {
    open.pop();
    if (doc.isIncomplete(container)) return;
    if (doc.childCount(container) > 0) out += newline(open.length);
    out += doc.kind(container) === 'object' ? '}' : ']';
  };

  const end = doc.next(n);
  for (let at = n; at < end; at++) {
    for (let top = open.at(-1); top !== undefined && doc.next(top) <= at; top = open.at(-1)) close(top);
    const parent = open.at(-1);
    if (parent !== undefined) {
      if (at !== parent + 1) out += ',';
      out += newline(open.length);
      const key = doc.keyRange(at);
      if (key) out += decodeUtf8(doc.bytes, key.start, key.end, tokenChars) + colon;
    }
    const kind = doc.kind(at);
    if ((kind === 'array' || kind === 'object') && !doc.isOpaque(at)) {
      out += kind === 'object' ? '{' : '[';
      open.push(at);
    } else {
      out += decodeUtf8(doc.bytes, doc.start(at), doc.end(at), tokenChars);
    }
    if (out.length >= chunkChars) {
      yield out;
      out = '';
    }
  }
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    close(top);
    if (out.length >= chunkChars) {
      yield out;
      out = '';
    }
  }
  if (out !== '') yield out;
}
