/** Starting other programs. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const KEPT_OUTPUT = 200_000;
const SHOWN_FIRST_LINES = 12;
const SHOWN_LAST_LINES = 25;
/** @type {readonly NodeJS.Signals[]} */
const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A program that ended with an error; `output` holds the beginning and the end of what it wrote. */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(message);
    this.name = 'CommandError';
    this.output = shorten(output);
  }
}

/**
 * Some programs name the reason first, most name it last.
 * @param {string} output
 */
function shorten(output) {
  // Without colours: not every program leaves them away when it does not write to a terminal.
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => !/^(npm error)?\s*$/.test(line));
  if (lines.length <= SHOWN_FIRST_LINES + SHOWN_LAST_LINES) return lines.join('\n');
  return [...lines.slice(0, SHOWN_FIRST_LINES), '[…]', ...lines.slice(-SHOWN_LAST_LINES)].join('\n');
}

/**
 * Runs a program without showing its output, which is returned, or put into the error.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, shell?: boolean, onLine?: (line: string) => void}} [options]
 * @returns {Promise<string>} standard output and error, in the order they came
 */
export function runQuietly(command, args, { cwd, env, timeoutMs, shell = false, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    let line = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-KEPT_OUTPUT);
      if (onLine === undefined) return;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      lines.forEach(onLine);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => reject(new CommandError(`${command} could not be started: ${error.message}`, output)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandError(`${command} ended with ${signal ?? `exit code ${code}`}`, output));
    });
  });
}

/**
 * Runs a program in the foreground: it has the terminal, and its exit code is ours.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, stdin?: 'inherit' | 'ignore', ownGroup?: boolean}} [options]
 *   `ownGroup`: for a program that leaves its children behind when it is told to end; the signal then goes to all of them
 * @returns {Promise<number>} the exit code, 128 + n for signal n
 */
export function runInForeground(command, args, { cwd, env, stdin = 'inherit', ownGroup = false } = {}) {
  return new Promise((resolve, reject) => {
    const detached = ownGroup && process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: [stdin, 'inherit', 'inherit'],
      detached,
    });
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      if (child.pid === undefined) return;
      if (detached) process.kill(-child.pid, signal);
      // A terminal sends Ctrl-C to us and the child alike; we only have to outlive it.
      else if (signal !== 'SIGINT') child.kill(signal);
    };
    const stopPassing = () => PASSED_SIGNALS.forEach((signal) => process.off(signal, pass));
    PASSED_SIGNALS.forEach((signal) => process.on(signal, pass));
    child.on('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stopPassing();
      resolve(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]));
    });
  });
}

/**
 * @param {string} name of a program
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null} its path, if it is on PATH
 */
export function findProgram(name, env = process.env) {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: on to the next one.
      continue;
    }
  }
  return null;
}

/**
 * The environment without npm's own settings. node-gyp and npm read `npm_config_*` before their arguments, so that the
 * settings of the npm that started us would override what we ask for.
 * @param {NodeJS.ProcessEnv} env
 */
export function withoutNpmSettings(env = process.env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_config_/i.test(name)));
}
