import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pickLocation, restoreInto } from '../../host/backups.ts';
import { useApp } from '../../stores/app-store.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './backups.module.css';

export interface RestoreToDialogProps {
  readonly file: string;
  /** Where it comes from, if it says that. */
  readonly origin: string | null;
}

/** Into which source the backup that is open is put back. It is opened, and asks how. */
export function RestoreToDialog({ file, origin }: RestoreToDialogProps) {
  const { t } = useTranslation();
  const recents = useApp((app) => app.recents);
  const known = [
    ...(origin === null ? [] : [origin]),
    ...recents.flatMap(({ location, missing }) =>
      missing || location === file || location === origin ? [] : [location],
    ),
  ];
  const [to, setTo] = useState(known[0] ?? '');
  const take = async (what: 'file' | 'folder') => {
    const found = await pickLocation(what);
    if (found !== null) setTo(found);
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (to.trim() === '') return;
    closeDialog();
    void restoreInto(to.trim(), file);
  };
  return (
    <Dialog open onClose={closeDialog} title={t('backups.restoreToTitle')} closeLabel={t('common.close')} wide>
      <form onSubmit={submit}>
        <DialogBody>
          <div className={styles.fields}>
            <Field label={t('backups.target')}>
              <Input mono maxLength={32_768} value={to} onChange={(event) => setTo(event.target.value)} />
            </Field>
            <div className={styles.line}>
              <Button onClick={() => void take('folder')}>{t('copying.chooseFolder')}</Button>
              <Button onClick={() => void take('file')}>{t('diff.file')}</Button>
            </div>
            {known.length === 0 ? null : (
              <select
                aria-label={t('backups.knownTargets')}
                className={styles.list}
                size={Math.min(6, Math.max(2, known.length))}
                value={known.includes(to) ? to : ''}
                onChange={(event) => setTo(event.target.value)}
                onDoubleClick={() => submit()}
              >
                {known.map((location) => (
                  <option key={location} value={location}>
                    {location === origin ? t('backups.itsOrigin', { location }) : visibleText(location)}
                  </option>
                ))}
              </select>
            )}
          </div>
          <p className={styles.help}>{t('backups.restoreToHelp')}</p>
        </DialogBody>
        <DialogActions>
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={to.trim() === ''}>
            {t('backups.goOn')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
