/** Electron's own way to its program: the `electron` package's downloader, and its installer for what was downloaded. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Step } from './progress.mjs';
import { CommandError, runQuietly } from './run.mjs';

/** Where there is no way out, many networks swallow packets instead of refusing them: do not wait for long. */
const FIRST_BYTE_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 60_000;

/**
 * @param {string} root
 * @returns {Promise<string | null>} null when Electron is installed, otherwise why it is not
 */
export async function downloadElectron(root) {
  const folder = join(root, 'node_modules', 'electron');
  const step = new Step('Downloading Electron');
  try {
    await downloadToElectronsCache(folder, step);
    step.update('unpacking');
    // Finds the verified archive in Electron's cache. It writes path.txt last, which is how we know that it ended well.
    await runQuietly(process.execPath, [join(folder, 'install.js')]);
    step.done();
    return null;
  } catch (error) {
    step.failed();
    return describe(error);
  }
}

/**
 * Uses the very downloader the electron package would use (mirrors, checksums, cache), but with progress and timeouts.
 * @param {string} folder of the electron package
 * @param {Step} step
 */
async function downloadToElectronsCache(folder, step) {
  takeProxyFromEnvironment();
  const fromElectron = createRequire(join(folder, 'package.json'));
  const { downloadArtifact } = await import(pathToFileURL(fromElectron.resolve('@electron/get')).href);
  /** @type {{version: string}} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const watchdog = new Watchdog(FIRST_BYTE_TIMEOUT_MS);
  try {
    await downloadArtifact({
      version: manifest.version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      cacheRoot: process.env['electron_config_cache'],
      checksums: JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')),
      downloadOptions: {
        quiet: true,
        signal: watchdog.signal,
        getProgressCallback: (/** @type {{transferred: number, total: number | null}} */ { transferred, total }) => {
          watchdog.postpone(STALL_TIMEOUT_MS);
          step.bytes(transferred, total);
          return Promise.resolve();
        },
      },
    });
  } finally {
    watchdog.stop();
  }
}

/** Aborts what takes longer without a sign of life than it may. */
class Watchdog {
  #controller = new AbortController();
  #milliseconds;
  #timer;

  /** @param {number} milliseconds */
  constructor(milliseconds) {
    this.#milliseconds = milliseconds;
    this.#timer = setTimeout(() => this.#abort(), milliseconds);
  }

  get signal() {
    return this.#controller.signal;
  }

  /** @param {number} milliseconds from now */
  postpone(milliseconds) {
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#timer = setTimeout(() => this.#abort(), milliseconds);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #abort() {
    this.#controller.abort(new Error(`nothing came for ${this.#milliseconds / 1000} s`));
  }
}

/** fetch takes no notice of HTTPS_PROXY unless it is told to; Node 24.14 and newer can be told at run time. */
function takeProxyFromEnvironment() {
  if ('setGlobalProxyFromEnv' in http && typeof http.setGlobalProxyFromEnv === 'function') http.setGlobalProxyFromEnv();
}

/** @param {unknown} error @returns {string} the error and what is behind it: fetch only says "fetch failed" itself */
function describe(error) {
  if (error instanceof CommandError) return `${error.message}\n${error.output}`;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
