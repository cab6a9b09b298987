import { type BrowserWindow, Notification } from 'electron';
import type { Translate } from '../core/texts.ts';
import { BreakNotices } from './break-notices.ts';
import { emit } from './ipc-router.ts';

/** Watches that break, told as the system tells things, where it does. */
export function systemNotices(window: BrowserWindow, translate: Translate): BreakNotices {
  const notices = new BreakNotices({
    isSeen: () => window.isDestroyed() || window.isFocused(),
    textOf: ({ watch: { name }, key }) => ({ title: name, body: translate('watches.brokeNotice', { name, key }) }),
    show: (notice, onClick) => {
      if (!Notification.isSupported()) return null;
      const notification = new Notification(notice);
      notification.on('click', onClick);
      notification.show();
      return () => notification.close();
    },
    onChosen: ({ workspace, seq }) => {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      emit(window.webContents, 'change.requested', { workspace, seq });
    },
    now: Date.now,
  });
  window.on('focus', () => notices.seen());
  return notices;
}
