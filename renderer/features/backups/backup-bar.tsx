import { Archive } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { stopVerifying, verifyBackup } from '../../host/backups.ts';
import { useBackups } from '../../stores/backup-store.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { madeAt, nameText } from './backup-text.ts';
import styles from './backups.module.css';
import { useBackupInfo } from './use-backup-info.ts';
import { VerdictSign } from './verdict-sign.tsx';

/** Says of an open backup which one it is, how old, of what, and whether it is sound; and leads to where it can be put back. */
export function BackupBar({ workspace }: { readonly workspace: WorkspaceSummary }) {
  return workspace.format === 'backup' ? <Bar key={workspace.workspace} file={workspace.location} /> : null;
}

function Bar({ file }: { readonly file: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  // A file that cannot be read as a backup has its problems told where all problems are.
  const { row } = useBackupInfo(file);
  const verifying = useBackups((state) => state.verifying.get(file));
  if (row === null) return null;
  const origin = row.backup.status === 'read' ? (row.backup.info.source?.location ?? null) : null;
  return (
    <section className={styles.bar} aria-label={t('backups.thisBackup')}>
      <Archive size={14} aria-hidden />
      <span className={styles.barText}>
        <strong>{t('backups.backupNamed', { name: nameText(row) })}</strong>
        <TimeText stored={madeAt(row)} className={styles.note} />
        {origin === null ? null : (
          <span className={styles.barOrigin} title={origin}>
            {t('backups.ofSource', { name: visibleText(origin) })}
          </span>
        )}
      </span>
      {verifying === undefined ? (
        <VerdictSign verdict={row.verdict} />
      ) : (
        <span className={styles.note}>
          {verifying === null || verifying.total === 0
            ? t('backups.verifyingNow')
            : t('backups.verifyingPart', { part: format.percent(verifying.done / verifying.total) })}
        </span>
      )}
      {verifying === undefined ? (
        <Button kind="quiet" onClick={() => void verifyBackup(file)}>
          {t('backups.verify')}
        </Button>
      ) : (
        <Button kind="quiet" onClick={() => stopVerifying(file)}>
          {t('backups.stopVerifying')}
        </Button>
      )}
      <Button kind="quiet" onClick={() => openDialog({ kind: 'restore-to', file, origin })}>
        {t('backups.restoreTo')}
      </Button>
    </section>
  );
}
