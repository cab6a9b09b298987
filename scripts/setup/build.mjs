/** The last step: the bundles in out/, made anew only when a source file changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary, LIBRARY_ENTRY } from './build-library.mjs';
import { withStep } from './progress.mjs';
import { CommandError, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { removeStamp, stampSays, writeStamp } from './stamp.mjs';

const SOURCES = [
  'electron',
  'shared',
  'renderer',
  'assets',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'scripts/packaging/library.tsconfig.json',
];
/** Not part of the bundles: read from where it is when the program runs. */
const SKIPPED_FOLDERS = new Set(['node_modules', 'sample-workspace', 'fixtures']);
const TEST_FILE = /\.test\.tsx?$/;
const OUTPUTS = [
  'out/main/main.js',
  'out/main/cli.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  LIBRARY_ENTRY,
];

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.cache', 'statescope', 'build.json');

/**
 * @param {string} root
 * @param {{force?: boolean}} [options] `force`: also when nothing changed
 */
export async function ensureBuild(root, { force = false } = {}) {
  const sources = fingerprint(root);
  if (!force && buildIsCurrent(root, sources)) return;
  // First: an interrupted build must not pass for the one before it.
  removeBuildStamp(root);
  try {
    await withStep('Building', () => build(root));
  } catch (error) {
    throw new SetupError('The build failed.', {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      type: ['npm run typecheck', 'npm run build'],
      cause: error,
    });
  }
  const missing = OUTPUTS.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0)
    throw new SetupError('The build ended well, but did not write all it should.', { why: missing.join('\n') });
  writeStamp(stampFile(root), { sources });
}

/**
 * @param {string} root
 * @param {string} sources
 */
export function buildIsCurrent(root, sources = fingerprint(root)) {
  return stampSays(stampFile(root), { sources }) && OUTPUTS.every((path) => existsSync(join(root, path)));
}

/** @param {string} root */
export function removeBuildStamp(root) {
  removeStamp(stampFile(root));
}

/** @param {string} root */
async function build(root) {
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  await Promise.all([runQuietly(process.execPath, [electronVite, 'build'], { cwd: root }), buildLibrary(root)]);
}

/**
 * Names, sizes and times tell a changed file without reading it.
 * @param {string} root
 * @returns {string}
 */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const name of SOURCES) addToFingerprint(root, name, hash);
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path below root
 * @param {import('node:crypto').Hash} hash
 */
function addToFingerprint(root, path, hash) {
  const entry = statSync(join(root, path), { throwIfNoEntry: false });
  if (entry === undefined) return;
  if (entry.isFile()) {
    hash.update(`${path}\0${entry.size}\0${entry.mtimeMs}\0`);
    return;
  }
  for (const child of readdirSync(join(root, path)).toSorted()) {
    if (!SKIPPED_FOLDERS.has(child) && !TEST_FILE.test(child)) addToFingerprint(root, `${path}/${child}`, hash);
  }
}
