/**
 * npm run soak [-- --schedules N --seed N --rows N]
 *
 * Synchronisation under faults, at full length: 100 random schedules of kills and stops (the tests run a few), and catching up in a
 * table of 10 million changes (the tests have 200,000). Every schedule's seed is told; one that failed is repeated with
 * `--schedules 1 --rows 0 --seed N`. The exit code is 0 when all went well.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrap } from './setup/bootstrap.mjs';
import { ROOT } from './setup/project.mjs';
import { runInForeground } from './setup/run.mjs';
import { runMain, SetupError } from './setup/setup-error.mjs';

const PROGRAM = join(ROOT, 'electron', 'core', 'sync', 'fixtures', 'soak.ts');

async function main() {
  const { schedules, seed, rows } = readArguments(process.argv.slice(2));
  const finished = await bootstrap(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (finished !== null) return finished;
  return runInForeground(process.execPath, [PROGRAM, String(schedules), String(seed), String(rows)], { cwd: ROOT });
}

/** @param {string[]} args */
function readArguments(args) {
  const options = /** @type {const} */ ({
    schedules: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    rows: { type: 'string', default: '10000000' },
  });
  try {
    const { values } = parseArgs({ args, options });
    return {
      schedules: wholeNumber(values.schedules),
      seed: wholeNumber(values.seed),
      rows: wholeNumber(values.rows),
    };
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), {
      type: ['npm run soak', 'npm run soak -- --schedules 20 --seed 7 --rows 0'],
    });
  }
}

/** @param {string} text */
function wholeNumber(text) {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is no whole number.`);
  return Number(text);
}

await runMain(main);
