/** How many tests passed and failed, from the reports that the runners write. */
import { join } from 'node:path';
import { RESULTS } from './setup/project.mjs';
import { readStamp } from './setup/stamp.mjs';

/** @typedef {{passed: number, failed: number, skipped: number, failures: readonly string[]}} Totals `failures`: names of failed tests */

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
  const files = list(report['testResults']);
  const broken = files.filter(
    (file) => isObject(file) && file['status'] === 'failed' && isEmpty(file['assertionResults']),
  );
  const failed = count(report['numFailedTests']) + broken.length;
  return {
    passed: count(report['numPassedTests']),
    failed: failed === 0 && report['success'] === false ? 1 : failed,
    skipped: count(report['numPendingTests']) + count(report['numTodoTests']),
    failures: [
      ...broken.map((file) => text(file['name'])),
      ...files
        .flatMap((file) => list(file['assertionResults']))
        .filter(hasFailed)
        .map((test) => text(test['fullName'])),
    ],
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
    failures: list(report['suites']).flatMap(failedSpecs),
  };
}

/** @param {Record<string, unknown>} suite @returns {string[]} */
function failedSpecs(suite) {
  const here = list(suite['specs']).filter(({ ok }) => ok === false);
  return [
    ...here.map(({ file, title }) => `${text(file)} › ${text(title)}`),
    ...list(suite['suites']).flatMap(failedSpecs),
  ];
}

/**
 * @param {string} runner
 * @param {Totals | null} totals
 */
export function describeTotals(runner, totals) {
  if (totals === null) return `${runner}: no report, so the runner did not come to its end`;
  const line = `${runner}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
  return [line, ...totals.failures.map((name) => `  failed: ${name}`)].join('\n');
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {unknown} value */
function isEmpty(value) {
  return list(value).length === 0;
}

/** @param {unknown} value @returns {Record<string, unknown>[]} */
function list(value) {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** @param {Record<string, unknown>} test as vitest reports it */
function hasFailed(test) {
  return test['status'] === 'failed';
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '?';
}

/** @param {unknown} value */
function count(value) {
  return typeof value === 'number' ? value : 0;
}
