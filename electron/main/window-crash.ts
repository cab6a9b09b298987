import { app, type BrowserWindow, dialog } from 'electron';
import type { Translate } from '../core/texts.ts';

/** When the window's process is gone, its source is still open here: a person may have the window back as it was. */
export function recoverFromCrash(window: BrowserWindow, translate: Translate): void {
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const ask = async () => {
      const { response } = await dialog.showMessageBox(window, {
        type: 'error',
        message: translate('dialogs.crashTitle'),
        detail: `${translate('dialogs.crashMessage')} (${reason})`,
        buttons: [translate('dialogs.crashReload'), translate('dialogs.crashQuit')],
        defaultId: 0,
      });
      if (response === 0) window.webContents.reload();
      else app.quit();
    };
    void ask();
  });
}
