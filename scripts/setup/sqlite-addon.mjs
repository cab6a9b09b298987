/**
 * Step 4: a better-sqlite3 that the Electron in use can load.
 *
 * Its prebuilt addon wants Node-API 10, which Electron has since 35; an older Electron does not refuse it, but crashes.
 * For such an Electron the addon is compiled once from the source in its own package, and kept in the user's cache.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from './debian-packages.mjs';
import { withStep } from './progress.mjs';
import { CLONE_CACHE, packageFolder, ROOT } from './project.mjs';
import { CommandError, runQuietly, withoutNpmSettings } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { readStamp, removeStamp, stampSays, writeStamp } from './stamp.mjs';
import { moveIntoPlace, temporaryBeside, userCacheFolder } from './user-cache.mjs';

/** @typedef {import('./electron.mjs').Electron} Electron */

const FIRST_ELECTRON_WITH_NODE_API_10 = 35;
const STAMP = join(CLONE_CACHE, 'sqlite-addon.json');
const SHIM = fileURLToPath(new URL('../electron-fallback/node-api-experimental.h', import.meta.url));
const SHIM_NAME = 'statescope-node-api.h';
/** The highest version there is: "experimental", under which Node-API 9 offers what became version 10. */
const COMPILER_FLAGS = `-UNAPI_VERSION -DNAPI_VERSION=2147483647 -include ${SHIM_NAME}`;
const LOAD_TIMEOUT_MS = 30_000;

/** @param {Electron} electron */
export async function ensureSqliteAddon(electron) {
  if (stampSays(STAMP, stampFor(electron))) return;
  removeStamp(STAMP);
  if (await needsRebuild(electron)) await placeRebuiltAddon();
  else removeRebuiltAddon();
  await requireLoads(electron);
  writeStamp(STAMP, stampFor(electron));
}

/** The compiled addon's place: better-sqlite3 looks here before it takes its prebuilt one. */
function addonFile() {
  return join(packageFolder('better-sqlite3'), 'build', 'Release', 'better_sqlite3.node');
}

/** @param {Electron} electron */
function stampFor(electron) {
  const addon = statSync(addonFile(), { throwIfNoEntry: false });
  const program = statSync(electron.executable);
  return {
    addonVersion: packageVersion('better-sqlite3'),
    addon: addon === undefined ? 'prebuilt' : { size: addon.size, time: addon.mtimeMs },
    electron: { path: electron.executable, size: program.size, time: program.mtimeMs },
  };
}

/** @param {Electron} electron */
async function needsRebuild(electron) {
  if (electron.version !== null) return Number.parseInt(electron.version, 10) < FIRST_ELECTRON_WITH_NODE_API_10;
  const version = await runAsNode(electron, 'process.stdout.write(process.versions.napi)');
  return Number.parseInt(version, 10) < 10;
}

/** Takes the compiled addon from the user's cache, where it is put first if need be. */
async function placeRebuiltAddon() {
  const cached = join(userCacheFolder(), cachedName());
  if (!existsSync(cached)) await rebuild(cached);
  const target = addonFile();
  const temporary = temporaryBeside(target);
  copyFileSync(cached, temporary);
  renameSync(temporary, target);
  writeStamp(ownershipMark(), { placedBy: 'statescope' });
}

/** After a change to a newer Electron the prebuilt addon is right again. An addon that somebody else built stays. */
function removeRebuiltAddon() {
  if (readStamp(ownershipMark()) === undefined) return;
  rmSync(addonFile(), { force: true });
  removeStamp(ownershipMark());
}

function ownershipMark() {
  return join(packageFolder('better-sqlite3'), 'build', 'statescope.json');
}

/** Whatever changes the result of the compilation is in the name. */
function cachedName() {
  const recipe = createHash('sha256')
    .update(readFileSync(SHIM))
    .update(COMPILER_FLAGS)
    .update(packageVersion('node-api-headers'))
    .digest('hex')
    .slice(0, 8);
  return join(
    'addons',
    `better-sqlite3-${packageVersion('better-sqlite3')}-napi9-${process.platform}-${process.arch}-${recipe}.node`,
  );
}

/** @param {string} name */
function packageVersion(name) {
  /** @type {{version: string}} */
  const manifest = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8'));
  return manifest.version;
}

/** @param {string} target where the finished addon goes */
async function rebuild(target) {
  if (process.platform === 'win32') {
    throw new SetupError(`better-sqlite3 needs Electron ${FIRST_ELECTRON_WITH_NODE_API_10} or newer on Windows.`, {
      type: ['npx install-electron', 'npm start'],
    });
  }
  await ensurePrograms({ 'g++': 'g++', make: 'make', python3: 'python3' }, 'compile the SQLite addon');
  // Not in the user's cache: make cannot cope with spaces, which a home folder may have.
  const work = mkdtempSync(join(tmpdir(), 'statescope-addon-'));
  try {
    await withStep('Compiling the SQLite addon for this Electron (about a minute)', (step) =>
      compile(work, (line) => step.update(line)),
    );
    const temporary = temporaryBeside(target);
    copyFileSync(join(work, 'addon', 'build', 'Release', 'better_sqlite3.node'), temporary);
    moveIntoPlace(temporary, target);
  } catch (error) {
    throw new SetupError('The SQLite addon could not be compiled for this Electron.', {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      type: ['(with Electron 35 or newer nothing is compiled)', 'npx install-electron', 'npm start'],
      cause: error,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Compiles in a copy, so that nothing half-built is ever where better-sqlite3 looks for its addon.
 * @param {string} work
 * @param {(line: string) => void} onLine
 */
async function compile(work, onLine) {
  const source = packageFolder('better-sqlite3');
  const addon = join(work, 'addon');
  for (const part of ['binding.gyp', 'deps', 'lib', 'package.json', 'src'])
    cpSync(join(source, part), join(addon, part), { recursive: true });
  const headers = layOutHeaders(join(work, 'headers'));
  const home = join(work, 'home');
  mkdirSync(home);
  const nodeGyp = join(packageFolder('node-gyp'), 'bin', 'node-gyp.js');
  const args = ['rebuild', '--release', '--force_build=1', `--nodedir=${headers}`, `--jobs=${availableParallelism()}`];
  await runQuietly(process.execPath, [nodeGyp, ...args], {
    cwd: addon,
    env: {
      ...withoutNpmSettings(),
      HOME: home,
      CXXFLAGS: `${process.env['CXXFLAGS'] ?? ''} ${COMPILER_FLAGS}`.trim(),
      // The copy has no node_modules above it, but its build asks for node-addon-api.
      NODE_PATH: [join(ROOT, 'node_modules'), join(source, 'node_modules')].join(delimiter),
    },
    onLine,
  });
}

/**
 * node-gyp wants the folder of a Node installation with its headers, or downloads them. The addon only uses Node-API,
 * whose headers are a package of their own.
 * @param {string} folder
 * @returns {string} the folder
 */
function layOutHeaders(folder) {
  const include = join(folder, 'include', 'node');
  cpSync(join(packageFolder('node-api-headers'), 'include'), include, { recursive: true });
  copyFileSync(SHIM, join(include, SHIM_NAME));
  // Without these two, node-gyp takes over how the running Node itself was compiled.
  writeFileSync(join(include, 'common.gypi'), '{}\n');
  writeFileSync(join(include, 'config.gypi'), '{"variables": {}, "target_defaults": {}}\n');
  return folder;
}

/**
 * An addon that does not fit ends the process without a word, so it is tried once in a process that may die.
 * @param {Electron} electron
 */
async function requireLoads(electron) {
  const script = `const Database = require(${JSON.stringify(packageFolder('better-sqlite3'))});
    process.stdout.write(new Database(':memory:').prepare("select 'loads'").pluck().get());`;
  let output;
  try {
    output = await runAsNode(electron, script);
  } catch (error) {
    output = error instanceof CommandError ? `${error.message}\n${error.output}` : String(error);
  }
  if (output.endsWith('loads')) return;
  throw new SetupError(`better-sqlite3 does not load in Electron ${electron.version ?? electron.executable}.`, {
    why: output,
    type: [`rm -rf '${join(userCacheFolder(), 'addons')}' node_modules/better-sqlite3/build`, 'npm start'],
  });
}

/**
 * @param {Electron} electron
 * @param {string} script
 * @returns {Promise<string>} what it wrote
 */
function runAsNode(electron, script) {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' };
  return runQuietly(electron.executable, ['-e', script], { env, timeoutMs: LOAD_TIMEOUT_MS });
}
