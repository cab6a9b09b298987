/**
 * Step 2: Node 24, which the package `node` brings along. The system's Node only has to be good enough to get here:
 * under an older one, the tools do not start and the prebuilt SQLite addon crashes.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { say, withStep } from './progress.mjs';
import { CommandError, runInForeground, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';

const WANTED_MAJOR = 24;
const OLDEST_BOOTSTRAP_MAJOR = 18;

/** Ends the process when this Node is too old even for the bootstrap. */
export function requireBootstrapNode() {
  if (majorVersion(process.versions.node) >= OLDEST_BOOTSTRAP_MAJOR) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old to install Statescope: ${OLDEST_BOOTSTRAP_MAJOR} or newer is needed.`,
    {
      type: ['(install a current Node from nodejs.org or your system’s packages, then)', 'npm start'],
    },
  );
}

/**
 * Continues the script that is running under Node 24 if it is not there yet.
 * @param {string} root
 * @param {string} script the absolute path of the script that is running
 * @param {readonly string[]} args its arguments
 * @returns {Promise<number | null>} the exit code of the continued script; null when this process is to go on itself
 */
export async function continueUnderNode24(root, script, args) {
  const bundled = await bundledNode(root);
  const binFolder = join(root, 'node_modules', '.bin');
  if (majorVersion(process.versions.node) >= WANTED_MAJOR) {
    // Started directly rather than by npm: programs that look for `node` on PATH are to find this one all the same.
    putFirstOnPath(binFolder);
    return null;
  }
  if (bundled === null) {
    throw new SetupError(
      `Node ${WANTED_MAJOR} is needed, this is ${process.versions.node}, and the package that brings it has no program in it.`,
      {
        type: [
          'npm rebuild node --foreground-scripts',
          'npm start',
          `(or install Node ${WANTED_MAJOR}, then: npm start)`,
        ],
      },
    );
  }
  putFirstOnPath(dirname(bundled));
  putFirstOnPath(binFolder);
  return runInForeground(bundled, [script, ...args]);
}

/**
 * The `node` package puts its program in place with a lifecycle script, which the bootstrap's `npm ci` leaves out.
 * @param {string} root
 * @returns {Promise<string | null>} null when it cannot be had
 */
async function bundledNode(root) {
  const folder = join(root, 'node_modules', 'node');
  const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  const installer = join(folder, 'installArchSpecificPackage.js');
  if (!existsSync(installer)) return null;
  try {
    await withStep(`Installing Node ${WANTED_MAJOR}`, async () => {
      await runQuietly(process.execPath, [installer], { cwd: folder });
      // Where it was cut off, the program is there but does not run.
      await runQuietly(program, ['--version']);
    });
  } catch (error) {
    rmSync(program, { force: true });
    say(error instanceof CommandError ? error.output || error.message : String(error));
    return null;
  }
  linkForNpm(root, program);
  return program;
}

/**
 * npm links programs only if they are there when it installs their package. With the link, the next `npm start` finds
 * this Node by itself.
 * @param {string} root
 * @param {string} program
 */
function linkForNpm(root, program) {
  // On Windows it would take npm's start-up scripts; there the bootstrap continues under Node 24 each time.
  if (process.platform === 'win32') return;
  const link = join(root, 'node_modules', '.bin', 'node');
  rmSync(link, { force: true });
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), program), link);
}

/** @param {string} folder */
function putFirstOnPath(folder) {
  const current = process.env['PATH'] ?? '';
  if (!current.split(delimiter).includes(folder)) process.env['PATH'] = `${folder}${delimiter}${current}`;
}

/** @param {string} version "24.21.0" */
function majorVersion(version) {
  return Number.parseInt(version, 10);
}
