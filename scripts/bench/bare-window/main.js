/** The least an Electron window can be: as large as ours, an empty page, and out after its first paint. */
import { app, BrowserWindow } from 'electron';

const SIZE = { width: 1440, height: 900 };
const AFTER_PAINT = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))';

async function run() {
  await app.whenReady();
  const window = new BrowserWindow({ ...SIZE, show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  window.once('ready-to-show', () => window.show());
  await window.loadURL('data:text/html,<!doctype html><title>bare</title>');
  await window.webContents.executeJavaScript(AFTER_PAINT);
  app.exit(0);
}

run().catch((error) => {
  console.error(error);
  app.exit(1);
});
