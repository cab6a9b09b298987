import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { discardEdits, reloadPersistence, savePersistence } from '../../host/persistence.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { usePersistence } from '../../stores/persistence-store.ts';
import { Button } from '../../ui/button.tsx';
import styles from './persistence.module.css';

export interface SaveBarProps {
  readonly workspace: WorkspaceSummary;
  /** What is staged cannot be saved, or has not been looked at yet. */
  readonly blocked: boolean;
}

/** What becomes of changes that are not saved yet. Takes no room while there are none. */
export function SaveBar({ workspace, blocked }: SaveBarProps) {
  const { t } = useTranslation();
  const { edits, conflict, saving } = usePersistence();
  if (conflict) {
    return (
      <div className={styles.bar} role="alert">
        <span className={styles.warning}>{t('persistence.conflict')}</span>
        <Button onClick={() => void reloadPersistence()}>{t('persistence.reload')}</Button>
      </div>
    );
  }
  if (edits.length === 0) return null;
  const { armed, notWritable } = workspace;
  return (
    <div className={styles.bar}>
      <span className={styles.muted}>{t(armed ? 'persistence.unsaved' : 'persistence.unsavedReadOnly')}</span>
      <Button onClick={discardEdits}>{t('persistence.discard')}</Button>
      {armed ? (
        <Button kind="primary" disabled={blocked || saving} onClick={() => void savePersistence()}>
          {t('persistence.save')}
        </Button>
      ) : (
        <Button kind="primary" disabled={notWritable !== null} onClick={() => openDialog({ kind: 'arm' })}>
          {t('commands.allow-writing')}
        </Button>
      )}
    </div>
  );
}
