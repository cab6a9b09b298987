/** The results for people. */

/** @typedef {import('./measure.ts').Row} Row */

const HEAD = ['', 'ours', 'peer', 'ratio', 'lowest–highest', 'target', ''];

/**
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function table(rows) {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((text, column) => pad(text, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * @param {string} text
 * @param {number} width
 * @param {number} column the first and the last are read from the left
 */
function pad(text, width, column) {
  return column === 0 || column === HEAD.length - 1 ? text.padEnd(width) : text.padStart(width);
}

/** @param {Row} row */
function cellsOf(row) {
  return [
    row.name,
    `${figure(row.ours)} ${row.unit}`,
    `${figure(row.peer)} ${row.unit}`,
    figure(row.ratio),
    `${figure(row.low)}–${figure(row.high)}`,
    targetOf(row),
    row.verdict === 'no target' ? '' : row.verdict,
  ];
}

/** @param {Row} row */
function targetOf({ target, unit }) {
  if (target === null) return '';
  return target.of === 'ratio' ? `≤ ${figure(target.atMost)}` : `≤ ${figure(target.atMost)} ${unit}`;
}

/**
 * Three digits, which is more than can be trusted.
 * @param {number} value
 */
function figure(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : value >= 0.01 ? 3 : 4;
  return value.toFixed(digits);
}
