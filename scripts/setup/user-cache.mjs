/** The folder of what every clone on this machine shares: the fallback Electron and compiled addons. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

const STALE_MS = 24 * 60 * 60 * 1000;
const TEMPORARY_MARK = '.partial-';

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 * @returns {string} where this system keeps what a program can make again
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ (relative paths in XDG_* are to be ignored)
 */
export function userCacheFolder(platform = process.platform, env = process.env, home = homedir()) {
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'statescope');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'statescope', 'Cache');
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'statescope');
}

/**
 * A name beside `final` that no other process uses. What carries it is unfinished and never taken for the real thing.
 * @param {string} final
 */
export function temporaryBeside(final) {
  mkdirSync(dirname(final), { recursive: true });
  return `${final}${TEMPORARY_MARK}${process.pid}-${randomBytes(4).toString('hex')}`;
}

/**
 * Moves a finished file or folder to its place in one go. If another process was faster, its result stays and ours goes.
 * @param {string} temporary
 * @param {string} final
 */
export function moveIntoPlace(temporary, final) {
  try {
    renameSync(temporary, final);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    statSync(final);
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Removes what interrupted runs left behind. Only what is a day old: a younger one may belong to a process at work.
 * @param {string} folder
 * @param {number} now milliseconds since 1970
 */
export function removeStaleTemporaries(folder, now = Date.now()) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (!name.includes(TEMPORARY_MARK)) continue;
    const path = join(folder, name);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
}
