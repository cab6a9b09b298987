import { Classes } from './classes.ts';
import { commonSubsequence } from './common-subsequence.ts';
import { longestIncreasing } from './increasing.ts';

export interface AlignedNumbers {
  /** For each position after, the one before that it is matched with, or -1. The matches are in order on both sides. */
  readonly beforeOf: Int32Array;
  /** Too much differs for all that they have in common to be found. */
  readonly coarse: boolean;
}

/**
 * What two sequences have in common, in order: a longest common subsequence where it takes no more than 256 additions and
 * removals; otherwise what occurs once on each side stays (Bram Cohen's patience diff), and each gap is looked into.
 */
export function alignNumbers(a: readonly number[], b: readonly number[]): AlignedNumbers {
  const beforeOf = new Int32Array(b.length).fill(-1);
  const whole = { a: { start: 0, end: a.length }, b: { start: 0, end: b.length } };
  if (matchGap(a, b, whole, beforeOf)) return { beforeOf, coarse: false };

  const classes = new Classes({ before: 0, after: 0 }, { before: a.length, after: b.length });
  for (const [at, number] of a.entries()) classes.addBefore(at, number);
  for (const [at, number] of b.entries()) classes.addAfter(at, number);
  const partners = new Int32Array(b.length).fill(-1);
  for (const [i, j] of classes.singles()) partners[j] = i;
  const stayed = longestIncreasing(partners);
  let coarse = false;
  let [startA, startB] = [0, 0];
  for (let at = 0; at <= b.length; at++) {
    if (at < b.length && stayed[at] !== 1) continue;
    const partner = at < b.length ? (partners[at] ?? 0) : a.length;
    const gap = { a: { start: startA, end: partner }, b: { start: startB, end: at } };
    if (!matchGap(a, b, gap, beforeOf)) coarse = true;
    if (at < b.length) beforeOf[at] = partner;
    [startA, startB] = [partner + 1, at + 1];
  }
  return { beforeOf, coarse };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** False where only what the two begin and end with was matched. */
function matchGap(
  a: readonly number[],
  b: readonly number[],
  gap: { readonly a: Span; readonly b: Span },
  beforeOf: Int32Array,
): boolean {
  let [startA, startB, endA, endB] = [gap.a.start, gap.b.start, gap.a.end, gap.b.end];
  while (startA < endA && startB < endB && a[startA] === b[startB]) beforeOf[startB++] = startA++;
  while (startA < endA && startB < endB && a[endA - 1] === b[endB - 1]) beforeOf[--endB] = --endA;
  if (startA === endA || startB === endB) return true;
  const common = commonSubsequence(a.slice(startA, endA), b.slice(startB, endB));
  if (common === null) return false;
  for (const [x, y] of common) beforeOf[startB + y] = startA + x;
  return true;
}
