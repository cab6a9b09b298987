/**
 * The positions of a longest increasing subsequence of distinct numbers, as marks: 1 for what belongs to it. Negative
 * numbers are left out. Patience sorting, O(n log n).
 */
export function longestIncreasing(values: Int32Array): Uint8Array {
  const marks = new Uint8Array(values.length);
  /** For each length the position at which a subsequence of this length ends with the smallest number. */
  const ends = new Int32Array(values.length);
  const previous = new Int32Array(values.length);
  let length = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? -1;
    if (value < 0) continue;
    let low = 0;
    // Mostly in order already: then it goes to the end.
    if (length > 0 && (values[ends[length - 1] ?? 0] ?? 0) < value) low = length;
    for (let high = length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? (ends[low - 1] ?? 0) : -1;
    ends[low] = at;
    if (low === length) length++;
  }
  for (let at = length > 0 ? (ends[length - 1] ?? 0) : -1; at >= 0; at = previous[at] ?? -1) marks[at] = 1;
  return marks;
}
