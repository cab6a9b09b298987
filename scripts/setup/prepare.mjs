/** The steps in their order. Each costs next to nothing when it was done before. */
import { ensureBuild } from './build.mjs';
import { ensureDisplay } from './display.mjs';
import { ensureElectron } from './electron.mjs';
import { ensureLinuxLibraries } from './linux-libraries.mjs';
import { ROOT } from './project.mjs';
import { ensureSqliteAddon } from './sqlite-addon.mjs';

/**
 * Everything that Electron takes to run on this machine.
 * @returns {Promise<import('./electron.mjs').Electron>}
 */
export async function prepareElectron() {
  const electron = await ensureElectron(ROOT);
  await ensureLinuxLibraries(electron);
  await ensureDisplay();
  await ensureSqliteAddon(electron);
  return electron;
}

/** The bundles of the program. */
export function prepareBuild() {
  return ensureBuild(ROOT);
}
