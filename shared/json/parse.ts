/**
 * One pass over the bytes, without recursion, that fills a tape. Grammar: RFC 8259, and the three words that Python
 * writes for floats (NaN, Infinity, -Infinity). A byte order mark is skipped. Bad input is reported, never thrown.
 */
import { JsonDocument } from './document.ts';
import type { JsonIssue, JsonIssueCode } from './issue.ts';
import { decodeUtf8, utf8SequenceLength } from './json-string.ts';
import {
  FALSE,
  INFINITY,
  NAN,
  NULL,
  newScanReport,
  SCAN_BAD,
  SCAN_CUT,
  SCAN_OK,
  type ScanReport,
  scanNumber,
  scanString,
  scanWord,
  TRUE,
  type Word,
} from './scan.ts';
import {
  FLAG_INCOMPLETE,
  FLAG_OPAQUE,
  KEY_FLAGS_SHIFT,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  STRIDE,
  STRIDE_SHIFT,
  WORD_COUNT,
  WORD_END,
  WORD_INFO,
  WORD_KEY_END,
  WORD_KEY_START,
  WORD_NEXT,
  WORD_PARENT,
  WORD_START,
} from './tape.ts';

export interface ParseOptions {
  /** Values deeper than this many levels are checked and counted, but not put on the tape. The root is level 0. */
  readonly recordDepth?: number;
  /**
   * Once the tape holds this many nodes, containers that begin are opaque, as if they lay below `recordDepth`. The
   * leaves of containers that are already open still come: a bound in order of magnitude.
   */
  readonly maxNodes?: number;
}

export interface ParseResult {
  /** Null when not even the first token is JSON. Otherwise what stands before the first error. */
  readonly document: JsonDocument | null;
  /** In the order of their offsets. */
  readonly issues: readonly JsonIssue[];
}

/** Offsets are 32-bit integers. */
const MAX_BYTES = 0x7fffffff;

/** @throws RangeError for an input above 2^31 - 1 bytes; hand in parts of such a file. */
export function parseJson(bytes: Uint8Array, options: ParseOptions = {}): ParseResult {
  if (bytes.length > MAX_BYTES) throw new RangeError(`${bytes.length} bytes are more than one JSON tape can address`);
  const parser = new Parser(bytes, options.recordDepth ?? Infinity, options.maxNodes ?? Infinity);
  parser.run();
  return parser.result();
}

/** A mark at which a container is closed by force. */
interface Failure {
  readonly code: JsonIssueCode;
  readonly offset: number;
  readonly message: string;
}

class Parser {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #maxDepth: number;
  readonly #maxNodes: number;
  readonly #report: ScanReport = newScanReport();
  #tape: Int32Array;
  #count = 0;
  /** Kind of every open container, by depth, those that are not on the tape included. */
  #kinds = new Uint8Array(64);
  /** Number of open containers. */
  #depth = 0;
  /** The innermost open container on the tape, -1 if there is none. */
  #container = -1;
  #failure: Failure | null = null;

  constructor(bytes: Uint8Array, maxDepth: number, maxNodes: number) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#maxDepth = maxDepth;
    this.#maxNodes = maxNodes;
    // A guess of one node in 64 bytes; the tape grows when that is not enough.
    this.#tape = new Int32Array(STRIDE * (64 + (bytes.length >> 6)));
  }

  result(): ParseResult {
    const issues = this.#warnings();
    if (this.#failure) issues.push({ ...this.#failure, severity: 'error' });
    issues.sort((a, b) => a.offset - b.offset);
    if (this.#count === 0) return { document: null, issues };
    const used = this.#count * STRIDE;
    // A tape that is kept for long should not hold on to twice what it needs.
    const tape = this.#tape.length > used * 1.25 ? this.#tape.slice(0, used) : this.#tape.subarray(0, used);
    return { document: new JsonDocument(this.#bytes, tape, this.#count, issues), issues };
  }

  run(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    const report = this.#report;
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    at = skipSpace(bytes, at, end);
    if (at >= end) {
      this.#fail('empty', 0, 'there is nothing in it');
      return;
    }
    /** The deepest level that goes on the tape; smaller inside a container that is opaque for its place. */
    let limit = this.#maxDepth;
    let keyStart = -1;
    let keyEnd = -1;
    let keyFlags = 0;

    for (;;) {
      // A value begins at `at`, which is no white space and within the input.
      const byte = bytes[at] as number;
      let stop: number;
      let kind: number;
      let flags = 0;
      if (byte === 0x22) {
        stop = scanString(bytes, at, end, report);
        kind = KIND_STRING;
        flags = report.flags;
      } else if (byte === 0x7b || byte === 0x5b) {
        kind = byte === 0x7b ? KIND_OBJECT : KIND_ARRAY;
        stop = at + 1;
      } else if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d) {
        stop = scanNumber(bytes, at, end, report);
        kind = KIND_NUMBER;
      } else {
        const word = wordOf(byte);
        if (!word) {
          this.#failUnexpected(at, this.#wantedValue(keyStart, keyEnd));
          return;
        }
        stop = scanWord(bytes, at, end, word, report);
        kind = word === NULL ? KIND_NULL : word === TRUE || word === FALSE ? KIND_BOOLEAN : KIND_NUMBER;
      }

      const opens = kind >= KIND_ARRAY;
      if (!opens && report.status === SCAN_BAD && kind !== KIND_STRING) {
        this.#failUnexpected(stop, `expected ${report.expected}`);
        return;
      }
      const depth = this.#depth;
      // Inside a container on the tape every child counts, whether or not it goes on the tape itself.
      if (depth > 0 && depth <= limit + 1) this.#countChild();
      if (depth <= limit) {
        if (opens && (depth === limit || this.#count >= this.#maxNodes)) {
          limit = depth;
          flags |= FLAG_OPAQUE;
        }
        const info = kind | flags | (keyFlags << KEY_FLAGS_SHIFT);
        const node = this.#add(info, at, stop, keyStart, keyEnd);
        if (opens) this.#container = node;
        else if (report.status !== SCAN_OK || (kind === KIND_NUMBER && stop >= end && depth > 0)) {
          this.#mark(node, FLAG_INCOMPLETE);
        }
      }
      keyStart = -1;
      keyEnd = -1;
      keyFlags = 0;

      if (!opens) {
        if (report.status === SCAN_BAD) {
          this.#failUnexpected(stop, `expected ${report.expected}`);
          return;
        }
        if (report.status === SCAN_CUT) {
          this.#fail('truncated', end, `the text ends inside ${describeKind(kind)}${this.#openText()}`);
          return;
        }
        if (depth === 0) {
          this.#finishRoot(stop, kind !== KIND_STRING);
          return;
        }
        at = stop;
      } else {
        this.#open(kind);
        at = skipSpace(bytes, stop, end);
        if (at >= end) {
          this.#failTruncated();
          return;
        }
        if (kind === KIND_ARRAY) {
          if (bytes[at] !== 0x5d) continue;
        } else if (bytes[at] !== 0x7d) {
          at = this.#scanKey(at, 'a member name in quotes or }');
          if (at < 0) return;
          keyStart = this.#keyStart;
          keyEnd = this.#keyEnd;
          keyFlags = this.#keyFlags;
          continue;
        }
      }

      // After a value: close what closes, then a comma leads to the next value.
      for (;;) {
        at = skipSpace(bytes, at, end);
        if (at >= end) {
          this.#failTruncated();
          return;
        }
        const inObject = this.#kinds[this.#depth - 1] === KIND_OBJECT;
        const next = bytes[at];
        if (next === 0x2c) {
          at = skipSpace(bytes, at + 1, end);
          if (at >= end) {
            this.#failTruncated();
            return;
          }
          if (inObject) {
            at = this.#scanKey(at, 'a member name in quotes after the comma');
            if (at < 0) return;
            keyStart = this.#keyStart;
            keyEnd = this.#keyEnd;
            keyFlags = this.#keyFlags;
          }
          break;
        }
        if (next !== (inObject ? 0x7d : 0x5d)) {
          const wanted = inObject ? 'a comma or } after a member' : 'a comma or ] after an item';
          this.#failUnexpected(at, `expected ${wanted}`);
          return;
        }
        at++;
        this.#depth--;
        if (this.#depth <= limit) {
          this.#close(at);
          // An opaque container that its place did not ask for has lowered the limit for itself only.
          if (this.#depth === limit) limit = this.#maxDepth;
        }
        if (this.#depth === 0) {
          this.#finishRoot(at, false);
          return;
        }
      }
    }
  }

  #keyStart = -1;
  #keyEnd = -1;
  #keyFlags = 0;

  /** A name, a colon and the white space around it. Returns where the value begins, -1 after a failure. */
  #scanKey(at: number, wanted: string): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const report = this.#report;
    if (bytes[at] !== 0x22) {
      this.#failUnexpected(at, `expected ${wanted}`);
      return -1;
    }
    const stop = scanString(bytes, at, end, report);
    if (report.status === SCAN_BAD) {
      this.#failUnexpected(stop, `expected ${report.expected}`);
      return -1;
    }
    if (report.status === SCAN_CUT) {
      this.#fail('truncated', end, `the text ends inside a member name${this.#openText()}`);
      return -1;
    }
    this.#keyStart = at;
    this.#keyEnd = stop;
    this.#keyFlags = report.flags;
    const colon = skipSpace(bytes, stop, end);
    if (colon < end && bytes[colon] !== 0x3a) {
      this.#failUnexpected(colon, `expected a colon after the member name ${this.#keyText(at, stop)}`);
      return -1;
    }
    const value = skipSpace(bytes, colon + 1, end);
    if (value >= end) {
      const name = this.#keyText(at, stop);
      this.#fail('truncated', end, `the text ends before the value of ${name}${this.#openText()}`);
      return -1;
    }
    return value;
  }

  #add(info: number, start: number, end: number, keyStart: number, keyEnd: number): number {
    const node = this.#count++;
    const base = node << STRIDE_SHIFT;
    if (base >= this.#tape.length) this.#grow(start);
    const tape = this.#tape;
    tape[base + WORD_INFO] = info;
    tape[base + WORD_START] = start;
    tape[base + WORD_END] = end;
    tape[base + WORD_PARENT] = this.#container;
    tape[base + WORD_NEXT] = node + 1;
    tape[base + WORD_COUNT] = 0;
    tape[base + WORD_KEY_START] = keyStart;
    tape[base + WORD_KEY_END] = keyEnd;
    return node;
  }

  /** As many nodes as the part up to `at` lets expect for the whole, within reason. */
  #grow(at: number): void {
    const now = this.#tape.length;
    const expected = Math.ceil((now / STRIDE) * (this.#end / (at + 1)) * 1.05) * STRIDE;
    const bigger = new Int32Array(Math.min(8 * now, Math.max(2 * now, expected)));
    bigger.set(this.#tape);
    this.#tape = bigger;
  }

  #countChild(): void {
    const word = (this.#container << STRIDE_SHIFT) + WORD_COUNT;
    this.#tape[word] = (this.#tape[word] as number) + 1;
  }

  #mark(node: number, flag: number): void {
    const word = (node << STRIDE_SHIFT) + WORD_INFO;
    this.#tape[word] = (this.#tape[word] as number) | flag;
  }

  #open(kind: number): void {
    if (this.#depth === this.#kinds.length) {
      const bigger = new Uint8Array(this.#kinds.length * 2);
      bigger.set(this.#kinds);
      this.#kinds = bigger;
    }
    this.#kinds[this.#depth++] = kind;
  }

  /** The innermost container on the tape ends at `end`. */
  #close(end: number): void {
    const base = this.#container << STRIDE_SHIFT;
    const tape = this.#tape;
    tape[base + WORD_END] = end;
    tape[base + WORD_NEXT] = this.#count;
    // An opaque container without children hides nothing.
    if (tape[base + WORD_COUNT] === 0) tape[base + WORD_INFO] = (tape[base + WORD_INFO] as number) & ~FLAG_OPAQUE;
    this.#container = tape[base + WORD_PARENT] as number;
  }

  /** A whole value stands before `at`. A number or a word must be followed by something that ends it. */
  #finishRoot(at: number, needsDelimiter: boolean): void {
    const bytes = this.#bytes;
    const rest = skipSpace(bytes, at, this.#end);
    if (rest >= this.#end) return;
    if (needsDelimiter && rest === at && !isPunctuation(bytes[at] ?? 0)) {
      this.#count = 0;
      this.#failUnexpected(at, 'expected a JSON value');
      return;
    }
    const more = this.#end - rest;
    const message = `expected nothing more after the value, found ${this.#found(rest)} and in all ${more} further bytes`;
    this.#fail('trailing-garbage', rest, message);
  }

  #failUnexpected(at: number, wanted: string): void {
    if (at >= this.#end) this.#failTruncated();
    else if (this.#count === 0) this.#fail('not-json', at, `${wanted}, found ${this.#found(at)}`);
    else this.#fail('syntax', at, `${wanted}, found ${this.#found(at)}`);
  }

  #failTruncated(): void {
    const kind = this.#kinds[this.#depth - 1];
    this.#fail(
      'truncated',
      this.#end,
      `the text ends inside ${kind === KIND_OBJECT ? 'an object' : 'an array'}${this.#openText()}`,
    );
  }

  /** Closes everything that is open where the failure is. */
  #fail(code: JsonIssueCode, offset: number, message: string): void {
    this.#failure = { code, offset, message };
    while (this.#container >= 0) {
      this.#mark(this.#container, FLAG_INCOMPLETE);
      this.#close(offset);
    }
  }

  #openText(): string {
    return this.#depth > 1 ? `, with ${this.#depth} containers still open` : '';
  }

  #wantedValue(keyStart: number, keyEnd: number): string {
    if (keyStart >= 0) return `expected a value for ${this.#keyText(keyStart, keyEnd)}`;
    return this.#depth > 0 ? 'expected an item' : 'expected a JSON value';
  }

  #keyText(start: number, end: number): string {
    return end - start <= 60 ? decodeUtf8(this.#bytes, start, end) : `${decodeUtf8(this.#bytes, start, end - 1, 58)}…"`;
  }

  #found(at: number): string {
    const byte = this.#bytes[at] ?? 0;
    if (byte > 0x20 && byte < 0x7f) return `\`${String.fromCharCode(byte)}\``;
    const size = byte < 0x80 ? -1 : utf8SequenceLength(this.#bytes, at, this.#end);
    if (size > 0) return `\`${decodeUtf8(this.#bytes, at, at + size)}\``;
    return `byte 0x${byte.toString(16).padStart(2, '0')}`;
  }

  #warnings(): JsonIssue[] {
    const report = this.#report;
    const issues: JsonIssue[] = [];
    if (report.invalidUtf8Count > 0) {
      const message = `bytes inside a string are not UTF-8 (${times(report.invalidUtf8Count)}); they are kept as they are`;
      issues.push({ code: 'invalid-utf8', offset: report.firstInvalidUtf8, message, severity: 'warning' });
    }
    if (report.controlCount > 0) {
      const message = `a control character stands unescaped inside a string (${times(report.controlCount)}); it is kept`;
      issues.push({ code: 'control-character', offset: report.firstControl, message, severity: 'warning' });
    }
    return issues;
  }
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at++;
  }
  return end;
}

function wordOf(byte: number): Word | undefined {
  switch (byte) {
    case 0x74:
      return TRUE;
    case 0x66:
      return FALSE;
    case 0x6e:
      return NULL;
    case 0x4e:
      return NAN;
    case 0x49:
      return INFINITY;
    default:
      return undefined;
  }
}

/** `, : [ ] { } "` end a number or a word. */
function isPunctuation(byte: number): boolean {
  return (
    byte === 0x2c || byte === 0x3a || byte === 0x5b || byte === 0x5d || byte === 0x7b || byte === 0x7d || byte === 0x22
  );
}

function describeKind(kind: number): string {
  if (kind === KIND_STRING) return 'a string';
  return kind === KIND_NUMBER ? 'a number' : 'a word';
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
