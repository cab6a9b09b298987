/**
 * The default app of the fallback Electron.
 *
 * `electron .` works because a stock Electron carries a small app that loads the folder named on the command line. The
 * Electron of the fallback was packaged for another program and has none, so this one takes its place, as
 * `resources/default_app.asar`. It knows what `npm start` and Playwright's `_electron.launch()` use:
 *
 *     electron [-r MODULE]... [CHROMIUM SWITCH]... APP [ARGUMENT]...
 *
 * It is an ES module on purpose: Electron holds back its `ready` event until the top-level await below is over, so the
 * app's own main module can still do what is only allowed before `ready`.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as electron from 'electron';
import { parseArguments } from './parse-arguments.js';

/**
 * What a default app may do beyond the public interface: https://github.com/electron/electron/tree/main/default_app
 * @type {Electron.App & {setVersion(version: string): void, setAppPath(path: string): void, setDesktopName(name: string): void}}
 */
const app = /** @type {any} */ (electron.app);

/**
 * Ends the process with a message: there is no app that could handle the error.
 * @param {string} message
 */
function fail(message) {
  console.error(`electron: ${message}`);
  app.exit(1);
}

/**
 * Gives the process the identity of the app in `folder`.
 * @param {string} folder
 * @returns {string} the path of its main module
 */
function adoptPackage(folder) {
  const manifestPath = join(folder, 'package.json');
  if (!existsSync(manifestPath)) return join(folder, 'index.js');
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (manifest.version) app.setVersion(manifest.version);
  if (name) app.setName(name);
  app.setDesktopName(manifest.desktopName ?? `${app.name}.desktop`);
  app.setAppPath(folder);
  return join(folder, manifest.main ?? 'index.js');
}

/**
 * Loads the modules to preload, which are CommonJS, then the app, which may be either.
 * @param {ReturnType<typeof parseArguments>} options
 */
async function start({ modules, target }) {
  const requireFromHere = createRequire(join(process.cwd(), 'noop.js'));
  for (const module of modules) requireFromHere(module);
  if (target === undefined) {
    fail('no app was named. Type: electron FOLDER');
    return;
  }
  const path = resolve(target);
  if (!existsSync(path)) {
    fail(`there is no app at ${path}`);
    return;
  }
  const main = statSync(path).isDirectory() ? adoptPackage(path) : path;
  if (!existsSync(main)) {
    fail(`the app in ${path} has no ${main}. It has to be built first.`);
    return;
  }
  await import(pathToFileURL(main).href);
}

Object.defineProperty(process, 'defaultApp', { value: true, configurable: true, enumerable: true, writable: true });
try {
  await start(parseArguments(process.argv.slice(1)));
} catch (error) {
  console.error(error);
  fail(`the app could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
}
