/** Installing packages of Debian and its relatives, where we may; otherwise saying exactly what to type. */
import { withStep } from './progress.mjs';
import { CommandError, findProgram, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';

/** Another apt-get may be at work: wait for it this long. */
const LOCK_TIMEOUT_S = 300;

/** One `apt-get update` serves all steps of a run. */
let listsAreFresh = false;

/**
 * @param {readonly string[]} packages
 * @param {string} purpose completes "… needed to", e.g. "open a window"
 * @throws SetupError with the command to type, when we may not install, or the installation fails
 */
export async function ensureDebianPackages(packages, purpose) {
  if (findProgram('apt-get') === null) {
    throw new SetupError(`System packages are missing that are needed to ${purpose}.`, {
      why: `This system has no apt-get. On Debian they are called: ${packages.join(' ')}`,
      type: ['(install their equivalents with your system’s package manager, then)', 'npm start'],
    });
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(`System packages are missing that are needed to ${purpose}.`, {
      type: [...installCommands(packages, 'sudo '), 'npm start'],
    });
  }
  try {
    await withStep(`Installing system packages to ${purpose}`, (step) =>
      install(packages, (line) => step.update(line)),
    );
  } catch (error) {
    throw new SetupError(`The system packages that are needed to ${purpose} could not be installed.`, {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      type: [...installCommands(packages, ''), 'npm start'],
      cause: error,
    });
  }
}

/**
 * @param {Readonly<Record<string, string>>} packageOf by the program it brings
 * @param {string} purpose as above
 */
export async function ensurePrograms(packageOf, purpose) {
  const missing = Object.entries(packageOf).filter(([program]) => findProgram(program) === null);
  if (missing.length > 0) await ensureDebianPackages([...new Set(missing.map(([, name]) => name))], purpose);
}

/**
 * @param {readonly string[]} packages
 * @param {string} prefix "sudo " or ""
 * @returns {string[]} the commands a person would type
 */
export function installCommands(packages, prefix) {
  return [`${prefix}apt-get update`, `${prefix}apt-get install -y --no-install-recommends ${packages.join(' ')}`];
}

/**
 * @param {readonly string[]} packages
 * @param {(line: string) => void} onLine
 */
async function install(packages, onLine) {
  const options = [
    '-y',
    '--no-install-recommends',
    '-o',
    `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`,
    '-o',
    'Dpkg::Use-Pty=0',
  ];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!listsAreFresh) {
    await runQuietly('apt-get', ['update', '-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`], { env, onLine });
    listsAreFresh = true;
  }
  await runQuietly('apt-get', ['install', ...options, ...(await currentNames(packages))], { env, onLine });
}

/**
 * Newer releases of Debian and Ubuntu renamed libraries in the move to 64-bit times: libgtk-3-0 became libgtk-3-0t64.
 * @param {readonly string[]} packages
 */
async function currentNames(packages) {
  const known = new Set((await runQuietly('apt-cache', ['pkgnames', 'lib'])).split('\n'));
  return packages.map((name) =>
    name.startsWith('lib') && !known.has(name) && known.has(`${name}t64`) ? `${name}t64` : name,
  );
}
