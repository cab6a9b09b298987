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
} from './tape.ts';
import { TapeWriter } from './tape-writer.ts';

export interface ParseOptions {
  /** Values deeper than this many levels are checked and counted, but not put on the tape. The root is level 0. */
  readonly recordDepth?: number;
  /**
   * Once the tape holds this many nodes, containers that begin are opaque, as if they lay below `recordDepth`. The
   * leaves of containers that are already open still come: a bound in order of magnitude.
   */
  readonly maxNodes?: number;
  /** Called now and then, for long texts; what it throws ends the parsing. */
  readonly onTurn?: () => void;
}

export interface ParseResult {
  /** Null when not even the first token is JSON. Otherwise what stands before the first error. */
  readonly document: JsonDocument | null;
  /** In the order of their offsets. */
  readonly issues: readonly JsonIssue[];
}

/** Offsets are 32-bit integers. */
const MAX_BYTES = 0x7fffffff;
/** More than any depth or count can be, and still a small integer to the engine, which Infinity is not. */
const UNBOUNDED = 0x3fffffff;

/** Values from one turn to the next: a few milliseconds. */
const TURN_VALUES = 65_536;

/** @throws RangeError for an input above 2^31 - 1 bytes; hand in parts of such a file. What `onTurn` throws. */
export function parseJson(bytes: Uint8Array, options: ParseOptions = {}): ParseResult {
  if (bytes.length > MAX_BYTES) throw new RangeError(`${bytes.length} bytes are more than one JSON tape can address`);
  const parser = new Parser(
    bytes,
    Math.min(options.recordDepth ?? UNBOUNDED, UNBOUNDED),
    options.maxNodes ?? UNBOUNDED,
    options.onTurn ?? null,
  );
  parser.run();
  return parser.result();
}

/** The error at which parsing ended; warnings do not end it. */
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
  readonly #onTurn: (() => void) | null;
  readonly #report: ScanReport = newScanReport();
  readonly #tape: TapeWriter;
  /** Kind of every open container, by depth, those that are not on the tape included. */
  #kinds = new Uint8Array(64);
  /** Number of open containers. */
  #depth = 0;
  #failure: Failure | null = null;

  constructor(bytes: Uint8Array, maxDepth: number, maxNodes: number, onTurn: (() => void) | null) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#maxDepth = maxDepth;
    this.#maxNodes = maxNodes;
    this.#onTurn = onTurn;
    this.#tape = new TapeWriter(bytes.length);
  }

  result(): ParseResult {
    const issues = this.#warnings();
    if (this.#failure) issues.push({ ...this.#failure, severity: 'error' });
    issues.sort((a, b) => a.offset - b.offset);
    if (this.#tape.count === 0) return { document: null, issues };
    return { document: new JsonDocument(this.#bytes, this.#tape.take(), this.#tape.count, issues), issues };
  }

  run(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    const report = this.#report;
    const tape = this.#tape;
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    at = skipSpace(bytes, at, end);
    if (at >= end) {
      this.#fail('empty', 0, 'there is nothing in it');
      return;
    }
    // The deepest level that goes on the tape. It sinks when the tape is full, and never has to rise again: containers that
    // begin afterwards are opaque, too.
    let limit = this.#maxDepth;
    let keyStart = -1;
    let keyEnd = -1;
    let keyFlags = 0;
    let turn = TURN_VALUES;

    for (;;) {
      if (--turn === 0) {
        turn = TURN_VALUES;
        this.#onTurn?.();
      }
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
      if (depth > 0 && depth <= limit + 1) tape.countChild();
      if (depth <= limit) {
        if (opens && (depth === limit || tape.count >= this.#maxNodes)) {
          limit = depth;
          flags |= FLAG_OPAQUE;
        }
        const info = kind | flags | (keyFlags << KEY_FLAGS_SHIFT);
        const node = tape.add(info, at, stop, keyStart, keyEnd);
        if (opens) tape.open(node);
        else if (report.status !== SCAN_OK || (kind === KIND_NUMBER && stop >= end && depth > 0)) {
          tape.mark(node, FLAG_INCOMPLETE);
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
        if (this.#depth <= limit) tape.close(at);
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

  #open(kind: number): void {
    if (this.#depth === this.#kinds.length) {
      const bigger = new Uint8Array(this.#kinds.length * 2);
      bigger.set(this.#kinds);
      this.#kinds = bigger;
    }
    this.#kinds[this.#depth++] = kind;
  }

  /** A whole value stands before `at`. A number or a word must be followed by something that ends it. */
  #finishRoot(at: number, needsDelimiter: boolean): void {
    const bytes = this.#bytes;
    const rest = skipSpace(bytes, at, this.#end);
    if (rest >= this.#end) return;
    if (needsDelimiter && rest === at && !isPunctuation(bytes[at] ?? 0)) {
      this.#tape.clear();
      this.#failUnexpected(at, 'expected a JSON value');
      return;
    }
    const more = this.#end - rest;
    const message = `expected nothing more after the value, found ${this.#found(rest)} and in all ${more} further bytes`;
    this.#fail('trailing-garbage', rest, message);
  }

  #failUnexpected(at: number, wanted: string): void {
    if (this.#tape.count === 0) this.#fail('not-json', at, `${wanted}, found ${this.#found(at)}`);
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
    this.#tape.closeAll(offset);
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
