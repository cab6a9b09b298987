/** More additions and removals than this, and the two have little to do with each other. */
const MAX_EDITS = 256;

/**
 * A longest common subsequence of two lists, as pairs of positions in order; null when it takes more than 256 additions and
 * removals. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
 */
export function commonSubsequence(a: readonly number[], b: readonly number[]): [number, number][] | null {
  const [n, m] = [a.length, b.length];
  const max = Math.min(n + m, MAX_EDITS);
  const offset = max + 1;
  /** For each diagonal the furthest position in `a` that so many edits reach. */
  const reach = new Int32Array(2 * max + 3);
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= max; edits++) {
    history.push(reach.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [below, above] = [reach[offset + diagonal - 1] ?? 0, reach[offset + diagonal + 1] ?? 0];
      const down = diagonal === -edits || (diagonal !== edits && below < above);
      let x = down ? above : below + 1;
      while (x < n && x - diagonal < m && a[x] === b[x - diagonal]) x++;
      reach[offset + diagonal] = x;
      if (x >= n && x - diagonal >= m) return pairsOf(history, n, m);
    }
  }
  return null;
}

/** Back from the end, an edit and the run of equal items behind it at a time. */
function pairsOf(history: readonly Int32Array[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [n, m];
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const reach = history[edits] ?? new Int32Array(0);
    // The slice begins one diagonal before -edits.
    const at = (diagonal: number): number => reach[diagonal + edits + 1] ?? 0;
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const fromX = edits === 0 ? 0 : at(down ? diagonal + 1 : diagonal - 1);
    const fromY = edits === 0 ? 0 : fromX - (down ? diagonal + 1 : diagonal - 1);
    const runX = edits === 0 || down ? fromX : fromX + 1;
    while (x > runX) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  return pairs.toReversed();
}
