import { app, type Session, type WebContents } from 'electron';
import { APP_ORIGIN } from './app-scheme.ts';

/** Nothing leaves the machine: every request but those of our own scheme (and of the developer tools) is cancelled. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !/^(app|devtools|blob):/.test(details.url) });
  });
  session.on('will-download', (event) => event.preventDefault());
}

/** No page but ours, no second window, no guest: for every web contents there will ever be. */
export function lockNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
  });
}

function stay(event: { preventDefault(): void; readonly url: string }): void {
  if (event.url !== `${APP_ORIGIN}/`) event.preventDefault();
}

/** Whether a message comes from the top frame of our own window; everything else is refused. */
export function isOwnFrame(sender: WebContents, frame: Electron.WebFrameMain | null): boolean {
  return frame !== null && frame === sender.mainFrame && frame.origin === APP_ORIGIN;
}
