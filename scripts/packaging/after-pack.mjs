/** electron-builder calls this when the program's folder is complete, before it sets the fuses and signs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the app that an Electron runs when it has no other. electron-builder does so by itself only when it downloaded
 * Electron, not for a folder it was given.
 * @param {import('electron-builder').AfterPackContext} context
 */
export default function removeDefaultApp({ appOutDir, packager }) {
  rmSync(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
}
