/** JSON whose tree has four rows for each of its items, and one for the whole. */
const ROWS_PER_ITEM = 4;

export function treeJson(items: number): string {
  return JSON.stringify(Array.from({ length: items }, (_, i) => ({ id: i, on: i % 2 === 0, tag: `t${i}` })));
}

/** Rows when all is open: `treeRows(250_000)` is 1,000,001. */
export function treeRows(items: number): number {
  return items * ROWS_PER_ITEM + 1;
}

export const MILLION_ITEMS = 250_000;
export const THOUSAND_ITEMS = 250;
