/**
 * Looks at a candidate without parsing what is around it: the string in which its bytes stand is decoded and searched. That saves
 * parsing a state for a text that a pattern needs, but that is not all of it.
 */
import { decodePrefix } from '../../../shared/json/json-string.ts';
import type { BytePattern } from './byte-patterns.ts';
import type { Matcher } from './matcher.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What stands outside of strings: numbers, words, brackets and white space. */
const OUTSIDE = new Set(Buffer.from(' \t\r\n{}[]:,0123456789+-.truefalsenullNaNInfinityE'));

export class TokenCheck {
  readonly #matcher: Matcher;

  private constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  /** Null where a candidate may as well stand outside of strings, so that it cannot be told which string it is in. */
  static of(matcher: Matcher, patterns: readonly BytePattern[]): TokenCheck | null {
    const inStrings = patterns.every((pattern) => pattern.some((set) => !set.some((byte) => OUTSIDE.has(byte))));
    return inStrings ? new TokenCheck(matcher) : null;
  }

  /**
   * @param at where a candidate begins. @param length of what is there of the text.
   * @returns where its string ends, when there is no hit in it; null when there is one, or when that cannot be told.
   */
  endWithoutHit(bytes: Uint8Array, at: number, length: number): number | null {
    const start = openingQuote(bytes, at);
    if (start === null) return null;
    let escapes = false;
    for (let end = start + 1; end < length; end += 1) {
      if (bytes[end] === BACKSLASH) {
        escapes = true;
        end += 1;
      } else if (bytes[end] === QUOTE) {
        const { text } = decodePrefix(bytes, start + 1, end, Infinity, escapes);
        return this.#matcher.find(text) === null ? end : null;
      }
    }
    return null;
  }
}

/** The quote before a place within a string; null where it lies before the bytes. */
function openingQuote(bytes: Uint8Array, at: number): number | null {
  // A negative place counts from the end.
  if (at === 0) return null;
  for (let quote = bytes.lastIndexOf(QUOTE, at - 1); quote >= 0; quote = bytes.lastIndexOf(QUOTE, quote - 1)) {
    let before = quote - 1;
    while (before >= 0 && bytes[before] === BACKSLASH) before -= 1;
    // More of them may stand before the bytes.
    if (before < 0) return null;
    if ((quote - 1 - before) % 2 === 0) return quote;
  }
  return null;
}
