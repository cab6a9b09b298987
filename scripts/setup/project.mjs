/** Where things are in this clone. Everything the scripts write into the clone lies under node_modules/.cache. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Stamps and test results of one clone. `npm ci` empties node_modules, so they never outlive what they describe. */
export const CLONE_CACHE = join(ROOT, 'node_modules', '.cache', 'statescope');

/** The test runners' JSON reports. */
export const RESULTS = join(CLONE_CACHE, 'results');

/** @param {string} name @returns {string} the path of a package's folder in node_modules */
export function packageFolder(name) {
  return join(ROOT, 'node_modules', ...name.split('/'));
}
