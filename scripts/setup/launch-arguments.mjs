/** What a person typed behind `npm start --`. */
import { isAbsolute, resolve } from 'node:path';

const OPTIONS_WITH_FILE = new Set(['--screenshot']);
const OPTIONS_WITH_VALUE = new Set(['--theme', '--locale', ...OPTIONS_WITH_FILE]);
const URL_START = /^[a-z][a-z0-9+.-]+:\/\//i;

/**
 * npm runs scripts in the folder of package.json and tells in INIT_CWD where the person is. That also reaches scripts
 * that a script started, for which it would be wrong.
 * @param {string} script the name of the npm script
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @returns {string} the folder that relative paths are meant from
 */
export function typedIn(script, env = process.env, cwd = process.cwd()) {
  return env['npm_lifecycle_event'] === script ? (env['INIT_CWD'] ?? cwd) : cwd;
}

/**
 * Makes the paths among the arguments absolute; everything else stays as it is, for the program to judge.
 * @param {readonly string[]} args
 * @param {string} folder
 * @returns {string[]}
 */
export function resolvePaths(args, folder) {
  /** @type {string[]} */
  const resolved = [];
  let option = '';
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (option !== '') {
      resolved.push(OPTIONS_WITH_FILE.has(option) ? resolve(folder, arg) : arg);
      option = '';
    } else if (OPTIONS_WITH_VALUE.has(arg)) {
      resolved.push(arg);
      option = arg;
    } else if (arg.startsWith('-')) {
      const name = arg.slice(0, Math.max(0, equals));
      resolved.push(OPTIONS_WITH_FILE.has(name) ? `${name}=${resolve(folder, arg.slice(equals + 1))}` : arg);
    } else {
      resolved.push(URL_START.test(arg) || isAbsolute(arg) ? arg : resolve(folder, arg));
    }
  }
  return resolved;
}
