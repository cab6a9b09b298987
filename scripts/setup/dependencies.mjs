/**
 * Step 1: the packages of package-lock.json in node_modules. This file and all it imports run on Node 18, without any
 * package: it is what a fresh clone starts with.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withStep } from './progress.mjs';
import { CommandError, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { isMissing, readStamp, stampSays, writeStamp } from './stamp.mjs';

/** @typedef {{version?: string, optional?: boolean, link?: boolean}} LockedPackage */

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.cache', 'statescope', 'dependencies.json');

/**
 * Installs the packages unless node_modules already holds exactly what the lock file asks for.
 * @param {string} root the folder of package.json
 */
export async function ensureDependencies(root) {
  if (dependenciesInstalled(root)) return;
  await withStep('Installing packages (npm ci)', () => installDependencies(root));
  writeStamp(stampFile(root), currentStamp(root));
}

/**
 * The stamp of an earlier run is the quick answer. Without one, node_modules may still be right, because somebody ran
 * `npm install`: npm then leaves its own record of what it finished installing, and we adopt that.
 * @param {string} root
 * @returns {boolean}
 */
export function dependenciesInstalled(root) {
  const stamp = currentStamp(root);
  if (stampSays(stampFile(root), stamp)) return true;
  if (!recordMatchesLock(root)) return false;
  writeStamp(stampFile(root), stamp);
  return true;
}

/** @param {string} root */
function currentStamp(root) {
  let lock;
  try {
    lock = readFileSync(join(root, 'package-lock.json'));
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new SetupError('package-lock.json is missing, so the versions to install are unknown.', {
      type: ['git checkout -- package-lock.json'],
      cause: error,
    });
  }
  return { lock: createHash('sha256').update(lock).digest('hex'), platform: `${process.platform}-${process.arch}` };
}

/**
 * npm writes node_modules/.package-lock.json at the very end of an installation, so that an interrupted one has none.
 * @param {string} root
 */
function recordMatchesLock(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    // '' is the project itself; what is optional may be for another system.
    if (path === '' || entry.link === true) return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | null}
 */
function lockedPackages(file) {
  const content = readStamp(file);
  if (typeof content !== 'object' || content === null || !('packages' in content)) return null;
  return /** @type {Record<string, LockedPackage>} */ (content.packages);
}

/** @param {string} root */
async function installDependencies(root) {
  try {
    // --include=dev: the tools are wanted whatever NODE_ENV says.
    // --ignore-scripts: of all packages only `node` is to run one, which node-runtime.mjs sees to. npm 11 reads that from
    // allowScripts in package.json, but npm 10 would go and compile better-sqlite3.
    // --loglevel=error: without the warnings about the engines of packages that run under the Node this brings.
    await runNpm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
  } catch (error) {
    throw new SetupError('The packages could not be installed.', {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      type: [
        'npm ci',
        'npm start',
        '(if the network is the reason: npm config get registry, and npm config get proxy)',
      ],
      cause: error,
    });
  }
}

/**
 * Runs the npm that started us, or the one on PATH.
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<string>} its output
 */
export function runNpm(args, cwd) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(loglevel|silent)$/i.test(name)),
  );
  const own = process.env['npm_execpath'];
  if (own !== undefined && /^npm-cli\.c?js$/.test(basename(own)) && existsSync(own)) {
    return runQuietly(process.execPath, [own, ...args], { cwd, env });
  }
  // On Windows npm is a .cmd file, which only a shell can start; no argument of ours needs quoting.
  return runQuietly('npm', args, { cwd, env, shell: process.platform === 'win32' });
}
