import { useTranslation } from 'react-i18next';
import type { BackupRow } from '../../../shared/ipc/backups.ts';
import {
  askRestore,
  askWithWhat,
  compareWithNow,
  openBackup,
  removeBackup,
  showInFolder,
  verifyListed,
} from '../../host/backups.ts';
import { fileOf } from '../../stores/backup-store.ts';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';

/** What a backup offers on right-click. */
export function BackupMenu({ row, others }: { readonly row: BackupRow | undefined; readonly others: boolean }) {
  const { t } = useTranslation();
  if (row === undefined) return null;
  const unreadable = row.backup.status === 'unreadable';
  return (
    <>
      <MenuItem shortcut="Enter" onSelect={() => openBackup(row)}>
        {t('backups.open')}
      </MenuItem>
      <MenuItem onSelect={() => verifyListed(row)}>{t('backups.verify')}</MenuItem>
      <MenuSeparator />
      <MenuItem disabled={unreadable} onSelect={() => compareWithNow(row)}>
        {t('backups.compareNow')}
      </MenuItem>
      <MenuItem disabled={unreadable || !others} onSelect={() => askWithWhat(row)}>
        {t('backups.compareWith')}
      </MenuItem>
      <MenuItem disabled={unreadable} onSelect={() => askRestore(row)}>
        {t('backups.restore')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => void showInFolder(fileOf(row))}>{t('backups.reveal')}</MenuItem>
      <MenuItem shortcut="Del" onSelect={() => void removeBackup(fileOf(row))}>
        {t('backups.remove')}
      </MenuItem>
    </>
  );
}
