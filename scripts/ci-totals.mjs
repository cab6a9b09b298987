/**
 * node scripts/ci-totals.mjs test=EXIT_CODE CHECK=EXIT_CODE …
 *
 * The last line of .ci/run: the tests as their runners reported them, and every further check counted as one.
 * The exit code is 1 when anything failed, or no test ran.
 */
import { describeTotals, readTotals } from './test-totals.mjs';

let passed = 0;
let failed = 0;
let tests = 0;
let testsExit = 1;

for (const argument of process.argv.slice(2)) {
  const [name = '', code = ''] = argument.split('=');
  if (name === 'test') {
    testsExit = Number(code);
    continue;
  }
  console.log(`${name}: ${code === '0' ? 'passed' : `failed (exit code ${code})`}`);
  if (code === '0') passed += 1;
  else failed += 1;
}

let failedTests = 0;
for (const runner of ['unit', 'e2e']) {
  const totals = readTotals(runner);
  console.log(describeTotals(runner, totals));
  if (totals === null) {
    failedTests += 1;
    continue;
  }
  tests += totals.passed + totals.failed;
  passed += totals.passed;
  failedTests += totals.failed;
}
// `npm test` may fail without a failed test, e.g. because the build does.
failed += failedTests === 0 && testsExit !== 0 ? 1 : failedTests;
if (tests === 0) console.log('no test ran');

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || tests === 0 ? 1 : 0;
