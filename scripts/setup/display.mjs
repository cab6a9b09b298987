/** Step on Linux: a display for the window, or a virtual one where there is none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensurePrograms } from './debian-packages.mjs';

/** As large as a laptop's screen, so that a screenshot shows the whole layout. */
const VIRTUAL_SCREEN = '-screen 0 1600x1000x24';
/** The file that Xvfb writes the number of its display to. */
const DISPLAY_FD = 3;

/**
 * @typedef {object} Launch
 * @property {string} command
 * @property {readonly string[]} args
 * @property {boolean} ownGroup for runInForeground: xvfb-run does not pass on signals
 */

/** @returns {boolean} whether a window has nowhere to appear */
export function displayIsMissing(platform = process.platform, env = process.env) {
  return platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
}

/** Makes sure that a virtual display can be had, if it takes one. */
export async function ensureDisplay() {
  if (!displayIsMissing()) return;
  await ensurePrograms({ 'xvfb-run': 'xvfb', Xvfb: 'xvfb', xauth: 'xauth' }, 'open a window without a display');
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Launch} the same, under a virtual display if there is no other
 */
export function onDisplay(command, args, missing = displayIsMissing()) {
  if (!missing) return { command, args, ownGroup: false };
  return { command: 'xvfb-run', args: ['-a', '-s', VIRTUAL_SCREEN, command, ...args], ownGroup: true };
}

/**
 * A display that nobody else uses, with a clipboard and a focus of its own. It ends with this process.
 * @returns {Promise<{name: string, stop: () => Promise<void>}>} its name as DISPLAY takes it
 */
export async function startVirtualDisplay() {
  const server = spawn('Xvfb', ['-displayfd', String(DISPLAY_FD), '-nolisten', 'tcp', ...VIRTUAL_SCREEN.split(' ')], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const number = server.stdio[DISPLAY_FD];
  if (!number) throw new Error('Xvfb was started without a way to hear from it');
  const told = await Promise.race([once(number, 'data'), ended.then(() => null)]);
  if (told === null) throw new Error('Xvfb ended before it had a display');
  const kill = () => server.kill();
  process.once('exit', kill);
  return {
    name: `:${String(told[0]).trim()}`,
    stop: async () => {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
