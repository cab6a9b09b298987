import { expect, test } from 'vitest';
import { describeTotals, playwrightTotals, vitestTotals } from './test-totals.mjs';

test('a test file that could not be loaded counts as a failure', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 1,
    success: false,
    testResults: [
      { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{}] },
    ],
  };
  expect(vitestTotals(report)).toEqual({ passed: 3, failed: 1, skipped: 2, failures: ['broken.test.ts'] });
});

test('an error outside of any test counts as a failure', () => {
  expect(vitestTotals({ numPassedTests: 3, numFailedTests: 0, success: false, testResults: [] })).toMatchObject({
    failed: 1,
  });
  const stats = { expected: 2, unexpected: 0, flaky: 1, skipped: 0 };
  expect(playwrightTotals({ stats, errors: [{}] })).toEqual({ passed: 3, failed: 1, skipped: 0, failures: [] });
});

test('no report is not the same as no failure', () => {
  expect(vitestTotals(undefined)).toBeNull();
  expect(playwrightTotals(undefined)).toBeNull();
});

test('what failed is named, so that the end of a long output tells it', () => {
  const unit = vitestTotals({
    numFailedTests: 1,
    testResults: [
      {
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'a' },
          { status: 'failed', fullName: 'b c' },
        ],
      },
    ],
  });
  expect(unit?.failures).toEqual(['b c']);
  expect(describeTotals('unit', unit)).toBe('unit: 0 passed, 1 failed, 0 skipped\n  failed: b c');
  const specs = [
    { title: 'opens', file: 'a.spec.ts', ok: false },
    { title: 'closes', file: 'a.spec.ts', ok: true },
  ];
  const suites = [{ specs: [], suites: [{ specs }] }];
  expect(playwrightTotals({ stats: { unexpected: 1 }, suites })?.failures).toEqual(['a.spec.ts › opens']);
});
