/** A question that has been understood: what finds, and the bytes without which there is nothing to find. */
import type { SearchFault, SearchQuery } from '../../../shared/ipc/search.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { namesNeeded } from '../../../shared/json/query-names.ts';
import { ByteFinder } from './byte-finder.ts';
import { type BytePattern, patternsOf } from './byte-patterns.ts';
import { type Matcher, RegexMatcher, TextMatcher, WholeWordMatcher } from './matcher.ts';
import { compileRegex, patternsOfRegex } from './regex.ts';
import { TokenCheck } from './token-check.ts';

export interface Search {
  readonly query: SearchQuery;
  /** Null for a JSONPath. */
  readonly matcher: Matcher | null;
  /** A text that it does not find holds no hit. Null: every text may hold some. */
  readonly finder: ByteFinder | null;
  /** Tells of what the finder finds whether it is a hit, where that can be told before parsing. */
  readonly tokens: TokenCheck | null;
}

/** @param check called while a long value is gone through: throws when the search is to end. */
export function compileSearch(query: SearchQuery, check: () => void = () => undefined): Search | SearchFault {
  const { mode, text, caseSensitive, wholeWord } = query;
  if (text === '') return { message: 'there is nothing to search for', offset: 0 };
  if (mode === 'jsonpath') return compileJsonPath(query);
  // A path is put together from many names, and stands nowhere as a whole.
  const byBytes = !query.in.includes('paths');
  if (mode === 'regex') {
    const regex = compileRegex(text, query);
    if ('message' in regex) return regex;
    return searchOf(query, new RegexMatcher(regex, check), byBytes ? patternsOfRegex(text, caseSensitive) : null);
  }
  const matcher = new TextMatcher(text, caseSensitive);
  const patterns = byBytes ? patternsOf(text, caseSensitive) : null;
  return searchOf(query, wholeWord ? new WholeWordMatcher(matcher) : matcher, patterns);
}

function searchOf(query: SearchQuery, matcher: Matcher, patterns: readonly BytePattern[] | null): Search {
  const tokens = patterns === null ? null : TokenCheck.of(matcher, patterns);
  return { query, matcher, finder: finderOf(patterns), tokens };
}

function compileJsonPath(query: SearchQuery): Search | SearchFault {
  const { document } = parseJson(Buffer.from('null'));
  const result = document === null ? null : queryJsonPath(document, query.text);
  if (result !== null && !result.ok) return { message: result.message, offset: result.offset };
  const names = namesNeeded(query.text).map((name) => patternsOf(name, true));
  const longest = names
    .filter((patterns) => patterns !== null)
    .toSorted((one, other) => (other[0]?.length ?? 0) - (one[0]?.length ?? 0))[0];
  return { query, matcher: null, finder: finderOf(longest ?? null), tokens: null };
}

function finderOf(patterns: readonly BytePattern[] | null): ByteFinder | null {
  return patterns === null ? null : new ByteFinder(patterns);
}
