/**
 * Patterns of rules. `*` stands for any characters, also none, also `/` and line breaks; `?` for one character. Nothing
 * else is special, so that any id can be written down. Case counts.
 *
 * A matcher of its own: a glob library compiles to a regular expression, in which five stars already take half a minute
 * against 300 characters, and it keeps `*` away from `..`, which is a fine part of an id. Here the cost is bounded by the
 * product of the two lengths.
 */

export const LONGEST_PATTERN = 256;

export function matchesGlob(pattern: string, text: string): boolean {
  return covers(Array.from(pattern), Array.from(text), false);
}

/**
 * Whether `wider` surely matches whatever `pattern` does. Never wrongly true; false for some spellings (`?*` and `*?`).
 * A rule below one that covers it is never reached.
 */
export function coversGlob(wider: string, pattern: string): boolean {
  return covers(Array.from(wider), Array.from(pattern), true);
}

/** Goes back to the last star only: what an earlier one took need not be tried again. */
function covers(pattern: readonly string[], text: readonly string[], textIsPattern: boolean): boolean {
  const fits = (wanted: string | undefined, char: string) => {
    if (textIsPattern && char === '*') return false;
    return wanted === '?' || (wanted === char && wanted !== '*');
  };
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (fits(pattern[at], text[i] ?? '')) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
