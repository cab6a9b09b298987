import { Archive, FolderPlus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { BackupList } from '../../../shared/ipc/backups.ts';
import { addBackupFolder, forgetBackupFolder } from '../../host/backups.ts';
import { errorText } from '../../host/told-text.ts';
import { fileOf, useBackups } from '../../stores/backup-store.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { Automatic } from './automatic.tsx';
import { BackupDetail } from './backup-detail.tsx';
import { BackupTable } from './backup-table.tsx';
import { madeAt } from './backup-text.ts';
import styles from './backups.module.css';

/** What there is to go back to when a source is lost, and how fresh it is. */
export function BackupsView() {
  const { t } = useTranslation();
  const format = useFormat();
  const { list, error, selected } = useBackups();
  const rows = list?.rows ?? [];
  const current = rows.find((row) => fileOf(row) === selected) ?? rows[0];
  const bytes = rows.reduce((sum, { backup }) => sum + (backup.status === 'read' ? backup.info : backup).fileBytes, 0);
  return (
    <section className={styles.view} aria-label={t('backups.title')}>
      <header className={styles.header}>
        <Headline list={list} />
        <span className={styles.note}>
          {rows.length === 0 ? '' : `${t('backups.count', { count: rows.length })} · ${format.bytes(bytes)}`}
        </span>
        <span className={styles.gap} />
        <Button kind="quiet" icon={<FolderPlus size={14} aria-hidden />} onClick={() => void addBackupFolder()}>
          {t('backups.addFolder')}
        </Button>
        <Button icon={<Archive size={14} aria-hidden />} onClick={() => openDialog({ kind: 'create-backup' })}>
          {t('backups.create')}
        </Button>
      </header>
      <Automatic />
      {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
      {list === null ? null : <Folders list={list} />}
      {list !== null && rows.length === 0 ? <p className={styles.lead}>{t('backups.nothing')}</p> : null}
      {current === undefined ? null : (
        <>
          <BackupTable rows={rows} />
          <BackupDetail row={current} others={rows.length > 1} />
        </>
      )}
    </section>
  );
}

/** The one thing to know: how old the newest is. */
function Headline({ list }: { readonly list: BackupList | null }) {
  const { t } = useTranslation();
  const workspace = useWorkspace((state) => state.workspace);
  const newest = list?.rows.find(({ backup }) => {
    if (backup.status !== 'read') return false;
    const of = backup.info.source?.location;
    // Backups of other sources may lie in the same folder.
    return of === undefined || of === workspace?.location || workspace?.format === 'backup';
  });
  return (
    <h1 className={styles.headline}>
      {list === null ? t('backups.title') : newest ? t('backups.newest') : t('backups.none')}
      {newest ? <TimeText stored={madeAt(newest)} /> : null}
    </h1>
  );
}

/** Those that a person has added, and what is the matter with any. */
function Folders({ list: { folders } }: { readonly list: BackupList }) {
  const { t } = useTranslation();
  const shown = folders.filter(({ why, problem }) => why === 'added' || problem !== null);
  if (shown.length === 0) return null;
  return (
    <ul className={styles.folders} aria-label={t('backups.folders')}>
      {shown.map(({ folder, why, problem }) => (
        <li key={folder}>
          <span className={styles.mono}>{visibleText(folder)}</span>
          {problem ? <span className={styles.error}>{errorText(t, problem)}</span> : null}
          {why === 'added' ? (
            <IconButton label={t('backups.forgetFolder', { folder })} onClick={() => void forgetBackupFolder(folder)}>
              <X size={12} aria-hidden />
            </IconButton>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
