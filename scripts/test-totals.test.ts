import { expect, test } from 'vitest';
import { playwrightTotals, vitestTotals } from './test-totals.mjs';

test('a test file that could not be loaded counts as a failure', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    success: false,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{}] },
    ],
  };
  expect(vitestTotals(report)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('an error outside of any test counts as a failure', () => {
  expect(vitestTotals({ numPassedTests: 3, numFailedTests: 0, success: false, testResults: [] })).toMatchObject({
    failed: 1,
  });
  const stats = { expected: 2, unexpected: 0, flaky: 1, skipped: 0 };
  expect(playwrightTotals({ stats, errors: [{}] })).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test('no report is not the same as no failure', () => {
  expect(vitestTotals(undefined)).toBeNull();
  expect(playwrightTotals(undefined)).toBeNull();
});
