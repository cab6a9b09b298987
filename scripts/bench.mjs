/**
 * npm run bench [-- GROUP…] [--json FILE]
 *
 * Measures Statescope against a peer that does the same work in the same run, in turns, and prints the ratios. It
 * reports and does not judge: the exit code is 0 unless something broke.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GROUPS, NOT_BUILT } from './bench/groups.mjs';
import { table } from './bench/table.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { typedIn } from './setup/launch-arguments.mjs';
import { say } from './setup/progress.mjs';
import { ROOT } from './setup/project.mjs';
import { runInForeground } from './setup/run.mjs';
import { runMain, SetupError } from './setup/setup-error.mjs';

const RUN_GROUP = fileURLToPath(new URL('bench/run-group.ts', import.meta.url));
const FIRST_SIGNAL_CODE = 129;

/** @typedef {import('./bench/groups.mjs').Group} Group */
/** @typedef {import('./bench/group.ts').GroupResult} GroupResult */

async function main() {
  const { groups, json } = readArguments(process.argv.slice(2));
  const finished = await bootstrap(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (finished !== null) return finished;
  const { prepareBuild, prepareElectron } = await import('./setup/prepare.mjs');
  const electron = await prepareElectron();
  if (groups.some(({ window }) => window)) await prepareBuild();

  const folder = mkdtempSync(join(tmpdir(), 'statescope-bench-'));
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: electron.distPath };
  /** @type {{group: string, result: GroupResult}[]} */
  const results = [];
  let broken = 0;
  try {
    for (const group of groups) {
      const result = await runGroup(group, join(folder, group.name), env);
      if (result === null) broken += 1;
      else {
        results.push({ group: group.name, result });
        report(group, result);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (groups.length === GROUPS.length) console.log(`\nNot built yet, so not measured:\n  ${NOT_BUILT.join('\n  ')}`);
  if (json !== null) writeJson(json, electron.version, results);
  return broken === 0 ? 0 : 1;
}

/** @param {string[]} args */
function readArguments(args) {
  const { values, positionals } = parsed(args);
  const unknown = positionals.find((arg) => !GROUPS.some(({ name }) => name === arg));
  if (unknown !== undefined)
    throw new SetupError(`There are no measurements called ${unknown}.`, {
      type: GROUPS.map(({ name }) => `npm run bench -- ${name}`),
    });
  const groups = GROUPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { groups, json: values.json === undefined ? null : resolve(typedIn('bench'), values.json) };
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { json: { type: 'string' } } });
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), {
      type: ['npm run bench -- --json FILE'],
    });
  }
}

/**
 * In a process of its own, so that no group inherits the garbage of another.
 * @param {Group} group
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<GroupResult | null>} null when it broke; it has said why
 */
async function runGroup(group, folder, env) {
  mkdirSync(folder);
  const file = join(folder, 'result.json');
  const { onDisplay } = await import('./setup/display.mjs');
  const args = ['--expose-gc', RUN_GROUP, group.name, folder, file];
  const launch = group.window
    ? onDisplay(process.execPath, args)
    : { command: process.execPath, args, ownGroup: false };
  const code = await runInForeground(launch.command, launch.args, {
    cwd: ROOT,
    env,
    stdin: 'ignore',
    ownGroup: launch.ownGroup,
  });
  if (code >= FIRST_SIGNAL_CODE) throw new SetupError('The measurements were interrupted.');
  if (code !== 0) {
    say(`${group.name} broke; the other measurements go on`);
    return null;
  }
  /** @type {GroupResult} */
  const result = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  return result;
}

/**
 * @param {Group} group
 * @param {GroupResult} result
 */
function report({ name, compares }, { rows, notes }) {
  console.log(`\n${name}: ${compares}`);
  if (rows.length > 0) console.log(table(rows));
  for (const note of notes) console.log(note);
}

/**
 * @param {string} file
 * @param {string | null} electron its version
 * @param {readonly {group: string, result: GroupResult}[]} results
 */
function writeJson(file, electron, results) {
  const machine = { cores: availableParallelism(), node: process.versions.node, electron };
  writeFileSync(file, `${JSON.stringify({ machine, notBuilt: NOT_BUILT, groups: results }, null, 2)}\n`);
}

await runMain(main);
