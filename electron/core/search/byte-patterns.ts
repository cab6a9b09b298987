/**
 * What has to stand in the bytes of a JSON text where a literal stands in what it says. Any character may be written as an
 * escape, and non-ASCII ones are by half of all writers; so a literal becomes a few patterns of which one is there at
 * least, within the same token: nothing is missed, and what is found too much is looked at again after parsing.
 */
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { caseVariants } from './fold.ts';

/** The bytes that each position may have. */
export type BytePattern = readonly (readonly number[])[];

/** Longer literals are looked for by their first characters. */
const LONGEST_ASCII = 32;
/** Pairs of one raw and one escaped character are looked for as well, which makes two patterns for each. */
const LONGEST_OTHER = 3;
/** An ASCII run so long is looked for rather than other characters, which have more ways of being written. */
const ENOUGH = 3;

/** Half of a pair may be written in more ways, and U+FFFD stands for any bytes that are no text. */
const UNTELLABLE = /[\p{Surrogate}\ufffd]/u;
const PLAIN = /[ !#-.0-[\]-\x7f]+/g;
const OTHER = /\P{ASCII}+/gu;

/** Null: any text may have it, as far as its bytes tell. */
export function patternsOf(literal: string, caseSensitive: boolean): readonly BytePattern[] | null {
  if (UNTELLABLE.test(literal)) return null;
  const plain = longest(literal.match(PLAIN));
  const other = longest(literal.match(OTHER));
  if (plain.length >= ENOUGH || other === '') return plain === '' ? null : plainPatterns(plain, caseSensitive);
  return otherPatterns(Array.from(other).slice(0, LONGEST_OTHER), caseSensitive);
}

/**
 * The same under RE2's folding, by which the kelvin sign is a k and the long s an s: what is looked for has neither, and is
 * ASCII.
 */
export function patternsFoldedByRe2(literal: string): readonly BytePattern[] | null {
  const plain = longest(literal.match(PLAIN)?.flatMap((run) => run.split(/[ks]+/i)) ?? null);
  return plain === '' ? null : plainPatterns(plain, false);
}

function plainPatterns(run: string, caseSensitive: boolean): BytePattern[] {
  const raw = Array.from(run.slice(0, LONGEST_ASCII), (char) =>
    (caseSensitive ? [char] : [...new Set([char.toLowerCase(), char.toUpperCase()])]).map((each) => each.charCodeAt(0)),
  );
  return [raw, ESCAPED_ASCII];
}

/** `\u0020` to `\u007f`: an ASCII character that nobody had to escape. */
const ESCAPED_ASCII: BytePattern = [[0x5c], [0x75], [0x30], [0x30], [0x32, 0x33, 0x34, 0x35, 0x36, 0x37]];
/** The first half of a pair of surrogates, each in three bytes. */
const RAW_SURROGATE: BytePattern = [[0xed], range(0xa0, 0xbf)];

function otherPatterns(chars: readonly string[], caseSensitive: boolean): BytePattern[] {
  const usual = chars.map((char) => {
    const all = caseSensitive ? [char] : caseVariants(char);
    const bytes = encodeUtf8(char).length;
    return all.filter((variant) => encodeUtf8(variant).length === bytes && variant.length === char.length);
  });
  const strange = chars.flatMap((char, at) =>
    caseSensitive ? [] : caseVariants(char).filter((variant) => usual[at]?.includes(variant) !== true),
  );
  const raw = usual.map(rawOfAll);
  const escaped = usual.map(escapedOf);
  const mixed = raw.slice(1).flatMap((after, at) => [
    [...(escaped[at] ?? []), ...after],
    [...(raw[at] ?? []), ...(escaped[at + 1] ?? [])],
  ]);
  const pairs = chars.some((char) => char.length > 1) ? [RAW_SURROGATE] : [];
  return [
    raw.flat(),
    escaped.flat(),
    ...mixed,
    ...pairs,
    ...strange.flatMap((char) => [rawOf(char), escapedOf([char])]),
  ];
}

const rawOf = (char: string): BytePattern => rawOfAll([char]);

/** Of characters that take the same number of bytes. */
function rawOfAll(chars: readonly string[]): BytePattern {
  return merged(chars.map((char) => [...encodeUtf8(char)]));
}

/** `\u00e9`, its digits in either case. */
function escapedOf(chars: readonly string[]): BytePattern {
  const spelled = chars.flatMap((char) => {
    const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at).toString(16).padStart(4, '0'));
    const escapes = (digits: readonly string[]) => encodeUtf8(digits.map((each) => `\\u${each}`).join(''));
    return [[...escapes(units)], [...escapes(units.map((digits) => digits.toUpperCase()))]];
  });
  return merged(spelled);
}

/** For each position all bytes that stand there. */
function merged(spelled: readonly (readonly number[])[]): BytePattern {
  const [first = []] = spelled;
  return first.map((_, at) => [...new Set(spelled.map((bytes) => bytes[at] ?? 0))]);
}

function longest(runs: readonly string[] | null): string {
  return (runs ?? []).reduce((best, run) => (run.length > best.length ? run : best), '');
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
