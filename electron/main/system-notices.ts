import { basename } from 'node:path';
import { type BrowserWindow, Notification } from 'electron';
import type { BackupSchedule, ScheduleRun } from '../../shared/ipc/backup-schedules.ts';
import type { Translate } from '../core/texts.ts';
import { BreakNotices, plainNotice } from './break-notices.ts';
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
      bringToFront(window);
      emit(window.webContents, 'change.requested', { workspace, seq });
    },
    now: Date.now,
  });
  window.on('focus', () => notices.seen());
  return notices;
}

/** How an automatic backup went, also while somebody looks at the window: they look at something else. */
export function showBackupNotice(window: BrowserWindow, translate: Translate) {
  return ({ schedule, run }: { readonly schedule: BackupSchedule; readonly run: ScheduleRun }): void => {
    if (!Notification.isSupported()) return;
    const name = basename(schedule.source);
    const { error } = run;
    const reason = error && translate(`errors.${error.code}`, error.details, error.message);
    const notification = new Notification({
      title: translate(`automaticBackups.${titleOf(run)}`, { name }),
      body: plainNotice(reason ?? translate(`automaticBackups.${run.result}`, { file: basename(run.file ?? '') })),
    });
    notification.on('click', () => bringToFront(window));
    notification.show();
  };
}

/** The backup was made, also when an older one could not be removed. */
function titleOf({ result, error }: ScheduleRun) {
  if (error === null) return 'caughtUpTitle';
  return result === 'failed' ? 'failedTitle' : 'notRemovedTitle';
}

function bringToFront(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
