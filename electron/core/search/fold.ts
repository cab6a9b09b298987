/**
 * Texts that differ in case only, made equal: unit for unit, so that a place in the folded text is a place in the text.
 * Upper case first, which brings the two small sigmas together. What would become longer stays as it is, and letters of
 * ASCII are equal to letters of ASCII only, which the kelvin sign and the long s are not.
 */

const ASCII_ONLY = /^\p{ASCII}*$/u;
const folded = new Map<string, string>();

export function foldCase(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll(/\P{ASCII}/gu, foldCharacter);
}

function foldCharacter(char: string): string {
  const known = folded.get(char);
  if (known !== undefined) return known;
  const result = foldOf(char);
  folded.set(char, result);
  return result;
}

function foldOf(char: string): string {
  const upper = sameLength(char, char.toUpperCase());
  const result = sameLength(char, upper.toLowerCase());
  return ASCII_ONLY.test(char) === ASCII_ONLY.test(result) ? result : char;
}

function sameLength(char: string, changed: string): string {
  return changed.length === char.length ? changed : char;
}

/** Every character that folds to what this one folds to, itself among them. */
export function caseVariants(char: string): readonly string[] {
  variants ??= collectVariants();
  return variants.get(foldCharacter(char)) ?? [char];
}

let variants: ReadonlyMap<string, readonly string[]> | null = null;
/** Letters with two cases end before this. */
const LAST_CASED = 0x1ffff;

function collectVariants(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let code = 0; code <= LAST_CASED; code += 1) {
    const char = String.fromCodePoint(code);
    const fold = foldOf(char);
    if (fold === char) continue;
    const same = found.get(fold) ?? [fold];
    same.push(char);
    found.set(fold, same);
  }
  return found;
}
