/**
 * The scanners for tokens. They check every byte and copy none.
 * Array accesses are cast instead of defaulted where the index was compared with `end` just before: these loops see
 * every byte of every file.
 */
import { hexDigit, utf8SequenceLength } from './json-string.ts';
import { FLAG_ESCAPES, FLAG_NON_ASCII } from './tape.ts';

/** How a scan went: to the token's end, to the end of the input, or to a byte that may not stand there. */
export const SCAN_OK = 0;
export const SCAN_CUT = 1;
export const SCAN_BAD = 2;

/** What the scanners report beside the offset at which they stopped. One object per parse, reused for every token. */
export interface ScanReport {
  status: typeof SCAN_OK | typeof SCAN_CUT | typeof SCAN_BAD;
  /** FLAG_ESCAPES and FLAG_NON_ASCII of the last string. */
  flags: number;
  /** For SCAN_BAD: what would have been allowed. */
  expected: string;
  firstInvalidUtf8: number;
  invalidUtf8Count: number;
  firstControl: number;
  controlCount: number;
}

export function newScanReport(): ScanReport {
  return {
    status: SCAN_OK,
    flags: 0,
    expected: '',
    firstInvalidUtf8: -1,
    invalidUtf8Count: 0,
    firstControl: -1,
    controlCount: 0,
  };
}

const PLAIN = 0;
const QUOTE = 1;
const BACKSLASH = 2;
const CONTROL = 3;
const NON_ASCII = 4;

const STRING_CLASS = new Uint8Array(256).map((_, byte) => {
  if (byte === 0x22) return QUOTE;
  if (byte === 0x5c) return BACKSLASH;
  if (byte < 0x20) return CONTROL;
  return byte < 0x80 ? PLAIN : NON_ASCII;
});

const SHORT = 1;
const UNICODE = 2;
const ESCAPE_CLASS = new Uint8Array(256).map((_, byte) => {
  if (byte === 0x75) return UNICODE;
  return '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? SHORT : 0;
});
const HEX = new Int8Array(256).map((_, byte) => hexDigit(byte));

/** `at` is the opening quote. Returns the offset after the closing one, or where the scan stopped. */
export function scanString(bytes: Uint8Array, at: number, end: number, report: ScanReport): number {
  const classes = STRING_CLASS;
  let i = at + 1;
  let flags = 0;
  report.status = SCAN_OK;
  for (;;) {
    // Four at a time: most bytes of most files are passed here.
    const last = end - 3;
    while (
      i < last &&
      ((classes[bytes[i] as number] as number) |
        (classes[bytes[i + 1] as number] as number) |
        (classes[bytes[i + 2] as number] as number) |
        (classes[bytes[i + 3] as number] as number)) ===
        0
    ) {
      i += 4;
    }
    let kind = PLAIN;
    while (i < end && (kind = classes[bytes[i] as number] as number) === PLAIN) i++;
    if (i >= end) {
      report.flags = flags;
      report.status = SCAN_CUT;
      return end;
    }
    if (kind === QUOTE) {
      report.flags = flags;
      return i + 1;
    }
    if (kind === NON_ASCII) {
      flags |= FLAG_NON_ASCII;
      i = scanNonAscii(bytes, i, end, report);
    } else if (kind === BACKSLASH) {
      flags |= FLAG_ESCAPES;
      // The sound ones without a call: Python writes every Chinese character as an escape.
      const escape = i + 1 < end ? (ESCAPE_CLASS[bytes[i + 1] as number] as number) : 0;
      if (escape === SHORT) {
        i += 2;
        continue;
      }
      if (
        escape === UNICODE &&
        i + 5 < end &&
        ((HEX[bytes[i + 2] as number] as number) |
          (HEX[bytes[i + 3] as number] as number) |
          (HEX[bytes[i + 4] as number] as number) |
          (HEX[bytes[i + 5] as number] as number)) >=
          0
      ) {
        i += 6;
        continue;
      }
      report.flags = flags;
      return scanEscape(bytes, i, end, report);
    } else {
      if (report.firstControl < 0) report.firstControl = i;
      report.controlCount++;
      i++;
    }
  }
}

/** A run of bytes above 0x7f. A sequence that the end of the input cuts off is no fault of its own. */
function scanNonAscii(bytes: Uint8Array, at: number, end: number, report: ScanReport): number {
  let i = at;
  while (i < end) {
    const lead = bytes[i] as number;
    if (lead < 0x80) break;
    // Chinese, Japanese and Korean: three bytes without the two special leads.
    if (
      lead > 0xe0 &&
      lead < 0xed &&
      i + 2 < end &&
      ((bytes[i + 1] as number) & 0xc0) === 0x80 &&
      ((bytes[i + 2] as number) & 0xc0) === 0x80
    ) {
      i += 3;
      continue;
    }
    const size = utf8SequenceLength(bytes, i, end);
    if (size > 0) {
      i += size;
      continue;
    }
    if (i - size >= end && isSequenceStart(bytes, i, end)) return end;
    if (report.firstInvalidUtf8 < 0) report.firstInvalidUtf8 = i;
    report.invalidUtf8Count++;
    i -= size;
  }
  return i;
}

/** Whether the bytes from `at` to the end could be the start of a character. */
function isSequenceStart(bytes: Uint8Array, at: number, end: number): boolean {
  const lead = bytes[at] ?? 0;
  const size = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return end - at < size;
}

/** An escape that is cut off or not sound; `at` is the backslash. */
function scanEscape(bytes: Uint8Array, at: number, end: number, report: ScanReport): number {
  report.status = SCAN_CUT;
  if (at + 1 >= end) return end;
  if (bytes[at + 1] !== 0x75) return bad(report, at + 1, 'one of "\\/bfnrtu after a backslash');
  let i = at + 2;
  while (i < end && hexDigit(bytes[i] as number) >= 0) i++;
  return i < end ? bad(report, i, 'four hexadecimal digits after \\u') : end;
}

/** A number of the JSON grammar, or Python's `-Infinity`. `at` is a digit or a minus. */
export function scanNumber(bytes: Uint8Array, at: number, end: number, report: ScanReport): number {
  let i = at;
  report.status = SCAN_OK;
  if (bytes[i] === 0x2d) {
    i++;
    if (i < end && bytes[i] === 0x49) return scanWord(bytes, i, end, INFINITY, report);
  }
  if (i < end && bytes[i] === 0x30) {
    i++;
    if (i < end && isDigit(bytes[i] as number)) return bad(report, i, 'no further digit after a leading 0');
  } else {
    const from = i;
    i = scanDigits(bytes, i, end);
    if (i === from) return missingDigit(report, i, end, 'a digit after the minus');
  }
  if (i < end && bytes[i] === 0x2e) {
    const from = i + 1;
    i = scanDigits(bytes, from, end);
    if (i === from) return missingDigit(report, i, end, 'a digit after the decimal point');
  }
  if (i < end && ((bytes[i] as number) | 0x20) === 0x65) {
    i++;
    if (i < end && (bytes[i] === 0x2b || bytes[i] === 0x2d)) i++;
    const from = i;
    i = scanDigits(bytes, from, end);
    if (i === from) return missingDigit(report, i, end, 'a digit in the exponent');
  }
  return i;
}

function scanDigits(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isDigit(bytes[i] as number)) i++;
  return i;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function missingDigit(report: ScanReport, at: number, end: number, expected: string): number {
  if (at < end) return bad(report, at, expected);
  report.status = SCAN_CUT;
  return at;
}

function bad(report: ScanReport, at: number, expected: string): number {
  report.status = SCAN_BAD;
  report.expected = expected;
  return at;
}

export interface Word {
  readonly text: string;
  readonly codes: readonly number[];
}

function word(text: string): Word {
  return { text, codes: Array.from(text, (char) => char.charCodeAt(0)) };
}

export const TRUE = word('true');
export const FALSE = word('false');
export const NULL = word('null');
export const NAN = word('NaN');
export const INFINITY = word('Infinity');

/** A fixed word. Returns the offset after it, or of the first byte that differs. */
export function scanWord(bytes: Uint8Array, at: number, end: number, expected: Word, report: ScanReport): number {
  const { codes } = expected;
  report.status = SCAN_OK;
  for (let k = 0; k < codes.length; k++) {
    if (at + k >= end) {
      report.status = SCAN_CUT;
      return end;
    }
    if (bytes[at + k] !== codes[k]) return bad(report, at + k, expected.text);
  }
  return at + codes.length;
}
