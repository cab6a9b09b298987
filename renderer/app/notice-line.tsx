import { Check, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { refusalLines } from '../features/editing/refusal-text.ts';
import { copyShown } from '../host/copying.ts';
import { showChange } from '../host/history.ts';
import { undoRepair } from '../host/repairing.ts';
import { undoRestore } from '../host/restoring.ts';
import { errorText } from '../host/told-text.ts';
import { undoWrite } from '../host/writing.ts';
import { openDialog } from '../stores/dialog-store.ts';
import { dismissNotice, type Notice, useNotice } from '../stores/notice-store.ts';
import { showBackups } from '../stores/selection-store.ts';
import { exactText } from '../ui/moment.ts';
import { visibleText } from '../ui/visible-text.ts';
import styles from './notice-line.module.css';

/** A short word on what was just done, read out as well, and the one thing to do about it. */
export function NoticeLine() {
  const notice = useNotice((state) => state.notice);
  const text = useNoticeText(notice);
  const action = useNoticeAction(notice);
  const good =
    notice?.kind === 'snapshot-taken' ||
    notice?.kind === 'snapshot-exported' ||
    notice?.kind === 'copied' ||
    notice?.kind === 'written' ||
    notice?.kind === 'restored' ||
    notice?.kind === 'repaired' ||
    notice?.kind === 'settled' ||
    notice?.kind === 'restore-undone' ||
    notice?.kind === 'backup-removed' ||
    notice?.kind === 'exported';
  return (
    <div className={styles.place} role="status" aria-live="polite">
      {notice ? (
        <span className={styles.notice}>
          {good ? <Check size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
          <span className={styles.text}>{text}</span>
          {action ? (
            <button
              type="button"
              className={styles.action}
              onClick={() => {
                dismissNotice();
                action.run();
              }}
            >
              {action.label}
            </button>
          ) : null}
        </span>
      ) : null}
    </div>
  );
}

function useNoticeText(notice: Notice | null): string {
  const { t, i18n } = useTranslation();
  if (notice === null) return '';
  switch (notice.kind) {
    case 'copied':
      return t('copy.done', { count: notice.characters });
    case 'copy-failed':
      return t('copy.failed', { reason: notice.reason });
    case 'written':
      return t(`written.${notice.what}`, { key: visibleText(notice.key) });
    case 'refused':
      return t('written.refused', { reason: refusalLines(t, notice.verdict, '').join(' ') });
    case 'write-failed':
      return errorText(t, notice.error);
    case 'settled':
      return t('sync.settled', { key: visibleText(notice.key) });
    case 'not-armed':
      return t('written.notArmed');
    case 'not-writable':
      return t('written.notWritable', { reason: t(`notWritable.${notice.reason}`) });
    case 'opened-by-hand':
      return t('tree.openedByHand');
    case 'too-long':
      return t('editing.tooLong');
    case 'cannot-undo':
      return t('written.cannotUndo', { key: visibleText(notice.key) });
    case 'nothing-to-undo':
      return t('written.nothingToUndo');
    case 'watch-broken':
      return t('watches.brokeNotice', { name: visibleText(notice.name), key: visibleText(notice.key) });
    case 'unclean-end':
      return t('history.uncleanEnd', { time: exactText(notice.time, i18n.language) });
    case 'in-past':
      return t('history.noWriting');
    case 'no-more-changes':
      return t(`diff.noMore.${notice.direction}`);
    case 'snapshot-taken':
      return t('snapshots.taken', { count: notice.states });
    case 'snapshot-exported':
      return t('snapshots.exported', { location: visibleText(notice.location) });
    case 'backup-failed':
      return `${t('backups.lastFailed')} ${errorText(t, notice.error)}`;
    case 'backup-removed':
      return t('backups.removed', { location: visibleText(notice.location) });
    case 'exported':
      return t('diff.exported', { location: notice.location });
    case 'restored':
      return t('restore.done', { count: notice.states });
    case 'repaired':
      return t('consistency.repaired', { count: notice.repairs });
    case 'restore-undone':
      return t('restore.undone', { count: notice.states });
    case 'undo-failed':
      return t('restore.undoFailed', { key: visibleText(notice.key), reason: visibleText(notice.reason) });
    case 'draft-lost':
      return t('written.draftLost', { path: visibleText(notice.path) });
    default:
      return notice satisfies never;
  }
}

function useNoticeAction(notice: Notice | null): { readonly label: string; readonly run: () => void } | null {
  const { t } = useTranslation();
  if (notice?.kind === 'written' && notice.undoable) {
    return { label: t('written.undo'), run: () => void undoWrite() };
  }
  if (notice?.kind === 'restored') {
    return { label: t('written.undo'), run: () => void undoRestore(notice.undo) };
  }
  if (notice?.kind === 'repaired') {
    return { label: t('written.undo'), run: () => void undoRepair(notice.undo) };
  }
  if (notice?.kind === 'not-armed') {
    return { label: t('commands.allow-writing'), run: () => openDialog({ kind: 'arm' }) };
  }
  if (notice?.kind === 'watch-broken') {
    return { label: t('watches.showChange'), run: () => showChange(notice.seq) };
  }
  if (notice?.kind === 'backup-failed') {
    return { label: t('commands.show-backups'), run: showBackups };
  }
  if (notice?.kind === 'draft-lost') {
    return { label: t('written.copyTyped'), run: () => copyShown(notice.text) };
  }
  return null;
}
