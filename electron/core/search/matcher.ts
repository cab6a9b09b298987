/** Where a text or a regular expression stands in a decoded text. Both take time in proportion to the text, whatever they are. */
import { foldCase } from './fold.ts';
import type { CompiledRegex } from './regex.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Matcher {
  /** The first match that begins at or behind `from`, in UTF-16 units. */
  find(text: string, from?: number): Span | null;
}

export class TextMatcher implements Matcher {
  readonly #needle: string;
  readonly #caseSensitive: boolean;
  /** One text is asked for again and again where matches are refused. */
  #last = { text: '', folded: '' };

  constructor(needle: string, caseSensitive: boolean) {
    this.#caseSensitive = caseSensitive;
    this.#needle = caseSensitive ? needle : foldCase(needle);
  }

  find(text: string, from = 0): Span | null {
    if (!this.#caseSensitive && (from === 0 || this.#last.text !== text)) this.#last = { text, folded: foldCase(text) };
    const start = (this.#caseSensitive ? text : this.#last.folded).indexOf(this.#needle, from);
    return start < 0 ? null : { start, end: start + this.#needle.length };
  }
}

/** Units of a text that are looked at between two checks; some tenths of a second. */
const WINDOW = 4 << 20;
/** A match is found whole wherever it lies, up to this length; longer ones where they lie within a window. */
const OVERLAP = 1 << 16;

export class RegexMatcher implements Matcher {
  readonly #regex: CompiledRegex['regex'];
  /** The group that counts as the match: what is around it is only looked at. */
  readonly #group: number;
  readonly #window: number;
  readonly #check: () => void;

  /** @param check called while a long text is gone through: throws when that is to end. */
  constructor({ regex, group }: CompiledRegex, check: () => void, window = WINDOW) {
    this.#regex = regex;
    this.#group = group;
    this.#check = check;
    this.#window = Math.max(window, OVERLAP * 2);
  }

  find(text: string, from = 0): Span | null {
    if (from > text.length) return null;
    if (text.length <= this.#window) return this.#findIn(text, from);
    const step = this.#window - OVERLAP;
    for (let start = from; start <= text.length; start += step) {
      this.#check();
      // With the character before it, which says whether a line or a word begins here.
      const base = Math.max(0, start - 2);
      const end = start + this.#window;
      const span = this.#findIn(text.slice(base, end), start - base);
      // What begins behind the step belongs to the next window, which sees how it goes on.
      if (span !== null && (base + span.start < start + step || end >= text.length)) {
        return { start: base + span.start, end: base + span.end };
      }
    }
    return null;
  }

  #findIn(text: string, from: number): Span | null {
    // Whether there is a match at all is told several times as fast as where it is.
    if (from === 0 && !this.#regex.test(text)) return null;
    const matcher = this.#regex.matcher(text);
    // What is only looked at may begin a character before.
    for (let begin = this.#group > 0 ? Math.max(0, from - 2) : from; begin <= from; begin += 1) {
      if (!matcher.find(begin)) return null;
      const start = matcher.start(this.#group);
      if (start >= from) return { start, end: matcher.end(this.#group) };
    }
    return null;
  }
}

/** What a text is found as, unless a letter, a digit or `_` goes on where it begins or ends with one. */
export class WholeWordMatcher implements Matcher {
  readonly #matcher: TextMatcher;

  constructor(matcher: TextMatcher) {
    this.#matcher = matcher;
  }

  find(text: string, from = 0): Span | null {
    for (let at = from; at <= text.length; ) {
      const found = this.#matcher.find(text, at);
      if (found === null) return null;
      if (!isInWord(text, found.start) && !isInWord(text, found.end)) return found;
      at = found.start + 1;
    }
    return null;
  }
}

const ENDS_WITH_WORD = /[\p{L}\p{M}\p{N}_]$/u;
const BEGINS_WITH_WORD = /^[\p{L}\p{M}\p{N}_]/u;

/** A word goes on across a place. */
function isInWord(text: string, at: number): boolean {
  return ENDS_WITH_WORD.test(text.slice(Math.max(0, at - 2), at)) && BEGINS_WITH_WORD.test(text.slice(at, at + 2));
}
