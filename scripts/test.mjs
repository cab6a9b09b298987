/**
 * npm test [-- unit|e2e]
 *
 * Installs what is missing, runs the unit tests, builds, and runs the end-to-end tests in the real window. Ends with
 * the totals; the exit code is 1 when anything failed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './setup/bootstrap.mjs';
import { say } from './setup/progress.mjs';
import { RESULTS, ROOT } from './setup/project.mjs';
import { runInForeground } from './setup/run.mjs';
import { runMain, SetupError } from './setup/setup-error.mjs';
import { describeTotals, REPORTS, readTotals } from './test-totals.mjs';

const RUNNERS = ['unit', 'e2e'];

async function main() {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => !RUNNERS.includes(arg));
  if (unknown !== undefined)
    throw new SetupError(`There are no tests called ${unknown}.`, {
      type: RUNNERS.map((name) => `npm test -- ${name}`),
    });
  // Before anything can fail: the results of an earlier run must not pass for those of this one.
  rmSync(RESULTS, { recursive: true, force: true });

  const finished = await bootstrap(fileURLToPath(import.meta.url), args);
  if (finished !== null) return finished;
  mkdirSync(RESULTS, { recursive: true });
  const { prepareBuild, prepareElectron } = await import('./setup/prepare.mjs');
  const electron = await prepareElectron();
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: electron.distPath };
  const wanted = args.length === 0 ? RUNNERS : args;

  const exitCodes = [];
  if (wanted.includes('unit')) {
    say('unit tests');
    exitCodes.push(await runUnitTests(env));
  }
  if (wanted.includes('e2e')) {
    await prepareBuild();
    say('end-to-end tests');
    exitCodes.push(await runEndToEndTests(env));
  }
  for (const name of wanted) say(describeTotals(name, readTotals(name)));
  return exitCodes.every((code) => code === 0) ? 0 : 1;
}

/** @param {NodeJS.ProcessEnv} env */
function runUnitTests(env) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORTS.unit}`];
  return runInForeground(process.execPath, [vitest, ...args], { cwd: ROOT, env, stdin: 'ignore' });
}

/** @param {NodeJS.ProcessEnv} env */
function runEndToEndTests(env) {
  const playwright = join(ROOT, 'node_modules', 'playwright', 'cli.js');
  const args = [playwright, 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
  return runInForeground(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: REPORTS.e2e },
    stdin: 'ignore',
  });
}

await runMain(main);
