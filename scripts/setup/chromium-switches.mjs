/** The switches for Chromium that depend on the machine, and what there is to say about them. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { displayIsMissing } from './display.mjs';
import { isMissing } from './stamp.mjs';

/**
 * @param {string} distPath Electron's folder
 * @returns {{switches: string[], notes: string[]}} notes: one line each for the person
 */
export function chromiumSwitches(distPath, env = process.env) {
  if (process.platform !== 'linux') return { switches: [], notes: [] };
  const switches = [];
  const notes = [];
  if (process.getuid?.() === 0) {
    switches.push('--no-sandbox');
    notes.push('running as root, so without Chromium’s sandbox (--no-sandbox)');
  } else if (!sandboxIsPossible(distPath)) {
    switches.push('--no-sandbox');
    notes.push(
      'this system does not let programs make their own sandbox, so without Chromium’s (--no-sandbox). To have it:',
    );
    notes.push(`    sudo chown root '${distPath}/chrome-sandbox' && sudo chmod 4755 '${distPath}/chrome-sandbox'`);
  }
  if (displayIsMissing()) {
    notes.push('there is no display, so the window opens on a virtual one (xvfb-run -a)');
    // There is no graphics card behind it and often no D-Bus, of which Chromium would complain at length.
    if (!env['ELECTRON_ENABLE_LOGGING']) switches.push('--log-level=3');
  } else if (!env['DISPLAY']) {
    switches.push('--ozone-platform-hint=auto');
  }
  return { switches, notes };
}

/**
 * Chromium's sandbox takes user namespaces, or its helper program installed for root; with neither, Electron ends at once.
 * @param {string} distPath
 */
function sandboxIsPossible(distPath) {
  const helper = statSync(join(distPath, 'chrome-sandbox'), { throwIfNoEntry: false });
  if (helper?.uid === 0 && (helper.mode & 0o4000) !== 0) return true;
  return (
    kernelSetting('unprivileged_userns_clone') !== '0' && kernelSetting('apparmor_restrict_unprivileged_userns') !== '1'
  );
}

/** @param {string} name @returns {string | null} null where the kernel has no such setting */
function kernelSetting(name) {
  try {
    return readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
