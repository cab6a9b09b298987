/** Regular expressions in RE2's language, which no text can make hang (https://github.com/google/re2/wiki/Syntax). */
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import type { SearchFault, SearchQuery } from '../../../shared/ipc/search.ts';
import { type BytePattern, patternsFoldedByRe2, patternsOf } from './byte-patterns.ts';

export interface CompiledRegex {
  readonly regex: RE2JS;
  /** The group that is the match. */
  readonly group: number;
}

/** No letter, digit or `_`: RE2's own `\\b` knows ASCII only. Refusing matches one by one would not be linear. */
const BESIDE_WORD = '[^\\pL\\pM\\pN_]';

/** `^` and `$` stand for the beginning and the end of a line, as in every program that searches in texts. */
export function compileRegex(
  pattern: string,
  { caseSensitive, wholeWord }: Pick<SearchQuery, 'caseSensitive' | 'wholeWord'>,
): CompiledRegex | SearchFault {
  const flags = RE2JS.MULTILINE | (caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  try {
    const regex = RE2JS.compile(pattern, flags);
    if (!wholeWord) return { regex, group: 0 };
    return { regex: RE2JS.compile(`(?:^|${BESIDE_WORD})(${pattern})(?:$|${BESIDE_WORD})`, flags), group: 1 };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    if (!(error instanceof RE2JSSyntaxException)) return { message: error.message, offset: null };
    // The part of the pattern that is wrong, which is all that the library tells of the place.
    const part = error.input ?? '';
    const offset = part === '' ? -1 : pattern.endsWith(part) ? pattern.length - part.length : pattern.indexOf(part);
    return { message: error.error, offset: offset < 0 ? null : offset };
  }
}

/** What RE2 knows of texts that a match has in it: a text, all of some, or one of some. */
interface Needed {
  readonly type: number;
  readonly str: string;
  readonly subs: readonly Needed[];
}

const EXACT = 1;
const AND = 2;
const OR = 3;
/** More ways than this to begin, and looking for all of them takes longer than it saves. */
const MOST_PATTERNS = 16;

/** Byte patterns of which one is in every text that matches. Null where nothing can be told. */
export function patternsOfRegex(pattern: string, caseSensitive: boolean): readonly BytePattern[] | null {
  // RE2 tells it of letters in one case only. Letters that are written with a flag for both cases are left out by itself.
  const regex = RE2JS.compile(pattern, RE2JS.MULTILINE);
  const needed = regex.re2().prefilter as Needed | null;
  if (needed === null) return null;
  const patterns = patternsNeeded(needed, (text) =>
    caseSensitive ? patternsOf(text, true) : patternsFoldedByRe2(text),
  );
  return patterns !== null && patterns.length <= MOST_PATTERNS ? patterns : null;
}

type PatternsOf = (text: string) => readonly BytePattern[] | null;

function patternsNeeded({ type, str, subs }: Needed, patterns: PatternsOf): readonly BytePattern[] | null {
  if (type === EXACT) return patterns(str);
  const each = subs.map((sub) => patternsNeeded(sub, patterns));
  const known = each.filter((some) => some !== null);
  if (type === OR) return known.length === each.length ? known.flat() : null;
  if (type !== AND || known.length === 0) return null;
  // Any of them will do: the one that is found least often, which is the one with the longest text.
  return known.reduce((best, some) => (shortest(some) > shortest(best) ? some : best));
}

function shortest(patterns: readonly BytePattern[]): number {
  return Math.min(...patterns.map((pattern) => pattern.length));
}
