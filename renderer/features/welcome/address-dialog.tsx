import { type FormEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isServerAddress, splitPassword } from '../../../shared/ipc/address.ts';
import { openSource } from '../../host/opening.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import styles from './welcome.module.css';

/** Opens a database on a server. Its password is asked for by itself, when the server wants one. */
export default function AddressDialog() {
  const { t } = useTranslation();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [address, setAddress] = useState('');
  const [refused, setRefused] = useState(false);
  const trimmed = address.trim();
  const wrong = refused && !isServerAddress(trimmed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isServerAddress(trimmed)) {
      setRefused(true);
      field.current?.focus();
      return;
    }
    closeDialog();
    void openSource({ location: trimmed, followLinks: false });
  };
  const note = wrong
    ? t('address.wrong')
    : splitPassword(trimmed).password === null
      ? t('address.help')
      : t('address.hasPassword');
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t('address.title')}
      closeLabel={t('common.close')}
      initialFocus={field}
      wide
    >
      <form onSubmit={submit}>
        <DialogBody>
          <Field label={t('address.label')}>
            <Input
              ref={field}
              mono
              maxLength={32_768}
              placeholder="postgresql://user@host:5432/database"
              value={address}
              onChange={(event) => setAddress(event.target.value)}
              aria-invalid={wrong}
              aria-describedby={id}
            />
          </Field>
          <p id={id} role={wrong ? 'alert' : undefined} className={wrong ? styles.wrong : styles.hint}>
            {note}
          </p>
        </DialogBody>
        <DialogActions>
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={trimmed === ''}>
            {t('address.open')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
