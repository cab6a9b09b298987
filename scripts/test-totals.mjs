/** How many tests passed and failed, from the reports that the runners write. */
import { join } from 'node:path';
import { RESULTS } from './setup/project.mjs';
import { readStamp } from './setup/stamp.mjs';

/** @typedef {{passed: number, failed: number, skipped: number}} Totals */

/** Where the runners write their JSON reports. */
export const REPORTS = { unit: join(RESULTS, 'vitest.json'), e2e: join(RESULTS, 'playwright.json') };

/**
 * @param {string} runner "unit" or "e2e"
 * @returns {Totals | null} null when the runner left no report, because it did not run or not to its end
 */
export function readTotals(runner) {
  if (runner === 'unit') return vitestTotals(readStamp(REPORTS.unit));
  return playwrightTotals(readStamp(REPORTS.e2e));
}

/**
 * A file that could not be loaded, and an error outside of any test, count as one failure each: they have no test.
 * @param {unknown} report as `vitest --reporter=json` writes it
 * @returns {Totals | null}
 */
export function vitestTotals(report) {
  if (!isObject(report)) return null;
  const files = Array.isArray(report['testResults']) ? report['testResults'] : [];
  const broken = files.filter(
    (file) => isObject(file) && file['status'] === 'failed' && isEmpty(file['assertionResults']),
  ).length;
  const failed = count(report['numFailedTests']) + broken;
  return {
    passed: count(report['numPassedTests']),
    failed: failed === 0 && report['success'] === false ? 1 : failed,
    skipped: count(report['numPendingTests']) + count(report['numTodoTests']),
  };
}

/**
 * @param {unknown} report as `playwright test --reporter=json` writes it
 * @returns {Totals | null}
 */
export function playwrightTotals(report) {
  if (!isObject(report) || !isObject(report['stats'])) return null;
  const stats = report['stats'];
  const errors = Array.isArray(report['errors']) ? report['errors'].length : 0;
  const failed = count(stats['unexpected']);
  return {
    // Flaky: failed, then passed when tried again.
    passed: count(stats['expected']) + count(stats['flaky']),
    failed: failed === 0 ? errors : failed,
    skipped: count(stats['skipped']),
  };
}

/**
 * @param {string} runner
 * @param {Totals | null} totals
 */
export function describeTotals(runner, totals) {
  if (totals === null) return `${runner}: no report, so the runner did not come to its end`;
  return `${runner}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {unknown} value */
function isEmpty(value) {
  return !Array.isArray(value) || value.length === 0;
}

/** @param {unknown} value */
function count(value) {
  return typeof value === 'number' ? value : 0;
}
