/** Rows of a table as RFC 4180 has them. */

/** What a spreadsheet would take for a formula, and then run: OWASP, "CSV injection". */
const FORMULA = /^[=+\-@\t\r\n]/;
const QUOTED = /[",\r\n]/;

/** Text that came out of a state; one that a spreadsheet would run as a formula gets an apostrophe before it. */
export function safeText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => (QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
