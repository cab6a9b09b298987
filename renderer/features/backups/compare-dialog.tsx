import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupRow } from '../../../shared/ipc/backups.ts';
import { momentOfBackup, unlocked } from '../../host/backups.ts';
import { fileOf, useBackups } from '../../stores/backup-store.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { openDiffOfAll } from '../../stores/diff-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { readTime } from '../../ui/format.ts';
import { useFormat } from '../../ui/use-format.ts';
import { madeAt, nameText } from './backup-text.ts';
import styles from './backups.module.css';

const LISTED = 8;
const NONE: readonly BackupRow[] = [];

/** With which other backup one is compared. The older one is the side before. */
export function CompareDialog({ file }: { readonly file: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = useBackups((state) => state.list?.rows ?? NONE);
  const own = rows.findIndex((row) => fileOf(row) === file);
  const others = rows.filter((row) => fileOf(row) !== file && row.backup.status === 'read');
  const [picked, setPicked] = useState(others[0] ? fileOf(others[0]) : '');
  const textOf = (row: BackupRow) => {
    const time = readTime(madeAt(row));
    return `${nameText(row)} · ${time.kind === 'instant' ? format.minute(time.moment) : time.text}`;
  };
  const compare = () => {
    const other = others.find((row) => fileOf(row) === picked);
    if (!other) return;
    closeDialog();
    unlocked(other, () => {
      const sides = [momentOfBackup(file), momentOfBackup(picked)] as const;
      // The list has the newest first.
      const [before, after] = own < rows.indexOf(other) ? [sides[1], sides[0]] : sides;
      openDiffOfAll(before, after);
    });
  };
  const mine = rows[own];
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t('backups.compareTitle', { name: mine ? nameText(mine) : '' })}
      closeLabel={t('common.close')}
      wide
    >
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          compare();
        }}
      >
        <DialogBody>
          <select
            aria-label={t('backups.otherBackup')}
            className={styles.list}
            size={LISTED}
            value={picked}
            onChange={(event) => setPicked(event.target.value)}
            onDoubleClick={compare}
          >
            {others.map((row) => (
              <option key={fileOf(row)} value={fileOf(row)}>
                {textOf(row)}
              </option>
            ))}
          </select>
        </DialogBody>
        <DialogActions>
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={picked === ''}>
            {t('backups.compare')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
