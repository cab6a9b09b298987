import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { APP_ORIGIN } from './app-scheme.ts';
import type { SettingsFile } from './settings.ts';
import { clampToScreens, MINIMUM_SIZE } from './window-state.ts';

const PRELOAD_FILE = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));
const DEFAULT_SIZE = { width: 1440, height: 900 };

/** The main window: isolated, sandboxed, without Node, and placed where it was left. */
export function createMainWindow(settings: SettingsFile): BrowserWindow {
  const saved = settings.current.window;
  const place =
    saved &&
    clampToScreens(
      saved,
      screen.getAllDisplays().map((display) => display.workArea),
    );
  const { workAreaSize } = screen.getPrimaryDisplay();
  const window = new BrowserWindow({
    ...(place ?? {
      width: Math.min(DEFAULT_SIZE.width, workAreaSize.width),
      height: Math.min(DEFAULT_SIZE.height, workAreaSize.height),
    }),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    show: false,
    title: 'Statescope',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#17181a' : '#ffffff',
    webPreferences: {
      preload: PRELOAD_FILE,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      // Chromium would fetch dictionaries.
      spellcheck: false,
    },
  });
  if (saved?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    settings.update({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  });
  return window;
}

/** Loads our page. A navigation elsewhere that is refused meanwhile also ends the wait, and is no fault of ours. */
export async function loadMainWindow(window: BrowserWindow): Promise<void> {
  const own = `${APP_ORIGIN}/`;
  try {
    await window.loadURL(own);
  } catch (error) {
    const elsewhere = error instanceof Error && 'url' in error && error.url !== own;
    if (!elsewhere) throw error;
  }
}
