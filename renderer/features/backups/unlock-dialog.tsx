import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostError } from '../../../shared/ipc/result.ts';
import { unlockBackup } from '../../host/backups.ts';
import { errorText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { splitPath } from '../../ui/paths.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './backups.module.css';

export interface UnlockDialogProps {
  readonly file: string;
  readonly onUnlocked: () => void;
}

/** Asks for the passphrase of an encrypted backup, and goes on with what was wanted. */
export function UnlockDialog({ file, onUnlocked }: UnlockDialogProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<HostError | null>(null);
  const [trying, setTrying] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const typed = field.current?.value ?? '';
    if (typed === '' || trying) return;
    if (field.current) field.current.value = '';
    setTrying(true);
    const refused = await unlockBackup(file, typed);
    setTrying(false);
    setError(refused);
    if (refused === null) {
      closeDialog();
      onUnlocked();
    } else {
      field.current?.focus();
    }
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t('secret.passphraseTitle', { name: visibleText(splitPath(file).name) })}
      closeLabel={t('common.close')}
      initialFocus={field}
    >
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <Field label={t('secret.passphrase')}>
            <Input ref={field} type="password" maxLength={4096} />
          </Field>
          {error ? (
            <p className={styles.error} role="alert">
              {errorText(t, error)}
            </p>
          ) : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={trying}>
            {t('backups.unlockNow')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
