/** Step on Linux: a display for the window, or a virtual one where there is none. */
import { ensurePrograms } from './debian-packages.mjs';

/** As large as a laptop's screen, so that a screenshot shows the whole layout. */
const VIRTUAL_SCREEN = '-screen 0 1600x1000x24';

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
